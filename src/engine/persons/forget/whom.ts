import { UsageError } from '../../../core/errors.js';
import { keysOfOrders, ordersOfCustomer, sourceOrdersOfCustomer, type Whom } from '../../../queue/forget.js';
import { marketplaceOrdersOfStore, ofMarketplaceKey } from '../../../queue/ledger/marketplace-orders.js';
import { type EngineContext, syncTables } from '../../context.js';

/** A customer of Exigo, or the buyer of one marketplace order, `main/1000123`. */
export type AskedPerson = { readonly customerId: number } | { readonly marketplaceOrder: string };

/**
 * The orders of a person. A marketplace order stands for itself and the order that was made of it, not for others of its
 * customer: marketplaces often share one house account. Throws UsageError when nothing of him was ever here.
 */
export async function whomToForget(context: EngineContext, asked: AskedPerson): Promise<Whom> {
  const { database } = context;
  if ('marketplaceOrder' in asked) {
    const { store, order_number } = ofMarketplaceKey(asked.marketplaceOrder);
    const order = (await marketplaceOrdersOfStore(database, store, [order_number])).get(order_number);
    if (order === undefined) {
      throw new UsageError(
        `marketplace order ${asked.marketplaceOrder} was never frozen here; it goes by <store>/<number>`,
      );
    }
    const made = order.exigo_order_id;
    return { customerId: null, orderIds: made === null ? [] : [made], itemKeys: [asked.marketplaceOrder] };
  }
  const { customerId } = asked;
  const frozen = await ordersOfCustomer(database, customerId);
  const sync = syncTables(context);
  const known = sync === null ? [] : await sourceOrdersOfCustomer(sync, customerId);
  const orderIds = [...new Set([...frozen, ...known])].sort((a, b) => a - b);
  return { customerId, orderIds, itemKeys: await keysOfOrders(database, orderIds) };
}
