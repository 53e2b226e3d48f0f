import { statusName } from '../../core/exigo.js';
import type { OrdersRow } from '../../core/exigo-tables.js';
import { makeOrder, type Order } from '../../core/order.js';
import { fromExigoText } from '../../core/time.js';
import type { ShownOrder } from '../../core/views.js';
import type { Session } from '../../db/database.js';
import { fetchAll, from, toMillisecond } from '../../db/query.js';
import { readableColumns } from '../../db/readable.js';
import { sqlWithColumns } from '../../db/sql.js';

const PAGE = 1_000;
const TRACKING = [1, 2, 3, 4, 5].map((i) => `TrackingNumber${i}` as const);

interface OrderRow extends Readonly<Record<(typeof TRACKING)[number], string | null>> {
  readonly OrderID: number;
  readonly OrderStatusID: number;
  readonly ModifiedDate: string;
  readonly CreatedDate: string | null;
}

/** Ids of the orders of the sync database that were modified in this time (US Central text), ascending. */
export async function* ordersModified(
  sync: Session,
  startAt: string,
  endAt: string,
): AsyncGenerator<number[]> {
  for (let after = -1; ; ) {
    const rows = await fetchAll<{ id: number }>(
      sync,
      'reads/orders_modified',
      from(sync.engine, 'dbo.Orders', 'o')
        .where('o.OrderID', '>', after)
        .where('o.ModifiedDate', '>=', startAt)
        .where('o.ModifiedDate', '<', endAt)
        .orderBy('o.OrderID')
        .limit(PAGE)
        .select({ id: 'o.OrderID' }),
    );
    if (rows.length > 0) yield rows.map(({ id }) => id);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

/** These orders in the sync database; one that is not there is missing from the map. */
export async function ordersInSync(sync: Session, ids: readonly number[]): Promise<Map<number, ShownOrder>> {
  if (ids.length === 0) return new Map();
  const rows = await fetchAll<OrderRow>(
    sync,
    'reads/orders_in_sync',
    from(sync.engine, 'dbo.Orders', 'o')
      .whereIn('o.OrderID', [...ids])
      .select('o.OrderID', 'o.OrderStatusID', ...TRACKING.map((column) => `o.${column}`))
      .select(toMillisecond(sync.engine, 'o.ModifiedDate', 'ModifiedDate'))
      .select(toMillisecond(sync.engine, 'o.CreatedDate', 'CreatedDate')),
  );
  return new Map(rows.map((row) => [row.OrderID, shownOrder(row)]));
}

function shownOrder(row: OrderRow): ShownOrder {
  return {
    orderId: row.OrderID,
    status: statusName(row.OrderStatusID),
    modifiedAt: fromExigoText(row.ModifiedDate),
    createdAt: madeAt(row.CreatedDate),
    tracking: TRACKING.flatMap((column) => row[column]?.trim() || []),
  };
}

/** 1900 is how Exigo writes a date that was never set. */
function madeAt(text: string | null): number | null {
  return text === null || text.startsWith('1900-') ? null : fromExigoText(text);
}

/** These orders with all columns of their headers, for rules to judge; without lines, payments and customer. */
export async function headersInSync(sync: Session, ids: readonly number[]): Promise<Map<number, Order>> {
  if (ids.length === 0) return new Map();
  const columns = await sync.columns('dbo.Orders');
  const statement = sqlWithColumns(sync.engine, 'reads/whole_orders', {
    columns: readableColumns(sync.engine, 'o', columns),
  });
  const rows = await sync.rows(statement, { order_ids: JSON.stringify(ids) });
  const orders = rows.map((values) => {
    const row = Object.fromEntries(columns.map(({ name }, i) => [name, values[i] ?? null]));
    return makeOrder(0, row as unknown as OrdersRow, [], [], null);
  });
  return new Map(orders.map((order) => [order.id, order]));
}

export interface SameKey {
  readonly order_id: number;
  readonly order_key: string;
}

/** Orders that share their marketplace key with another one, by the column that holds it; none where it is missing. */
export async function ordersOfSameKey(sync: Session, column: string, startAt: string): Promise<SameKey[]> {
  const columns = await sync.columns('dbo.Orders');
  const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (found === undefined) return [];
  const statement = sqlWithColumns(sync.engine, 'reads/same_keys', {
    key: readableColumns(sync.engine, 'o', [found]),
  });
  return sync.all(statement, { start_at: startAt });
}
