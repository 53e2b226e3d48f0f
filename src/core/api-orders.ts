import type { QueueTable } from './exigo-tables.js';

/** A row with the column names of the sync database; money and dates as text, as that has them. */
export type ApiRow = Readonly<Record<string, string | number | null>>;

/** Tables of which GetOrders shows rows. */
export const API_TABLES = ['Orders', 'OrderDetails', 'Payments', 'Customers'] as const satisfies QueueTable[];
export type ApiTable = (typeof API_TABLES)[number];

/** An order of the Exigo API with its lines, payments and customer, as rows of the tables of the sync database. */
export interface ApiOrder {
  readonly orderId: number;
  readonly statusId: number;
  /** US Central text. */
  readonly modifiedAt: string;
  readonly rows: Readonly<Record<ApiTable, readonly ApiRow[]>>;
}

/** One page of a listing. */
export interface ApiPage {
  readonly orders: readonly ApiOrder[];
  /** What is there and cannot be kept without losing or inventing something, with the reason. */
  readonly unreadable: readonly string[];
}

/** Which orders are listed; each qualifier of the configuration applies, except to orders that are asked for by id. */
export type ApiListing =
  /** Changed after this instant (ms), in any status. */
  | { readonly changedAfter: number }
  /** Accepted, and changed after this instant (ms). */
  | { readonly acceptedAfter: number }
  | { readonly orderIds: readonly number[] };

/**
 * Orders of the Exigo API by GetOrders. Errors are those of a read: TransientError, ConfigurationError, TerminalError.
 * A page that fails for a passing reason is asked for again, `between` is awaited before every page.
 */
export interface ApiOrders {
  list(listing: ApiListing, between: () => Promise<void>): AsyncIterable<ApiPage>;
}

/** Qualifiers of GetOrders that the configuration sets (`exigoApi.orders`); a list is any of its values. */
export interface OrderQualifiers {
  readonly customerID?: number;
  readonly customerKey?: string;
  readonly orderIDs?: readonly number[];
  readonly orderKeys?: readonly string[];
  /** Instants (ms). */
  readonly orderDateStart?: number;
  readonly orderDateEnd?: number;
  readonly statuses?: readonly string[];
  readonly subStatuses?: readonly number[];
  /** Ids. */
  readonly orderTypes?: readonly number[];
  readonly warehouseIDs?: readonly number[];
  readonly currencyCodes?: readonly string[];
  readonly partyIDs?: readonly number[];
  readonly batchIDs?: readonly number[];
  readonly referralIDs?: readonly number[];
  /** Other11 to Other20 by number. */
  readonly others?: Readonly<Record<string, string>>;
  readonly returnCustomer: boolean;
  readonly returnKitDetails: boolean;
  /** Orders of one page. */
  readonly batchSize: number;
}
