/** What 3PLs were asked to cancel, and what they answered. */
import type { CancellationAnswer, LastWord, Wanter } from '../../core/cancellation.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export interface AskedCancellation {
  readonly order_id: number;
  /** Of the hand-over. */
  readonly generation: number;
  /** The 3PL. */
  readonly target: string;
  readonly asked_utc: string;
  readonly by_exigo: number;
  readonly by_marketplace: number;
  readonly by_person: number;
  readonly answer: CancellationAnswer | null;
  readonly evidence: string | null;
  readonly answered_utc: string | null;
}

/** By order, oldest hand-over first. */
export async function cancellationsOf(
  session: Session,
  orderIds: readonly number[],
): Promise<Map<number, AskedCancellation[]>> {
  const found = new Map<number, AskedCancellation[]>();
  if (orderIds.length === 0) return found;
  const rows = await session.all<AskedCancellation>(sql(session.engine, 'ledger/cancellations_of_orders'), {
    order_ids: JSON.stringify(orderIds),
  });
  for (const row of rows) found.set(row.order_id, [...(found.get(row.order_id) ?? []), row]);
  return found;
}

/** Who wants it, as things stand. */
export function wantedBy({ by_exigo, by_marketplace, by_person }: AskedCancellation): Wanter[] {
  const wanters: Wanter[] = [];
  if (by_exigo === 1) wanters.push('exigo');
  if (by_marketplace === 1) wanters.push('marketplace');
  if (by_person === 1) wanters.push('person');
  return wanters;
}

/** Somebody wants an order canceled that was handed over. */
export async function wantCancellation(
  session: Session,
  wanted: {
    readonly orderId: number;
    readonly generation: number;
    readonly threePl: string;
    readonly by: Wanter;
  },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/want_cancellation'), {
    order_id: wanted.orderId,
    generation: wanted.generation,
    target: wanted.threePl,
    by: wanted.by,
    now,
  });
}

/** `by` wants it no more; `all`: nobody does. */
export async function dropCancellation(
  session: Session,
  dropped: { readonly orderId: number; readonly generation: number; readonly by: Wanter | 'all' },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_cancellation'), {
    order_id: dropped.orderId,
    generation: dropped.generation,
    by: dropped.by,
  });
}

/** The 3PL's answer; a later one takes the place of an earlier one. */
export async function answerCancellation(
  session: Session,
  answered: LastWord & { readonly orderId: number; readonly generation: number },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/answer_cancellation'), {
    order_id: answered.orderId,
    generation: answered.generation,
    answer: answered.answer,
    evidence: answered.evidence,
    now,
  });
}

/** What waited for the answer is done, and its item with it. */
export async function answerReceived(
  session: Session,
  received: {
    readonly effectId: number;
    readonly receipt: string;
    readonly state: 'delivered' | 'excluded';
    readonly code: string | null;
    readonly reason: string | null;
  },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/answer_received'), {
    effect_id: received.effectId,
    receipt: received.receipt,
    state: received.state,
    code: received.code,
    reason: received.reason,
    now,
  });
}

/** Steps of a hand-over that have not left, of orders that their 3PL has canceled: nothing of them is worked any more. */
export async function excludeCanceled(
  session: Session,
  step: { readonly pipeline: string; readonly step: string },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/exclude_canceled'), {
    ...step,
    code: 'CANCELED_ON_REQUEST',
    now,
  });
}

/** Takes those out of a planned wave, of which nothing has left, that nobody wants canceled any more. */
export async function dropUnwanted(session: Session, waveId: number, now: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_unwanted'), {
    wave_id: waveId,
    code: 'OPEN_AGAIN',
    reason: 'nobody wanted it canceled any more when its file was made',
    now,
  });
}
