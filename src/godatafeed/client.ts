import { DateTime } from 'luxon';
import { DAY } from '../core/clock.js';
import { ConfigurationError, codeOf, TerminalError } from '../core/errors.js';
import type { ImportWindow } from '../core/feed-store.js';
import type { FeedOperation, GoDataFeedStore } from '../core/godatafeed.js';
import type { Priority } from '../core/rate.js';
import { isObject, type Json } from '../http/json.js';
import { sliceOf } from '../http/json-slices.js';
import { Caller, type CallerOptions, type FeedCall } from './caller.js';
import { firstOf, firstPathOf, textOf, valueAt } from './envelope.js';
import { type ListedOrders, type ListPage, pagesOf, readAll } from './list.js';
import { type FeedOrder, readOrder, readOrders } from './orders.js';

/** Before the first marketplace order there was: the list is asked over all time. */
const ALL_TIME = Date.parse('2000-01-01T00:00:00Z');

export interface Shipment {
  readonly tracking: string;
  readonly carrier: string | null;
  /** Instant (ms): a date without its time would be midnight, before the purchase. */
  readonly shippedAt: number;
}

type Guard = () => Promise<void>;

/**
 * The GoDataFeed API as far as the product uses it, for one store. Every method throws what {@link Caller.call}
 * throws. Reads are tried again by nobody but the gate (429); changes are the caller's to read back.
 */
export interface GoDataFeedClient {
  readonly store: string;
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /** Makes sure that there is a token. */
  authorize(): Promise<void>;
  /** Orders with status NEW, over all time or of a window. */
  countNew(window?: ImportWindow): Promise<number>;
  /** All pages of them, read to the end before anything is acknowledged; `between` is awaited before each. */
  listNew(window?: ImportWindow, between?: () => Promise<void>): Promise<ListedOrders>;
  /** Orders with a status that were purchased since (ms), of which `keep` is true; `between` is awaited before every page. */
  listShown(
    status: 'shipped' | 'canceled',
    since: number,
    keep: (order: FeedOrder) => boolean,
    between: () => Promise<void>,
  ): Promise<ListedOrders>;
  /**
   * Orders of every status that were imported in this time, page by page. Rows may move meanwhile, so one may come
   * twice. Throws TransientError `LIST_SHORT` at the end when far fewer came than were counted.
   */
  listAll(window: ImportWindow): AsyncGenerator<readonly FeedOrder[], void, undefined>;
  /** An order as it stands, by GoDataFeed's or the marketplace's number; null when it is not shown. */
  find(number: string, priority: Priority): Promise<FeedOrder | null>;
  /**
   * The order is at its destination, under this number there. `guard`, here and below, is called right before the request
   * leaves, when its budget has let it pass; when it throws, nothing leaves.
   */
  acknowledge(orderNumber: string, destinationNumber: string, guard?: Guard): Promise<void>;
  ship(orderNumber: string, shipment: Shipment, guard?: Guard): Promise<void>;
  cancel(orderNumber: string, guard?: Guard): Promise<void>;
  /** Closes the connections; for when no request is running any more. */
  close(): void;
}

export function createGoDataFeedClient(store: GoDataFeedStore, options: CallerOptions): GoDataFeedClient {
  const { clock } = options;
  const caller = new Caller(store, options);

  function feedCall(operation: FeedOperation, priority: Priority, orderNumber?: string): FeedCall {
    const path = store.paths[operation];
    return {
      method: store.methods[operation],
      path: orderNumber === undefined ? path : path.replace(':orderNumber', encodeURIComponent(orderNumber)),
      priority,
      setting: `paths.${operation}`,
      ...(orderNumber === undefined ? {} : { ofOrder: true }),
    };
  }

  /** The filter of count and list; without a window over all time, as a watermark would lose orders. */
  function question(status: string | null, window?: ImportWindow): URLSearchParams {
    const { parameters } = store;
    const query = new URLSearchParams();
    if (status !== null) query.set(parameters.status, status);
    query.set(parameters.fromDate, isoOf(ALL_TIME));
    query.set(parameters.toDate, isoOf(clock.now() + DAY));
    if (window !== undefined) {
      query.set(parameters.fromImportDate, isoOf(window.from));
      query.set(parameters.toImportDate, isoOf(window.to));
    }
    if (store.includeDisabled !== null) query.set(parameters.includeDisabled, String(store.includeDisabled));
    return query;
  }

  function count(window?: ImportWindow): Promise<number> {
    const priority = window === undefined ? 'acknowledgement' : 'backfill';
    return countOf(question(store.statusValues.new, window), priority);
  }

  async function countOf(query: URLSearchParams, priority: Priority, ofMany = false): Promise<number> {
    const { body } = await caller.call({ ...feedCall('count', priority), query, ofMany });
    const found = wholeOf(body) ?? wholeOf(firstOf(body, store.envelope.count));
    if (found !== null) return found;
    throw new ConfigurationError(
      `${caller.name}: the answer to the count has no number under ${store.envelope.count.join(', ')}; set envelope.count`,
    );
  }

  async function page(
    query: URLSearchParams,
    number: number,
    priority: Priority,
    ofMany = true,
  ): Promise<ListPage> {
    query.set(store.parameters.page, String(number));
    query.set(store.parameters.pageSize, String(store.pageSize));
    const { body, text } = await caller.call({ ...feedCall('list', priority), query, ofMany });
    const orders = readOrders(store, body, text);
    if (orders === null) {
      throw new ConfigurationError(
        `${caller.name}: the answer to the list has no orders under ${store.envelope.orders.join(', ')}; set envelope.orders`,
      );
    }
    const paging = valueAt(body, store.envelope.paging);
    return { orders, page: wholeOf(valueAt(paging, 'Page')), pageSize: wholeOf(valueAt(paging, 'PageSize')) };
  }

  async function findInList(number: string, priority: Priority): Promise<FeedOrder | null> {
    const query = question(null);
    query.set(store.parameters.orderNumber, number);
    const { orders } = await page(query, 1, priority, false);
    const found = orders.find((one) => one.orderNumber === number || one.marketplaceNumber === number);
    if (found !== undefined || orders.length === 0) return found ?? null;
    // A filter that is not understood proves no absence.
    throw new ConfigurationError(
      `${caller.name}: asked for order ${number}, got ${orders.length} others, so the list's filter is not understood; check parameters.orderNumber, or set readBack: get`,
    );
  }

  async function getOne(number: string, priority: Priority): Promise<FeedOrder | null> {
    try {
      const { body, text } = await caller.call(feedCall('get', priority, number));
      const path = firstPathOf(body, store.envelope.order);
      const fields = path === undefined ? body : valueAt(body, path);
      if (Array.isArray(fields)) return readOrders(store, body, text)?.[0] ?? null;
      const raw = sliceOf(text, path?.split('.') ?? []) ?? '';
      const order = isObject(fields) ? readOrder(store, fields, raw) : null;
      if (order?.orderNumber === null) throw unreadable(caller.name);
      return order;
    } catch (error) {
      if (error instanceof TerminalError && codeOf(error) === 'HTTP_404') return null;
      throw error;
    }
  }

  async function update(
    orderNumber: string,
    body: Readonly<Record<string, string>>,
    guard: Guard | undefined,
  ): Promise<void> {
    await caller.call({
      ...feedCall('updateStatus', 'shipment', orderNumber),
      body: withKey(store, 'updateStatus', orderNumber, body),
      guard,
    });
  }

  return {
    store: store.name,
    unknownWaitMs: store.unknownWaitMs,
    authorize: () => caller.authorized(),
    countNew: count,

    listNew(window, between = async () => undefined) {
      const priority = window === undefined ? 'acknowledgement' : 'backfill';
      const query = question(store.statusValues.new, window);
      return readAll({
        name: caller.name,
        count: () => countOf(question(store.statusValues.new, window), priority, true),
        async page(number) {
          await between();
          return page(query, number, priority);
        },
      });
    },

    listShown(status, since, keep, between) {
      const query = question(store.statusValues[status]);
      query.set(store.parameters.fromDate, isoOf(since));
      return readAll({
        name: caller.name,
        keep,
        count: () => countOf(new URLSearchParams(query), 'status', true),
        async page(number) {
          await between();
          return page(query, number, 'status');
        },
      });
    },

    async *listAll(window) {
      const query = question(null, window);
      yield* pagesOf({
        name: caller.name,
        count: () => countOf(question(null, window), 'backfill', true),
        page: (number) => page(query, number, 'backfill'),
      });
    },

    find: (number, priority) =>
      store.readBack === 'get' ? getOne(number, priority) : findInList(number, priority),

    async acknowledge(orderNumber, destinationNumber, guard) {
      const call = { ...feedCall('acknowledge', 'acknowledgement', orderNumber), guard };
      const { ackTransport, ackField } = store;
      if (ackTransport === 'query') {
        await caller.call({ ...call, query: new URLSearchParams({ [ackField]: destinationNumber }) });
      } else if (ackTransport === 'path') {
        const encoded = encodeURIComponent(destinationNumber);
        const path = call.path.includes(`:${ackField}`)
          ? call.path.replace(`:${ackField}`, encoded)
          : `${call.path}/${encoded}`;
        await caller.call({ ...call, path });
      } else {
        const body = withKey(store, 'acknowledge', orderNumber, { [ackField]: destinationNumber });
        await caller.call({ ...call, body });
      }
    },

    async ship(orderNumber, { tracking, carrier, shippedAt }, guard) {
      const { shipFields, statusValues } = store;
      const body = {
        [shipFields.status]: statusValues.shipped,
        [shipFields.tracking]: tracking,
        ...(carrier === null ? {} : { [shipFields.carrier]: carrier }),
        [shipFields.dateShipped]: isoOf(shippedAt),
      };
      await update(orderNumber, body, guard);
    },

    async cancel(orderNumber, guard) {
      await update(orderNumber, { [store.shipFields.status]: store.statusValues.canceled }, guard);
    },

    close: () => caller.close(),
  };
}

/** Where the path does not name the order, the body does. */
function withKey(
  store: GoDataFeedStore,
  operation: FeedOperation,
  orderNumber: string,
  body: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (store.paths[operation].includes(':orderNumber')) return body;
  return { [store.fields.orderNumber[0] ?? 'OrderNumber']: orderNumber, ...body };
}

/** UTC with its time, `2026-11-21T03:07:00Z`. */
function isoOf(ms: number): string {
  return DateTime.fromMillis(ms, { zone: 'utc' }).toISO({ suppressMilliseconds: true }) ?? '';
}

function wholeOf(value: Json | undefined): number | null {
  const text = textOf(value);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function unreadable(name: string): ConfigurationError {
  return new ConfigurationError(
    `${name}: the answer has no order number; check envelope.order and fields.orderNumber`,
  );
}
