import type { Config } from '../../core/config.js';
import { WAITS_FOR_ANSWER } from '../../queue/ledger/effects.js';

/** When the step after a hand-over to a 3PL is due: at once (null), or not before the 3PL has answered. */
export function answerDue({ threePls }: Pick<Config, 'threePls'>, target: string | null): string | null {
  const threePl = threePls.find(({ name }) => name === target);
  return threePl?.answerWithinMs == null ? null : WAITS_FOR_ANSWER;
}
