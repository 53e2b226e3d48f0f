import { MINUTE, SECOND } from '../../core/clock.js';
import {
  LeaseLostError,
  messageOf,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { describeDuration, fromUtcText, toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { effectRefused, effectsDone, effectsPending, effectsUnknown } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import type { Session } from '../../queue/ledger/session.js';
import {
  claimSingle,
  dropSingle,
  type SendingSingle,
  type SingleEffect,
  type SingleStep,
  sendingSingles,
  singleDone,
} from '../../queue/ledger/singles.js';
import type { EngineContext } from '../context.js';
import { retryDelay } from '../persons/retry.js';
import { assertGoingOn } from '../stop.js';

const RETRY = { firstMs: 2 * SECOND, mostMs: 30 * MINUTE };
/** A wait that is longer is left to the next run. */
const MOST_WAIT = 2 * MINUTE;
/**
 * Failures of so many effects with no success between them mean that the target is down. So many failures of one leave
 * it to the next run; so many unknown outcomes of one are a person's.
 */
const MOST_ATTEMPTS = 5;
const PAGE = 100;

/** What a target shows of an effect, or answered to it. */
export type Seen =
  | {
      readonly seen: 'done';
      readonly receipt: string;
      /** The step that comes after is not needed: the item is delivered. */
      readonly last?: boolean;
      /** Kept in the transaction of the receipt. */
      readonly note?: (session: Session, now: string) => Promise<void>;
    }
  | { readonly seen: 'absent' }
  /** Nothing is to be done any more: the item is excluded, and its key is free for a later one. */
  | { readonly seen: 'dropped'; readonly code: string; readonly reason: string }
  | {
      readonly seen: 'blocked';
      readonly state: 'held' | 'failed';
      readonly code: string;
      readonly reason: string;
    };

/** An act of a step: what it does for one effect, and how it is looked up. */
export interface SingleAct {
  /** For messages: `acknowledgement to store main`. */
  readonly name: string;
  readonly unknownWaitMs: number;
  /** What the target shows. Errors as its own. */
  look(effect: SingleEffect): Promise<Seen>;
  /**
   * Does it. `absent`: it was left undone on purpose, and waits for the next run. `guard` throws when the lease is lost;
   * awaited right before what cannot be repeated leaves, as what was read before it may have taken longer than a lease.
   */
  act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen>;
  /** What becomes of an effect that the target refused. */
  refused(effect: SingleEffect, error: TerminalError): Promise<Seen>;
  /** What becomes of one that was proven absent after an unknown outcome: repeated, or given to a person. */
  readonly absent: 'repeat' | { readonly code: string; readonly reason: string };
  /** Told of an effect of unknown outcome that is proven absent. */
  provenAbsent?(effect: SingleEffect): Promise<void>;
}

export interface SingleWork {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly step: SingleStep;
  /** The step that comes after it; null: the item is delivered with it. */
  readonly nextStep: string | null;
  readonly act: SingleAct;
}

interface Working extends SingleWork {
  readonly troubles: Troubles;
}

interface Failure {
  times: number;
  /** When the effect is due again (ms). */
  dueAt: number;
  readonly error: unknown;
}

interface Troubles {
  /** Effects that failed since the last success, of any effect. */
  readonly sinceSuccess: Set<number>;
  /** Effects that are pending after a failure in this run, by their id. */
  readonly pending: Map<number, Failure>;
}

/**
 * Does the effects of a step one by one, each in its protocol: intent committed, the act, the receipt. What is of
 * unknown outcome is looked up first, and again when nothing else is left. Throws the error of a target that is down
 * or not configured; every other trouble is an effect's own.
 */
export async function workOneByOne(work: SingleWork): Promise<void> {
  const working: Working = { ...work, troubles: { sinceSuccess: new Set(), pending: new Map() } };
  await settleUnknown(working);
  for (;;) {
    assertGoingOn(work.context.signal);
    const effect = await claim(working);
    if (effect !== undefined) await actOn(working, effect);
    else if (!(await settleUnknown(working)) && !(await nextTry(working))) return;
  }
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

async function actOn(work: Working, effect: SingleEffect): Promise<void> {
  const { lease, act } = work;
  try {
    await lease.assertHeld();
    await faultPoint('single/before-call');
    const seen = await act.act(effect, () => lease.assertHeld());
    await faultPoint('single/after-call');
    work.troubles.sinceSuccess.clear();
    await settle(work, effect, seen);
  } catch (error) {
    if (!(error instanceof TerminalError)) await noteFailure(work, effect, error);
    else await settle(work, effect, await act.refused(effect, error));
  }
}

async function settle(work: Working, effect: SingleEffect, seen: Seen): Promise<void> {
  const { context, lease, step, nextStep } = work;
  work.troubles.pending.delete(effect.effect_id);
  if (seen.seen === 'absent') {
    const nextTry = toUtcText(context.clock.now() + work.act.unknownWaitMs);
    await lease.transaction((session) => effectsPending(session, [effect.effect_id], nextTry, null));
    return;
  }
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const { effect_id: effectId } = effect;
    if (seen.seen === 'blocked') {
      const { state, code, reason } = seen;
      await effectRefused(session, { effectId, state, code, reason }, now);
      await tell(session, state, `${code}: ${reason}`);
    } else if (seen.seen === 'dropped') {
      await dropSingle(session, { effectId, code: seen.code, reason: seen.reason, now });
    } else {
      const { receipt } = seen;
      if (nextStep === null || seen.last === true) await effectsDone(session, [effectId], receipt, now);
      else await singleDone(session, { effectId, receipt, nextStep, now });
      await seen.note?.(session, now);
    }
    await faultPoint('single/before-receipt');

    async function tell(session: Session, kind: string, message: string): Promise<void> {
      const { item_key: itemKey, order_id } = effect;
      const about = order_id === null ? { itemKey } : { itemKey, orderId: order_id };
      await insertEvent(session, { at: now, kind, pipeline: step.pipeline, ...about, message });
    }
  });
  await faultPoint('single/after-receipt');
}

/** Proven undone goes back to pending, unknown stays on its way. Throws when the target is down. */
async function noteFailure(work: Working, effect: SingleEffect, error: unknown): Promise<void> {
  const { context, lease, act, troubles } = work;
  if (error instanceof LeaseLostError) throw error;
  const text = `${act.name}: ${messageOf(error)}`;
  const times = (troubles.pending.get(effect.effect_id)?.times ?? 0) + 1;
  const asked = error instanceof TransientError ? error.retryAfterMs : undefined;
  const own = asked ?? retryDelay(times, RETRY);
  const delay = times < MOST_ATTEMPTS ? own : Math.max(own, MOST_WAIT);
  const unknown = !(error instanceof TransientError || error instanceof StoppedError || isOurs(error));
  await lease.transaction(async (session) => {
    const at = context.clock.now();
    if (unknown) {
      await effectsUnknown(session, [effect.effect_id], toUtcText(at + act.unknownWaitMs), text);
    } else {
      const stopped = error instanceof StoppedError;
      await effectsPending(session, [effect.effect_id], stopped ? null : toUtcText(at + delay), text);
    }
  });
  const passing = error instanceof TransientError || error instanceof UnknownOutcomeError;
  if (!passing) throw error;
  context.log.warn(
    `${text}; ${unknown ? 'looked up before it is tried again' : `tried again in ${describeDuration(delay)}`}`,
    { item: effect.item_key },
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

/** Looks up everything of unknown outcome. Returns whether something was found undone and is tried again. */
async function settleUnknown(work: Working): Promise<boolean> {
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
  const wait = fromUtcText(effect.next_try_utc ?? toUtcText(0)) - context.clock.now();
  if (seen.seen === 'absent' && wait > 0) {
    if (wait > MOST_WAIT) return false;
    await lease.sleep(wait, context.signal);
    seen = await seenOf(work, effect);
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

async function seenOf({ act }: Working, effect: SingleEffect): Promise<Seen> {
  try {
    return await act.look(effect);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const reason = `${act.name}: it cannot be looked up: ${messageOf(error)}`;
    return { seen: 'blocked', state: 'held', code: 'OUTCOME_UNKNOWN', reason };
  }
}
