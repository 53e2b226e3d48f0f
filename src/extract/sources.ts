import type { Cancellation } from '../core/cancellation.js';
import type { EndedOrder } from '../core/ended-order.js';
import type { MarketplaceDocument } from '../core/feed-store.js';
import type { Order } from '../core/order.js';
import type { FrozenTable, SourceDescription } from '../core/pipeline.js';
import type { Returned } from '../core/returned.js';
import type { Shipment } from '../core/shipment.js';

/**
 * The change sets frozen from `queue.Refresh`: `order` gives whole orders with lines, payments and customer,
 * `table` the six tables of the snapshot.
 */
export function exigoQueue(options: { readonly aggregate: 'order' }): SourceDescription<Order>;
export function exigoQueue(options: { readonly aggregate: 'table' }): SourceDescription<FrozenTable>;
export function exigoQueue(options: { readonly aggregate: 'order' | 'table' }) {
  return { kind: 'exigo-queue', ...options } as const;
}

/**
 * The change sets frozen from GetOrders of the Exigo API, for companies without a sync database: whole orders with lines,
 * payments and customer, as the queue's. The configuration says `source.orders: api`.
 */
export function exigoApi(_options: { readonly aggregate: 'order' }): SourceDescription<Order> {
  return { kind: 'exigo-api', aggregate: 'order' };
}

/** The orders that are NEW in the stores of GoDataFeed, over all time; each store is frozen by itself. */
export function godatafeedNew(): SourceDescription<MarketplaceDocument> {
  return { kind: 'godatafeed-new', aggregate: 'marketplace-order' };
}

/** Orders that are open with us, and that their store shows Canceled, or shipped by someone else. */
export function godatafeedEnded(): SourceDescription<EndedOrder> {
  return { kind: 'godatafeed-ended', aggregate: 'ended-order' };
}

/**
 * The orders that new files of the 3PLs speak of; each 3PL that has an inbox is read by itself. `shipment` (default) gives
 * all that was said of an order, `return` what one file says came back of it. One reading feeds both.
 */
export function threePlInbox(): SourceDescription<Shipment>;
export function threePlInbox(options: { readonly aggregate: 'return' }): SourceDescription<Returned>;
export function threePlInbox(
  { aggregate }: { readonly aggregate: 'shipment' | 'return' } = { aggregate: 'shipment' },
) {
  return { kind: '3pl-inbox', aggregate } as const;
}

/** Orders that were canceled after their hand-over: in Exigo, at their marketplace, or by a person. */
export function canceledAfterHandOver(): SourceDescription<Cancellation> {
  return { kind: 'cancellations', aggregate: 'cancellation' };
}
