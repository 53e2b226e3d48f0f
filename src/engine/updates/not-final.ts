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
import { takesCancellations } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { handOverStep } from '../shipments/read-shipments.js';
import { held, statusFingerprint } from '../verdicts/decide.js';
import { isReplaceable } from '../verdicts/standing.js';

/** Why a Canceled order is not reported yet; null: nothing is against it. */
export type NotFinal = (order: Order, personInsists: boolean) => Decision | null;

/**
 * A cancellation of what a 3PL has is final when the 3PL says so: before that, its marketplace would be told Canceled of an
 * order that is shipped. Reads how these orders stand.
 */
export async function notFinal(context: EngineContext, orderIds: readonly number[]): Promise<NotFinal> {
  if (!context.config.threePls.some(({ name }) => takesCancellations(context, name))) return () => null;
  const { pipeline, step } = handOverStep(context);
  const handed = await effectsOfOrders(context.database, pipeline, step, orderIds);
  const asked = await cancellationsOf(context.database, orderIds);
  return (order, personInsists) => {
    if (order.status !== 'Canceled') return null;
    const prior = handed.get(order.id)?.findLast((effect) => !isReplaceable(effect));
    if (prior === undefined || !isAskedFor(context, prior)) return null;
    const own = asked.get(order.id)?.find(({ generation }) => generation === prior.generation);
    return waitsFor(prior, own, personInsists);
  };
}

/** Whether the 3PL is, or will be, asked: not where a person has settled it. */
function isAskedFor(context: EngineContext, { target, fingerprint }: PriorEffect): boolean {
  if (target === null || !takesCancellations(context, target)) return false;
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
  if (asked?.answer === 'canceled') return null;
  if (asked === undefined || asked.answer === null) {
    if (isGivenUp(prior)) return null;
    if (state === 'held') {
      const reason = `the file with it for ${target} is held, look at it; its marketplace is told Canceled when that is settled`;
      return { ...held('HAND_OVER_OPEN', reason), target };
    }
    const reason = `${target} has it and is asked to cancel it; its marketplace is told when it has`;
    return { ...held('CANCELLATION_ASKED', reason), target };
  }
  if (personInsists) return null;
  const reason = `${target} did not cancel it (${asked.evidence}), so its marketplace is not told Canceled; set what is true in Exigo, or have it told with "errors retry"`;
  return { ...held('TOO_LATE', reason), target };
}
