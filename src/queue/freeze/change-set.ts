import { InvariantError } from '../../core/errors.js';
import { QUEUE_TABLE_NAMES } from '../../core/exigo-tables.js';
import type { Answer, Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { insertBatch } from '../ledger/batches.js';
import { insertEvent } from '../ledger/events.js';
import { alignFrozenColumns, type SourceColumns } from './columns.js';
import { copyUnmoved } from './copies.js';

/** A pipeline that gets a batch of every change set. */
export interface Subscriber {
  readonly pipeline: string;
  readonly aggregate: 'order' | 'table';
}

export interface ChangeSet {
  readonly changeSetId: number;
  /** `exigo`, `godatafeed/<store>` (its new orders), or `godatafeed/<store>/ended`. */
  readonly source: string;
  readonly ordersFrozen: number;
  readonly ordersUnchanged: number;
  readonly rawRows: number;
  readonly startAt: string;
  readonly frozenUtc: string;
}

interface Recording {
  readonly source: string;
  readonly kind: 'live' | 'backfill';
  readonly startAt: string;
  readonly endAt: string | null;
  readonly columns: SourceColumns;
  readonly allowSensitive: readonly string[];
  readonly subscribers: readonly Subscriber[];
  /** UTC text. */
  readonly now: string;
  /** Decides about the pending candidates: which of them are kept. */
  readonly keep: () => Promise<void>;
}

/** What `freeze/insert_change_set` gives. */
interface Recorded {
  readonly change_set_id: number;
  readonly frozen_utc: string;
  readonly orders_frozen: number;
  readonly orders_unchanged: number;
  readonly raw_rows: number;
}

/** What the work tables of a freeze hold. */
export interface Counts {
  readonly candidates: number;
  readonly kept: number;
  readonly kept_queued: number;
  readonly other_rows: number;
}

/**
 * Writes what the work tables of a freeze hold: the change set's row, the frozen rows (copied inside the
 * database, never through the client) and a batch per subscriber. An empty change set costs one row. The small rows
 * come before the many: see the cache of the embedded engine (`db/sqlite.ts`).
 */
export async function recordChangeSet(session: Session, recording: Recording): Promise<ChangeSet> {
  const { engine } = session;
  const { source, kind, startAt: start_at, endAt: end_at } = recording;
  const row = await session.get<Recorded>(sql(engine, 'freeze/insert_change_set'), {
    source,
    kind,
    start_at,
    end_at,
  });
  if (row === undefined) throw new InvariantError('freeze/insert_change_set gave no row');
  let changeSet: ChangeSet = {
    changeSetId: row.change_set_id,
    source,
    ordersFrozen: row.orders_frozen,
    ordersUnchanged: row.orders_unchanged,
    rawRows: row.raw_rows,
    startAt: recording.startAt,
    frozenUtc: row.frozen_utc,
  };
  if (row.orders_frozen + row.raw_rows > 0) {
    const columns = await alignFrozenColumns(session, recording.columns, recording.allowSensitive);
    await session.later(sql(engine, 'freeze/set_columns'), {
      change_set_id: changeSet.changeSetId,
      columns: JSON.stringify(columns),
    });
    await makeBatches(session, changeSet, recording);
    const again = await copyUnmoved(session, {
      changeSetId: changeSet.changeSetId,
      orders: changeSet.ordersFrozen,
      columns,
      keep: recording.keep,
    });
    if (again > 0) {
      changeSet = await recount(session, changeSet);
      await makeBatches(session, changeSet, recording);
    }
  }
  return changeSet;
}

function countsOf(answer: Answer | undefined): Counts {
  const counts = answer?.rows[0];
  if (counts === undefined) throw new InvariantError('freeze/counts gave no row');
  return counts as unknown as Counts;
}

function totals(counts: Counts): Pick<ChangeSet, 'ordersFrozen' | 'ordersUnchanged' | 'rawRows'> {
  return {
    ordersFrozen: counts.kept,
    ordersUnchanged: counts.candidates - counts.kept,
    rawRows: counts.kept_queued + counts.other_rows,
  };
}

/** Orders that were taken back may have turned out gone, or as last frozen. Leaves the change set without batches. */
async function recount(session: Session, changeSet: ChangeSet): Promise<ChangeSet> {
  const [answer] = await session.several([{ statement: sql(session.engine, 'freeze/counts') }]);
  const counted = totals(countsOf(answer));
  await session.run(sql(session.engine, 'freeze/recount'), {
    change_set_id: changeSet.changeSetId,
    orders_frozen: counted.ordersFrozen,
    orders_unchanged: counted.ordersUnchanged,
    raw_rows: counted.rawRows,
  });
  return { ...changeSet, ...counted };
}

async function makeBatches(session: Session, changeSet: ChangeSet, recording: Recording): Promise<void> {
  for (const subscriber of recording.subscribers) await makeBatch(session, changeSet, recording, subscriber);
}

async function makeBatch(
  session: Session,
  changeSet: ChangeSet,
  recording: Recording,
  subscriber: Subscriber,
): Promise<void> {
  // Without news in them no table files are made: an order may be kept only because it is settled now.
  const tables = changeSet.rawRows > 0 ? QUEUE_TABLE_NAMES.length : 0;
  const items = subscriber.aggregate === 'table' ? tables : changeSet.ordersFrozen;
  if (items === 0) return;
  const batchId = await insertBatch(session, {
    pipeline: subscriber.pipeline,
    changeSetId: changeSet.changeSetId,
    kind: recording.kind,
    itemsFrozen: items,
    itemsUnchanged: subscriber.aggregate === 'table' ? 0 : changeSet.ordersUnchanged,
    now: recording.now,
  });
  await insertEvent(session, {
    at: recording.now,
    kind: 'frozen',
    pipeline: subscriber.pipeline,
    batchId,
    message: `change set ${changeSet.changeSetId} frozen: ${items} ${subscriber.aggregate === 'table' ? 'tables' : 'orders'} since ${recording.startAt} US Central`,
  });
}
