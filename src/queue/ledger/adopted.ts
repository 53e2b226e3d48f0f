/** What an earlier script did before Orderferry was there, as a person says. */
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** That a 3PL has an order; never pruned. Times are UTC text. */
export interface OrderLink {
  readonly exigo_order_id: number;
  /** Name of the 3PL. */
  readonly system: string;
  /** The file that carried it, or what a person said. */
  readonly reference: string;
  readonly linked_utc: string;
  /** When a person adopted it from an earlier script; null where we handed it over. */
  readonly adopted_utc: string | null;
}

export interface AdoptedLink {
  readonly orderId: number;
  readonly system: string;
  readonly reference: string;
  /** UTC text. */
  readonly handedOver: string;
}

export interface UnsettledItem {
  readonly item_id: number;
  readonly order_id: number;
  readonly state: 'new' | 'ready' | 'loading' | 'held' | 'failed';
  readonly code: string | null;
}

/** The links of each of these orders, oldest first; orders without one are missing. */
export async function linksOfOrders(
  session: Session,
  orderIds: readonly number[],
): Promise<Map<number, OrderLink[]>> {
  if (orderIds.length === 0) return new Map();
  const statement = sql(session.engine, 'ledger/links_of_orders');
  const rows = await session.all<OrderLink>(statement, { order_ids: JSON.stringify(orderIds) });
  return byOrder(rows, ({ exigo_order_id }) => exigo_order_id);
}

export async function adoptLinks(
  session: Session,
  links: readonly AdoptedLink[],
  now: string,
): Promise<void> {
  const statement = sql(session.engine, 'ledger/adopt_link');
  await session.several(
    links.map(({ orderId: order_id, system, reference, handedOver: handed_over_utc }) => ({
      statement,
      parameters: { order_id, system, reference, handed_over_utc, now },
    })),
  );
}

/** What of these orders is on its way in a pipeline, or waits for an answer. */
export async function unsettledOfOrders(
  session: Session,
  pipeline: string,
  orderIds: readonly number[],
): Promise<Map<number, UnsettledItem[]>> {
  const rows = await session.all<UnsettledItem>(sql(session.engine, 'ledger/unsettled_of_orders'), {
    pipeline,
    order_ids: JSON.stringify(orderIds),
  });
  return byOrder(rows, ({ order_id }) => order_id);
}

/** Items of marketplace orders that wait for an answer. */
export async function waitingOfKeys(
  session: Session,
  pipeline: string,
  keys: readonly string[],
): Promise<{ readonly item_id: number; readonly item_key: string }[]> {
  const statement = sql(session.engine, 'ledger/waiting_of_keys');
  return session.all(statement, { pipeline, item_keys: JSON.stringify(keys) });
}

/** Who has an order of which only the link is left, and how we know. */
export function linkWords({ system, reference, adopted_utc }: OrderLink): string {
  return adopted_utc === null
    ? `${system} got it before the ledger's retention`
    : `${system} got it from an earlier script (${reference}), as adopted on ${adopted_utc.slice(0, 10)}`;
}

function byOrder<Row>(rows: readonly Row[], idOf: (row: Row) => number): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(idOf(row));
    if (group === undefined) groups.set(idOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
