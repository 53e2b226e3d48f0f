/** Orders that count as Printed when their 3PL has accepted them. */
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { WAITS_FOR_ANSWER } from './effects.js';

export interface UnansweredOrder {
  readonly effect_id: number;
  readonly item_id: number;
  readonly order_id: number;
  readonly item_key: string;
  readonly generation: number;
  /** When it was handed over, UTC text. */
  readonly created_utc: string;
  /** The 3PL. */
  readonly target: string;
  readonly batch_id: number;
}

/** Handed over, and not answered by their 3PL, a page at a time. */
export async function unansweredOrders(
  session: Session,
  step: { readonly pipeline: string; readonly step: string },
  after: number,
  limit: number,
): Promise<UnansweredOrder[]> {
  const parameters = { ...step, waits: WAITS_FOR_ANSWER, after, limit };
  return session.all<UnansweredOrder>(sql(session.engine, 'reads/unanswered'), parameters);
}

export async function effectsAnswered(session: Session, effectIds: readonly number[]): Promise<void> {
  if (effectIds.length === 0) return;
  await session.run(sql(session.engine, 'ledger/effects_answered'), {
    effect_ids: JSON.stringify(effectIds),
    waits: WAITS_FOR_ANSWER,
  });
}

export async function answerRefused(
  session: Session,
  refusal: { readonly effectId: number; readonly code: string; readonly reason: string },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/answer_refused'), {
    effect_id: refusal.effectId,
    code: refusal.code,
    reason: refusal.reason,
    now,
  });
}
