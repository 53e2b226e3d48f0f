import { ConfigurationError, TransientError } from '../core/errors.js';
import type { FeedOrder } from './orders.js';

export interface ListPage {
  readonly orders: readonly FeedOrder[];
  /** The page the server says it is; null when it does not say. */
  readonly page: number | null;
  /** Rows to a page, as the server says: it may have cut what was asked for. */
  readonly pageSize: number | null;
}

export interface ListReader {
  readonly name: string;
  /** Which orders are given; of the others only the number is kept, to know whether the list is whole. Default: all. */
  keep?(order: FeedOrder): boolean;
  count(): Promise<number>;
  page(page: number): Promise<ListPage>;
}

export interface ListedOrders {
  /** Those to keep, each once, in the order of the list. */
  readonly orders: readonly FeedOrder[];
  /** What the count call said last. */
  readonly counted: number;
  /** Calls for pages. */
  readonly pages: number;
  /** Rows that stood on more than one page. */
  readonly duplicates: number;
}

/** Rows move while a list is read: an order that leaves moves one over the edge of a page, so it is read again. */
const PASSES = 3;
/** Less than this part of what was counted is no list but a fault. */
const ENOUGH = 0.9;
/** A server that counts without end. */
const MOST_PAGES = 100_000;

/**
 * All pages of a list. Nothing must be acknowledged meanwhile: every acknowledgement moves the rest by a row. Throws
 * TransientError `LIST_SHORT` for a list that is empty or far short of the count; nothing may be concluded from it.
 */
export async function readAll(reader: ListReader): Promise<ListedOrders> {
  const found = new Map<string, FeedOrder | null>();
  let counted = await reader.count();
  // Orders that came meanwhile need not be in the list, those that left need not either.
  let expected = counted;
  let pages = 0;
  let duplicates = 0;
  for (let pass = 1; pass <= PASSES; pass++) {
    const before = counted;
    const seen = new Set<string>();
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { orders, page: said, pageSize } = await reader.page(page);
      pages++;
      if (said !== null && said !== page) throw notThatPage(reader.name, page, said);
      const known = seen.size;
      for (const order of orders) {
        const key = order.orderNumber ?? order.raw;
        if (seen.has(key)) duplicates++;
        seen.add(key);
        found.set(key, reader.keep?.(order) === false ? null : order);
      }
      // Without the size of a page only an empty one is the end; one without anything new never gets there.
      const short = pageSize !== null && orders.length < pageSize && seen.size >= before;
      if (orders.length === 0 || short || seen.size === known) break;
    }
    counted = await reader.count();
    expected = Math.min(before, counted);
    if (counted >= before && found.size >= expected) break;
  }
  if (found.size < expected * ENOUGH) {
    throw shortList(reader.name, counted, found.size);
  }
  const orders = [...found.values()].filter((order) => order !== null);
  return { orders, counted, pages, duplicates };
}

/**
 * The same, page by page, for lists that nothing is concluded from but what stands in them: no second pass for rows that
 * moved over the edge of a page.
 */
export async function* pagesOf(reader: ListReader): AsyncGenerator<readonly FeedOrder[], void, undefined> {
  const counted = await reader.count();
  let listed = 0;
  let before: string | null = null;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { orders, page: said, pageSize } = await reader.page(page);
    if (said !== null && said !== page) throw notThatPage(reader.name, page, said);
    // A server that repeats its last page for ever never gets to an empty one.
    const first = orders[0]?.raw ?? null;
    if (first === null || first === before) break;
    before = first;
    listed += orders.length;
    yield orders;
    if (pageSize !== null && orders.length < pageSize) break;
  }
  if (listed < counted * ENOUGH) throw shortList(reader.name, counted, listed);
}

function shortList(name: string, counted: number, listed: number): TransientError {
  return new TransientError(
    'LIST_SHORT',
    `${name}: ${counted} orders were counted, but ${listed} listed; nothing is concluded from that, it is read again later`,
  );
}

function notThatPage(name: string, asked: number, said: number): ConfigurationError {
  return new ConfigurationError(
    `${name}: asked for page ${asked}, got page ${said}, so the name of the parameter is not understood; check parameters.page`,
  );
}
