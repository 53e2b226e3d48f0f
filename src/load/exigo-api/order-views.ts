import type { ExigoApiConfig, ListStyle } from '../../core/config.js';
import { ConfigurationError } from '../../core/errors.js';
import type { OrderView, ShownOrder } from '../../core/views.js';
import type { ExigoClient } from './client.js';
import type { ExigoOrder } from './order-reply.js';
import { chunkIds } from './query.js';

const PAGE = 500;
/** Leaves room for `batchSize` below the usual limit of 2,048 characters. */
const MAX_ID_LIST = 1_900;

/** The Exigo API as a comparison reads it: GET calls alone. */
export function exigoOrderView(
  client: ExigoClient,
  { listStyle = 'comma', maxOrders }: Pick<ExigoApiConfig, 'listStyle' | 'maxOrders'>,
): OrderView {
  return {
    async *changedAfter(instant) {
      for await (const page of client.orderPages({ greaterThanModifiedDate: instant, batchSize: PAGE })) {
        yield page.map(shownOrder);
      }
    },

    async read(orderIds) {
      const found = new Map<number, ShownOrder>();
      for (const ids of chunkIds(orderIds, listStyle, maxOrders, MAX_ID_LIST)) {
        const wanted = new Set(ids);
        // Page by page: a server may give fewer than it was asked for.
        for await (const page of client.orderPages({ orderIDs: ids, batchSize: ids.length })) {
          for (const order of page) {
            if (!wanted.has(order.orderID)) throw notAsked(order.orderID, listStyle);
            found.set(order.orderID, shownOrder(order));
          }
          if (ids.every((id) => found.has(id))) break;
        }
      }
      return found;
    },
  };
}

function shownOrder(order: ExigoOrder): ShownOrder {
  const { trackingNumber1, trackingNumber2, trackingNumber3, trackingNumber4, trackingNumber5 } = order;
  const tracking = [trackingNumber1, trackingNumber2, trackingNumber3, trackingNumber4, trackingNumber5];
  return {
    orderId: order.orderID,
    status: order.orderStatus ?? 'unknown',
    // One without a stamp counts as old: nothing excuses it.
    modifiedAt: order.modifiedDate ?? order.createdDate ?? 0,
    createdAt: isSet(order.createdDate) ? order.createdDate : null,
    tracking: tracking.flatMap((number) => number?.trim() || []),
  };
}

/** 1900 is how Exigo writes a date that was never set. */
function isSet(date: number | null): boolean {
  return date !== null && date > Date.parse('1901-01-01T00:00:00Z');
}

function notAsked(id: number, style: ListStyle): ConfigurationError {
  return new ConfigurationError(
    `Exigo API GET /orders: answered with order ${id}, which was not asked for, so it does not understand the list of ids in the form "${style}"; set another exigoApi.listStyle (comma, repeated, indexed)`,
  );
}
