import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** What was done for an order at one step. */
export interface PriorEffect {
  readonly effect_id: number;
  readonly order_id: number;
  readonly item_id: number;
  readonly generation: number;
  readonly state: 'pending' | 'sending' | 'done' | 'held' | 'failed';
  readonly fingerprint: string | null;
  /** Version the target last accepted, or a person chose to ignore. */
  readonly change_set_id: number;
  readonly wave_id: number | null;
  readonly wave_state: string | null;
  /** Null when a person, or its marketplace, canceled the order before it was ever sent. */
  readonly target: string | null;
  /** Of the item it belongs to: why it is held or failed, and how that was answered. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly resolution: string | null;
  /** The last failure; of a key that was used up before anything left, why. */
  readonly last_error: string | null;
  /** UTC text; null unless it is done. */
  readonly done_utc: string | null;
}

/** Fingerprint of a hand-over whose order a person canceled afterwards: no version of it is the same. */
export const CANCELED_BY_PERSON = 'canceled by a person';
/** The same of a key that was used up because the marketplace ended the order before anything left. */
export const CANCELED_AT_MARKETPLACE = 'canceled at its marketplace';

export interface ClaimedEffect {
  readonly effect_id: number;
  readonly item_id: number;
  readonly order_id: number;
  readonly attempts: number;
}

export interface SendingEffect extends ClaimedEffect {
  /** UTC text: before it, not seeing the effect proves nothing. */
  readonly next_try_utc: string | null;
}

/** The effects of each order at one step, by generation. */
export async function effectsOfOrders(
  session: Session,
  pipeline: string,
  step: string,
  orderIds: readonly number[],
): Promise<Map<number, PriorEffect[]>> {
  const rows = await session.all<PriorEffect>(sql(session.engine, 'ledger/effects_of_orders'), {
    pipeline,
    step,
    item_keys: JSON.stringify(orderIds.map(String)),
  });
  const byOrder = new Map<number, PriorEffect[]>();
  for (const row of rows) {
    const known = byOrder.get(row.order_id);
    if (known === undefined) byOrder.set(row.order_id, [row]);
    else known.push(row);
  }
  return byOrder;
}

/** The effect of the newest generation per order. */
export async function latestEffects(
  session: Session,
  pipeline: string,
  step: string,
  orderIds: readonly number[],
): Promise<Map<number, PriorEffect>> {
  const byOrder = await effectsOfOrders(session, pipeline, step, orderIds);
  return new Map([...byOrder].flatMap(([id, effects]) => effects.slice(-1).map((newest) => [id, newest])));
}

/** When an effect is due that waits for the 3PL's answer: never, until the answer is there. */
export const WAITS_FOR_ANSWER = '9999-12-31 00:00:00.000';

/** A later step that was refused or held is tried again, for the order's item in a newer batch. */
export async function reopenEffect(
  session: Session,
  effectId: number,
  batchId: number,
  nextTryUtc: string | null = null,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/reopen_effect'), {
    effect_id: effectId,
    batch_id: batchId,
    next_try_utc: nextTryUtc,
  });
}

export async function acceptFingerprint(
  session: Session,
  effectId: number,
  fingerprint: string | null,
  changeSetId: number,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/accept_fingerprint'), {
    effect_id: effectId,
    fingerprint,
    change_set_id: changeSetId,
  });
}

export async function claimEffects(
  session: Session,
  claim: {
    readonly pipeline: string;
    readonly step: string;
    readonly token: number;
    readonly now: string;
    readonly absenceProvesUtc: string;
    readonly limit: number;
  },
): Promise<ClaimedEffect[]> {
  const claimed = await session.all<ClaimedEffect>(sql(session.engine, 'ledger/claim_effects'), {
    pipeline: claim.pipeline,
    step: claim.step,
    token: claim.token,
    now: claim.now,
    absence_proves_utc: claim.absenceProvesUtc,
    limit: claim.limit,
  });
  // What an UPDATE gives back has no order of its own; a call names its orders in the order of their files.
  return claimed.sort((a, b) => a.effect_id - b.effect_id);
}

export async function sendingEffects(
  session: Session,
  pipeline: string,
  step: string,
  after: number,
  limit: number,
): Promise<SendingEffect[]> {
  return session.all<SendingEffect>(sql(session.engine, 'ledger/sending_effects'), {
    pipeline,
    step,
    after,
    limit,
  });
}

export async function effectsDone(
  session: Session,
  effectIds: readonly number[],
  receipt: string,
  now: string,
): Promise<void> {
  if (effectIds.length === 0) return;
  await session.run(sql(session.engine, 'ledger/effects_done'), {
    effect_ids: JSON.stringify(effectIds),
    receipt,
    now,
  });
}

export async function effectRefused(
  session: Session,
  refusal: {
    readonly effectId: number;
    readonly state: 'held' | 'failed';
    readonly code: string;
    readonly reason: string;
    /** Of what the target shows instead, so that a person who ignores it is not asked again. */
    readonly fingerprint?: string | null;
  },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/effect_refused'), {
    effect_id: refusal.effectId,
    state: refusal.state,
    code: refusal.code,
    reason: refusal.reason,
    fingerprint: refusal.fingerprint ?? null,
    now,
  });
}

/** Back to pending: it is proven that nothing was done. */
export async function effectsPending(
  session: Session,
  effectIds: readonly number[],
  nextTryUtc: string | null,
  error: string | null,
): Promise<void> {
  if (effectIds.length === 0) return;
  await session.run(sql(session.engine, 'ledger/effects_pending'), {
    effect_ids: JSON.stringify(effectIds),
    next_try_utc: nextTryUtc,
    error,
  });
}

/** Still on their way: before that time, not seeing them done proves nothing. */
export async function effectsUnknown(
  session: Session,
  effectIds: readonly number[],
  absenceProvesUtc: string,
  error: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/effects_unknown'), {
    effect_ids: JSON.stringify(effectIds),
    absence_proves_utc: absenceProvesUtc,
    error,
  });
}

/** Which of these orders a 3PL is known to have, by its name; links outlive the ledger. */
export async function linkedOrders(
  session: Session,
  orderIds: readonly number[],
): Promise<Map<number, string>> {
  if (orderIds.length === 0) return new Map();
  const rows = await session.all<{ exigo_order_id: number; system: string }>(
    sql(session.engine, 'ledger/links_of_orders'),
    { order_ids: JSON.stringify(orderIds) },
  );
  return new Map(rows.map((row) => [row.exigo_order_id, row.system]));
}

/** A person leaves a held hand-over as it is: it is never made good, and the target is taken to know this version. */
export async function giveUpEffect(
  session: Session,
  effectId: number,
  fingerprint: string | null,
  changeSetId: number,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/give_up_effect'), {
    effect_id: effectId,
    fingerprint,
    change_set_id: changeSetId,
    reason: 'a person left it as it is',
  });
}

/** Uses up the business key of an order that was canceled before it was sent: no version of it goes. */
export async function insertCanceledEffect(
  session: Session,
  canceled: {
    readonly pipeline: string;
    readonly step: string;
    readonly orderId: number;
    /** 0 when no version of it was frozen. */
    readonly changeSetId: number;
    /** Of the canceling pipeline, for an order that has no item in this one. */
    readonly itemId: number | null;
    /** Whose doing it is: {@link CANCELED_BY_PERSON} or {@link CANCELED_AT_MARKETPLACE}. */
    readonly fingerprint: string;
    readonly reason: string;
  },
  now: string,
): Promise<void> {
  const { pipeline, step, orderId, changeSetId, itemId, fingerprint, reason } = canceled;
  await session.run(sql(session.engine, 'ledger/insert_canceled_effect'), {
    pipeline,
    step,
    item_key: String(orderId),
    order_id: orderId,
    change_set_id: changeSetId,
    item_id: itemId,
    fingerprint,
    reason,
    now,
  });
}

/** Whether the key of an order was used up before anything left. */
export function isUsedUp({ state, target }: PriorEffect): boolean {
  return state === 'failed' && target === null;
}

/** Whether a person has looked at its held file, and the order does not go by it: it was canceled, or goes in a new one. */
export function isGivenUp({ state, fingerprint, resolution }: PriorEffect): boolean {
  if (state !== 'held') return false;
  return fingerprint === CANCELED_BY_PERSON || resolution === 'CANCELED' || resolution === 'RESENT';
}

/** Whose doing it is that no version of such an order goes. */
export function usedUp({ fingerprint, last_error }: PriorEffect): {
  readonly code: 'CANCELED_BY_PERSON' | 'CANCELED_AT_MARKETPLACE';
  readonly reason: string | null;
} {
  const ended = fingerprint === CANCELED_AT_MARKETPLACE;
  return { code: ended ? 'CANCELED_AT_MARKETPLACE' : 'CANCELED_BY_PERSON', reason: last_error };
}
