import { isLeftAlone } from '../../core/circuits.js';
import {
  LeaseLostError,
  messageOf,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { CALL_RETRY, MOST_ATTEMPTS, MOST_WAIT, retryDelay } from '../../core/retry.js';
import { describeDuration, toUtcText } from '../../core/time.js';
import { effectsPending, effectsUnknown } from '../../queue/ledger/effects.js';
import { claimSingle, type SingleEffect } from '../../queue/ledger/singles.js';
import { type LookingWork, lookAtCalls, lookOneByOne, looksOf } from '../shadow/look-at-calls.js';
import { assertGoingOn } from '../stop.js';
import type { Seen, SingleWork, Working } from './single-act.js';
import { settle, writeSeen } from './single-settle.js';
import { settleUnknown } from './single-unknown.js';

/**
 * Does the effects of a step one by one, each in its protocol: intent committed, the act, the receipt; in shadow they are
 * looked at alone. What is of
 * unknown outcome is looked up first, and again when nothing else is left. Throws the error of a target that is down
 * or not configured; every other trouble is an effect's own.
 */
export async function workOneByOne(work: SingleWork): Promise<void> {
  const working: Working = {
    ...work,
    troubles: { sinceSuccess: new Set(), pending: new Map(), unread: new Map() },
  };
  const which = looksOf(work.context, work.step.pipeline);
  const unseen = await lookAtCalls(inShadow(work), which);
  // What an earlier live run has left on its way waits until it is live again.
  if (which === 'all') return;
  await settleUnknown(working);
  for (;;) {
    assertGoingOn(work.context.signal);
    const effect = await claim(working);
    if (effect !== undefined) await actOn(working, effect);
    else if (!(await settleUnknown(working)) && !(await nextTry(working))) break;
  }
  for (const error of working.troubles.unread.values()) throw error;
  if (unseen !== null) throw unseen;
}

/** The step without its calls. */
function inShadow({ context, lease, step, nextStep, act }: SingleWork): LookingWork {
  return {
    context,
    lease,
    step,
    pageSize: 1,
    look: (effects) => lookOneByOne(effects, (effect) => act.shadow(effect)),
    settle: (session, effect, seen, now) =>
      writeSeen(session, { pipeline: step.pipeline, nextStep }, effect, seen, now),
  };
}

async function claim({ context, lease, step, act }: Working): Promise<SingleEffect | undefined> {
  const claimed = await lease.transaction(async (session) => {
    const nowMs = context.clock.now();
    const found = await claimSingle(session, step, {
      token: lease.token,
      now: toUtcText(nowMs),
      absenceProvesUtc: toUtcText(nowMs + act.unknownWaitMs),
    });
    if (found !== undefined) await faultPoint('single/before-claim');
    return found;
  });
  if (claimed !== undefined) await faultPoint('single/after-claim');
  return claimed;
}

/**
 * Waits for the effect that is tried again soonest; false when there is none. Throws the error of one that is left to
 * the next run.
 */
async function nextTry({ context, lease, troubles }: Working): Promise<boolean> {
  const failures = [...troubles.pending.values()];
  const now = context.clock.now();
  const again = failures.filter(({ times, dueAt }) => times < MOST_ATTEMPTS && dueAt - now <= MOST_WAIT);
  if (again.length > 0) {
    const wait = Math.min(...again.map(({ dueAt }) => dueAt)) - now;
    if (wait > 0) await lease.sleep(wait, context.signal);
    return true;
  }
  const [left] = failures;
  if (left !== undefined) throw left.error;
  return false;
}

/**
 * What fails in `act` says what became of it. What fails after it (a deadlock at the receipt) says nothing of the target:
 * the effect stays on its way, and the next run looks it up.
 */
async function actOn(work: Working, effect: SingleEffect): Promise<void> {
  const { lease, act } = work;
  let seen: Seen;
  try {
    await lease.assertHeld();
    await faultPoint('single/before-call');
    seen = await act.act(effect, () => lease.assertHeld());
  } catch (error) {
    if (!(error instanceof TerminalError)) await noteFailure(work, effect, error);
    else await settleRefused(work, effect, error);
    return;
  }
  await faultPoint('single/after-call');
  work.troubles.sinceSuccess.clear();
  await settle(work, effect, seen);
}

/** Refused, perhaps because it is there already: it is looked up. A refusal has done nothing, so it may be repeated. */
async function settleRefused(work: Working, effect: SingleEffect, error: TerminalError): Promise<void> {
  let seen: Seen;
  try {
    seen = await work.act.refused(effect, error);
  } catch (problem) {
    if (!(problem instanceof TerminalError)) return noteFailure(work, effect, problem);
    const reason = `${messageOf(error)}; nor can it be looked up: ${messageOf(problem)}`;
    seen = { seen: 'blocked', state: 'held', code: 'OUTCOME_UNKNOWN', reason };
  }
  await settle(work, effect, seen);
}

/** Proven undone goes back to pending, unknown stays on its way. Throws when the target is down. */
async function noteFailure(work: Working, effect: SingleEffect, error: unknown): Promise<void> {
  const { context, lease, act, troubles } = work;
  if (error instanceof LeaseLostError) throw error;
  const text = `${act.name}: ${messageOf(error)}`;
  const times = (troubles.pending.get(effect.effect_id)?.times ?? 0) + 1;
  const asked = error instanceof TransientError ? error.retryAfterMs : undefined;
  const own = retryDelay(times, CALL_RETRY, context.random, error);
  const delay = times < MOST_ATTEMPTS ? own : Math.max(own, MOST_WAIT);
  const unknown = !(error instanceof TransientError || error instanceof StoppedError || isOurs(error));
  await lease.transaction(async (session) => {
    const at = context.clock.now();
    if (unknown) {
      await effectsUnknown(session, [effect.effect_id], toUtcText(at + act.unknownWaitMs), text);
    } else {
      const dueAtOnce = error instanceof StoppedError || isLeftAlone(error);
      await effectsPending(session, [effect.effect_id], dueAtOnce ? null : toUtcText(at + delay), text);
    }
  });
  const passing = error instanceof TransientError || error instanceof UnknownOutcomeError;
  if (!passing) throw error;
  context.log.warn(
    `${text}; ${unknown ? 'looked up before it is tried again' : `tried again in ${describeDuration(delay)}`}`,
    { order: effect.order_id, item: effect.item_key },
  );
  troubles.sinceSuccess.add(effect.effect_id);
  if (unknown) troubles.pending.delete(effect.effect_id);
  else troubles.pending.set(effect.effect_id, { times, dueAt: context.clock.now() + delay, error });
  if (troubles.sinceSuccess.size >= MOST_ATTEMPTS || delay > MOST_WAIT) throw error;
  // What the target asks for is for all of them; else the others go on meanwhile.
  if (asked !== undefined && times < MOST_ATTEMPTS) await lease.sleep(delay, context.signal);
}

/** Found wrong before anything was sent. */
function isOurs(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'CONFIGURATION';
}
