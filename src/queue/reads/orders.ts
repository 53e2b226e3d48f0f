import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from, joined, type Query, toMillisecond } from '../../db/query.js';
import { sql } from '../../db/sql.js';

export interface OrderItem {
  readonly item_id: number;
  readonly order_id: number;
  readonly pipeline: string;
  readonly batch_id: number;
  readonly kind: string;
  readonly change_set_id: number;
  readonly generation: number;
  readonly state: string;
  readonly target: string | null;
  readonly fingerprint: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly created_utc: string;
  readonly settled_utc: string | null;
  readonly resolution: string | null;
  readonly resolved_utc: string | null;
  readonly file_name: string | null;
}

/** An order of Exigo, or a document by its key. */
export type Whose = { readonly orderId: number } | { readonly itemKey: string };

/** Every item an order has had, oldest first. */
export async function itemsOfOrder(session: Session, orderId: number): Promise<OrderItem[]> {
  return itemsOf(session, { orderId });
}

/** Every item a document has had, oldest first. */
export async function itemsOfKey(session: Session, itemKey: string): Promise<OrderItem[]> {
  return itemsOf(session, { itemKey });
}

/** Which items are theirs. */
function ownItems(whose: Whose) {
  return (query: Query) => {
    if ('orderId' in whose) query.where('i.order_id', whose.orderId);
    else query.where('i.item_key', whose.itemKey).whereNull('i.order_id');
  };
}

async function itemsOf(session: Session, whose: Whose): Promise<OrderItem[]> {
  return fetchAll(
    session,
    'reads/items_of_order',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.batch', 'b'), 'b.batch_id', 'i.batch_id')
      .leftJoin(joined(session.engine, 'etl.wave', 'w'), 'w.wave_id', 'i.wave_id')
      .modify(ownItems(whose))
      .orderBy('i.item_id')
      .select(
        'i.item_id',
        'i.order_id',
        'i.pipeline',
        'i.batch_id',
        'b.kind',
        'i.change_set_id',
        'i.generation',
        'i.state',
        'i.target',
        'i.fingerprint',
        'i.code',
        'i.reason',
        'i.created_utc',
        'i.settled_utc',
        'i.resolution',
        'i.resolved_utc',
        'w.file_name',
      ),
  );
}

export interface OrderEffect {
  readonly effect_id: number;
  readonly pipeline: string;
  readonly step: string;
  readonly generation: number;
  readonly state: string;
  readonly attempts: number;
  readonly next_try_utc: string | null;
  readonly receipt: string | null;
  readonly last_error: string | null;
  readonly done_utc: string | null;
  readonly wave_id: number | null;
  readonly file_name: string | null;
  readonly wave_state: string | null;
  /** Why its file could not be sent yet, and when it is tried again. */
  readonly wave_error: string | null;
  readonly wave_next_try_utc: string | null;
  readonly target: string | null;
  /** Store of GoDataFeed that an update is for; null for other steps. */
  readonly store: string | null;
  /** Of its file: made in shadow, not sent. */
  readonly shadow: number | null;
}

/** Everything that was or will be done outward for an order. */
export async function effectsOfOrder(session: Session, orderId: number): Promise<OrderEffect[]> {
  return effectsOf(session, { orderId });
}

/** Everything that was or will be done outward for a document. */
export async function effectsOfDocument(session: Session, itemKey: string): Promise<OrderEffect[]> {
  return effectsOf(session, { itemKey });
}

async function effectsOf(session: Session, whose: Whose): Promise<OrderEffect[]> {
  return fetchAll(
    session,
    'reads/effects_of_order',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.effect', 'e'), 'e.item_id', 'i.item_id')
      .leftJoin(joined(session.engine, 'etl.wave', 'w'), 'w.wave_id', 'e.wave_id')
      .modify(ownItems(whose))
      .orderBy('e.effect_id')
      .select(
        'e.effect_id',
        'e.pipeline',
        'e.step',
        'e.generation',
        'e.state',
        'e.attempts',
        'e.next_try_utc',
        'e.receipt',
        'e.last_error',
        'e.done_utc',
        'e.wave_id',
        'w.file_name',
        'w.target',
        'w.shadow',
      )
      .select({
        store: 'e.target',
        wave_state: 'w.state',
        wave_error: 'w.last_error',
        wave_next_try_utc: 'w.next_try_utc',
      }),
  );
}

export interface TimelineEntry {
  readonly at_utc: string;
  readonly kind: string;
  readonly pipeline: string;
  readonly message: string;
}

/** The order's own events and those of its batches and waves, oldest first. */
export async function timelineOf(
  session: Session,
  orderId: number,
  batchIds: readonly number[],
  waveIds: readonly number[],
): Promise<TimelineEntry[]> {
  return fetchAll(
    session,
    'reads/timeline',
    from(session.engine, 'etl.event', 'e')
      .where('e.order_id', orderId)
      .modify(orOfMany('e.batch_id', batchIds))
      .modify(orOfMany('e.wave_id', waveIds))
      .orderBy('e.event_id')
      .select('e.at_utc', 'e.kind', 'e.pipeline', 'e.message'),
  );
}

/** Events of one batch or one file as a whole, oldest first. */
export async function timelineOfMany(
  session: Session,
  whose: { readonly batchId: number } | { readonly waveId: number },
): Promise<TimelineEntry[]> {
  const [column, id] =
    'batchId' in whose ? (['e.batch_id', whose.batchId] as const) : (['e.wave_id', whose.waveId] as const);
  return fetchAll(
    session,
    'reads/timeline_of_many',
    from(session.engine, 'etl.event', 'e')
      .where(column, id)
      .whereNull('e.order_id')
      .orderBy('e.event_id')
      .select('e.at_utc', 'e.kind', 'e.pipeline', 'e.message'),
  );
}

/** Events of these batches or files as a whole. Nothing of an empty list: as a condition it would have all events read. */
function orOfMany(column: string, ids: readonly number[]) {
  return (query: Query) => {
    if (ids.length > 0) query.orWhere((or) => or.whereNull('e.order_id').whereIn(column, [...ids]));
  };
}

/** A document's own events and those of its batches, oldest first. */
export async function timelineOfKey(
  session: Session,
  itemKey: string,
  batchIds: readonly number[],
): Promise<TimelineEntry[]> {
  return fetchAll(
    session,
    'reads/timeline_of_key',
    from(session.engine, 'etl.event', 'e')
      .where('e.item_key', itemKey)
      .modify((query: Query) => {
        if (batchIds.length === 0) return;
        query.orWhere((or) =>
          or
            .whereNull('e.item_key')
            .whereNull('e.order_id')
            .whereIn('e.batch_id', [...batchIds]),
        );
      })
      .orderBy('e.event_id')
      .select('e.at_utc', 'e.kind', 'e.pipeline', 'e.message'),
  );
}

/** The change set with the newest frozen version of an order. */
export async function newestVersion(session: Session, orderId: number): Promise<number | undefined> {
  const row = await fetchFirst<{ change_set_id: number | null }>(
    session,
    'reads/newest_version',
    from(session.engine, 'etl.frozen_Orders', 'f')
      .where('f.OrderID', orderId)
      .max({ change_set_id: 'f.change_set_id' }),
  );
  return row?.change_set_id ?? undefined;
}

export interface LastVersion {
  readonly modified_at: string;
  readonly status_id: number;
}

/** The last version of an order that the live source froze. */
export async function lastVersion(session: Session, orderId: number): Promise<LastVersion | undefined> {
  return fetchFirst(
    session,
    'reads/last_version',
    from(session.engine, 'etl.aggregate_version', 'v')
      .where('v.order_id', orderId)
      .select(toMillisecond(session.engine, 'v.modified_at', 'modified_at'), 'v.status_id'),
  );
}

/** Status of an order in one of its frozen versions. */
export async function frozenStatus(
  session: Session,
  orderId: number,
  changeSetId: number,
): Promise<number | undefined> {
  const row = await fetchFirst<{ OrderStatusID: number }>(
    session,
    'reads/frozen_status',
    from(session.engine, 'etl.frozen_Orders', 'f')
      .where('f.OrderID', orderId)
      .where('f.change_set_id', changeSetId)
      .select('f.OrderStatusID'),
  );
  return row?.OrderStatusID;
}

export interface SourceOrder {
  readonly OrderStatusID: number;
  readonly ModifiedDate: string;
}

/** The order in the sync database now. */
export async function sourceOrder(session: Session, orderId: number): Promise<SourceOrder | undefined> {
  return fetchFirst(
    session,
    'reads/source_order',
    from(session.engine, 'dbo.Orders', 'o')
      .where('o.OrderID', orderId)
      .select('o.OrderStatusID', toMillisecond(session.engine, 'o.ModifiedDate', 'ModifiedDate')),
  );
}

export async function linksOfOrder(
  session: Session,
  orderId: number,
): Promise<{ readonly system: string; readonly reference: string; readonly linked_utc: string }[]> {
  return fetchAll(
    session,
    'reads/links_of_order',
    from(session.engine, 'etl.order_link', 'l')
      .where('l.exigo_order_id', orderId)
      .orderBy('l.linked_utc')
      .select('l.system', 'l.reference', 'l.linked_utc'),
  );
}

/** Which of these orders a 3PL has. */
export async function linkedOrders(session: Session, orderIds: readonly number[]): Promise<Set<number>> {
  const rows = await session.all<{ exigo_order_id: number }>(sql(session.engine, 'ledger/links_of_orders'), {
    order_ids: JSON.stringify(orderIds),
  });
  return new Set(rows.map((row) => row.exigo_order_id));
}

/** Status of these orders in the sync database now; one that is not there is missing from the map. */
export async function sourceStatuses(
  session: Session,
  orderIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await session.all<{ OrderID: number; OrderStatusID: number }>(
    sql(session.engine, 'reads/source_statuses'),
    { order_ids: JSON.stringify(orderIds) },
  );
  return new Map(rows.map((row) => [row.OrderID, row.OrderStatusID]));
}
