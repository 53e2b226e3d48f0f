import type { Session } from '../../db/database.js';
import { fetchAll, from, joined } from '../../db/query.js';

export interface StateCount {
  readonly batch_id: number;
  readonly state: string;
  readonly items: number;
}

/** Items of batches by state, counted now. */
export async function stateCounts(session: Session, batchIds: readonly number[]): Promise<StateCount[]> {
  return fetchAll(
    session,
    'reads/state_counts',
    from(session.engine, 'etl.item', 'i')
      .whereIn('i.batch_id', [...batchIds])
      .groupBy('i.batch_id', 'i.state')
      .select('i.batch_id', 'i.state')
      .count({ items: 'i.item_id' }),
  );
}

export interface BatchFile {
  readonly batch_id: number;
  readonly wave_id: number;
  readonly target: string;
  readonly file_name: string;
  readonly state: string;
  readonly orders: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly shadow: 0 | 1;
}

/** Files that carry items of these batches; a file may carry items of several. */
export async function filesOfBatches(session: Session, batchIds: readonly number[]): Promise<BatchFile[]> {
  return fetchAll(
    session,
    'reads/files_of_batches',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.wave', 'w'), 'w.wave_id', 'i.wave_id')
      .whereIn('i.batch_id', [...batchIds])
      .distinct(
        'i.batch_id',
        'w.wave_id',
        'w.target',
        'w.file_name',
        'w.state',
        'w.orders',
        'w.rows',
        'w.bytes',
        'w.sha256',
        'w.shadow',
      )
      .orderBy('w.wave_id'),
  );
}

export interface EffectCount {
  readonly batch_id: number;
  readonly step: string;
  readonly state: string;
  readonly effects: number;
}

/** Effects of batches by step and state. */
export async function effectCounts(session: Session, batchIds: readonly number[]): Promise<EffectCount[]> {
  return fetchAll(
    session,
    'reads/effect_counts',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.effect', 'e'), 'e.item_id', 'i.item_id')
      .whereIn('i.batch_id', [...batchIds])
      .groupBy('i.batch_id', 'e.step', 'e.state')
      .select('i.batch_id', 'e.step', 'e.state')
      .count({ effects: 'e.effect_id' }),
  );
}

/** How many items of these batches were newly held or failed since a time (UTC text). */
export async function newlySettled(
  session: Session,
  batchIds: readonly number[],
  state: 'held' | 'failed',
  since: string,
): Promise<number> {
  const rows = await fetchAll<{ items: number }>(
    session,
    'reads/newly_settled',
    from(session.engine, 'etl.item', 'i')
      .whereIn('i.batch_id', [...batchIds])
      .where('i.state', state)
      .where('i.settled_utc', '>=', since)
      .count({ items: 'i.item_id' }),
  );
  return rows[0]?.items ?? 0;
}
