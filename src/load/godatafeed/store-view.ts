import type { GoDataFeedStore } from '../../core/godatafeed.js';
import type { ShownMarketplaceOrder, StoreView } from '../../core/views.js';
import type { GoDataFeedClient } from '../../godatafeed/client.js';
import type { FeedOrder } from '../../godatafeed/orders.js';
import { shownUpdate } from '../../godatafeed/shown.js';

/** A store as a comparison reads it. Its calls leave after all others: a run never waits for them. */
export function godatafeedStoreView(client: GoDataFeedClient, store: GoDataFeedStore): StoreView {
  return {
    store: store.name,

    async *imported(from, to) {
      for await (const page of client.listAll({ from, to })) {
        yield page.flatMap((order) => shownOrder(store, order) ?? []);
      }
    },

    async find(orderNumber) {
      const order = await client.find(orderNumber, 'backfill');
      return order === null ? null : shownOrder(store, order);
    },
  };
}

/** Null without GoDataFeed's number: nothing can be said about it. */
function shownOrder(store: GoDataFeedStore, order: FeedOrder): ShownMarketplaceOrder | null {
  const { orderNumber, marketplaceNumber, destinationNumber, status } = order;
  if (orderNumber === null) return null;
  const { tracking, answer, message, showsAnswer } = shownUpdate(store, order);
  return {
    orderNumber,
    marketplaceNumber,
    destinationNumber,
    status,
    tracking,
    answer,
    message,
    showsAnswer,
  };
}
