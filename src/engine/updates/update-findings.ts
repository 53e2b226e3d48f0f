import { SECOND } from '../../core/clock.js';
import type { FixedUpdate } from '../../core/marketplace.js';
import type { ShownUpdate } from '../../core/targets.js';

/** What a look at the store says of an update. */
export type Finding =
  /** The marketplace has it, from us or from someone else. */
  | { readonly found: 'answered'; readonly receipt: string }
  /** The marketplace has refused it. */
  | { readonly found: 'refused'; readonly message: string }
  /** The store has it; nothing is known of the marketplace. */
  | { readonly found: 'there' }
  /** The store does not show it. */
  | { readonly found: 'absent' }
  /** The store shows an end that leaves no room for it. */
  | { readonly found: 'otherwise'; readonly status: string }
  /** The store shows too little to tell it from an older update. */
  | { readonly found: 'unproven' }
  /** The store does not know the order. */
  | { readonly found: 'missing' };

const ENDS: readonly string[] = ['shipped', 'canceled'];
const KNOWN: readonly string[] = ['new', 'processing', ...ENDS];

/**
 * Reads back an update whose answer was lost: every field that is shown must be as it was sent, since an older update
 * of the order may differ from it in one alone. Pure.
 */
export function readBackUpdate(sent: FixedUpdate, shown: ShownUpdate | null, generation: number): Finding {
  if (shown === null) return { found: 'missing' };
  const same = isSame(sent, shown);
  if (same === 'different') {
    if (shown.answer === 'manual' && generation === 1 && fits(sent, shown)) return answered(shown);
    return endedOtherwise(sent, shown) ?? { found: 'absent' };
  }
  if (generation > 1) {
    if (same === 'unknown') return { found: 'unproven' };
    // The answer may be to the update before: it is asked for later.
    if (shown.answer !== null) return { found: 'there' };
  }
  if (shown.answer === 'error') return refused(shown);
  if (shown.answer !== null) return answered(shown);
  return shown.status === sent.kind ? { found: 'there' } : { found: 'absent' };
}

/**
 * What the marketplace says of an update that the store has accepted. `firstLook`: an answer to the update before this
 * one may still be shown, so none counts. Pure.
 */
export function watchUpdate(
  sent: FixedUpdate,
  shown: ShownUpdate | null,
  { generation, firstLook }: { readonly generation: number; readonly firstLook: boolean },
): Finding {
  if (shown === null) return { found: 'missing' };
  const other =
    sent.kind === 'shipped' && shown.tracking !== null && !sameText(sent.tracking, shown.tracking);
  const stale = generation > 1 && firstLook;
  if (shown.answer !== null && !stale) {
    const fitting = fits(sent, shown);
    // Somebody else's shipment has a tracking number of its own; after an update of ours it may be an old answer.
    if (shown.answer === 'manual' && fitting && (!other || generation === 1)) return answered(shown);
    if (shown.answer === 'complete' && fitting && !other) return answered(shown);
    if (shown.answer === 'error' && !other) return refused(shown);
    const otherwise = endedOtherwise(sent, shown);
    if (otherwise !== null) return otherwise;
  }
  return shown.status === sent.kind && !other ? { found: 'there' } : { found: 'absent' };
}

/** Whether a status that is known is the one that was sent. */
function fits(sent: FixedUpdate, { status }: ShownUpdate): boolean {
  return status === null || !KNOWN.includes(status) || status === sent.kind;
}

function endedOtherwise(sent: FixedUpdate, { status }: ShownUpdate): Finding | null {
  const ended = status !== null && ENDS.includes(status) && status !== sent.kind;
  return ended ? { found: 'otherwise', status } : null;
}

function isSame(sent: FixedUpdate, shown: ShownUpdate): 'same' | 'different' | 'unknown' {
  const ended = shown.status !== null && KNOWN.includes(shown.status);
  if (ended && shown.status !== sent.kind) return 'different';
  if (sent.kind === 'canceled') return ended ? 'same' : 'unknown';
  const { tracking, carrier, shippedAt } = shown;
  if (tracking === null) return 'unknown';
  const equal =
    sameText(sent.tracking, tracking) &&
    (sent.carrier === null || carrier === null || sameText(sent.carrier, carrier)) &&
    (shippedAt === null || Math.abs(shippedAt - sent.shippedAt) < SECOND);
  return equal ? 'same' : 'different';
}

function answered({ answer }: ShownUpdate): Finding {
  return {
    found: 'answered',
    receipt:
      answer === 'manual'
        ? 'Manually Synced: its marketplace had it from someone else'
        : 'Sync Complete: its marketplace has it',
  };
}

function refused({ message }: ShownUpdate): Finding {
  return { found: 'refused', message: message ?? 'without a reason' };
}

function sameText(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
