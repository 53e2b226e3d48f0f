import { InvariantError } from '../../core/errors.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export type BatchKind = 'live' | 'backfill' | 'release' | 'resend' | 'retry';

export interface OpenBatch {
  readonly batch_id: number;
  readonly change_set_id: number | null;
  readonly kind: BatchKind;
  readonly state: 'frozen' | 'transformed';
  readonly config_hash: string | null;
  readonly items_frozen: number;
}

export interface BatchRow extends Omit<OpenBatch, 'state'> {
  readonly pipeline: string;
  readonly state: 'frozen' | 'transformed' | 'closed';
  readonly items_unchanged: number;
  readonly delivered: number | null;
  readonly excluded: number | null;
  readonly held: number | null;
  readonly failed: number | null;
  readonly created_utc: string;
  readonly closed_utc: string | null;
  readonly frozen_utc: string | null;
  readonly start_at: string | null;
  readonly end_at: string | null;
}

export async function insertBatch(
  session: Session,
  batch: {
    readonly pipeline: string;
    readonly changeSetId: number | null;
    readonly kind: BatchKind;
    readonly itemsFrozen: number;
    readonly itemsUnchanged: number;
    readonly now: string;
  },
): Promise<number> {
  const row = await session.get<{ batch_id: number }>(sql(session.engine, 'ledger/insert_batch'), {
    pipeline: batch.pipeline,
    change_set_id: batch.changeSetId,
    kind: batch.kind,
    items_frozen: batch.itemsFrozen,
    items_unchanged: batch.itemsUnchanged,
    now: batch.now,
  });
  if (row === undefined) throw new InvariantError('ledger/insert_batch gave no row');
  return row.batch_id;
}

export async function openBatches(session: Session, pipeline: string): Promise<OpenBatch[]> {
  return session.all<OpenBatch>(sql(session.engine, 'ledger/open_batches'), { pipeline });
}

export async function readBatch(session: Session, batchId: number): Promise<BatchRow | undefined> {
  return session.get<BatchRow>(sql(session.engine, 'ledger/batch'), { batch_id: batchId });
}

/** frozen -> transformed; throws when items are missing, which would be lost otherwise. */
export async function markTransformed(session: Session, batchId: number): Promise<void> {
  if ((await session.run(sql(session.engine, 'ledger/mark_transformed'), { batch_id: batchId })) === 0) {
    throw new InvariantError(`batch ${batchId}: its items are fewer or more than were frozen; it stays open`);
  }
}

/** Closes every batch of the pipeline whose items are settled; the statement counts them itself. */
export async function closeBatches(session: Session, pipeline: string, now: string): Promise<number> {
  return session.run(sql(session.engine, 'ledger/close_batches'), { pipeline, now });
}
