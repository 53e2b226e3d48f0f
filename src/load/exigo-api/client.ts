import type { Clock } from '../../core/clock.js';
import type { ExigoApiConfig, ListStyle } from '../../core/config.js';
import { ConfigurationError, TerminalError, TransientError } from '../../core/errors.js';
import { type OrderStatus, statusId } from '../../core/exigo.js';
import type { MadeOrder } from '../../core/new-order.js';
import { createHttpClient, type HttpRequest } from '../../http/client.js';
import { type Json, member } from '../../http/json.js';
import { wordsOfMany, wordsRedactor } from '../../http/redact.js';
import { type ExigoOrder, readOrder } from './order-reply.js';
import { chunkIds, encodeQuery, type OrdersQuery } from './query.js';
import { type BatchDetail, encodeDates, type OrderRef, type OrderUpdate } from './requests.js';
import { checkResult } from './result.js';
import { readCustomers, readMade, type TransactionRequest } from './transaction.js';
import { integerOf, statusOf } from './values.js';

const NAME = 'Exigo API';
/** Leaves room for `batchSize` and `greaterThanOrderID` below the usual limit of 2,048. */
const MAX_ID_LIST = 1_900;

export interface ExigoClientOptions {
  readonly clock: Clock;
  /** Told of the `Date` header of every answer. */
  readonly onDate?: (date: string) => void;
  /** Once aborted, no request begins any more. */
  readonly signal?: AbortSignal;
}

/**
 * The Exigo REST API as far as the product uses it. Every method throws what {@link HttpClient} throws,
 * and TerminalError `EXIGO_FAILURE` with the server's reasons for a Failure result. Nothing is retried.
 */
export interface ExigoClient {
  /** One page of GetOrders, ordered by OrderID. */
  getOrders(query: OrdersQuery): Promise<ExigoOrder[]>;
  /** All pages: on with `greaterThanOrderID` until a page is empty, as only that one proves the end. */
  orderPages(query: OrdersQuery): AsyncGenerator<ExigoOrder[], void, undefined>;
  /**
   * The same pages as they came, decimals as text; entries that are no order are among them. They are of orders that nobody
   * has frozen yet, so an error says what the server said only where that names nobody.
   */
  replyPages(query: OrdersQuery): AsyncGenerator<Json[], void, undefined>;
  /** Status of each order by GetOrders; an order that Exigo does not return is missing from the map. */
  readStatuses(orderIds: readonly number[]): Promise<Map<number, string>>;
  changeOrderStatus(order: OrderRef, status: OrderStatus): Promise<void>;
  /** One call, one result for all of them. */
  changeOrderStatusBatch(details: readonly BatchDetail[], status: OrderStatus): Promise<void>;
  /** Customers with this e-mail address, in any case. */
  customersByEmail(email: string): Promise<number[]>;
  /** Customer (when the request has one), order and payment: all or nothing. */
  processTransaction(requests: readonly TransactionRequest[], about: string): Promise<MadeOrder>;
  /** Changes only the fields that are given. */
  updateOrder(order: OrderRef, fields: OrderUpdate): Promise<void>;
  /** Closes the connections; for when no request is running any more. */
  close(): void;
}

export function createExigoClient(config: ExigoApiConfig, options: ExigoClientOptions): ExigoClient {
  const token = Buffer.from(`${config.login}@${config.company}:${config.password}`).toString('base64');
  const secrets = [token, config.password, config.login];
  const style = config.listStyle ?? 'comma';
  const http = createHttpClient({
    name: NAME,
    baseUrl: config.baseUrl,
    headers: { Authorization: `Basic ${token}` },
    secrets,
    deadlineMs: config.deadlineMs,
    clock: options.clock,
    signal: options.signal,
    onDate: options.onDate,
    ...(config.maxBytes === undefined ? {} : { maxBytes: config.maxBytes }),
    credentialsHint:
      "check login, company and password, the user's API access in Exigo Admin, and that this machine's address is on the API whitelist",
  });

  async function call(request: HttpRequest, about = ''): Promise<Json> {
    const { body } = await http.request(request);
    const label = `${NAME} ${request.method} ${request.path}${about}`;
    const redact = wordsRedactor(secrets, request.body);
    const words = request.ofMany === true ? wordsOfMany(redact, null) : redact;
    checkResult({ label, mutates: request.method !== 'GET' }, body, words);
    return body;
  }

  async function page(query: OrdersQuery, parse: 'exact' | 'fast', ofMany = false): Promise<Json[]> {
    const request = { method: 'GET', path: '/orders', query: encodeQuery(query, style) } as const;
    const body = await call({ ...request, parse, ofMany });
    const orders = member(body, 'orders') ?? null;
    if (Array.isArray(orders)) return orders as Json[];
    // Never taken for "no orders": absence is what a read-back concludes from.
    if (orders === null && member(body, 'recordCount') === 0) return [];
    throw new TransientError(
      'REPLY_UNREADABLE',
      `${NAME} GET /orders: the answer has no list of orders; nothing was changed, it is read again later`,
    );
  }

  async function* pages(
    query: OrdersQuery,
    parse: 'exact' | 'fast',
    ofMany = false,
  ): AsyncGenerator<Json[], void> {
    let after = query.greaterThanOrderID;
    for (;;) {
      const orders = await page(
        after === undefined ? query : { ...query, greaterThanOrderID: after },
        parse,
        ofMany,
      );
      if (orders.length === 0) return;
      const last = Math.max(...orders.map((order) => integerOf(member(order, 'orderID')) ?? 0));
      if (after !== undefined && last <= after) {
        throw new TerminalError(
          'PAGING',
          `${NAME} GET /orders: asked for orders above ${after}, got a page that ends at ${last}; stopped, as it would never end`,
        );
      }
      yield orders;
      after = last;
    }
  }

  return {
    async getOrders(query) {
      return (await page(query, 'exact')).flatMap((order) => readOrder(order) ?? []);
    },

    async *orderPages(query) {
      for await (const orders of pages(query, 'exact')) {
        yield orders.flatMap((order) => readOrder(order) ?? []);
      }
    },

    replyPages: (query) => pages(query, 'exact', true),

    async readStatuses(orderIds) {
      const found = new Map<number, string>();
      for (const ids of chunkIds([...new Set(orderIds)], style, config.maxOrders, MAX_ID_LIST)) {
        const wanted = new Set(ids);
        for await (const orders of pages({ orderIDs: ids, batchSize: ids.length }, 'fast')) {
          for (const order of orders) {
            const id = integerOf(member(order, 'orderID')) ?? Number.NaN;
            if (!wanted.delete(id)) throw notAsked(id, style);
            found.set(id, statusOf(member(order, 'orderStatus')) ?? 'unknown');
          }
          if (wanted.size === 0) break;
        }
      }
      return found;
    },

    async changeOrderStatus(order, status) {
      const body = { ...order, orderStatus: status };
      await call({ method: 'POST', path: '/orders/status', body }, ` (${describe([order])})`);
    },

    async changeOrderStatusBatch(details, status) {
      const body = {
        ...(config.batchStatusField === 'orderStatusTy'
          ? { orderStatusTy: statusId(status) }
          : { orderStatus: status }),
        details: details.map((detail) => encodeDates(detail)),
      };
      await call({ method: 'POST', path: '/orders/statusbatch', body }, ` (${describe(details)})`);
    },

    async updateOrder(order, fields) {
      const body = { ...order, ...encodeDates(fields) };
      await call({ method: 'PATCH', path: '/orders', body }, ` (${describe([order])})`);
    },

    async customersByEmail(email) {
      const query = new URLSearchParams({ email }).toString();
      const body = await call({ method: 'GET', path: '/customers', query });
      return readCustomers(body, email);
    },

    async processTransaction(requests, about) {
      const body = { transactionRequests: requests };
      const answer = await call({ method: 'POST', path: '/transaction', body }, ` (${about})`);
      return readMade(answer, `${NAME} POST /transaction (${about})`);
    },

    close: () => http.close(),
  };
}

/** `order 17`, or `3 orders, 17 to 42`. */
function describe(orders: readonly OrderRef[]): string {
  const names = orders.map((order) => ('orderID' in order ? order.orderID : order.orderKey));
  if (names.length === 1) return `order ${names[0]}`;
  return `${names.length} orders, ${names[0]} to ${names.at(-1)}`;
}

function notAsked(id: number, style: ListStyle): ConfigurationError {
  return new ConfigurationError(
    `${NAME} GET /orders: answered with order ${id}, which was not asked for, so it does not understand the list of ids in the form "${style}"; set another list style (comma, repeated, indexed)`,
  );
}
