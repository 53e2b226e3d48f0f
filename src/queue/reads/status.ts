import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from, joined } from '../../db/query.js';
import { ACCEPTED, UNFINISHED, UNSETTLED, WAITING } from './indexed.js';

export interface LastRun {
  readonly started_utc: string;
  readonly ended_utc: string | null;
  readonly outcome: string | null;
}

/** The newest run of a pipeline, and the newest that ended well. */
export async function lastRuns(
  session: Session,
  pipeline: string,
): Promise<{ readonly last: LastRun | null; readonly lastDone: LastRun | null }> {
  const newest = () =>
    from(session.engine, 'etl.run', 'r')
      .where('r.pipeline', pipeline)
      .orderBy('r.run_id', 'desc')
      .limit(1)
      .select('r.started_utc', 'r.ended_utc', 'r.outcome');
  return {
    last: (await fetchFirst<LastRun>(session, 'reads/last_run', newest())) ?? null,
    lastDone:
      (await fetchFirst<LastRun>(session, 'reads/last_done', newest().where('r.outcome', 'done'))) ?? null,
  };
}

export interface Backlog {
  readonly state: string;
  readonly target: string | null;
  readonly items: number;
  readonly oldest_utc: string;
}

/** Items that are not settled, by state and 3PL. */
export async function backlog(session: Session, pipeline: string): Promise<Backlog[]> {
  return fetchAll(
    session,
    'reads/backlog',
    from(session.engine, 'etl.item', 'i')
      .where('i.pipeline', pipeline)
      .whereRaw(UNSETTLED)
      .groupBy('i.state', 'i.target')
      .orderBy('i.state')
      .select('i.state', 'i.target')
      .count({ items: 'i.item_id' })
      .min({ oldest_utc: 'i.created_utc' }),
  );
}

export interface WaitingCount {
  readonly state: string;
  readonly code: string;
  readonly items: number;
  readonly oldest_utc: string;
}

/** Held and failed items that nothing has answered, by code. */
export async function waitingCounts(session: Session, pipeline: string): Promise<WaitingCount[]> {
  return fetchAll(
    session,
    'reads/waiting_counts',
    from(session.engine, 'etl.item', 'i')
      .where('i.pipeline', pipeline)
      .whereRaw(WAITING)
      .groupBy('i.state', 'i.code')
      .orderBy('i.state')
      .orderBy('i.code')
      .select('i.state', 'i.code')
      .count({ items: 'i.item_id' })
      .min({ oldest_utc: 'i.settled_utc' }),
  );
}

export interface OpenStep {
  readonly step: string;
  /** `pending`; `sending`: on its way or of unknown outcome; `accepted`: its marketplace has not answered yet. */
  readonly state: 'pending' | 'sending' | 'accepted';
  readonly orders: number;
  /** Tries of the one that was tried most. */
  readonly attempts: number;
  readonly next_try_utc: string | null;
  readonly last_error: string | null;
}

/** Steps after a hand-over that are not finished, such as Printed while the API is down. */
export async function openSteps(session: Session, pipeline: string): Promise<OpenStep[]> {
  const counted = (state: string) =>
    fetchAll<OpenStep & { readonly target: string | null }>(
      session,
      'reads/open_steps',
      from(session.engine, 'etl.effect', 'e')
        .where('e.pipeline', pipeline)
        .whereRaw(state)
        .whereNull('e.wave_id')
        // By target, too: grouped by step alone, the embedded engine reads every effect there ever was in that order.
        .groupBy('e.target', 'e.step', 'e.state')
        .select('e.target', 'e.step', 'e.state')
        .count({ orders: 'e.effect_id' })
        .min({ next_try_utc: 'e.next_try_utc' })
        .max({ last_error: 'e.last_error', attempts: 'e.attempts' }),
    );
  const steps = new Map<string, OpenStep>();
  for (const { target: _, ...row } of [...(await counted(ACCEPTED)), ...(await counted(UNFINISHED))]) {
    const key = `${row.step} ${row.state}`;
    steps.set(key, together(steps.get(key), row));
  }
  return [...steps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, step]) => step);
}

/** The same step for another target. */
function together(one: OpenStep | undefined, other: OpenStep): OpenStep {
  if (one === undefined) return other;
  const texts = (a: string | null, b: string | null) => [a, b].filter((text) => text !== null).sort();
  return {
    ...one,
    orders: one.orders + other.orders,
    attempts: Math.max(one.attempts, other.attempts),
    next_try_utc: texts(one.next_try_utc, other.next_try_utc)[0] ?? null,
    last_error: texts(one.last_error, other.last_error).at(-1) ?? null,
  };
}

export interface HeldFile {
  readonly file_name: string;
  readonly target: string;
  readonly last_error: string | null;
  readonly items: number;
}

/** Files that wait for a person, with how many of their items nothing has answered. */
export async function heldFiles(session: Session, pipeline: string): Promise<HeldFile[]> {
  return fetchAll(
    session,
    'reads/held_files',
    from(session.engine, 'etl.wave', 'w')
      .join(joined(session.engine, 'etl.item', 'i'), 'i.wave_id', 'w.wave_id')
      .where('i.pipeline', pipeline)
      .whereRaw(WAITING)
      .where('w.state', 'held')
      .groupBy('w.wave_id', 'w.file_name', 'w.target', 'w.last_error')
      .orderBy('w.wave_id')
      .select('w.file_name', 'w.target', 'w.last_error')
      .count({ items: 'i.item_id' }),
  );
}

export interface LeaseState {
  readonly name: string;
  readonly holder: string;
  readonly acquired_utc: string;
  readonly expires_utc: string;
  readonly released: number;
}

export async function leases(session: Session): Promise<LeaseState[]> {
  return fetchAll(
    session,
    'reads/leases',
    from(session.engine, 'etl.lease', 'l')
      .orderBy('l.name')
      .select('l.name', 'l.holder', 'l.acquired_utc', 'l.expires_utc', 'l.released'),
  );
}
