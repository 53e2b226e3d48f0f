import { codeOf } from '../../core/errors.js';
import type { ScheduleEntry } from '../../core/schedule.js';
import { counted } from '../../core/text.js';
import { toUtcText } from '../../core/time.js';
import { describeHolder, nameHolder } from '../../queue/lease/holder.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import {
  beginAgain,
  beginCycle,
  type CycleCause,
  type CycleRow,
  closeLeft,
  decide,
  readEntry,
  registerEntry,
  type ScheduleRow,
  setBack,
  skip,
} from '../../queue/ledger/cycles.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { type Database, isDuplicateKey, type Session } from '../../queue/ledger/session.js';
import type { EngineContext } from '../context.js';
import { requestDeadline } from '../leases.js';
import { dueNow } from './due.js';

export type Scheduling = Pick<EngineContext, 'clock' | 'log' | 'config'> & {
  /** Of the state; on a server not the one that pipelines work on, whose transactions would hold this one up. */
  readonly database: Database;
};

/** A cycle that is this process's to run. */
export interface Claimed {
  readonly entry: ScheduleEntry;
  /** UTC text. */
  readonly due: string;
  readonly lease: Lease;
  readonly cause: CycleCause;
  /** The line for people. */
  readonly line: string;
}

/** A cycle that ended the process this often is not begun once more. */
const MOST_BEGUN = 3;

/** The lease that a running cycle of an entry holds. */
export const entryLease = (name: string): string => `schedule/${name}`;

/** Of events that are no pipeline's. */
export const SCHEDULE_EVENTS = 'schedule';

/**
 * Claims what an entry has due. What came while nobody lived is one cycle that stands for all; what was left by a process
 * that ended is taken up; what comes due while a cycle runs is skipped and counted. Null: there is nothing to do here.
 */
export async function claimCycle(scheduling: Scheduling, entry: ScheduleEntry): Promise<Claimed | null> {
  const { database, clock, config, log } = scheduling;
  const { row, open } = await readEntry(database, entry.name);
  if (row === null) {
    await database.transaction((session) => registerEntry(session, entry.name, toUtcText(clock.now())));
    return null;
  }
  const due = dueNow(entry, row, open, clock.now());
  if (due.act === 'nothing') return null;
  if (due.act === 'set-back') return undoAhead(scheduling, entry, row);
  const lease = await acquireLease(database, clock, {
    name: entryLease(entry.name),
    ttlMs: config.lease.ttlMs,
    // The leases of its pipelines are free by then, so whoever takes the cycle up can work.
    requestDeadlineMs: requestDeadline(config) + config.lease.ttlMs,
  });
  if (!(lease instanceof Lease)) {
    const newest = due.dues.at(-1);
    if (newest === undefined) return null;
    const skipped = { decided: toUtcText(newest), times: due.dues.length };
    if (!(await database.transaction((session) => skip(session, row, skipped)))) return null;
    const since = open.at(-1)?.claimed_utc.slice(0, 19);
    log.warn(
      `schedule ${entry.name}: ${counted(due.dues.length, 'cycle')} skipped, ${shown(skipped.decided)} was due while the cycle of ${since} UTC still runs in ${lease.heldBy}`,
    );
    return null;
  }
  try {
    const claimed = await lease.transaction((session) => begin(scheduling, session, entry, lease));
    if (claimed !== null) return claimed;
  } catch (error) {
    // Somebody has begun this very cycle: it is theirs.
    if (!isDuplicateKey(error)) {
      await lease.release().catch(() => undefined); // it ends by itself; what went wrong is what counts
      throw error;
    }
  }
  await lease.release();
  return null;
}

/** Reads again under the lease, decides and writes, in one transaction. */
async function begin(
  { clock, log }: Scheduling,
  session: Session,
  entry: ScheduleEntry,
  lease: Lease,
): Promise<Claimed | null> {
  const { row, open } = await readEntry(session, entry.name);
  if (row === null) return null;
  const nowMs = clock.now();
  const due = dueNow(entry, row, open, nowMs);
  if (due.act !== 'cycle') return null;
  const by = { token: lease.token, holder: describeHolder(), now: toUtcText(nowMs) };
  const { dues, asked, left } = due;
  const [last, newest] = [left.at(-1), dues.at(-1)];
  if (newest === undefined && !asked) {
    return last === undefined ? null : takeUp(session, { entry, lease, by, log }, last);
  }
  const dueUtc = toUtcText(newest ?? nowMs);
  if (!(await decide(session, row, newest === undefined ? row.decided_utc : dueUtc))) return null;
  const instants = [...left.map(({ first_due_utc }) => first_due_utc), ...dues.map(toUtcText)].sort();
  const standsFor = Math.max(1, dues.length + left.reduce((sum, { stands_for }) => sum + stands_for, 0));
  for (const one of left) {
    const detail = JSON.stringify({ merged: `into the cycle of ${dueUtc}` });
    await closeLeft(session, one, { ...by, state: 'merged', detail });
  }
  const cause: CycleCause = newest === undefined ? 'webhook' : standsFor > 1 ? 'catch-up' : 'tick';
  const first_due = instants[0] ?? dueUtc;
  await beginCycle(session, {
    entry: entry.name,
    due: dueUtc,
    cause,
    first_due,
    stands_for: standsFor,
    ...by,
  });
  const line = lineOf(entry.name, { due: dueUtc, cause, first_due, standsFor });
  if (standsFor > 1) await note(session, by.now, line);
  return { entry, due: dueUtc, lease, cause, line };
}

interface Taking {
  readonly entry: ScheduleEntry;
  readonly lease: Lease;
  readonly by: { readonly token: number; readonly holder: string; readonly now: string };
  readonly log: Scheduling['log'];
}

/** A cycle that was stopped, or whose process has ended: this one goes on with it, unless it keeps ending processes. */
async function takeUp(
  session: Session,
  { entry, lease, by, log }: Taking,
  left: CycleRow,
): Promise<Claimed | null> {
  const what = `schedule ${entry.name}: the cycle of ${shown(left.due_utc)}`;
  if (left.state === 'running' && left.begun >= MOST_BEGUN) {
    const text = `${what} was begun ${left.begun} times, and each time its process ended; it is given up, the next one is due as ever`;
    const detail = JSON.stringify({ given_up: text });
    await closeLeft(session, left, { ...by, state: 'failed', detail });
    await note(session, by.now, text);
    log.error(text);
    return null;
  }
  if (!(await beginAgain(session, left, by))) return null;
  const line = `${what} is taken up from ${nameHolder(left.holder)}, ${left.state === 'stopped' ? 'which was stopped' : 'which ended without a word'}`;
  await note(session, by.now, line);
  return { entry, due: left.due_utc, lease, cause: left.cause, line };
}

async function undoAhead(
  { database, clock, log }: Scheduling,
  entry: ScheduleEntry,
  row: ScheduleRow,
): Promise<null> {
  await database.transaction((session) => setBack(session, row, toUtcText(clock.now())));
  log.warn(
    `schedule ${entry.name}: the clock of a host was ahead, cycles up to ${shown(row.decided_utc)} were taken for decided; they are due again. Check the clocks`,
  );
  return null;
}

function lineOf(
  name: string,
  cycle: {
    readonly due: string;
    readonly cause: CycleCause;
    readonly first_due: string;
    readonly standsFor: number;
  },
): string {
  const { due, cause, first_due, standsFor } = cycle;
  const head = `schedule ${name}: cycle of ${shown(due)}`;
  if (standsFor > 1) {
    return `${head} stands for ${standsFor}, the ones due from ${shown(first_due)} to ${shown(due)}`;
  }
  return cause === 'webhook' ? `${head}, asked for by a webhook` : head;
}

const shown = (utc: string): string => `${utc.slice(0, 16)} UTC`;

async function note(session: Session, at: string, message: string): Promise<void> {
  await insertEvent(session, { at, kind: 'cycle', pipeline: SCHEDULE_EVENTS, message });
}

/** Whether an error means that the lease of a cycle is another's. */
export function isLost(error: unknown): boolean {
  return codeOf(error) === 'LEASE_LOST';
}
