import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConfirmationFile } from '../../core/confirmation.js';
import { codeOf, InvariantError, messageOf, OrderferryError, TransientError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { toUtcText } from '../../core/time.js';
import { type InboxCopy, noteArchived, type OpenInboxFile } from '../../queue/ledger/inbox.js';
import { assertGoingOn } from '../stop.js';
import type { InboxWork } from './take-inboxes.js';
import { takenName } from './taken-name.js';

/** Where the copy of a file is, relative to the state directory: by the month in which it was claimed. */
export function archivePath(
  threePl: string,
  file: Pick<OpenInboxFile, 'file_id' | 'name' | 'claimed_utc'>,
): string {
  return `inbox/${threePl}/${file.claimed_utc.slice(0, 7)}/${file.file_id}-${file.name}`;
}

/**
 * Copies a taken file into the archive, durably, and then removes it from the inbox with its trigger. Content that an
 * earlier file of this 3PL had is archived and not read.
 */
export async function archiveFile(
  work: InboxWork,
  file: OpenInboxFile,
  kind: ConfirmationFile | undefined,
): Promise<'archived' | 'repeated'> {
  const { context, lease, threePl } = work;
  const copy = await copyTaken(work, file);
  await faultPoint('inbox/copied');
  const first = await lease.transaction(async (session) => {
    const same = await noteArchived(session, file.file_id, threePl, copy, toUtcText(context.clock.now()));
    await faultPoint('inbox/before-archived');
    return same;
  });
  await faultPoint('inbox/archived');
  if (first !== null) {
    context.log.info(`${file.name} of ${threePl} is ${first} once more: its content was read before`);
  }
  await removeTaken(work, file, kind);
  await faultPoint('inbox/removed');
  return first === null ? 'archived' : 'repeated';
}

/** Its copy is safe: what is in the inbox goes, the file last, so that a trigger never stands alone. */
export async function removeTaken(
  { place }: InboxWork,
  file: OpenInboxFile,
  kind: ConfirmationFile | undefined,
): Promise<void> {
  // A trigger whose file has come again under the same name belongs to that one.
  if (kind?.ready.kind === 'trigger' && (await place.stat(file.name)) === null) {
    await place.remove(file.name + kind.ready.ending);
  }
  await place.remove(takenName(file));
  await place.sync();
}

async function copyTaken(work: InboxWork, file: OpenInboxFile): Promise<InboxCopy> {
  const { context, threePl, place } = work;
  const archive = archivePath(threePl, file);
  const path = join(context.config.stateDirectory, archive);
  const taken = takenName(file);
  const source = await place.read(taken);
  if (source === null) {
    const gone = `${place.description}: ${taken} was there a moment ago and is gone`;
    // Beside a script that takes the files itself: the next run says so, or reads it when it comes back.
    throw work.shadow ? new TransientError('FILE_GONE', gone) : new InvariantError(gone);
  }
  const { bytes, sha256 } = await keep(whileHeld(work, source), path, `archiving ${file.name}`);
  const after = await place.stat(taken);
  if (after !== null && after.size !== bytes) {
    throw new TransientError(
      'STILL_WRITTEN',
      `${file.name} is still written to: ${bytes} bytes were copied, there are ${after.size} now; the next run takes it up`,
    );
  }
  return { archive, bytes, sha256 };
}

/** Writes a copy under another name first: what stands in the archive under its own is whole. */
async function keep(
  source: AsyncIterable<Uint8Array>,
  path: string,
  act: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const part = `${path}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const made = await mkdir(dirname(path), { recursive: true });
    await rm(part, { force: true });
    const file = await open(part, 'wx');
    try {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        await file.writeFile(piece);
      }
      await faultPoint('inbox/copying');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    await syncFolders(dirname(path), made === undefined ? dirname(path) : dirname(made));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined); // what went wrong before is what counts
    if (error instanceof OrderferryError) throw error;
    const code = codeOf(error) ?? 'ARCHIVE';
    const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'no space left' : messageOf(error);
    throw new TransientError(
      code,
      `${act} in ${dirname(path)}: ${what}; the file stays in the inbox, the next run tries again`,
      {
        cause: error,
      },
    );
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The bytes, as long as both leases are held: a copy from a server may take longer than one. */
async function* whileHeld(
  { context, lease, own }: InboxWork,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    assertGoingOn(context.signal);
    await own.assertHeld();
    await lease.assertHeld();
    yield piece;
  }
}

/** Makes names durable in a folder, and in those above it up to the last one. */
async function syncFolders(from: string, last: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (folder === last || folder === dirname(folder)) return;
  }
}
