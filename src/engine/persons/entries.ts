import { toUtcText } from '../../core/time.js';
import { itemsOfKeys, itemsOfOrders } from '../../queue/reads/reconcile-ledger.js';
import {
  countWaiting,
  ordersOfStore,
  type WaitingFilter,
  type WaitingItem,
  waitingItems,
} from '../../queue/reads/waiting.js';
import { NOT_ANSWERED, notAnswered } from '../answers/not-answered.js';
import type { EngineContext } from '../context.js';
import { type HeldSince, heldSince, type PastItem } from './held-since.js';
import { remedyFor } from './remedy.js';

/** One line of the error list. */
export interface Entry extends Omit<WaitingItem, 'state'>, HeldSince {
  /** `loading`: it goes on waiting by itself, and is late. */
  readonly state: WaitingItem['state'] | 'loading';
  /** What happens next, or who must do what. */
  readonly next: string;
}

/** Which entries; what is left out does not count. */
export interface EntryFilter extends Omit<WaitingFilter, 'firstSeenUntil'> {
  /** First seen at least this long ago (ms). */
  readonly olderThanMs?: number | undefined;
}

const PAGE = 500;

/** The beginning of the error list, and how much there is of it. */
export interface EntryList {
  readonly entries: readonly Entry[];
  readonly more: boolean;
  /** Of all that the filter takes, by code. */
  readonly codes: readonly { readonly code: string; readonly items: number }[];
  readonly total: number;
}

/**
 * The error list in pages, by the time of the last refusal: as many entries may wait as there are orders, and none of
 * it is held in memory but a page. What closes while the list is read is not in it any more.
 */
export async function* entryPages(context: EngineContext, filter: EntryFilter): AsyncGenerator<Entry[]> {
  const asked = askedWaiting(context, filter);
  let { after } = asked;
  // As many as are asked for, and one that tells that there are more.
  const limit = Math.min(PAGE, (filter.limit ?? PAGE) + 1);
  for (;;) {
    const page = await waitingItems(context.database, { ...asked, after, limit });
    if (page.length > 0) yield await withHistory(context, page);
    after = page.at(-1);
    if (after === undefined || page.length < limit) break;
  }
  const late = await unanswered(context, asked);
  if (late.length > 0) yield late;
}

/** The first entries, and whether there are more. */
export async function firstEntries(
  context: EngineContext,
  filter: EntryFilter,
): Promise<Pick<EntryList, 'entries' | 'more'>> {
  const limit = filter.limit ?? PAGE;
  const entries: Entry[] = [];
  for await (const page of entryPages(context, filter)) {
    entries.push(...page);
    if (entries.length > limit) return { entries: entries.slice(0, limit), more: true };
  }
  return { entries, more: false };
}

/** The error list as the command line and the dashboard show it; `after` and `limit` do not change what is counted. */
export async function listEntries(context: EngineContext, filter: EntryFilter): Promise<EntryList> {
  const first = await firstEntries(context, filter);
  const asked = { ...askedWaiting(context, filter), after: undefined };
  const held = await countWaiting(context.database, asked);
  const late = (await unanswered(context, asked)).length;
  const codes = late === 0 ? held : [...held, { code: NOT_ANSWERED, items: late }];
  return { ...first, codes, total: codes.reduce((sum, { items }) => sum + items, 0) };
}

/** What a filter asks the ledger for, at this time. */
export function askedWaiting({ clock }: EngineContext, filter: EntryFilter): WaitingFilter {
  const { olderThanMs, ...asked } = filter;
  if (olderThanMs === undefined) return asked;
  return { ...asked, firstSeenUntil: toUtcText(clock.now() - olderThanMs) };
}

async function withHistory(context: EngineContext, page: readonly WaitingItem[]): Promise<Entry[]> {
  const history = await historyOf(context, page);
  return page.map((item) => ({
    ...item,
    ...heldSince(item, history.get(ownerOf(item)) ?? []),
    next: remedyFor(item),
  }));
}

/** Every item of the orders and keys of a page, by what it is of. */
async function historyOf(
  { database }: EngineContext,
  page: readonly WaitingItem[],
): Promise<Map<string, PastItem[]>> {
  const orderIds = [...new Set(page.flatMap(({ order_id }) => order_id ?? []))];
  const keys = [...new Set(page.flatMap(({ order_id, item_key }) => (order_id === null ? [item_key] : [])))];
  const items = [
    ...(orderIds.length === 0 ? [] : await itemsOfOrders(database, orderIds)),
    ...(keys.length === 0 ? [] : await itemsOfKeys(database, keys)),
  ];
  const history = new Map<string, PastItem[]>();
  for (const item of items) {
    const known = history.get(ownerOf(item));
    if (known === undefined) history.set(ownerOf(item), [item]);
    else known.push(item);
  }
  return history;
}

function ownerOf({ order_id, item_key }: { readonly order_id: number | null; readonly item_key: string }) {
  return order_id === null ? `key ${item_key}` : `order ${order_id}`;
}

/** Orders that a 3PL has not answered in time: they go on waiting, and nobody need be asked. */
async function unanswered(context: EngineContext, filter: WaitingFilter): Promise<Entry[]> {
  const { pipeline, code, target, orderId, store, firstSeenUntil } = filter;
  const others = filter.itemKey ?? filter.itemIds ?? filter.state;
  if (others !== undefined || (code !== undefined && code !== NOT_ANSWERED)) return [];
  const names = context.pipelines.map(({ name }) => name).filter((name) => name === (pipeline ?? name));
  const late = (await Promise.all(names.map((name) => notAnswered(context, name)))).flat();
  const found = late.filter(
    (item) =>
      (target ?? item.target) === item.target &&
      (orderId ?? item.order_id) === item.order_id &&
      item.settled_utc <= (firstSeenUntil ?? item.settled_utc),
  );
  const ids = found.flatMap(({ order_id }) => order_id ?? []);
  const sold = store === undefined ? null : await ordersOfStore(context.database, store, ids);
  return found
    .filter(({ order_id }) => sold === null || (order_id !== null && sold.has(order_id)))
    .map((item) => ({
      ...item,
      generation: 1,
      change_set_id: 0,
      fingerprint: null,
      first_utc: item.settled_utc,
      times: 1,
      next: remedyFor(item),
    }));
}
