import type { Order } from '../../core/order.js';
import { type AskedCancellation, wantedBy } from '../../queue/ledger/cancellations.js';
import { CANCELED_BY_PERSON, type PriorEffect } from '../../queue/ledger/effects.js';
import type { Decision } from '../../queue/ledger/items.js';
import { excluded, held, statusFingerprint } from '../verdicts/decide.js';

/** Fingerprint of a version that a person left as it is, although its 3PL had canceled the order. */
const OPEN_AGAIN = 'open again';

/** What follows from the status of an order that its 3PL has. */
export interface Canceled {
  /** Null: it is judged as any other version. */
  readonly decision: Decision | null;
  /** Exigo wants it canceled. */
  readonly wants: boolean;
  /** Exigo wanted it canceled, and does not any more. */
  readonly drops: boolean;
}

const AS_ANY: Canceled = { decision: null, wants: false, drops: false };

/**
 * A version of an order that was handed over, beside what its 3PL was asked to cancel and has answered. `asked`: of that
 * hand-over. What the 3PL has canceled goes nowhere by itself, and an order that is Shipped or open all the same is shown.
 * Pure.
 */
export function decideCanceled(
  { status }: Pick<Order, 'status'>,
  prior: PriorEffect,
  asked: AskedCancellation | undefined,
  takes: boolean,
): Canceled {
  const { target: threePl } = prior;
  const confirmed = asked?.answer === 'canceled' ? asked.evidence : null;
  const fingerprint = statusFingerprint(status);
  const settled = (decision: Decision, wants = false, drops = false): Canceled => ({
    decision: { ...decision, target: threePl },
    wants,
    drops,
  });
  if (status === 'Shipped') {
    if (confirmed === null || prior.fingerprint === fingerprint) return AS_ANY;
    const reason = `Exigo says Shipped, but ${threePl} has canceled it (${confirmed}); find out what is true`;
    return settled({ ...held('SHIPPED_AFTER_CANCELLATION', reason), fingerprint });
  }
  if (prior.fingerprint === CANCELED_BY_PERSON || prior.state === 'held') return AS_ANY;
  if (status === 'Canceled') {
    if (prior.fingerprint === fingerprint) return AS_ANY;
    if (confirmed !== null) {
      const over = excluded('CANCELED_ON_REQUEST', `${threePl} has canceled it: ${confirmed}`);
      return settled({ ...over, fingerprint }, true);
    }
    if (!takes) return AS_ANY;
    const reason = `Exigo says Canceled; ${threePl} has it, and is asked to cancel it`;
    return settled({ ...excluded('CANCELLATION_ASKED', reason), fingerprint }, true);
  }
  if (asked === undefined || (status !== 'Accepted' && status !== 'Printed')) return AS_ANY;
  const drops = asked.by_exigo === 1;
  if (confirmed === null) return { ...AS_ANY, drops };
  const others = wantedBy(asked).filter((by) => by !== 'exigo');
  if (others.length > 0) {
    const code = others.includes('person') ? 'CANCELED_BY_PERSON' : 'CANCELED_AT_MARKETPLACE';
    return settled(excluded(code, `${threePl} has canceled it: ${confirmed}`), false, drops);
  }
  if (prior.fingerprint === OPEN_AGAIN) return settled(excluded('IGNORED_BY_PERSON', null), false, drops);
  const then = 'to ship it: "release --as resend"; else set it to Canceled there';
  const reason = `Exigo says ${status}, but ${threePl} has canceled it (${confirmed}); ${then}`;
  return settled({ ...held('OPEN_AGAIN_TOO_LATE', reason), fingerprint: OPEN_AGAIN }, false, drops);
}
