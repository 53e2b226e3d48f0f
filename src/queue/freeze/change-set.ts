import { FreezeError, InvariantError } from '../../core/errors.js';
import { QUEUE_TABLE_NAMES, type QueueTable } from '../../core/exigo-tables.js';
import type { Answer, Session } from '../../db/database.js';
import { quoteName, sql, sqlWithColumns } from '../../db/sql.js';
import { insertBatch } from '../ledger/batches.js';
import { insertEvent } from '../ledger/events.js';
import { alignFrozenColumns, type FrozenColumns, type SourceColumns } from './columns.js';

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

/** What the work tables of a freeze hold. */
export interface Counts {
  readonly candidates: number;
  readonly kept: number;
  readonly kept_queued: number;
  readonly other_rows: number;
}

const COPIES: Readonly<Record<QueueTable, string>> = {
  Orders: 'freeze/copy_orders',
  OrderDetails: 'freeze/copy_order_details',
  Payments: 'freeze/copy_payments',
  Customers: 'freeze/copy_customers',
  CustomerAccounts: 'freeze/copy_customer_accounts',
  CustomerSites: 'freeze/copy_customer_sites',
};

/** Orders first: the customers that are copied are those of the copied orders. */
const IN_ORDER: readonly QueueTable[] = [
  'Orders',
  'OrderDetails',
  'Payments',
  'Customers',
  'CustomerAccounts',
  'CustomerSites',
];

/** Tables that are copied again with an order. A customer is one row, and a row is of one moment. */
const AGGREGATE_TABLES: readonly QueueTable[] = ['Orders', 'OrderDetails', 'Payments', 'Customers'];

/** Each round copies what moved during the one before, so the third is rarely needed: seconds, then milliseconds. */
const COPY_ROUNDS = 5;

/**
 * Writes what the work tables of a freeze hold: the change set's row, the frozen rows (copied inside the
 * database, never through the client) and a batch per subscriber. An empty change set costs one row. The small rows
 * come before the many: see the cache of the embedded engine (`db/sqlite.ts`).
 */
export async function recordChangeSet(session: Session, recording: Recording): Promise<ChangeSet> {
  const { engine } = session;
  const { source, kind, startAt: start_at, endAt: end_at } = recording;
  const [counted, recorded] = await session.several([
    { statement: sql(engine, 'freeze/counts') },
    { statement: sql(engine, 'freeze/insert_change_set'), parameters: { source, kind, start_at, end_at } },
  ]);
  const counts = countsOf(counted);
  const row = recorded?.rows[0] as { change_set_id: number; frozen_utc: string } | undefined;
  if (row === undefined) throw new InvariantError('freeze/insert_change_set gave no row');
  let changeSet: ChangeSet = {
    changeSetId: row.change_set_id,
    source,
    ...totals(counts),
    startAt: recording.startAt,
    frozenUtc: row.frozen_utc,
  };
  if (counts.kept + counts.other_rows > 0) {
    const columns = await alignFrozenColumns(session, recording.columns, recording.allowSensitive);
    await session.later(sql(engine, 'freeze/set_columns'), {
      change_set_id: changeSet.changeSetId,
      columns: JSON.stringify(columns),
    });
    await makeBatches(session, changeSet, recording);
    await copyRows(session, changeSet.changeSetId, columns, IN_ORDER);
    const again =
      counts.kept > 0 ? await copyMovedAgain(session, changeSet.changeSetId, columns, recording) : 0;
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

async function copyRows(
  session: Session,
  changeSetId: number,
  columns: FrozenColumns,
  tables: readonly QueueTable[],
): Promise<void> {
  for (const table of tables) {
    const quoted = columns[table].map((name) => quoteName(session.engine, name));
    const lists = {
      columns: quoted.join(', '),
      source_columns: quoted.map((name) => `s.${name}`).join(', '),
    };
    await session.run(sqlWithColumns(session.engine, COPIES[table], lists), { change_set_id: changeSetId });
  }
}

/**
 * An order is copied by three statements, and somebody may write in between: what is not the state of one moment
 * is taken back and copied again, until every copy is. Returns how many orders were. The embedded engine has one
 * writer, and it is this transaction.
 */
async function copyMovedAgain(
  session: Session,
  changeSetId: number,
  columns: FrozenColumns,
  recording: Recording,
): Promise<number> {
  if (session.engine === 'sqlite') return 0;
  const parameters = { change_set_id: changeSetId };
  for (let again = 0, round = 1; ; round++) {
    const moved = await session.run(sql(session.engine, 'freeze/moved'), parameters);
    if (moved === 0) return again;
    if (round === COPY_ROUNDS) throw await stillMoving(session, moved);
    again += moved;
    await session.run(sql(session.engine, 'freeze/take_back'), parameters);
    await recording.keep();
    await copyRows(session, changeSetId, columns, AGGREGATE_TABLES);
  }
}

async function stillMoving(session: Session, moved: number): Promise<FreezeError> {
  const some = await session.all<{ order_id: number }>(sql(session.engine, 'freeze/some_moved'));
  const names = some.map(({ order_id }) => order_id).join(', ');
  return new FreezeError(
    'MOVING',
    `order ${names}${moved > some.length ? ` and ${moved - some.length} more` : ''} differed from its copy ${COPY_ROUNDS} ` +
      'times: it changes faster than it is copied, or a column of dbo has another type than its copy in etl; ' +
      'nothing was frozen, the next run repeats the same start',
  );
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
