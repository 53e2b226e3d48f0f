import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from, type Query } from '../../db/query.js';
import { WAITING } from './indexed.js';

export interface WaitingItem {
  readonly item_id: number;
  readonly pipeline: string;
  readonly batch_id: number;
  readonly order_id: number | null;
  readonly item_key: string;
  readonly generation: number;
  readonly change_set_id: number;
  readonly fingerprint: string | null;
  readonly state: 'held' | 'failed';
  readonly target: string | null;
  readonly code: string;
  readonly reason: string;
  readonly settled_utc: string;
}

export interface WaitingFilter {
  readonly pipeline?: string | undefined;
  readonly code?: string | undefined;
  readonly state?: 'held' | 'failed' | undefined;
  /** The 3PL or store it is for. */
  readonly target?: string | undefined;
  /** First seen at this time (UTC text) or before: see {@link TRIED_AGAIN}. */
  readonly firstSeenUntil?: string | undefined;
  readonly orderId?: number | undefined;
  /** Of a marketplace order: `main/1000123`. */
  readonly itemKey?: string | undefined;
  /** Of orders that came from this store of GoDataFeed. */
  readonly store?: string | undefined;
  /** These alone, at most some hundreds. */
  readonly itemIds?: readonly number[] | undefined;
  /** Those that come after this one in the list. */
  readonly after?: Pick<WaitingItem, 'settled_utc' | 'item_id'> | undefined;
  readonly limit?: number | undefined;
}

/**
 * Another try was made, by a person or a newer version, and what came of it is the next item. An item that waits was first
 * seen when the first of those before it was, as long as each of them had its code and was answered by one of these.
 */
export const TRIED_AGAIN: readonly string[] = ['SUPERSEDED', 'RETRIED', 'RESENT'];

/** The error list: held and failed items that nothing has answered yet, oldest first. */
export async function waitingItems(session: Session, filter: WaitingFilter): Promise<WaitingItem[]> {
  return fetchAll(
    session,
    'reads/waiting',
    waiting(session, filter)
      .orderBy('i.settled_utc')
      .orderBy('i.item_id')
      .limit(filter.limit ?? 1_000_000)
      .select(
        'i.item_id',
        'i.pipeline',
        'i.batch_id',
        'i.order_id',
        'i.item_key',
        'i.generation',
        'i.change_set_id',
        'i.fingerprint',
        'i.state',
        'i.target',
        'i.code',
        'i.reason',
        'i.settled_utc',
      ),
  );
}

/** Where an item stands in the list, also when it was answered since; undefined when the ledger has none. */
export async function waitingPlace(
  session: Session,
  itemId: number,
): Promise<Pick<WaitingItem, 'settled_utc' | 'item_id'> | undefined> {
  return fetchFirst(
    session,
    'reads/waiting_place',
    from(session.engine, 'etl.item', 'i')
      .where('i.item_id', itemId)
      .whereNotNull('i.settled_utc')
      .select('i.item_id', 'i.settled_utc'),
  );
}

/** How many wait, by code; the filter's limit does not count. */
export async function countWaiting(
  session: Session,
  filter: WaitingFilter,
): Promise<{ readonly code: string; readonly items: number }[]> {
  return fetchAll(
    session,
    'reads/count_waiting',
    waiting(session, filter)
      .groupBy('i.code')
      .orderBy('i.code')
      .select('i.code')
      .count({ items: 'i.item_id' }),
  );
}

function waiting(session: Session, filter: WaitingFilter) {
  const { pipeline, code, state, target, firstSeenUntil, orderId, itemKey } = filter;
  const query = from(session.engine, 'etl.item', 'i').whereRaw(WAITING);
  if (pipeline !== undefined) query.where('i.pipeline', pipeline);
  if (code !== undefined) query.where('i.code', code);
  if (state !== undefined) query.where('i.state', state);
  if (target !== undefined) query.where('i.target', target);
  if (firstSeenUntil !== undefined) firstSeen(session, query, firstSeenUntil);
  if (orderId !== undefined) query.where('i.order_id', orderId);
  if (itemKey !== undefined) query.where('i.item_key', itemKey).whereNull('i.order_id');
  if (filter.itemIds !== undefined) query.whereIn('i.item_id', [...filter.itemIds]);
  const { store, after } = filter;
  if (store !== undefined) {
    // Looked up for each that waits: a list of all that a store has ever sold would be read whole.
    const sold = from(session.engine, 'etl.marketplace_order', 'm')
      .whereRaw('m.exigo_order_id = i.order_id')
      .where('m.store', store)
      .select('m.store');
    query.where((any) =>
      any
        .where((own) => own.whereNull('i.order_id').where('i.item_key', 'like', `${store}/%`))
        .orWhereExists(sold),
    );
  }
  if (after !== undefined) {
    query.where((any) =>
      any
        .where('i.settled_utc', '>', after.settled_utc)
        .orWhere((same) =>
          same.where('i.settled_utc', after.settled_utc).where('i.item_id', '>', after.item_id),
        ),
    );
  }
  return query;
}

/**
 * Narrows to what was first seen by then. Of an item that was settled later, one before it tells; the owner's few items
 * are found by index, so a list of many thousands costs as many look-ups and no scan.
 */
function firstSeen({ engine }: Session, query: Query, until: string): void {
  const items = (alias: string, ofOrder: boolean) => {
    const own = from(engine, 'etl.item', alias)
      .whereRaw(`${alias}.pipeline = i.pipeline AND ${alias}.item_key = i.item_key`)
      .whereRaw(`${alias}.item_id < i.item_id`)
      .select(`${alias}.item_id`);
    // Each in the words of its partial index.
    return ofOrder
      ? own.whereRaw(`${alias}.order_id = i.order_id`).whereNotNull(`${alias}.order_id`)
      : own.whereNull(`${alias}.order_id`);
  };
  const earlier = (ofOrder: boolean) => {
    const between = items('b', ofOrder)
      .whereRaw('b.item_id >= p.item_id')
      .where((other: Query) =>
        other
          .whereNull('b.code')
          .orWhereRaw('b.code <> i.code')
          .orWhereNull('b.resolution')
          .orWhereNotIn('b.resolution', [...TRIED_AGAIN]),
      );
    return items('p', ofOrder).where('p.settled_utc', '<=', until).whereNotExists(between);
  };
  query.where((any) =>
    any.where('i.settled_utc', '<=', until).orWhereExists(earlier(true)).orWhereExists(earlier(false)),
  );
}

/** Which of these orders came from a store of GoDataFeed. */
export async function ordersOfStore(
  session: Session,
  store: string,
  orderIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const sold = new Set<number>();
  for (let start = 0; start < orderIds.length; start += 500) {
    const rows = await fetchAll<{ exigo_order_id: number }>(
      session,
      'reads/orders_of_store',
      from(session.engine, 'etl.marketplace_order', 'm')
        .where('m.store', store)
        .whereIn('m.exigo_order_id', orderIds.slice(start, start + 500))
        .select('m.exigo_order_id'),
    );
    for (const { exigo_order_id } of rows) sold.add(exigo_order_id);
  }
  return sold;
}
