import type { ApiListing, ApiOrder, ApiOrders, ApiPage, OrderQualifiers } from '../../core/api-orders.js';
import { type Clock, HOUR, MINUTE } from '../../core/clock.js';
import type { ExigoApiConfig } from '../../core/config.js';
import { ConfigurationError, TransientError } from '../../core/errors.js';
import { statusId } from '../../core/exigo.js';
import { type Random, READ_RETRY, retryDelay } from '../../core/retry.js';
import { fromExigoText } from '../../core/time.js';
import { type Json, member } from '../../http/json.js';
import type { ExigoClient } from './client.js';
import { orderRows, UnreadableOrder } from './order-rows.js';
import { queriesOf } from './qualifiers.js';
import { chunkIds, type OrdersQuery } from './query.js';
import { integerOf } from './values.js';

/** Tries of one page, with a pause in between. */
const TRIES = 3;
/** A server that wants more than this is asked again in the next run. */
const LONGEST_PAUSE = MINUTE;
/** Leaves room for `batchSize` and `greaterThanOrderID` below the usual limit of 2,048. */
const MAX_ID_LIST = 1_900;
/** A day and more: whatever zone a server reads a date in. */
const OTHER_ZONE = 26 * HOUR;

export const DEFAULT_QUALIFIERS: OrderQualifiers = {
  returnCustomer: true,
  returnKitDetails: true,
  batchSize: 200,
};

/** Orders of the Exigo API, page by page, as rows of the sync database. */
export function exigoOrderSource(
  client: ExigoClient,
  config: Pick<ExigoApiConfig, 'listStyle' | 'maxOrders' | 'orders'>,
  clock: Clock,
  random: Random = Math.random,
): ApiOrders {
  const { listStyle = 'comma', maxOrders, orders: qualifiers = DEFAULT_QUALIFIERS } = config;
  return {
    async *list(listing, between) {
      const asked =
        'orderIds' in listing
          ? chunkIds(listing.orderIds, listStyle, maxOrders, MAX_ID_LIST).map((orderIDs) => ({
              orderIDs,
              batchSize: orderIDs.length,
              returnCustomer: qualifiers.returnCustomer,
              returnKitDetails: qualifiers.returnKitDetails,
            }))
          : queriesOf(qualifiers, listing);
      for (const query of asked) {
        const missing = 'orderIds' in listing ? new Set(query.orderIDs) : null;
        for await (const page of patiently(client, query, { clock, random }, between)) {
          const found = read(page, query, listing);
          yield found;
          for (const { orderId } of found.orders) missing?.delete(orderId);
          if (missing?.size === 0) break;
        }
      }
    },
  };
}

/** Every page of a query; one that fails for a passing reason is asked for again, where the one before it ended. */
async function* patiently(
  client: ExigoClient,
  query: OrdersQuery,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  between: () => Promise<void>,
): AsyncGenerator<Json[]> {
  let after: number | undefined;
  for (let failed = 0; ; ) {
    try {
      await between();
      const from = after === undefined ? query : { ...query, greaterThanOrderID: after };
      for await (const page of client.replyPages(from)) {
        failed = 0;
        yield page;
        after = Math.max(after ?? 0, ...page.map((order) => integerOf(member(order, 'orderID')) ?? 0));
        await between();
      }
      return;
    } catch (error) {
      failed++;
      if (!(error instanceof TransientError) || failed === TRIES) throw error;
      const pause = retryDelay(failed, READ_RETRY, random, error);
      if (pause > LONGEST_PAUSE) throw error;
      await clock.sleep(pause);
    }
  }
}

function read(page: readonly Json[], query: OrdersQuery, listing: ApiListing): ApiPage {
  const orders: ApiOrder[] = [];
  const unreadable: string[] = [];
  for (const one of page) {
    try {
      const order = orderRows(one);
      assertAsked(order, query, listing);
      orders.push(order);
    } catch (error) {
      if (!(error instanceof UnreadableOrder)) throw error;
      unreadable.push(error.message);
    }
  }
  return { orders, unreadable };
}

/** A qualifier that a server does not understand is one it ignores: then everything there is would be listed. */
function assertAsked({ orderId, modifiedAt, rows }: ApiOrder, query: OrdersQuery, listing: ApiListing): void {
  const row = rows.Orders[0] ?? {};
  const differs = (Object.entries(CHECKS) as [keyof OrdersQuery, (typeof CHECKS)[string]][]).find(
    ([name, { column, as = String }]) =>
      query[name] !== undefined &&
      row[column] != null &&
      String(row[column]).toLowerCase() !== as(query[name]),
  );
  const { orderIDs, orderTys } = query;
  const name =
    differs?.[0] ??
    (orderIDs !== undefined && !orderIDs.includes(orderId) ? 'orderIDs' : undefined) ??
    (orderTys !== undefined && !orderTys.includes(Number(row.OrderTypeID)) ? 'orderTys' : undefined) ??
    (isOlder(modifiedAt, listing) ? 'greaterThanModifiedDate' : undefined);
  if (name === undefined) return;
  const list = name === 'orderIDs' || name === 'orderTys' ? '; set another exigoApi.listStyle, or' : '; ';
  throw new ConfigurationError(
    `Exigo API GET /orders: answered with order ${orderId}, which does not meet ${name}, so it does not understand that qualifier${list} leave it out of exigoApi.orders; nothing was frozen`,
  );
}

const CHECKS: Readonly<
  Record<string, { readonly column: string; readonly as?: (value: unknown) => string }>
> = {
  orderStatus: {
    column: 'OrderStatusID',
    as: (name) => String(statusId(name as Parameters<typeof statusId>[0])),
  },
  warehouseID: { column: 'WarehouseID' },
  currencyCode: { column: 'CurrencyCode', as: (code) => String(code).toLowerCase() },
  customerID: { column: 'CustomerID' },
  partyID: { column: 'PartyID' },
  orderSubStatusTy: { column: 'OrderSubStatusID' },
};

function isOlder(modifiedAt: string, listing: ApiListing): boolean {
  if ('orderIds' in listing) return false;
  const after = 'changedAfter' in listing ? listing.changedAfter : listing.acceptedAfter;
  return fromExigoText(modifiedAt) < after - OTHER_ZONE;
}
