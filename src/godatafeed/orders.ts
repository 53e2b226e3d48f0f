import type { GoDataFeedStore } from '../core/godatafeed.js';
import type { Json, JsonObject } from '../http/json.js';
import { isObject } from '../http/json.js';
import { elementsOf } from '../http/json-slices.js';
import { firstOf, firstPathOf, textOf } from './envelope.js';
import { instantOf } from './instant.js';

export type FeedStatus = 'new' | 'processing' | 'shipped' | 'canceled';

/** An order as GoDataFeed shows it. Numbers are text. */
export interface FeedOrder {
  /** GoDataFeed's own number, the key of every call about it; null when no candidate field has it. */
  readonly orderNumber: string | null;
  readonly marketplaceNumber: string | null;
  /** The seller's number, once it is acknowledged. */
  readonly destinationNumber: string | null;
  /** A status of the API; others (`Sync Complete`) as they are written; null when there is none. */
  readonly status: FeedStatus | string | null;
  readonly marketplace: string | null;
  /** Instant (ms); null where it is missing or no date. */
  readonly purchasedAt: number | null;
  /** The order's JSON exactly as it came. */
  readonly raw: string;
  /** The same, parsed; decimals are text with the digits of the document. */
  readonly fields: JsonObject;
}

/** The orders of an answer; null when it has no list of orders. What is no object is left out. */
export function readOrders(store: GoDataFeedStore, body: Json, text: string): FeedOrder[] | null {
  const path = Array.isArray(body) ? '' : firstListOf(body, store.envelope.orders);
  if (path === undefined) return firstPathOf(body, store.envelope.orders) === undefined ? null : [];
  const slices = elementsOf(text, path === '' ? [] : path.split('.')) ?? [];
  const list = (path === '' ? body : firstOf(body, [path])) as readonly Json[];
  return list.flatMap((fields, i) => (isObject(fields) ? [readOrder(store, fields, slices[i] ?? '')] : []));
}

export function readOrder(store: GoDataFeedStore, fields: JsonObject, raw: string): FeedOrder {
  const text = (candidates: readonly string[]) => textOf(firstOf(fields, candidates));
  return {
    orderNumber: text(store.fields.orderNumber),
    marketplaceNumber: text(store.fields.marketplaceNumber),
    destinationNumber: text(store.fields.destinationNumber),
    status: statusOf(store, text(store.fields.status)),
    marketplace: text(store.fields.marketplace),
    purchasedAt: instantOf(text(store.fields.purchasedAt)),
    raw,
    fields,
  };
}

function firstListOf(body: Json, candidates: readonly string[]): string | undefined {
  return candidates.find((path) => Array.isArray(firstOf(body, [path])));
}

/** Compared without case; both spellings of canceled. */
export function statusOf(store: GoDataFeedStore, text: string | null): FeedStatus | string | null {
  if (text === null) return null;
  const plain = (one: string) => one.toLowerCase().replace('cancelled', 'canceled');
  const { new: fresh, processing, shipped, canceled } = store.statusValues;
  const known = { new: fresh, processing, shipped, canceled };
  const found = Object.entries(known).find(([name, value]) => [plain(value), name].includes(plain(text)));
  if (found !== undefined) return found[0];
  return plain(text) === 'unshipped' ? 'processing' : text;
}
