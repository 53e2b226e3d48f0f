/** Effects that leave one by one, each with a call of its own; their items go by a key instead of an order id. */
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { PersonsItem } from './items.js';

export interface SingleEffect {
  readonly effect_id: number;
  readonly item_id: number;
  readonly item_key: string;
  readonly order_id: number | null;
  readonly change_set_id: number;
  readonly target: string | null;
  /** Calls that went out with an unknown outcome. */
  readonly attempts: number;
  readonly generation: number;
  /** JSON of what is sent, where it is fixed beforehand. */
  readonly request: string | null;
}

export interface SendingSingle extends SingleEffect {
  /** UTC text: before it, not seeing the effect proves nothing. */
  readonly next_try_utc: string | null;
}

/** What was done for an item at one step. */
export interface KeyEffect {
  readonly effect_id: number;
  readonly step: string;
  readonly item_key: string;
  readonly item_id: number;
  readonly generation: number;
  readonly state: 'pending' | 'sending' | 'done' | 'held' | 'failed';
  readonly fingerprint: string | null;
  readonly change_set_id: number;
  readonly target: string | null;
  readonly request: string | null;
  /** Of the item it belongs to: why it is held or failed, and how that was answered. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly resolution: string | null;
}

export type PersonsDocument = Omit<PersonsItem, 'order_id'> & { readonly item_key: string };

/** Where effects are looked for. */
export interface SingleStep {
  readonly pipeline: string;
  readonly step: string;
  /** Null: of any target. */
  readonly target: string | null;
}

/** pending -> sending for the next one that is due. */
export async function claimSingle(
  session: Session,
  step: SingleStep,
  claim: { readonly token: number; readonly now: string; readonly absenceProvesUtc: string },
): Promise<SingleEffect | undefined> {
  return session.get<SingleEffect>(sql(session.engine, 'ledger/claim_single'), {
    ...keyOf(step),
    token: claim.token,
    now: claim.now,
    absence_proves_utc: claim.absenceProvesUtc,
  });
}

/** Those of unknown outcome, a page at a time. */
export async function sendingSingles(
  session: Session,
  step: SingleStep,
  after: number,
  limit: number,
): Promise<SendingSingle[]> {
  return session.all<SendingSingle>(sql(session.engine, 'ledger/sending_singles'), {
    ...keyOf(step),
    after,
    limit,
  });
}

/** Takes ready items of a pipeline to its first step; returns how many. */
export async function fillSingles(
  session: Session,
  fill: {
    readonly pipeline: string;
    readonly step: string;
    readonly limit: number;
    readonly now: string;
  },
): Promise<number> {
  return session.run(sql(session.engine, 'ledger/fill_singles'), { ...fill });
}

/** sending -> done, and the effect of the step that comes after it. */
export async function singleDone(
  session: Session,
  done: {
    readonly effectId: number;
    readonly receipt: string;
    readonly nextStep: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/single_done'), {
    effect_id: done.effectId,
    receipt: done.receipt,
    next_step: done.nextStep,
    now: done.now,
  });
}

/** Nothing is to be done any more: the item is excluded, and a later one may have the same key. */
export async function dropSingle(
  session: Session,
  dropped: {
    readonly effectId: number;
    readonly code: string;
    readonly reason: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_single'), {
    effect_id: dropped.effectId,
    code: dropped.code,
    reason: dropped.reason,
    now: dropped.now,
  });
}

/** The effect of a step for an item that needs only that one. */
export async function planSingle(
  session: Session,
  plan: {
    readonly batchId: number;
    readonly itemKey: string;
    readonly step: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/plan_single'), {
    batch_id: plan.batchId,
    item_key: plan.itemKey,
    step: plan.step,
    now: plan.now,
  });
}

/** What was done for these items, by key; newest generation last. */
export async function effectsOfKeys(
  session: Session,
  pipeline: string,
  steps: readonly string[],
  keys: readonly string[],
): Promise<Map<string, KeyEffect[]>> {
  const byKey = new Map<string, KeyEffect[]>();
  if (keys.length === 0) return byKey;
  const rows = await session.all<KeyEffect>(sql(session.engine, 'ledger/effects_of_keys'), {
    pipeline,
    steps: JSON.stringify(steps),
    item_keys: JSON.stringify(keys),
  });
  for (const row of rows) byKey.set(row.item_key, [...(byKey.get(row.item_key) ?? []), row]);
  return byKey;
}

/** The greatest key of a batch that has its verdict; null before the first. */
export async function lastDecidedKey(session: Session, batchId: number): Promise<string | null> {
  const statement = sql(session.engine, 'ledger/last_item_key');
  const row = await session.get<{ item_key: string | null }>(statement, { batch_id: batchId });
  return row?.item_key ?? null;
}

export async function newDocuments(
  session: Session,
  batchId: number,
  limit: number,
): Promise<PersonsDocument[]> {
  const statement = sql(session.engine, 'ledger/new_documents');
  return session.all<PersonsDocument>(statement, { batch_id: batchId, limit });
}

/** Older versions of these documents that are held or failed are answered. */
export async function supersedeKeys(
  session: Session,
  newer: { readonly pipeline: string; readonly batchId: number; readonly keys: readonly string[] },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/resolve_superseded_keys'), {
    pipeline: newer.pipeline,
    batch_id: newer.batchId,
    item_keys: JSON.stringify(newer.keys),
    now,
  });
}

/** Takes a document's item and effects out of their way, as a person canceled it. */
export async function cancelKey(
  session: Session,
  canceled: {
    readonly pipeline: string;
    readonly itemKey: string;
    readonly fingerprint: string;
    readonly code: string;
    readonly reason: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/cancel_key'), {
    pipeline: canceled.pipeline,
    item_key: canceled.itemKey,
    fingerprint: canceled.fingerprint,
    code: canceled.code,
    reason: canceled.reason,
    now: canceled.now,
  });
}

/** Uses up the business key of a step that was never begun for an item. */
export async function useUpKey(
  session: Session,
  used: {
    readonly itemId: number;
    readonly step: string;
    readonly fingerprint: string;
    readonly reason: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/use_up_key'), {
    item_id: used.itemId,
    step: used.step,
    fingerprint: used.fingerprint,
    reason: used.reason,
    now: used.now,
  });
}

function keyOf({ pipeline, step, target }: SingleStep) {
  return { pipeline, step, target };
}
