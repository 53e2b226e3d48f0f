import type { ListStyle } from '../../core/config.js';
import type { OrderStatus } from '../../core/exigo.js';
import { toExigoDate } from './values.js';

type Other = `other${11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20}`;

/** The qualifiers of GetOrders under the vendor's names (exigo.md section 2.2); dates are instants (ms). */
export type OrdersQuery = {
  readonly customerID?: number;
  readonly customerKey?: string;
  readonly orderID?: number;
  readonly orderIDs?: readonly number[];
  readonly orderKey?: string;
  readonly orderKeys?: readonly string[];
  readonly orderDateStart?: number;
  readonly orderDateEnd?: number;
  readonly orderStatus?: OrderStatus;
  readonly otherOrderStatuses?: readonly OrderStatus[];
  readonly orderSubStatusTy?: number;
  readonly orderTys?: readonly number[];
  readonly warehouseID?: number;
  readonly currencyCode?: string;
  readonly partyID?: number;
  readonly batchID?: number;
  readonly referralID?: number;
  /** Pages begin after this order. */
  readonly greaterThanOrderID?: number;
  /** Strictly later. */
  readonly greaterThanModifiedDate?: number;
  /** Orders of one reply; the server's default is 500 by its documentation. */
  readonly batchSize?: number;
  readonly returnCustomer?: boolean;
  readonly returnKitDetails?: boolean;
} & { readonly [K in Other]?: string };

const DATES: ReadonlySet<string> = new Set<keyof OrdersQuery>([
  'orderDateStart',
  'orderDateEnd',
  'greaterThanModifiedDate',
]);

/**
 * The query string of GetOrders, without `?`. Commas between values stay plain, as RFC 3986 allows:
 * encoded they would triple in length.
 */
export function encodeQuery(query: OrdersQuery, style: ListStyle): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) =>
      Array.isArray(value)
        ? encodeList(name, value.map(String), style)
        : [`${name}=${encodeURIComponent(DATES.has(name) ? toExigoDate(Number(value)) : String(value))}`],
    )
    .join('&');
}

function encodeList(name: string, values: readonly string[], style: ListStyle): string[] {
  const encoded = values.map(encodeURIComponent);
  if (values.length === 0) return [];
  if (style === 'comma') return [`${name}=${encoded.join(',')}`];
  if (style === 'repeated') return encoded.map((value) => `${name}=${value}`);
  return encoded.map((value, index) => `${name}%5B${index}%5D=${value}`);
}

/**
 * Cuts ids into lists for one request each: at most `maxOrders` ids, and a query of at most `maxLength`
 * characters (web servers of this family refuse more than 2,048 by default).
 */
export function chunkIds(
  ids: readonly number[],
  style: ListStyle,
  maxOrders: number,
  maxLength: number,
): number[][] {
  const chunks: number[][] = [];
  let chunk: number[] = [];
  let length = 0;
  for (const id of ids) {
    const cost = costOf(id, chunk.length, style);
    if (chunk.length >= maxOrders || (length + cost > maxLength && chunk.length > 0)) {
      chunks.push(chunk);
      chunk = [];
      length = 0;
    }
    chunk.push(id);
    length += costOf(id, chunk.length - 1, style);
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

function costOf(id: number, index: number, style: ListStyle): number {
  const digits = String(id).length;
  if (style === 'comma') return digits + 1;
  return 'orderIDs=&'.length + digits + (style === 'indexed' ? `%5B${index}%5D`.length : 0);
}
