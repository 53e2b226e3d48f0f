import { FreezeError } from '../../core/errors.js';
import type { QueueTable } from '../../core/exigo-tables.js';
import type { Session } from '../../db/database.js';
import { quoteName, sql, sqlWithColumns } from '../../db/sql.js';
import type { FrozenColumns } from './columns.js';

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

export interface Copying {
  readonly changeSetId: number;
  /** How many are kept. */
  readonly orders: number;
  readonly columns: FrozenColumns;
  /** Decides about the pending candidates: which of them are kept. */
  readonly keep: () => Promise<void>;
}

/** Of the kept orders' heads, lines or payments: how many there are now, and how many of them are as they were copied. */
interface SecondReading {
  readonly now?: number;
  readonly same: number;
  readonly copied?: number;
}

/**
 * Copies what the work tables name, inside the database. An order is copied by three statements, and somebody may
 * write in between: what is not the state of one moment is taken back and copied again, until every copy is. Returns
 * how many orders were. The embedded engine has one writer, and it is this transaction.
 */
export async function copyUnmoved(session: Session, copying: Copying): Promise<number> {
  const copied = await copyRows(session, copying, IN_ORDER);
  if (session.engine === 'sqlite' || copying.orders === 0) return 0;
  if (await allStand(session, copying, copied)) return 0;
  const parameters = { change_set_id: copying.changeSetId };
  for (let again = 0, round = 1; ; round++) {
    const moved = await session.run(sql(session.engine, 'freeze/moved'), parameters);
    if (moved === 0) return again;
    if (round === COPY_ROUNDS) throw await stillMoving(session, moved);
    again += moved;
    await session.run(sql(session.engine, 'freeze/take_back'), parameters);
    await copying.keep();
    await copyRows(session, copying, AGGREGATE_TABLES);
  }
}

/** Returns how many rows the last statement of each table's copy wrote. */
async function copyRows(
  session: Session,
  { changeSetId, columns }: Copying,
  tables: readonly QueueTable[],
): Promise<ReadonlyMap<QueueTable, number>> {
  const copied = new Map<QueueTable, number>();
  for (const table of tables) {
    const quoted = columns[table].map((name) => quoteName(session.engine, name));
    const lists = {
      columns: quoted.join(', '),
      source_columns: quoted.map((name) => `s.${name}`).join(', '),
    };
    const copy = sqlWithColumns(session.engine, COPIES[table], lists);
    copied.set(table, await session.run(copy, { change_set_id: changeSetId }));
  }
  return copied;
}

/**
 * Whether nothing at all moved, which is nearly always so: counts prove it in half the time that it takes to say which
 * order did. Rows have keys, so as many as were copied, all of them found as they were, are the same rows: the same
 * state was read twice, once in full before the other began. Between the two it stood, whatever the isolation level.
 * One statement each: Babelfish compiles one that does all, which takes longer than running it.
 */
async function allStand(
  session: Session,
  { changeSetId, orders }: Copying,
  copied: ReadonlyMap<QueueTable, number>,
): Promise<boolean> {
  const parameters = { change_set_id: changeSetId };
  const names = ['freeze/same_orders', 'freeze/same_lines', 'freeze/same_payments'];
  const answers = await session.several(
    names.map((name) => ({ statement: sql(session.engine, name), parameters })),
  );
  const [heads, lines, payments] = answers.map((answer) => answer.rows[0] as unknown as SecondReading);
  return (
    heads?.same === orders &&
    lines?.now === copied.get('OrderDetails') &&
    lines?.same === lines?.now &&
    payments?.now === payments?.copied &&
    payments?.same === payments?.now
  );
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
