import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfirmationFile, NotReadable, type ReadRow } from '../../core/confirmation.js';
import { ConfigurationError, codeOf, messageOf, TerminalError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { toUtcText } from '../../core/time.js';
import { MORE_FAULTS } from '../../queue/freeze/inbox.js';
import {
  endInboxFile,
  type InboxRow,
  keepInboxRows,
  type OpenInboxFile,
  type ReadSoFar,
} from '../../queue/ledger/inbox.js';
import { assertGoingOn } from '../stop.js';
import { archivePath, removeTaken } from './archive.js';
import { type Resolved, resolveRows } from './resolve-rows.js';
import type { InboxWork } from './take-inboxes.js';

/** Faulty rows of one file that are kept one by one; beyond, one row stands for the rest. */
export const MOST_FAULTY = 1_000;

/** Bytes of the archive at a time. */
const PIECE = 64 * 1024;

/**
 * Reads an archived file to its end, a page to a transaction, from where an earlier run came to. One that cannot be read
 * is set aside, and a TerminalError says why.
 */
export async function readRows(
  work: InboxWork,
  file: OpenInboxFile,
  kind: ConfirmationFile | undefined,
): Promise<ReadSoFar> {
  const { context, lease, own, threePl } = work;
  // Taken up by a restart: what is left in the inbox goes first.
  if (file.state === 'archived') await removeTaken(work, file, kind);
  if (kind === undefined) {
    throw new ConfigurationError(
      `${file.name} of ${threePl} waits: the template has no kind of file "${file.kind}" any more; name it again`,
    );
  }
  let soFar: ReadSoFar = file;
  try {
    for await (const page of kind.read(archived(work, file))) {
      assertGoingOn(context.signal);
      await own.assertHeld(); // a large file takes longer than a lease
      const rows = page.filter((one) => lineOf(one) > file.lines_read);
      const last = rows.at(-1);
      if (last === undefined) continue;
      soFar = await keepPage(work, file, kind, rows, lineOf(last), soFar);
      await faultPoint('inbox/page');
    }
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    const { code, message } = error;
    const now = toUtcText(context.clock.now());
    const reason = `${file.name} of ${threePl}: ${message}; its copy is ${archivePath(threePl, file)} in the state directory`;
    await lease.transaction((session) =>
      endInboxFile(session, file.file_id, { state: 'aside', code, reason, now }),
    );
    throw new TerminalError(code, `set aside: ${reason}`);
  }
  return soFar;
}

/** Reads the rows of these lines again, by the template as it is now, in one pass; those that are none any more are missing. */
export async function readLines(
  work: Pick<InboxWork, 'context' | 'threePl'>,
  file: Pick<OpenInboxFile, 'file_id' | 'name' | 'claimed_utc'>,
  kind: ConfirmationFile,
  lines: ReadonlySet<number>,
): Promise<ReadRow[]> {
  const last = Math.max(...lines);
  const found: ReadRow[] = [];
  try {
    for await (const page of kind.read(archived(work, file))) {
      found.push(...page.filter((one) => lines.has(lineOf(one))));
      if (lineOf(page.at(-1)) >= last) break;
    }
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    throw new ConfigurationError(
      `${file.name} of ${work.threePl} cannot be read by the template as it is now: ${error.message}`,
    );
  }
  return found;
}

function lineOf(one: ReadRow | undefined): number {
  if (one === undefined) return 0;
  return 'row' in one ? one.row.line : one.faulty.line;
}

async function keepPage(
  { context, lease, threePl }: InboxWork,
  file: OpenInboxFile,
  kind: ConfirmationFile,
  page: readonly ReadRow[],
  lastLine: number,
  before: ReadSoFar,
): Promise<ReadSoFar> {
  return lease.transaction(async (session) => {
    const resolved = await resolveRows(session, { threePl, fileId: file.file_id, kind }, page);
    const rows: InboxRow[] = [];
    let { good, faulty, repeated } = before;
    for (const one of resolved) {
      if (one.code === null) {
        good++;
        repeated += one.repeats;
        rows.push(one);
      } else if (++faulty <= MOST_FAULTY) rows.push(one);
      else if (faulty === MOST_FAULTY + 1) rows.push(restOf(one));
    }
    const soFar = { lines_read: lastLine, good, faulty, repeated };
    await keepInboxRows(session, file.file_id, rows, soFar);
    await faultPoint('inbox/before-page');
    assertGoingOn(context.signal);
    return soFar;
  });
}

/** The row that stands for itself and all further faulty ones; how many they are is said when the file is frozen. */
function restOf(row: Resolved): Resolved {
  return { ...row, code: MORE_FAULTS, fault: row.fault };
}

async function* archived(
  { context, threePl }: Pick<InboxWork, 'context' | 'threePl'>,
  file: Pick<OpenInboxFile, 'file_id' | 'name' | 'claimed_utc'>,
): AsyncGenerator<Uint8Array> {
  const copy = await openCopy(context, threePl, file);
  try {
    for (;;) {
      const { buffer, bytesRead } = await copy.read(new Uint8Array(PIECE), 0, PIECE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await copy.close();
  }
}

/** A dry run has what it copied itself, and what real runs copied before. */
async function openCopy(
  { config, earlierState }: InboxWork['context'],
  threePl: string,
  file: Pick<OpenInboxFile, 'file_id' | 'name' | 'claimed_utc'>,
): Promise<FileHandle> {
  const archive = archivePath(threePl, file);
  const path = join(config.stateDirectory, archive);
  try {
    return await open(path, 'r').catch((error: unknown) => {
      if (earlierState === undefined || codeOf(error) !== 'ENOENT') throw error;
      return open(join(earlierState, archive), 'r');
    });
  } catch (error) {
    throw new ConfigurationError(
      `${file.name} of ${threePl}: its copy ${path} cannot be read (${codeOf(error) ?? messageOf(error)}); put it back from a backup of the state directory`,
    );
  }
}
