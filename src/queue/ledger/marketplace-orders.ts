import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** What is known of a marketplace order beyond the ledger; never pruned. Times are UTC text. */
export interface MarketplaceOrder {
  /** Of GoDataFeed, as it is named in the configuration. */
  readonly store: string;
  /** GoDataFeed's own number, the key of every call about it. */
  readonly order_number: string;
  readonly marketplace: string | null;
  readonly marketplace_number: string | null;
  readonly purchased_utc: string | null;
  readonly frozen_utc: string;
  /** Of the JSON that was frozen last; null when it was never frozen here. */
  readonly document_sha256: string | null;
  /** Null until Exigo has said it. */
  readonly exigo_order_id: number | null;
  readonly linked_utc: string | null;
  readonly acknowledged_utc: string | null;
  /** Reported Canceled, because a person decided so. */
  readonly canceled_utc: string | null;
}

export type NewMarketplaceOrder = Pick<
  MarketplaceOrder,
  'store' | 'order_number' | 'marketplace' | 'marketplace_number' | 'purchased_utc'
>;

type Key = Pick<MarketplaceOrder, 'store' | 'order_number'>;

/** What items, effects and events of a marketplace order go by: `main/1000123`. */
export function marketplaceKey({ store, order_number }: Key): string {
  return `${store}/${order_number}`;
}

/** The other way round; names of stores have no slash, numbers may have. */
export function ofMarketplaceKey(itemKey: string): Key {
  const at = itemKey.indexOf('/');
  return { store: itemKey.slice(0, at), order_number: itemKey.slice(at + 1) };
}

/** Notes orders that were frozen; what is known of one stays as it is. */
export async function noteMarketplaceOrders(
  session: Session,
  orders: readonly NewMarketplaceOrder[],
  now: string,
): Promise<void> {
  const statement = sql(session.engine, 'ledger/note_marketplace_order');
  await session.several(
    orders.map(({ store, order_number, marketplace, marketplace_number, purchased_utc }) => ({
      statement,
      parameters: { store, order_number, marketplace, marketplace_number, purchased_utc, now },
    })),
  );
}

/** The marketplace order of each of these orders of Exigo, by its id there; others are missing from the map. */
export async function marketplaceOrdersOfExigo(
  session: Session,
  exigoOrderIds: readonly number[],
): Promise<Map<number, MarketplaceOrder>> {
  if (exigoOrderIds.length === 0) return new Map();
  const statement = sql(session.engine, 'ledger/marketplace_orders_of_exigo');
  const rows = await session.all<MarketplaceOrder>(statement, { order_ids: JSON.stringify(exigoOrderIds) });
  return new Map(rows.flatMap((row) => (row.exigo_order_id === null ? [] : [[row.exigo_order_id, row]])));
}

/** Orders of one store by GoDataFeed's number; unknown ones are missing from the map. */
export async function marketplaceOrdersOfStore(
  session: Session,
  store: string,
  orderNumbers: readonly string[],
): Promise<Map<string, MarketplaceOrder>> {
  if (orderNumbers.length === 0) return new Map();
  const statement = sql(session.engine, 'ledger/marketplace_orders_of_store');
  const order_numbers = JSON.stringify(orderNumbers);
  const rows = await session.all<MarketplaceOrder>(statement, { store, order_numbers });
  return new Map(rows.map((row) => [row.order_number, row]));
}

/** Orders of any store with this number, GoDataFeed's own or the marketplace's. */
export async function marketplaceOrdersNamed(session: Session, number: string): Promise<MarketplaceOrder[]> {
  return session.all<MarketplaceOrder>(sql(session.engine, 'ledger/marketplace_orders_named'), { number });
}

/** Keeps which order in Exigo it is. An order that has a link keeps it. */
export async function linkMarketplaceOrder(
  session: Session,
  key: Key,
  exigoOrderId: number,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/link_marketplace_order'), {
    store: key.store,
    order_number: key.order_number,
    exigo_order_id: exigoOrderId,
    now,
  });
}

/** What was frozen of an order counts no more: it is frozen again, as it is, when it is NEW once more. */
export async function forgetMarketplaceDocument(session: Session, key: Key): Promise<void> {
  const { store, order_number } = key;
  const parameters = { store, order_number, document_sha256: null };
  await session.run(sql(session.engine, 'ledger/note_marketplace_document'), parameters);
}

/** Change set in which an order stands as Canceled or Shipped at last, while a pipeline has done nothing for it. */
export async function endedVersion(
  session: Session,
  exigoOrderId: number,
  pipeline: string,
): Promise<number | undefined> {
  const row = await session.get<{ change_set_id: number }>(sql(session.engine, 'ledger/ended_version'), {
    order_id: exigoOrderId,
    item_key: String(exigoOrderId),
    pipeline,
  });
  return row?.change_set_id;
}

export async function marketplaceOrderAcknowledged(session: Session, key: Key, now: string): Promise<void> {
  await note(session, 'ledger/acknowledge_marketplace_order', key, now);
}

export async function marketplaceOrderCanceled(session: Session, key: Key, now: string): Promise<void> {
  await note(session, 'ledger/cancel_marketplace_order', key, now);
}

async function note(session: Session, statement: string, key: Key, now: string): Promise<void> {
  const { store, order_number } = key;
  await session.run(sql(session.engine, statement), { store, order_number, now });
}
