import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** What a transform decided for one item: ready to load, or settled at once. */
export interface Decision {
  readonly state: 'ready' | 'loading' | 'excluded' | 'held';
  readonly target: string | null;
  readonly fingerprint: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

export interface NewItem {
  readonly batchId: number;
  readonly pipeline: string;
  readonly key: string;
  readonly orderId: number | null;
  readonly changeSetId: number;
  readonly generation: number;
  /** Known beforehand only for a table file sent again. */
  readonly target?: string;
}

export interface PersonsItem {
  readonly item_id: number;
  readonly order_id: number;
  readonly change_set_id: number;
  readonly generation: number;
}

/** Items with their verdicts; one prepared statement for a page. */
export async function insertItems(
  session: Session,
  items: readonly (NewItem & { readonly decision: Decision })[],
  now: string,
): Promise<void> {
  await session.runMany(
    sql(session.engine, 'ledger/insert_item'),
    items.map(({ decision, ...item }) => ({
      batch_id: item.batchId,
      pipeline: item.pipeline,
      item_key: item.key,
      order_id: item.orderId,
      change_set_id: item.changeSetId,
      generation: item.generation,
      now,
      ...decided(decision, now),
    })),
  );
}

/** Items a person asked for, without a verdict yet. */
export async function insertNewItems(
  session: Session,
  items: readonly NewItem[],
  now: string,
): Promise<void> {
  await session.runMany(
    sql(session.engine, 'ledger/insert_item'),
    items.map((item) => ({
      batch_id: item.batchId,
      pipeline: item.pipeline,
      item_key: item.key,
      order_id: item.orderId,
      change_set_id: item.changeSetId,
      generation: item.generation,
      now,
      state: 'new',
      target: item.target ?? null,
      fingerprint: null,
      code: null,
      reason: null,
      settled_utc: null,
    })),
  );
}

export async function decideItems(
  session: Session,
  items: readonly { readonly itemId: number; readonly decision: Decision }[],
  now: string,
): Promise<void> {
  await session.runMany(
    sql(session.engine, 'ledger/decide_item'),
    items.map(({ itemId, decision }) => ({ item_id: itemId, ...decided(decision, now) })),
  );
}

function decided(decision: Decision, now: string) {
  const settled = decision.state === 'excluded' || decision.state === 'held';
  return { ...decision, settled_utc: settled ? now : null };
}

export async function newItems(session: Session, batchId: number, limit: number): Promise<PersonsItem[]> {
  return session.all<PersonsItem>(sql(session.engine, 'ledger/new_items'), { batch_id: batchId, limit });
}

/** The greatest order id of a batch that has its verdict; -1 before the first. */
export async function lastDecidedOrder(session: Session, batchId: number): Promise<number> {
  const row = await session.get<{ order_id: number | null }>(sql(session.engine, 'ledger/last_item_order'), {
    batch_id: batchId,
  });
  return row?.order_id ?? -1;
}

/** Older versions of these orders give way: waiting ones are excluded, held and failed ones are answered. */
export async function supersede(
  session: Session,
  newer: { readonly pipeline: string; readonly batchId: number; readonly orderIds: readonly number[] },
  now: string,
): Promise<void> {
  const values = {
    pipeline: newer.pipeline,
    batch_id: newer.batchId,
    order_ids: JSON.stringify(newer.orderIds),
    now,
  };
  await session.run(sql(session.engine, 'ledger/supersede_ready'), {
    ...values,
    reason: supersededBy(newer.batchId),
  });
  await session.run(sql(session.engine, 'ledger/resolve_superseded'), values);
}

/** Versions that stand in a planned wave, of which nothing has left, give way too. */
export async function dropPlanned(
  session: Session,
  itemIds: readonly number[],
  byBatchId: number,
  now: string,
): Promise<void> {
  if (itemIds.length === 0) return;
  await session.run(sql(session.engine, 'ledger/drop_planned_effects'), {
    item_ids: JSON.stringify(itemIds),
    reason: supersededBy(byBatchId),
    now,
  });
}

function supersededBy(batchId: number): string {
  return `a newer version is in batch ${batchId}`;
}

export async function itemsOf(session: Session, batchId: number): Promise<number> {
  const row = await session.get<{ items: number }>(sql(session.engine, 'ledger/items_of_batch'), {
    batch_id: batchId,
  });
  return row?.items ?? 0;
}

/** new -> ready for items a person made whose target is known (a table file sent again). */
export async function readyNewItems(session: Session, batchId: number): Promise<void> {
  await session.run(sql(session.engine, 'ledger/ready_new_items'), { batch_id: batchId });
}

export type Resolution = 'SUPERSEDED' | 'IGNORED' | 'RESENT' | 'CANCELED' | 'RETRIED';

/** Answers held and failed items. */
export async function resolveItems(
  session: Session,
  itemIds: readonly number[],
  resolution: Resolution,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/resolve_items'), {
    item_ids: JSON.stringify(itemIds),
    resolution,
    now,
  });
}

/** Takes an order out that waits for its verdict or its wave; returns how many versions did. */
export async function excludeReady(
  session: Session,
  pipeline: string,
  orderId: number,
  why: { readonly code: string; readonly reason: string },
  now: string,
): Promise<number> {
  return session.run(sql(session.engine, 'ledger/exclude_ready'), {
    pipeline,
    order_id: orderId,
    ...why,
    now,
  });
}

/** Takes an order out of a planned wave, of which nothing has left, because a person canceled it. */
export async function excludePlanned(
  session: Session,
  itemId: number,
  why: { readonly code: string; readonly reason: string },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/exclude_planned'), {
    item_id: itemId,
    ...why,
    now,
  });
}

/** Greatest generation of the versions of these orders that have not left yet: ready, or a resend that is held. */
export async function readyGenerations(
  session: Session,
  pipeline: string,
  orderIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await session.all<{ order_id: number; generation: number }>(
    sql(session.engine, 'ledger/ready_generations'),
    { pipeline, order_ids: JSON.stringify(orderIds) },
  );
  const greatest = new Map<number, number>();
  for (const { order_id, generation } of rows)
    greatest.set(order_id, Math.max(generation, greatest.get(order_id) ?? 1));
  return greatest;
}
