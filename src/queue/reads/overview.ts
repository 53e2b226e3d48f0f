import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from } from '../../db/query.js';
import { sql } from '../../db/sql.js';
import { UNSETTLED } from './indexed.js';

/** What a pipeline settled in a stretch of time. */
export interface ClosedBatches {
  readonly pipeline: string;
  /** `2026-11-21 04` or `2026-11-21`, UTC. */
  readonly stretch: string;
  readonly batches: number;
  readonly items: number;
  readonly delivered: number;
  readonly excluded: number;
  readonly held: number;
  readonly failed: number;
  /** Milliseconds from freeze to end: of the slowest batch, and on average. */
  readonly lag_ms: number;
  readonly mean_lag_ms: number;
}

/** What was settled since then (UTC text), by pipeline and hour or day. */
export function closedBatches(session: Session, since: string, by: 'hour' | 'day'): Promise<ClosedBatches[]> {
  const parameters = { since, width: by === 'hour' ? 13 : 10 };
  return session.all(sql(session.engine, 'reads/closed_batches'), parameters);
}

/** An item that is on its way. */
export interface OpenItemAge {
  readonly pipeline: string;
  readonly item_key: string;
  readonly order_id: number | null;
  readonly state: 'new' | 'ready' | 'loading';
  readonly target: string | null;
  readonly created_utc: string;
}

/** The item that has been on its way for longest; of these pipelines. */
export function oldestOpenItem(
  session: Session,
  pipelines: readonly string[],
): Promise<OpenItemAge | undefined> {
  return fetchFirst(
    session,
    'reads/oldest_open_item',
    from(session.engine, 'etl.item', 'i')
      .whereIn('i.pipeline', [...pipelines])
      .whereRaw(UNSETTLED)
      .orderBy('i.created_utc')
      .orderBy('i.item_id')
      .limit(1)
      .select('i.pipeline', 'i.item_key', 'i.order_id', 'i.state', 'i.target', 'i.created_utc'),
  );
}

export interface RecentRun {
  readonly pipeline: string;
  readonly started_utc: string;
  readonly ended_utc: string | null;
  readonly outcome: string | null;
}

/** Runs that began since then (UTC text), newest first, of at most the newest `most`. */
export async function recentRuns(session: Session, since: string, most: number): Promise<RecentRun[]> {
  const newest = await fetchFirst<{ run_id: number | null }>(
    session,
    'reads/newest_run',
    from(session.engine, 'etl.run', 'r').max({ run_id: 'r.run_id' }),
  );
  return fetchAll(
    session,
    'reads/recent_runs',
    from(session.engine, 'etl.run', 'r')
      .where('r.run_id', '>', (newest?.run_id ?? 0) - most)
      .where('r.started_utc', '>=', since)
      .orderBy('r.run_id', 'desc')
      .select('r.pipeline', 'r.started_utc', 'r.ended_utc', 'r.outcome'),
  );
}
