import type { ConfirmationFile } from '../../core/confirmation.js';
import { TerminalError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { InboxPlace } from '../../core/inbox-place.js';
import { toUtcText } from '../../core/time.js';
import { claimInboxFile, endInboxFile, type OpenInboxFile } from '../../queue/ledger/inbox.js';
import { isWhole } from './look-around.js';
import type { InboxWork } from './take-inboxes.js';
import { takenName } from './taken-name.js';

/** Writes down that a file is to be taken, before it is touched. */
export async function claimFile(
  { context, lease, threePl, shadow }: InboxWork,
  name: string,
  kind: ConfirmationFile,
): Promise<OpenInboxFile> {
  const now = toUtcText(context.clock.now());
  const file_id = await lease.transaction((session) =>
    claimInboxFile(session, { threePl, kind: kind.name, name, shadow, now }),
  );
  await faultPoint('inbox/claimed');
  const nothing = { archive: null, bytes: null, lines_read: 0, good: 0, faulty: 0, repeated: 0 };
  return { file_id, kind: kind.name, name, state: 'claimed', claimed_utc: now, ...nothing };
}

/**
 * Gives a claimed file its name for being taken. False: it is not whole yet. Throws a TerminalError when it is nowhere
 * any more. A file claimed by an earlier run may have been taken already, or have been replaced by another of its name.
 */
export async function renameClaimed(
  work: InboxWork,
  file: OpenInboxFile,
  kind: ConfirmationFile | undefined,
  claimed: 'earlier' | 'now',
): Promise<boolean> {
  const { context, lease, place, threePl } = work;
  const taken = takenName(file);
  if (claimed === 'earlier' && (await place.stat(taken)) !== null) return true;
  const there = await place.stat(file.name);
  if (there === null) {
    await place.check(); // in a folder that is away, nothing is gone
    if (await isListed(place, [file.name, taken])) return false;
    const reason = `${file.name} was seen in ${place.description} at ${file.claimed_utc} UTC and is gone: somebody else took it, or removed it; ask ${threePl} for it again if it is missed`;
    const now = toUtcText(context.clock.now());
    await lease.transaction((session) =>
      endInboxFile(session, file.file_id, { state: 'gone', code: 'FILE_GONE', reason, now }),
    );
    throw new TerminalError('FILE_GONE', `${threePl}: ${reason}`);
  }
  if (claimed === 'earlier' && kind !== undefined && !(await isWhole(work, kind, there))) return false;
  await lease.assertHeld();
  await place.rename(file.name, taken);
  await place.sync();
  await faultPoint('inbox/renamed');
  return true;
}

/**
 * FTP has one answer for what is not there, what may not be seen and what is in a folder that went away meanwhile; a
 * listing tells them apart, or fails.
 */
async function isListed(place: InboxPlace, names: readonly string[]): Promise<boolean> {
  for await (const { name } of place.list()) if (names.includes(name)) return true;
  return false;
}
