import { DateTime } from 'luxon';

/** A marketplace order before GoDataFeed shows it. Instants in ms. */
export interface NewFeedOrder {
  /** GoDataFeed's own number. */
  readonly number: string;
  readonly marketplace?: string;
  readonly marketplaceNumber?: string;
  readonly purchasedAt?: number;
  readonly importedAt?: number;
  /** Further members as JSON text, `"Total":12.50,"OrderItems":[...]`: digits as they are written. */
  readonly members?: string;
}

export interface StandinOrder {
  readonly number: string;
  readonly marketplace: string;
  readonly marketplaceNumber: string;
  readonly purchasedAt: number;
  readonly importedAt: number;
  readonly members: string;
  /** Digits of the fraction of its timestamps: the vendor's vary. */
  readonly fraction: number;
  status: 'New' | 'Processing' | 'Shipped' | 'Canceled';
  destinationNumber: string | null;
  tracking: string | null;
  carrier: string | null;
  /** As it was sent. */
  dateShipped: string | null;
  /** Null until the marketplace knows; then how it ended. */
  sync: 'Sync Complete' | 'Manually Synced' | 'Error' | null;
  syncMessage: string | null;
  /** Whether the marketplace is to be told with the next cycle. */
  due: boolean;
}

export interface Verdict {
  /** Null when it is accepted. */
  readonly refusal: string | null;
  readonly changed: boolean;
}

const FRACTIONS = [0, 2, 3, 7];
const ACCEPTED: Verdict = { refusal: null, changed: true };
const REPEATED: Verdict = { refusal: null, changed: false };

/** The orders of one store: what GoDataFeed knows and does with them. */
export class FeedOrders {
  private readonly orders = new Map<string, StandinOrder>();

  /** `keepsSync`: an update leaves the marketplace's last answer in place until the next cycle. */
  constructor(private readonly keepsSync = false) {}

  put(order: NewFeedOrder, now: number): StandinOrder {
    const stored: StandinOrder = {
      number: order.number,
      marketplace: order.marketplace ?? 'Amazon',
      marketplaceNumber: order.marketplaceNumber ?? `M-${order.number}`,
      purchasedAt: order.purchasedAt ?? now,
      importedAt: order.importedAt ?? now,
      members: order.members ?? '',
      fraction: FRACTIONS[this.orders.size % FRACTIONS.length] ?? 0,
      status: 'New',
      destinationNumber: null,
      tracking: null,
      carrier: null,
      dateShipped: null,
      sync: null,
      syncMessage: null,
      due: true,
    };
    this.orders.set(stored.number, stored);
    return stored;
  }

  get(number: string): StandinOrder | undefined {
    return this.orders.get(number);
  }

  remove(number: string): void {
    this.orders.delete(number);
  }

  all(): StandinOrder[] {
    return [...this.orders.values()];
  }

  acknowledge(order: StandinOrder, destinationNumber: string, dry = false): Verdict {
    if (order.status === 'Canceled') return refused(`Order ${order.number} is canceled`);
    if (order.destinationNumber !== null) {
      return order.destinationNumber === destinationNumber
        ? REPEATED
        : refused(`Order ${order.number} is acknowledged with another number`);
    }
    if (dry) return ACCEPTED;
    order.destinationNumber = destinationNumber;
    if (order.status === 'New') order.status = 'Processing';
    return ACCEPTED;
  }

  update(
    order: StandinOrder,
    change: Pick<StandinOrder, 'status' | 'tracking' | 'carrier' | 'dateShipped'>,
    dry = false,
  ): Verdict {
    const { status, tracking, carrier, dateShipped } = change;
    if (order.status !== status && (order.status === 'Shipped' || order.status === 'Canceled')) {
      return refused(`Order ${order.number} is ${order.status}`);
    }
    const same =
      order.status === status &&
      order.tracking === tracking &&
      order.carrier === carrier &&
      order.dateShipped === dateShipped;
    if (same) return REPEATED;
    if (!dry) {
      const answer = this.keepsSync ? {} : { sync: null, syncMessage: null };
      Object.assign(order, { status, tracking, carrier, dateShipped, ...answer, due: true });
    }
    return ACCEPTED;
  }

  /** One cycle of GoDataFeed: what is shipped or canceled goes to the marketplace, which may refuse it. */
  cycle(faultOf: (order: StandinOrder) => string | null): void {
    for (const order of this.orders.values()) {
      if (order.sync !== null && order.sync !== 'Error' && !order.due) continue;
      if (order.status !== 'Shipped' && order.status !== 'Canceled') continue;
      order.due = false;
      order.syncMessage = order.status === 'Shipped' ? faultOf(order) : null;
      order.sync = order.syncMessage === null ? 'Sync Complete' : 'Error';
    }
  }
}

/** Why a marketplace refuses a shipment; null when it does not. A bare date is midnight. */
export function shipmentFault(order: StandinOrder, carriers: readonly string[]): string | null {
  const shipped = DateTime.fromISO(order.dateShipped ?? '', { zone: 'utc' });
  if (!shipped.isValid) return 'Invalid ship date';
  if (shipped.toMillis() < order.purchasedAt) return 'The ship date is before the purchase date';
  if (order.carrier !== null && !carriers.includes(order.carrier)) return `Unknown carrier ${order.carrier}`;
  return /^[A-Za-z0-9-]{4,40}$/.test(order.tracking ?? '') ? null : 'Invalid tracking number';
}

/** One order as the API writes it. */
export function orderText(order: StandinOrder, names: (name: string) => string): string {
  const date = (ms: number | null) => (ms === null ? 'null' : `"${stamp(ms, order.fraction)}"`);
  const member = (name: string, value: string) => `"${names(name)}":${value}`;
  const text = (name: string, value: string | null) => member(name, JSON.stringify(value));
  return `{${[
    text('OrderNumber', order.number),
    text('StoreOrderNumber', order.marketplaceNumber),
    text('Marketplace', order.marketplace),
    text('OrderStatus', order.status),
    text('OrderDestinationOrderNumber', order.destinationNumber),
    member('OrderDate', date(order.purchasedAt)),
    member('GDFImportDate', date(order.importedAt)),
    text('DateShipped', order.dateShipped),
    text('ShipmentTrackingNumber', order.tracking),
    text('ShipmentCarrier', order.carrier),
    text('SyncStatus', order.sync),
    text('SyncMessage', order.syncMessage),
    ...(order.members === '' ? [] : [order.members]),
  ].join(',')}}`;
}

function stamp(ms: number, fraction: number): string {
  const whole = new Date(ms).toISOString();
  if (fraction === 0) return `${whole.slice(0, 19)}Z`;
  return `${whole.slice(0, 19)}.${whole.slice(20, 23).padEnd(7, '0').slice(0, fraction)}Z`;
}

function refused(refusal: string): Verdict {
  return { refusal, changed: false };
}
