import type { LastWord } from '../../core/cancellation.js';

/** What is known of an order when its cancellation is judged. */
export interface CancellationFacts {
  readonly threePl: string;
  /** Whether anybody wants it still. */
  readonly wanted: boolean;
  /**
   * `stands`: the 3PL has it, or a person left its held file as it is. `open`: its file is on its way, or held. `none`:
   * nothing of this hand-over has left, a person has settled its held file otherwise, or a newer one took its place before it
   * was known to have arrived.
   */
  readonly handOver: 'none' | 'open' | 'stands';
  /** `its file ATL_7.csv is on its way`; for `open`. For `none`: why, where that is not plain. */
  readonly handOverWords: string;
  /** Whether the file that asks has it already. */
  readonly asked: boolean;
  /** The 3PL's last word so far. */
  readonly word: LastWord | null;
  /** Whether the 3PL takes files of cancellations. */
  readonly takes: boolean;
}

export type CancellationVerdict =
  | { readonly verdict: 'ask' }
  | {
      readonly verdict: 'settle';
      readonly state: 'excluded' | 'held';
      readonly code: string;
      readonly reason: string;
      /** The word that settles it; null: nothing was answered. */
      readonly word: LastWord | null;
    };

/** Whether a 3PL is asked to cancel an order, and what follows from what it has said before. Pure. */
export function decideCancellation(facts: CancellationFacts): CancellationVerdict {
  const { threePl, wanted, handOver, handOverWords, asked, word, takes } = facts;
  if (word !== null) return { verdict: 'settle', ...outcomeOf(threePl, wanted, word), word };
  if (!wanted) return exclude('OPEN_AGAIN', `nobody wants it canceled any more; ${threePl} is not asked`);
  if (handOver === 'none') {
    const never = `${threePl} never got it: nothing to cancel there`;
    return exclude('NOT_HANDED_OVER', handOverWords === '' ? never : handOverWords);
  }
  if (handOver === 'open') {
    return hold('HAND_OVER_OPEN', `${handOverWords}; it goes on by itself when that is settled`);
  }
  if (asked) return exclude('ALREADY_ASKED', `${threePl} has been asked, and has not answered yet`);
  if (takes) return { verdict: 'ask' };
  return hold(
    'NO_NOTICE_FILES',
    `${threePl} takes no such files: its template has no "cancellations"; tell it yourself`,
  );
}

export interface CancellationOutcome {
  readonly state: 'excluded' | 'held';
  readonly code: string;
  readonly reason: string;
}

/**
 * What an answer of the 3PL means. Only a cancellation that it confirms, and that is wanted still, is over by itself: too
 * late waits for a person, as does one that nobody wants any more.
 */
export function outcomeOf(
  threePl: string,
  wanted: boolean,
  { answer, evidence }: LastWord,
): CancellationOutcome {
  if (answer === 'canceled') {
    if (wanted) return { state: 'excluded', code: 'CANCELED_ON_REQUEST', reason: `${threePl}: ${evidence}` };
    const then = 'to ship it: "release --as resend"; else set it to Canceled in Exigo';
    const reason = `it is open again, but ${threePl} has canceled it (${evidence}); ${then}`;
    return { state: 'held', code: 'OPEN_AGAIN_TOO_LATE', reason };
  }
  if (answer === 'refused') {
    const reason = `${threePl} refuses it (${evidence}); ask it whether it has the order`;
    return { state: 'held', code: 'CANCELLATION_REFUSED', reason };
  }
  if (!wanted) {
    const reason = `nobody wants it canceled any more, and ${threePl} did not cancel it (${evidence})`;
    return { state: 'excluded', code: 'OPEN_AGAIN', reason };
  }
  const reason = `${threePl} did not cancel it (${evidence}): stop it there if that is still possible, then set what is true in Exigo`;
  return { state: 'held', code: 'TOO_LATE', reason };
}

function exclude(code: string, reason: string): CancellationVerdict {
  return { verdict: 'settle', state: 'excluded', code, reason, word: null };
}

function hold(code: string, reason: string): CancellationVerdict {
  return { verdict: 'settle', state: 'held', code, reason, word: null };
}
