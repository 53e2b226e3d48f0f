import type { Clock } from '../../src/core/clock.js';
import { addDecimals, type Decimal, formatDecimal, parseDecimal } from '../../src/core/decimal.js';
import { InvariantError } from '../../src/core/errors.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import { type GoDataFeedStandin, startGoDataFeedStandin } from '../../src/standins/godatafeed/server.js';
import { KEY, storeOf } from '../support/godatafeed-standin.js';
import type { OlistOrder } from './load.js';

/** How GoDataFeed shows an order. */
export interface ShownSale {
  readonly status: string;
  readonly destinationNumber: string | null;
  /** Instant (ms). */
  readonly shippedAt: number | null;
}

/** Orders the marketplace sold, by their number in the replay. */
export interface Sales {
  /** The marketplace has released an order, as it is paid: it is NEW. */
  put(order: OlistOrder): void;
  /** The marketplace cancels it before anybody took it. */
  cancel(order: OlistOrder): void;
  shown(number: number): ShownSale | null;
}

/** How the key of an order in Exigo begins. */
export const SALE_KEY = 'olist:';

/** Of every sale, whatever the state of its buyer. */
export const SALES_WAREHOUSE = 1;

/** Exigo's number for the ship method of the replay goes to its marketplace as this carrier. */
const CARRIER = 'UPS';
const ORDERS = {
  warehouse: SALES_WAREHOUSE,
  currencies: { BRL: 'brl' },
  shipMethods: { any: { any: 1 } },
  unmappedSkus: 'as-item-code',
  customer: { byEmail: 1 },
  paymentType: 1,
};

/** A marketplace behind the stand-in of GoDataFeed, on the clock of the replay. */
export class OlistMarket implements Sales {
  private constructor(private readonly feed: GoDataFeedStandin) {}

  static async open(clock: Clock): Promise<OlistMarket> {
    return new OlistMarket(await startGoDataFeedStandin({ clock, consumerKey: KEY, bucketSize: 1_000_000 }));
  }

  /** The store as it is configured. */
  get store(): GoDataFeedStore {
    return storeOf({
      baseUrl: this.feed.url,
      deadline: '30s',
      rate: { bucket: 10_000, leakPerSecond: 1_000 },
      orders: ORDERS,
      updates: { carriers: { shipMethods: { 1: CARRIER } } },
    });
  }

  put(order: OlistOrder): void {
    this.feed.put({
      number: numberOf(order.number),
      marketplace: 'Olist',
      marketplaceNumber: order.id,
      purchasedAt: order.purchased,
      members: membersOf(order),
    });
  }

  cancel(order: OlistOrder): void {
    this.feed.marketplaceSets(numberOf(order.number), 'Canceled');
  }

  shown(number: number): ShownSale | null {
    const order = this.feed.order(numberOf(number));
    if (order === undefined) return null;
    const { status, destinationNumber, dateShipped } = order;
    return {
      status,
      destinationNumber,
      shippedAt: dateShipped === null ? null : Date.parse(dateShipped),
    };
  }

  /** GoDataFeed takes what it was told to the marketplace. */
  cycle(): void {
    this.feed.cycle();
  }

  /** Throws unless every order was acknowledged and updated at most once, and every call was accepted. */
  assertOnce(): void {
    const seen = new Set<string>();
    for (const { operation, orderNumber, applied } of this.feed.journal) {
      const call = `${operation} ${orderNumber}`;
      if (!applied) throw new InvariantError(`${call}: changed nothing`);
      if (seen.has(call)) throw new InvariantError(`${call}: sent twice`);
      seen.add(call);
    }
  }

  close(): Promise<void> {
    return this.feed.close();
  }
}

function numberOf(number: number): string {
  return `G${number}`;
}

/** The sample has neither names nor streets. */
function membersOf({ number, header, lines }: OlistOrder): string {
  const text = (value: unknown) => JSON.stringify(String(value ?? ''));
  const items = lines.map(
    ({ OrderLine, ItemCode, PriceEach, ItemDescription }) =>
      `{"OrderItemNumber":${text(OrderLine)},"SKU":${text(ItemCode)},"Quantity":1,"UnitPrice":${PriceEach},"Title":${text(ItemDescription)}}`,
  );
  const address = [
    `"Name":"Customer ${header.CustomerID}","Address1":"Rua ${number}"`,
    `"City":${text(header.City)},"State":${text(header.State)},"PostalCode":${text(header.Zip)},"CountryCode":"BR"`,
  ].join(',');
  const total = [header.SubTotal, header.ShippingTotal].map(amount).reduce(addDecimals);
  return [
    '"Currency":"BRL","ShippingMethod":"Standard"',
    `"CustomerEmail":"c${header.CustomerID}@example.com"`,
    `"ShippingAddress":{${address}}`,
    `"OrderItems":[${items.join(',')}]`,
    `"ShippingTotal":${header.ShippingTotal},"TaxTotal":0,"Total":${formatDecimal(total)}`,
  ].join(',');
}

function amount(value: unknown): Decimal {
  const parsed = parseDecimal(String(value));
  if (parsed === null || parsed === undefined) throw new InvariantError(`the sample has the amount ${value}`);
  return parsed;
}
