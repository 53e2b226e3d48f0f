import type { Order } from '../../core/order.js';
import type { Returned } from '../../core/returned.js';
import { type ReturnedGoods, returnedGoods } from '../../queue/ledger/returned.js';
import { handOvers } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { handOverStep, readShipments } from '../shipments/read-shipments.js';

/** A file, and an order that it says something came back of. */
export interface ReturnKey {
  readonly orderId: number;
  readonly fileId: number;
}

/** What each of these files of a 3PL says came back of an order, and what of it is noted already. */
export async function readReturned(
  context: EngineContext,
  threePl: string,
  keys: readonly ReturnKey[],
  saysShipped: boolean,
): Promise<readonly (Returned & { readonly noted: readonly ReturnedGoods[] } & ReturnKey)[]> {
  const orderIds = [...new Set(keys.map(({ orderId }) => orderId))];
  const shipments = await readShipments(context, threePl, orderIds);
  const goods = await returnedGoods(context.database, orderIds);
  return keys.flatMap(({ orderId, fileId }) => {
    const shipment = shipments.get(orderId);
    if (shipment === undefined) return [];
    const noted = goods.get(orderId) ?? [];
    const known = new Set(noted.flatMap((one) => (one.fileId === fileId ? one.lines : [])));
    const rows = shipment.rows.filter(
      (row) => row.fileId === fileId && row.answer === 'returned' && !row.repeats && !known.has(row.line),
    );
    const before = noted.flatMap((one) => one.goods);
    return [{ threePl, orderId, fileId, rows, shipment, before, saysShipped, noted }];
  });
}

/** The orders as they were handed over to a 3PL last; one that is not kept any more is missing. */
export async function readHandedOver<T>(
  context: EngineContext,
  threePl: string,
  orderIds: readonly number[],
  use: (order: Order) => T,
): Promise<ReadonlyMap<number, T>> {
  if (orderIds.length === 0) return new Map();
  const delivered = await handOvers(context.database, handOverStep(context), threePl, orderIds);
  const keys = [...delivered.values()].flatMap((all) =>
    all.slice(-1).map(({ order_id, change_set_id }) => ({ orderId: order_id, changeSetId: change_set_id })),
  );
  const read = await context.orders.read(keys, (orders) =>
    orders.map((order) => [order.id, use(order)] as const),
  );
  return new Map(read);
}
