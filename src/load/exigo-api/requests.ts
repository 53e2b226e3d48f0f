import { toExigoDate } from './values.js';

/** An order by its id or by its key; Exigo refuses a request that has both. */
export type OrderRef = { readonly orderID: number } | { readonly orderKey: string };

export type TrackingNumbers = { readonly [K in `trackingNumber${1 | 2 | 3 | 4 | 5}`]?: string };

/** One order of ChangeOrderStatusBatch (exigo.md section 2.7). It has no carrier field. Dates: instants (ms). */
export type BatchDetail = OrderRef & TrackingNumbers & { readonly shippedDate?: number };

/**
 * The fields of UpdateOrder that the product has a use for (exigo.md section 2.8); amounts are left out on
 * purpose. Carriers go by the API's names (`UPS`, `FedEx`, `USPS` ...), the first one without a number.
 * `orderStatus` is the id here, unlike elsewhere. Dates are instants (ms).
 */
export type OrderUpdate = TrackingNumbers & {
  readonly [K in 'webCarrierID' | `webCarrierID${2 | 3 | 4 | 5}`]?: string;
} & {
  readonly [K in `other${11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20}`]?: string;
} & {
  readonly orderStatus?: number;
  readonly orderSubStatusTy?: number;
  readonly shipMethodID?: number;
  readonly warehouseID?: number;
  readonly notes?: string;
  readonly shippedDate?: number;
  readonly lockedDate?: number;
  readonly orderDate?: number;
};

const DATES = new Set(['shippedDate', 'lockedDate', 'orderDate']);

/** The same object with its instants as the API writes dates; fields without a value are left out. */
export function encodeDates(fields: object): Record<string, unknown> {
  const encoded = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, DATES.has(name) ? toExigoDate(Number(value)) : value]);
  return Object.fromEntries(encoded) as Record<string, unknown>;
}
