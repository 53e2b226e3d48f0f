import { messageOf, TerminalError, TransientError, UnknownOutcomeError } from '../../core/errors.js';
import { MOST_ATTEMPTS, MOST_WAIT } from '../../core/retry.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { effectsPending } from '../../queue/ledger/effects.js';
import { type SendingSingle, type SingleEffect, sendingSingles } from '../../queue/ledger/singles.js';
import { assertGoingOn } from '../stop.js';
import type { Seen, Working } from './single-act.js';
import { settle } from './single-settle.js';

const PAGE = 100;

/**
 * Looks up everything of unknown outcome. Returns whether something was found undone and is tried again. What cannot be
 * looked up is its own trouble, and stays on its way; throws when the target is down.
 */
export async function settleUnknown(work: Working): Promise<boolean> {
  const { context, lease, step } = work;
  let again = false;
  for (let after = 0; ; ) {
    const page = await sendingSingles(context.database, step, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return again;
    after = last.effect_id;
    for (const effect of page) {
      assertGoingOn(context.signal);
      await lease.assertHeld();
      again = (await lookUp(work, effect)) || again;
    }
  }
}

async function lookUp(work: Working, effect: SendingSingle): Promise<boolean> {
  const { context, lease, act } = work;
  let seen = await seenOf(work, effect);
  if (seen === null) return false;
  const wait = fromUtcText(effect.next_try_utc ?? toUtcText(0)) - context.clock.now();
  if (seen.seen === 'absent' && wait > 0) {
    if (wait > MOST_WAIT) return false;
    await lease.sleep(wait, context.signal);
    seen = await seenOf(work, effect);
    if (seen === null) return false;
  }
  if (seen.seen !== 'absent') {
    await settle(work, effect, seen);
    return false;
  }
  await act.provenAbsent?.(effect);
  const repeat = act.absent === 'repeat' && effect.attempts < MOST_ATTEMPTS;
  if (!repeat) {
    const { code, reason } =
      act.absent === 'repeat'
        ? { code: 'OUTCOME_UNKNOWN', reason: `${act.name}: lost ${effect.attempts} times, and never seen` }
        : act.absent;
    await settle(work, effect, { seen: 'blocked', state: 'held', code, reason });
    return false;
  }
  await lease.transaction((session) =>
    effectsPending(session, [effect.effect_id], null, 'not done, it is tried again'),
  );
  return true;
}

/** Null: it could not be looked up. */
async function seenOf({ act, context, troubles }: Working, effect: SingleEffect): Promise<Seen | null> {
  try {
    const seen = await act.look(effect);
    troubles.sinceSuccess.clear();
    troubles.unread.delete(effect.effect_id);
    return seen;
  } catch (error) {
    if (error instanceof TerminalError) {
      const reason = `${act.name}: it cannot be looked up: ${messageOf(error)}`;
      return { seen: 'blocked', state: 'held', code: 'OUTCOME_UNKNOWN', reason };
    }
    if (!(error instanceof TransientError || error instanceof UnknownOutcomeError)) throw error;
    context.log.warn(`${act.name}: ${messageOf(error)}; looked up again later`, {
      order: effect.order_id,
      item: effect.item_key,
    });
    troubles.unread.set(effect.effect_id, error);
    troubles.sinceSuccess.add(effect.effect_id);
    if (troubles.sinceSuccess.size >= MOST_ATTEMPTS) throw error;
    return null;
  }
}
