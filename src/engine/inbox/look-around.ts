import type { ConfirmationFile } from '../../core/confirmation.js';
import type { InboxEntry } from '../../core/inbox-place.js';
import { settledInboxFiles } from '../../queue/ledger/inbox.js';
import { readLooks, writeLooks } from './looks.js';
import type { InboxWork } from './take-inboxes.js';
import { takenId, takenName } from './taken-name.js';

export interface Ready {
  readonly name: string;
  readonly kind: ConfirmationFile;
}

/** The files of an inbox that are whole, in the order in which they came. What was taken and not removed is removed. */
export async function lookAround(work: InboxWork, open: ReadonlySet<number>): Promise<readonly Ready[]> {
  const { context, files, place, threePl } = work;
  const now = context.clock.now();
  const before = await readLooks(context, threePl);
  const looks = new Map<string, Look>();
  const entries = new Map<string, InboxEntry>();
  for await (const entry of place.list()) entries.set(entry.name, entry);
  await removeTaken(work, [...entries.keys()], open);
  const ready: (Ready & { readonly at: number })[] = [];
  for (const entry of entries.values()) {
    const kind = files.find((one) => one.matches(entry.name));
    if (kind === undefined) continue;
    if (kind.ready.kind === 'trigger') {
      if (!entries.has(entry.name + kind.ready.ending)) continue;
    } else {
      const look = lookAt(entry, before.get(entry.name), now);
      if (!hasSettled(entry, kind.ready.afterMs, look, place.kind === 'folder', now)) {
        looks.set(entry.name, look);
        continue;
      }
    }
    ready.push({ name: entry.name, kind, at: entry.modifiedAt ?? now });
  }
  await writeLooks(context, threePl, before, looks);
  return ready.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
}

/** How a file was when it was first seen so. */
export interface Look {
  readonly size: number;
  readonly modifiedAt: number | null;
  readonly since: number;
}

function lookAt({ size, modifiedAt }: InboxEntry, before: Look | undefined, now: number): Look {
  const same = before !== undefined && before.size === size && before.modifiedAt === modifiedAt;
  return same ? before : { size, modifiedAt, since: now };
}

/**
 * In a folder here a file is as old as its time says, which is of our clock. Elsewhere, and where that time lies ahead of
 * us, two looks have to find it the same.
 */
function hasSettled(
  { modifiedAt }: InboxEntry,
  afterMs: number,
  look: Look,
  isOurClock: boolean,
  now: number,
): boolean {
  if (isOurClock && modifiedAt !== null && modifiedAt <= now && now - modifiedAt >= afterMs) return true;
  return look.since < now && now - look.since >= afterMs;
}

/** Of one file, when its turn comes again. */
export async function isWhole(
  { context, place, threePl }: InboxWork,
  { ready }: ConfirmationFile,
  entry: InboxEntry,
): Promise<boolean> {
  if (ready.kind === 'trigger') return (await place.stat(entry.name + ready.ending)) !== null;
  const now = context.clock.now();
  const look = lookAt(entry, (await readLooks(context, threePl)).get(entry.name), now);
  return hasSettled(entry, ready.afterMs, look, place.kind === 'folder', now);
}

/** What was taken, and is safe in the archive. A name of that form that belongs to no open file is told of. */
async function removeTaken(
  { context, threePl, place }: InboxWork,
  names: readonly string[],
  open: ReadonlySet<number>,
): Promise<void> {
  const taken = new Map(
    names.flatMap((name) => {
      const id = takenId(name);
      return id === null || open.has(id) ? [] : [[id, name] as const];
    }),
  );
  const settled = await settledInboxFiles(context.database, threePl, [...taken.keys()]);
  for (const [file_id, shown] of taken) {
    const name = settled.get(file_id);
    if (name !== undefined && takenName({ file_id, name }) === shown) await place.remove(shown);
    else {
      context.log.warn(
        `${shown} in ${place.description} is no file that is being taken; give it its own name again to have it read`,
      );
    }
  }
}
