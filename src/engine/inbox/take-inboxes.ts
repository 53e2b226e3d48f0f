import type { ConfirmationFile } from '../../core/confirmation.js';
import { codeOf, messageOf } from '../../core/errors.js';
import type { ThreePl } from '../../core/hand-over.js';
import type { InboxPlace } from '../../core/inbox-place.js';
import type { ChangeSet } from '../../queue/freeze/change-set.js';
import { inboxSource } from '../../queue/freeze/inbox.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import { type OpenInboxFile, openInboxFiles } from '../../queue/ledger/inbox.js';
import type { EngineContext } from '../context.js';
import { inboxesInShadow } from '../in-shadow.js';
import type { FrozenStores, StoreProblem } from '../marketplace/freeze-stores.js';
import { endsTheRun } from '../marketplace/tell-stores.js';
import { assertGoingOn } from '../stop.js';
import { archiveFile } from './archive.js';
import { claimFile, renameClaimed } from './claim.js';
import { freezeFile } from './freeze-file.js';
import { lookAround } from './look-around.js';
import { readRows } from './read-rows.js';
import { shadowInbox } from './shadow-inbox.js';

/** What the work on the inbox of one 3PL has at hand. */
export interface InboxWork {
  readonly context: EngineContext;
  /** Of the inbox; `own`: of the pipeline. */
  readonly lease: Lease;
  readonly own: Lease;
  readonly threePl: string;
  readonly files: readonly ConfirmationFile[];
  readonly place: InboxPlace;
  /** The files are an earlier script's to take: they are read where they lie. */
  readonly shadow: boolean;
}

/** The acts on an inbox that a crash can come before or after, in their order. */
export const INBOX_FAULT_POINTS = [
  'inbox/claimed',
  'inbox/renamed',
  'inbox/copying',
  'inbox/copied',
  'inbox/before-archived',
  'inbox/archived',
  'inbox/removed',
  'inbox/before-page',
  'inbox/page',
  'inbox/before-freeze',
  'inbox/frozen',
] as const;

/**
 * Takes the files that 3PLs have left, each inbox under a lease of its own: what an earlier run began first, then what is
 * new, in the order in which it came. A file that fails leaves the others working, and is gone on with by the next run.
 * `own` is the pipeline's lease.
 */
export async function takeInboxes(context: EngineContext, own: Lease): Promise<FrozenStores> {
  const changeSets: ChangeSet[] = [];
  const problems: StoreProblem[] = [];
  for (const threePl of context.config.threePls) {
    if (threePl.confirmations === null) continue;
    assertGoingOn(context.signal);
    await own.assertHeld();
    try {
      await takeInbox(context, own, threePl, { changeSets, problems });
    } catch (error) {
      if (endsTheRun(error)) throw error;
      const code = codeOf(error) ?? null;
      context.log.error(`the inbox of ${threePl.name}: ${messageOf(error)}`, { code });
      problems.push({ store: inboxSource(threePl.name), error });
    }
  }
  return { changeSets, problems };
}

interface Taken {
  readonly changeSets: ChangeSet[];
  readonly problems: StoreProblem[];
}

async function takeInbox(context: EngineContext, own: Lease, threePl: ThreePl, taken: Taken): Promise<void> {
  const lease = await acquireLease(context.database, context.clock, {
    name: `source/${inboxSource(threePl.name)}`,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: 0,
  });
  if (!(lease instanceof Lease)) {
    context.log.info(`the inbox of ${threePl.name} is being read by ${lease.heldBy}`);
    return;
  }
  try {
    const shadow = inboxesInShadow(context);
    const place = context.inbox(threePl);
    const work: InboxWork = {
      context,
      lease,
      own,
      threePl: threePl.name,
      files: threePl.confirmations?.files ?? [],
      place: shadow ? await shadowInbox(context, threePl.name, place) : place,
      shadow,
    };
    await takeFiles(work, taken);
  } finally {
    await lease.release();
  }
}

async function takeFiles(work: InboxWork, { changeSets, problems }: Taken): Promise<void> {
  const { context } = work;
  const each = async (name: string, take: () => Promise<ChangeSet | null>) => {
    assertGoingOn(context.signal);
    await work.own.assertHeld();
    try {
      const changeSet = await take();
      if (changeSet !== null) changeSets.push(changeSet);
    } catch (error) {
      if (endsTheRun(error)) throw error;
      context.log.error(`${name} of ${work.threePl}: ${messageOf(error)}`, { code: codeOf(error) ?? null });
      problems.push({ store: inboxSource(work.threePl), error });
    }
  };
  const open = await openInboxFiles(context.database, work.threePl);
  for (const file of open) await each(file.name, () => takeFile(work, file, 'earlier'));
  const names = new Set(open.map(({ name }) => name));
  for (const { name, kind } of await lookAround(work, new Set(open.map(({ file_id }) => file_id)))) {
    if (names.has(name)) continue; // begun above, and stuck
    await each(name, async () => takeFile(work, await claimFile(work, name, kind), 'now'));
  }
}

/** Goes on with a file from where it stands. Null: nothing came of it, or not yet. */
async function takeFile(
  work: InboxWork,
  file: OpenInboxFile,
  claimed: 'earlier' | 'now',
): Promise<ChangeSet | null> {
  const kind = work.files.find(({ name }) => name === file.kind);
  if (file.state === 'claimed') {
    if (!(await renameClaimed(work, file, kind, claimed))) return null;
    if ((await archiveFile(work, file, kind)) === 'repeated') return null;
  }
  return freezeFile(work, file, await readRows(work, file, kind));
}
