import type { Order } from '../../core/order.js';
import type { AskedCancellation } from '../../queue/ledger/cancellations.js';
import { cancellationsOf } from '../../queue/ledger/cancellations.js';
import {
  CANCELED_BY_PERSON,
  effectsOfOrders,
  isGivenUp,
  type PriorEffect,
} from '../../queue/ledger/effects.js';
import type { Decision } from '../../queue/ledger/items.js';
import { cancellationPipeline, takesCancellations } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { handOverStep } from '../shipments/read-shipments.js';
import { held, statusFingerprint } from '../verdicts/decide.js';
import { isReplaceable } from '../verdicts/standing.js';

/** Why a Canceled order is not reported yet; null: nothing is against it. */
export type NotFinal = (order: Pick<Order, 'id' | 'status'>, personInsists: boolean) => Decision | null;

/** Held until its cancellation is final. */
export const NOT_FINAL: readonly string[] = ['CANCELLATION_ASKED', 'HAND_OVER_OPEN', 'TOO_LATE'];

/**
 * A cancellation of what a 3PL has is final when the 3PL says so: before that, its marketplace would be told Canceled of an
 * order that is shipped. Reads how these orders stand.
 */
export async function notFinal(context: EngineContext, orderIds: readonly number[]): Promise<NotFinal> {
  if (cancellationPipeline(context) === null) return () => null;
  const { pipeline, step } = handOverStep(context);
  const handed = await effectsOfOrders(context.database, pipeline, step, orderIds);
  const asked = await cancellationsOf(context.database, orderIds);
  return (order, personInsists) => {
    if (order.status !== 'Canceled') return null;
    const prior = handed.get(order.id)?.findLast((effect) => !isReplaceable(effect));
    const own = asked.get(order.id)?.find(({ generation }) => generation === prior?.generation);
    if (prior === undefined || !isAskedFor(context, prior, own)) return null;
    return waitsFor(prior, own, personInsists);
  };
}

/** Whether the 3PL was, or will be, asked, also when it takes no such files any more: not where a person has settled it. */
function isAskedFor(
  context: EngineContext,
  { target, fingerprint }: PriorEffect,
  asked: AskedCancellation | undefined,
): boolean {
  if (target === null) return false;
  if (asked === undefined && !takesCancellations(context, target)) return false;
  return fingerprint !== statusFingerprint('Canceled');
}

function waitsFor(
  prior: PriorEffect,
  asked: AskedCancellation | undefined,
  personInsists: boolean,
): Decision | null {
  const { target, fingerprint, state } = prior;
  // Canceled by a person when the 3PL was not to be asked.
  if (asked === undefined && fingerprint === CANCELED_BY_PERSON) return null;
  if (asked?.answer === 'canceled' || personInsists) return null;
  if (asked === undefined || asked.answer === null) {
    if (isGivenUp(prior)) return null;
    if (state === 'held') {
      const reason = `the file with it for ${target} is held, look at it; its marketplace is told Canceled when that is settled`;
      return { ...held('HAND_OVER_OPEN', reason), target };
    }
    const reason = `${target} has it and is asked to cancel it; its marketplace is told when it has`;
    return { ...held('CANCELLATION_ASKED', reason), target };
  }
  const reason = `${target} did not cancel it (${asked.evidence}), so its marketplace is not told Canceled; set what is true in Exigo, or have it told with "errors retry", which names order and pipeline`;
  return { ...held('TOO_LATE', reason), target };
}
