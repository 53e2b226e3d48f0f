import {
  type MarketplaceOrder,
  marketplaceKey,
  marketplaceOrdersOfExigo,
} from '../../queue/ledger/marketplace-orders.js';
import type { EngineContext } from '../context.js';

/** What a marketplace shows of an order that it was seen to have ended. */
export interface ShownEnd {
  /**
   * `ended`: canceled, or shipped by someone else. `open`: that was taken back. `other`: a status that is neither, so
   * nothing follows from it. `missing`: GoDataFeed does not show the order. `unasked`: its store is not configured any
   * more. `unknown`: the order is linked to no marketplace order any more.
   */
  readonly end: 'ended' | 'open' | 'other' | 'missing' | 'unasked' | 'unknown';
  /** `Amazon shows order 113-1 as canceled (GoDataFeed main 1000123)` */
  readonly words: string;
}

/** Asks the store of an order in Exigo how it stands there. One call; errors as those of the store. */
export async function shownEnd(context: EngineContext, orderId: number): Promise<ShownEnd> {
  const link = (await marketplaceOrdersOfExigo(context.database, [orderId])).get(orderId);
  if (link === undefined) return { end: 'unknown', words: 'it is linked to no marketplace order any more' };
  const store = context.stores.get(link.store);
  if (store === undefined) {
    const words = `GoDataFeed store ${link.store} is not configured any more, so its marketplace is not asked`;
    return { end: 'unasked', words };
  }
  const shown = await store.look(link.order_number, link.marketplace_number);
  if (shown === null) return { end: 'missing', words: `GoDataFeed does not show ${marketplaceKey(link)}` };
  const { status } = shown;
  if (status === 'canceled') return { end: 'ended', words: wordsOf(link, 'as canceled') };
  if (status === 'shipped') return { end: 'ended', words: wordsOf(link, 'as shipped by someone else') };
  if (status === 'new' || status === 'processing')
    return { end: 'open', words: wordsOf(link, `as ${status}`) };
  return { end: 'other', words: wordsOf(link, status === null ? 'without a status' : `as "${status}"`) };
}

function wordsOf(link: MarketplaceOrder, how: string): string {
  const { marketplace, marketplace_number, store, order_number } = link;
  const order = marketplace_number === null ? 'it' : `order ${marketplace_number}`;
  return `${marketplace ?? 'its marketplace'} shows ${order} ${how} (GoDataFeed ${store} ${order_number})`;
}
