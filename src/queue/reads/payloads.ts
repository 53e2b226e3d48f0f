import type { Session, TableName, Value } from '../../db/database.js';
import { fetchAll, from } from '../../db/query.js';
import type { Whose } from './orders.js';

export type FrozenRow = Readonly<Record<string, Value>>;

/** A frozen version of an order with every column it has; empty lists where it was pruned. */
export interface FrozenVersion {
  readonly orders: readonly FrozenRow[];
  readonly lines: readonly FrozenRow[];
  readonly payments: readonly FrozenRow[];
}

/** What Exigo said of an order, as it was frozen. */
export async function frozenVersion(
  session: Session,
  orderId: number,
  changeSetId: number,
): Promise<FrozenVersion> {
  const rowsOf = (table: TableName, sort: string) =>
    fetchAll<FrozenRow>(
      session,
      `reads/frozen_rows_of_${table}`,
      from(session.engine, table, 'f')
        .where('f.change_set_id', changeSetId)
        .where('f.OrderID', orderId)
        .orderBy(`f.${sort}`)
        .select('f.*'),
    );
  return {
    orders: await rowsOf('etl.frozen_Orders', 'OrderID'),
    lines: await rowsOf('etl.frozen_OrderDetails', 'OrderLine'),
    payments: await rowsOf('etl.frozen_Payments', 'PaymentID'),
  };
}

/** What was sent for an order, where a call carried more than its key. */
export interface SentRequest {
  readonly effect_id: number;
  readonly step: string;
  readonly generation: number;
  readonly request: string;
  readonly receipt: string | null;
}

/** The calls that were made, or are to be made, for an order or a document. */
export function sentRequests(session: Session, whose: Whose): Promise<SentRequest[]> {
  const query = from(session.engine, 'etl.effect', 'e').whereNotNull('e.request').orderBy('e.effect_id');
  const items = from(session.engine, 'etl.item', 'i').select('i.item_id');
  if ('orderId' in whose) items.where('i.order_id', whose.orderId);
  else items.where('i.item_key', whose.itemKey).whereNull('i.order_id');
  return fetchAll(
    session,
    'reads/sent_requests',
    query
      .whereIn('e.item_id', items)
      .select('e.effect_id', 'e.step', 'e.generation', 'e.request', 'e.receipt'),
  );
}
