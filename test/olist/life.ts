import { HOUR, MINUTE } from '../../src/core/clock.js';
import { CANCELED_AFTER, EVERY_LATE, type OlistOrder } from './load.js';

/** What happens to an order; `rows` is the arrival of its lines and payments, `sold` its release by a marketplace. */
export type LifeEventKind =
  | 'sold'
  | 'created'
  | 'rows'
  | 'accepted'
  | 'pending-inventory'
  | 'canceled'
  | 'shipped';

export interface LifeEvent {
  /** Instant, ms. */
  readonly time: number;
  readonly kind: LifeEventKind;
  readonly order: OlistOrder;
}

const LATE_ROWS_AFTER = 25 * HOUR;

/**
 * Of events of one order at the same time the first of these happens first. So an order that is approved
 * and canceled in the same minute ends as canceled, and one that the carrier fetches in the minute of its
 * cancellation stays (it ships unless it was canceled at or before that time).
 */
const ORDER_OF_KINDS: readonly LifeEventKind[] = [
  'sold',
  'created',
  'rows',
  'accepted',
  'pending-inventory',
  'canceled',
  'shipped',
];

/**
 * The life of the tenant, played forward: events that were going to happen are dropped when something
 * else came first. How we read the table of the sample's README where it leaves room:
 * - hours and minutes are elapsed time, also over a clock change; an approval that reads earlier than its
 *   purchase (the hour that autumn repeats) happens with the purchase;
 * - `unavailable` orders become PendingInventory and never Accepted; so they are never handed over;
 * - late rows come 25 hours after the order was accepted, also when it was canceled in the meantime; an
 *   order that was canceled before its approval was never accepted, and its late rows never come;
 * - "canceled at or before that date" means the time at which the 3PL would ship, which is later than the
 *   carrier date where the hand-over was late: canceled is final;
 * - a sale of the marketplace is released when it is paid (its approval); whoever takes it makes its rows. Canceled
 *   before that it never leaves the marketplace, after that it is canceled in Exigo.
 */
export class Life {
  /** Sorted, the next event last. */
  private readonly coming: LifeEvent[];
  private readonly orders: ReadonlyMap<number, OlistOrder>;
  private readonly canceled = new Set<number>();
  private readonly shipped = new Set<number>();

  constructor(orders: readonly OlistOrder[]) {
    this.orders = new Map(orders.map((order) => [order.number, order]));
    this.coming = orders.flatMap(foreseen).sort((a, b) => compare(b, a));
  }

  /** Events with a time at or before the cut that were not given before, in order of time. */
  until(cut: number): LifeEvent[] {
    const happened: LifeEvent[] = [];
    for (;;) {
      const next = this.coming.at(-1);
      if (next === undefined || next.time > cut) return happened;
      this.coming.pop();
      if (this.happens(next)) happened.push(next);
    }
  }

  /** The 3PL got these orders at this time: it will ship those that have a carrier date. */
  handedOver(numbers: Iterable<number>, at: number): void {
    for (const number of numbers) {
      const order = this.orders.get(number);
      if (order === undefined || order.givenToCarrier === null) continue;
      this.add({ time: Math.max(order.givenToCarrier, at + MINUTE), kind: 'shipped', order });
    }
  }

  private happens({ kind, order, time }: LifeEvent): boolean {
    const { number } = order;
    switch (kind) {
      case 'sold':
      case 'created':
      case 'rows':
        return true;
      case 'accepted':
        if (this.canceled.has(number)) return false;
        if (isLate(order)) this.add({ time: time + LATE_ROWS_AFTER, kind: 'rows', order });
        return true;
      case 'pending-inventory':
        return !this.canceled.has(number);
      case 'canceled':
        if (this.shipped.has(number)) return false;
        this.canceled.add(number);
        return true;
      case 'shipped':
        if (this.canceled.has(number)) return false;
        this.shipped.add(number);
        return true;
    }
  }

  private add(event: LifeEvent): void {
    let [low, high] = [0, this.coming.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.coming[middle];
      if (other !== undefined && compare(other, event) > 0) low = middle + 1;
      else high = middle;
    }
    this.coming.splice(low, 0, event);
  }
}

function foreseen(order: OlistOrder): LifeEvent[] {
  const events: LifeEvent[] = [];
  if (order.sale) {
    events.push({ time: Math.max(order.approved ?? 0, order.purchased), kind: 'sold', order });
  } else {
    events.push({ time: order.purchased, kind: 'created', order });
    if (!isLate(order)) events.push({ time: order.purchased, kind: 'rows', order });
  }
  if (order.approved !== null && !order.sale) {
    const kind = order.status === 'unavailable' ? 'pending-inventory' : 'accepted';
    events.push({ time: Math.max(order.approved, order.purchased), kind, order });
  }
  if (order.status === 'canceled') {
    events.push({ time: order.purchased + CANCELED_AFTER, kind: 'canceled', order });
  }
  return events;
}

const isLate = (order: OlistOrder) => order.number % EVERY_LATE === 0;

function compare(a: LifeEvent, b: LifeEvent): number {
  return (
    a.time - b.time ||
    a.order.number - b.order.number ||
    ORDER_OF_KINDS.indexOf(a.kind) - ORDER_OF_KINDS.indexOf(b.kind)
  );
}
