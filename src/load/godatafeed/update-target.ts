import type { GoDataFeedStore } from '../../core/godatafeed.js';
import type { UpdateTarget } from '../../core/targets.js';
import type { GoDataFeedClient } from '../../godatafeed/client.js';
import { shownUpdate } from '../../godatafeed/shown.js';

/** A store of GoDataFeed as a place that is told of shipments and cancellations, one order to a call. */
export function godatafeedUpdateTarget(client: GoDataFeedClient, store: GoDataFeedStore): UpdateTarget {
  return {
    store: store.name,
    unknownWaitMs: store.unknownWaitMs,
    firstLookMs: store.updates.firstLookMs,
    confirmWaitMs: store.updates.confirmWaitMs,
    isAsked: true,
    async look({ orderNumber, marketplaceNumber }, why) {
      const find = (number: string) => client.find(number, why === 'watch' ? 'status' : 'shipment');
      const own = await find(orderNumber);
      // Whose number the list filters by is not documented.
      const order = own ?? (marketplaceNumber === null ? null : await find(marketplaceNumber));
      return order?.orderNumber === orderNumber ? shownUpdate(store, order) : null;
    },
    send: ({ orderNumber }, update, guard) =>
      update.kind === 'canceled'
        ? client.cancel(orderNumber, guard)
        : client.ship(orderNumber, update, guard),
  };
}
