import {
  type FixedUpdate,
  fixUpdate,
  type MarketplaceUpdate,
  type PlannedUpdate,
} from '../../core/marketplace.js';
import type { UpdatedOrder } from '../../core/targets.js';
import type { OpenUpdate } from '../../queue/ledger/updates.js';

/** What an update's effect keeps in `request`; `sent` is there from the intent on. */
export interface UpdateRequest {
  readonly store: string;
  readonly orderNumber: string;
  readonly marketplace: string | null;
  readonly marketplaceNumber: string | null;
  /** Instant (ms). */
  readonly purchasedAt: number | null;
  readonly update: MarketplaceUpdate;
  readonly sent?: FixedUpdate;
}

export function planRequest({ link, update }: PlannedUpdate): string {
  const { store, orderNumber, marketplace, marketplaceNumber, purchasedAt } = link;
  const request: UpdateRequest = {
    store,
    orderNumber,
    marketplace,
    marketplaceNumber,
    purchasedAt,
    update,
  };
  return JSON.stringify(request);
}

/** The request as it is sent: what an earlier intent has fixed stays, so that a repeat is the same. */
export function fixedRequest({ request }: OpenUpdate, now: number): Required<UpdateRequest> {
  const planned = JSON.parse(request) as UpdateRequest;
  return { ...planned, sent: planned.sent ?? fixUpdate(planned.update, planned.purchasedAt, now) };
}

/** `Shipped (UPS 1Z999)`. */
export function describeSent(sent: FixedUpdate): string {
  if (sent.kind === 'canceled') return 'Canceled';
  return `Shipped (${[sent.carrier, sent.tracking].filter((part) => part !== null).join(' ')})`;
}

/** `Shipped (UPS 1Z999) of order G-1 of store main (Amazon)`. */
export function describeUpdate({ sent, orderNumber, store, marketplace }: Required<UpdateRequest>): string {
  return `${describeSent(sent)} of GoDataFeed order ${orderNumber} in store ${store}${marketplace === null ? '' : ` (${marketplace})`}`;
}

/** By its numbers, as its store is asked for it. */
export function updatedOrder(update: OpenUpdate, request: UpdateRequest): UpdatedOrder {
  const { orderNumber, marketplaceNumber } = request;
  return { orderNumber, marketplaceNumber, orderId: update.order_id };
}
