import { UsageError } from '../../core/errors.js';
import {
  type MarketplaceOrder,
  marketplaceKey,
  marketplaceOrdersNamed,
  marketplaceOrdersOfStore,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import { itemsOfOrder, lastVersion, sourceOrder } from '../../queue/reads/orders.js';
import { type EngineContext, syncTables } from '../context.js';

/** The order that a person named: one of Exigo, or one of a marketplace. */
export type Asked = { readonly orderId: number } | { readonly marketplace: MarketplaceOrder };

/**
 * What a person means by a number: an Exigo order id that is known; else GoDataFeed's or the marketplace's number; else
 * an Exigo order id all the same. `main/1000123` names store and number. Throws UsageError when it is none of these, or
 * several.
 */
export async function askedFor(context: EngineContext, text: string): Promise<Asked> {
  const { database } = context;
  const orderId = /^\d{1,15}$/.test(text) ? Number(text) : null;
  if (orderId !== null && orderId <= INT_MAX && (await isKnown(context, orderId))) return { orderId };
  const named = await marketplaceOrdersNamed(database, text);
  const [first, second] = named;
  if (second !== undefined) {
    const keys = named.map(marketplaceKey).join(', ');
    throw new UsageError(`${text} names several marketplace orders: ${keys}; give one of these`);
  }
  if (first !== undefined) return { marketplace: first };
  if (text.includes('/')) {
    const { store, order_number } = ofMarketplaceKey(text);
    const order = (await marketplaceOrdersOfStore(database, store, [order_number])).get(order_number);
    if (order !== undefined) return { marketplace: order };
  }
  if (orderId !== null) return { orderId };
  throw new UsageError(
    `order "${text}": neither an Exigo order id nor the number of a marketplace order that was frozen`,
  );
}

const INT_MAX = 2_147_483_647;

async function isKnown(context: EngineContext, orderId: number): Promise<boolean> {
  if ((await itemsOfOrder(context.database, orderId)).length > 0) return true;
  const sync = syncTables(context);
  if (sync === null) return (await lastVersion(context.database, orderId)) !== undefined;
  return (await sourceOrder(sync, orderId)) !== undefined;
}
