import { MINUTE } from '../../core/clock.js';
import type { ExigoApiConfig } from '../../core/config.js';
import { ConfigurationError, TerminalError } from '../../core/errors.js';
import type { FoundOrder, NewExigoOrder, OrderTarget, ShownNewOrder } from '../../core/new-order.js';
import type { ExigoClient } from './client.js';
import { transactionOf } from './transaction.js';

/** Orders of one reply of a look-up: more than one is already too many. */
const FEW = 20;

/** Exigo as a place where orders are made by ProcessTransaction, and found again by the field that holds their key. */
export function exigoOrderTarget(client: ExigoClient, config: ExigoApiConfig): OrderTarget {
  return {
    unknownWaitMs: config.createWaitMs ?? 20 * MINUTE,
    refusesDuplicates: config.duplicateKeys === 'refused',
    find: (order) => findByKey(client, order),
    show: (orderId) => showOrder(client, orderId),
    customersOf: (email) => client.customersByEmail(email),

    async make(order, customerId, guard) {
      const requests = transactionOf(order, customerId);
      await guard?.();
      const made = await client.processTransaction(requests, order.key);
      return { ...made, customerId: customerId ?? made.customerId };
    },
  };
}

async function showOrder(client: ExigoClient, orderId: number): Promise<ShownNewOrder | null> {
  const orders = await client.getOrders({ orderIDs: [orderId], batchSize: FEW });
  const order = orders.find(({ orderID }) => orderID === orderId);
  if (order === undefined) return null;
  return {
    orderId,
    customerId: order.customerID,
    status: order.orderStatus,
    currency: order.currencyCode,
    warehouseId: order.warehouseID,
    shipMethodId: order.shipMethodID,
    shipping: order.shippingTotal,
    lines: order.details.map(({ itemCode, quantity, priceEach }) => ({ itemCode, quantity, priceEach })),
  };
}

/** Also of other orders that are made by a key. */
export async function findByKey(
  client: ExigoClient,
  { key, keyField }: Pick<NewExigoOrder, 'key' | 'keyField'>,
): Promise<FoundOrder | null> {
  const orders = await client.getOrders({ [keyField]: key, batchSize: FEW });
  const same = orders.filter((order) => order[keyField] === key);
  if (same.length < orders.length) {
    throw new ConfigurationError(
      `Exigo API GET /orders: asked for orders with ${keyField} "${key}", it answered with others, so it does not filter by that field; set another orders.keyField`,
    );
  }
  const standing = same.filter(({ orderStatus }) => orderStatus !== 'Canceled');
  if (standing.length > 1) {
    const ids = standing.map(({ orderID }) => orderID).join(', ');
    throw new TerminalError(
      'SEVERAL_ORDERS',
      `orders ${ids} in Exigo all have ${keyField} "${key}"; cancel all but one there, then "errors retry"`,
    );
  }
  const found = standing[0] ?? same[0];
  if (found === undefined) return null;
  return { orderId: found.orderID, customerId: found.customerID, status: found.orderStatus };
}
