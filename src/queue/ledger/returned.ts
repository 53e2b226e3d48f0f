import type { HandedLine } from '../../core/shipment.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Goods that came back, as they were noted with their verdict. */
export interface ReturnedGoods {
  readonly key: string;
  readonly threePl: string;
  /** The order that was shipped. */
  readonly orderId: number;
  readonly fileId: number;
  /** Lines of the file that it accounts for. */
  readonly lines: readonly number[];
  readonly goods: readonly HandedLine[];
  readonly policy: 'record' | 'return-order';
  /** In Exigo; null until Exigo has said it. */
  readonly returnOrderId: number | null;
}

/** Notes goods that came back. Error: duplicate key when they were noted before. */
export async function noteReturnedGoods(
  session: Session,
  all: readonly Omit<ReturnedGoods, 'returnOrderId'>[],
  now: string,
): Promise<void> {
  if (all.length === 0) return;
  await session.runMany(
    sql(session.engine, 'ledger/insert_returned_goods'),
    all.map(({ key, threePl, orderId, fileId, lines, goods, policy }) => ({
      return_key: key,
      three_pl: threePl,
      exigo_order_id: orderId,
      file_id: fileId,
      lines: JSON.stringify(lines),
      goods: JSON.stringify(goods),
      policy,
      now,
    })),
  );
}

/** The order in Exigo that was made of them, or found there. */
export async function linkReturnOrder(
  session: Session,
  key: string,
  returnOrderId: number,
  now: string,
): Promise<void> {
  const statement = sql(session.engine, 'ledger/link_return_order');
  await session.run(statement, { return_key: key, return_order_id: returnOrderId, now });
}

/** What came back of these orders so far, oldest first. */
export async function returnedGoods(
  session: Session,
  orderIds: readonly number[],
): Promise<Map<number, ReturnedGoods[]>> {
  const found = new Map<number, ReturnedGoods[]>();
  if (orderIds.length === 0) return found;
  const rows = await session.all<{
    return_key: string;
    three_pl: string;
    exigo_order_id: number;
    file_id: number;
    lines: string;
    goods: string;
    policy: ReturnedGoods['policy'];
    return_order_id: number | null;
  }>(sql(session.engine, 'reads/returned_goods'), { order_ids: JSON.stringify(orderIds) });
  for (const row of rows) {
    const one: ReturnedGoods = {
      key: row.return_key,
      threePl: row.three_pl,
      orderId: row.exigo_order_id,
      fileId: row.file_id,
      lines: JSON.parse(row.lines) as number[],
      goods: JSON.parse(row.goods) as HandedLine[],
      policy: row.policy,
      returnOrderId: row.return_order_id,
    };
    found.set(one.orderId, [...(found.get(one.orderId) ?? []), one]);
  }
  return found;
}

/** Returns that waited, and have a newer verdict, are answered. */
export async function supersedeReturns(
  session: Session,
  newer: {
    readonly pipeline: string;
    readonly batchId: number;
    readonly orderIds: readonly number[];
    readonly keys: readonly string[];
  },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/resolve_superseded_returns'), {
    pipeline: newer.pipeline,
    batch_id: newer.batchId,
    order_ids: JSON.stringify(newer.orderIds),
    item_keys: JSON.stringify(newer.keys),
    now,
  });
}

/** Key of the item of what one file says came back of an order. */
export function returnItemKey(orderId: number, fileId: number): string {
  return `return/${orderId}/${fileId}`;
}

/** Undefined for the key of another item. */
export function ofReturnItemKey(
  key: string,
): { readonly orderId: number; readonly fileId: number } | undefined {
  const [, orderId, fileId] = /^return\/(\d+)\/(\d+)$/.exec(key) ?? [];
  return orderId === undefined ? undefined : { orderId: Number(orderId), fileId: Number(fileId) };
}

/** Returns of a 3PL by what became of them. */
export interface ReturnCounts {
  readonly three_pl: string;
  readonly recorded: number;
  readonly made: number;
  readonly not_made: number;
  /** Of marketplace orders: their marketplaces are not told. */
  readonly not_reported: number;
}

export function returnCounts(session: Session): Promise<ReturnCounts[]> {
  return session.all<ReturnCounts>(sql(session.engine, 'reads/returns_of_three_pls'));
}
