import { noteReportedCanceled } from '../../queue/ledger/ended-orders.js';
import type { Seen } from '../singles/single-act.js';
import type { ShownEnd } from './shown-end.js';

/** How far the cancellation of an order has come here. */
export interface Here {
  readonly orderId: number;
  /** The pipeline that cancels. */
  readonly pipeline: string;
  /** Exigo says Canceled. */
  readonly canceled: boolean;
  /** The pipeline in which no version of it leaves any more; null: it goes on. */
  readonly keptBack: string | null;
}

/**
 * What becomes of an order that its marketplace does not show as ended any more. Only one that is open there, and of which
 * nothing was done here, is left as it is. What was done here cannot be taken back by itself: whether the order still
 * lives is a person's to say. A status that is no end proves none, nor does not being shown: held, as waiting for another
 * answer would be seen by nobody.
 */
export function notEnded({ end, words }: ShownEnd, here: Here): Seen {
  const { orderId, pipeline, canceled, keptBack } = here;
  const untouched = !canceled && keptBack === null;
  if (end === 'open' && untouched) {
    return { seen: 'dropped', code: 'OPEN_AGAIN', reason: `${words}, so it is open again: left as it is` };
  }
  const then = `then "orderferry release ${orderId} --as ignore --pipeline ${pipeline}"`;
  const done = stateOf(here);
  if (end === 'open') {
    return held(
      'OPEN_AGAIN_TOO_LATE',
      `${words}, so it is open again, but ${done}. ${waysOut(here)}; ${then}`,
    );
  }
  const code = { other: 'CHANGED_AT_MARKETPLACE', missing: 'NOT_FOUND_IN_GODATAFEED' } as const;
  const retry = 'look there, then "errors retry" asks once more';
  const reason = `${words}, which is no end; ${done}. ${retry}; or decide what becomes of it, ${then}`;
  return held(end === 'other' || end === 'missing' ? code[end] : 'NOT_KEPT', reason);

  function held(code: string, reason: string): Seen {
    const blocked = { seen: 'blocked', state: 'held', code, reason } as const;
    if (!canceled) return blocked;
    // Else its marketplace would be told Canceled, which it has taken back or never said.
    return { ...blocked, note: (session, now) => noteReportedCanceled(session, orderId, now) };
  }
}

function stateOf({ canceled, keptBack }: Here): string {
  if (canceled) return 'Exigo says Canceled';
  return keptBack === null
    ? 'nothing was canceled in Exigo, and it goes on here'
    : 'no version of it is handed over any more';
}

function waysOut({ orderId, canceled, keptBack }: Here): string {
  const again = keptBack === null ? '' : `"orderferry release ${orderId} --as resend --pipeline ${keptBack}"`;
  const revive = canceled ? 'set it to Accepted in Exigo and run the hand-over' : '';
  const fulfil = [revive, again].filter((part) => part !== '').join(', then ');
  const end = canceled
    ? 'cancel it in GoDataFeed'
    : 'set it to Canceled in Exigo, and its marketplace is told';
  return `If it is to be shipped: ${fulfil}. If not: ${end}`;
}
