import { HOUR } from '../../core/clock.js';
import { inShadow } from '../../core/config.js';
import {
  ConfigurationError,
  messageOf,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { MOST_ATTEMPTS } from '../../core/retry.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { Session } from '../../queue/ledger/session.js';
import {
  beginEffect,
  type CallState,
  effectDue,
  noteCall,
  postponeLeft,
  type WaitingEffect,
  waitingEffects,
} from '../../queue/ledger/shadow-calls.js';
import type { SingleStep } from '../../queue/ledger/singles.js';
import { SHADOW } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import type { Seen, ShadowLook } from '../singles/single-act.js';
import { assertGoingOn } from '../stop.js';

/** What becomes of an effect that does not go on waiting. */
export type Settled = Exclude<Seen, { readonly seen: 'absent' }>;

export interface LookingWork {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly step: SingleStep;
  /** Effects that are looked at together. */
  readonly pageSize: number;
  /** By effect; what is missing is left for the next run. */
  look(effects: readonly WaitingEffect[]): Promise<ReadonlyMap<number, ShadowLook>>;
  /** Writes down what became of an effect; it was begun in this transaction. */
  settle(session: Session, effect: WaitingEffect, seen: Settled, now: string): Promise<void>;
}

/** Longest time between two looks for a call that is not seen. */
const LONGEST_PAUSE = HOUR;

/** In shadow `all` that waits is looked at, and nothing else is done; live, once, what shadow has `left`. */
export function looksOf(context: EngineContext, pipeline: string): 'all' | 'left' {
  return inShadow(context.config, pipeline) ? 'all' : 'left';
}

/**
 * Looks at the targets of a step's waiting effects and makes no call. What somebody else has done is done, with a receipt that
 * begins with `shadow:`, and is never done again; what is not to be seen goes on waiting, for that somebody while the
 * pipeline runs in shadow, for us when it is live. What cannot be read holds up no other: in shadow the first reason is thrown
 * in the end; live it is returned, and what could not be looked at is not done by this run, while the rest is.
 */
export async function lookAtCalls(work: LookingWork, which: 'all' | 'left'): Promise<unknown> {
  const { context, lease, step, pageSize: limit } = work;
  const troubles: { inARow: number; first: unknown } = { inARow: 0, first: null };
  let missing = false;
  for (let after = 0; ; ) {
    assertGoingOn(context.signal);
    const page = { now: toUtcText(context.clock.now()), after, limit };
    const effects = await waitingEffects(context.database, which, step, page);
    const last = effects.at(-1);
    if (last === undefined) break;
    after = last.effect_id;
    await lease.assertHeld();
    const looks = await looksAt(work, effects, troubles);
    await lease.transaction(async (session) => {
      for (const effect of effects) {
        const look = looks.get(effect.effect_id);
        if (look !== undefined) await record(session, work, which, effect, look);
      }
      await faultPoint('shadow/before-receipt');
    });
    missing ||= looks.size < effects.length;
    if (troubles.inARow >= MOST_ATTEMPTS) break;
  }
  if (which === 'all' && troubles.first !== null) throw troubles.first;
  if (which === 'left' && missing) {
    const nextTry = toUtcText(context.clock.now() + LONGEST_PAUSE);
    await lease.transaction((session) => postponeLeft(session, step, nextTry));
  }
  return troubles.first;
}

/** Nothing of what could not be read; so many in a row mean that the target is down. */
async function looksAt(
  work: LookingWork,
  effects: readonly WaitingEffect[],
  troubles: { inARow: number; first: unknown },
): Promise<ReadonlyMap<number, ShadowLook>> {
  try {
    const looks = await work.look(effects);
    troubles.inARow = 0;
    return looks;
  } catch (error) {
    const passing = error instanceof TransientError || error instanceof UnknownOutcomeError;
    if (!passing && !(error instanceof ConfigurationError)) throw error;
    troubles.first ??= error;
    work.context.log.warn(`${work.step.step} in shadow: ${messageOf(error)}; looked up again later`);
    troubles.inARow = passing ? troubles.inARow + 1 : MOST_ATTEMPTS;
    return new Map();
  }
}

async function record(
  session: Session,
  work: LookingWork,
  which: 'all' | 'left',
  effect: WaitingEffect,
  { operation, fields, shown, seen, how }: ShadowLook,
): Promise<void> {
  const { context, lease } = work;
  const nowMs = context.clock.now();
  const now = toUtcText(nowMs);
  const state = stateOf(which, seen, how);
  const pause = Math.min(LONGEST_PAUSE, Math.max(0, nowMs - fromUtcText(effect.created_utc)) / 4);
  const nextLook = state === 'open' ? toUtcText(nowMs + pause) : null;
  const call = { effectId: effect.effect_id, operation, fields, state, shown, nextLook, now };
  if (seen.seen !== 'absent' && !(await beginEffect(session, effect.effect_id, lease.token))) return;
  await noteCall(session, call);
  if (state === 'live') await effectDue(session, effect.effect_id);
  if (seen.seen === 'absent') return;
  const settled =
    seen.seen === 'done' ? { ...seen, receipt: `${SHADOW} ${seen.receipt}; not done by us` } : seen;
  await work.settle(session, effect, settled, now);
}

function stateOf(which: 'all' | 'left', seen: Seen, how: ShadowLook['how']): CallState {
  if (seen.seen === 'done') return how ?? 'same';
  if (seen.seen === 'blocked') return 'held';
  if (seen.seen === 'dropped') return 'dropped';
  return which === 'left' ? 'live' : 'open';
}

/** Looks at one after the other; null: not now. What the target refuses to show waits: a live run will say why. */
export async function lookOneByOne(
  effects: readonly WaitingEffect[],
  look: (effect: WaitingEffect) => Promise<ShadowLook | null>,
): Promise<ReadonlyMap<number, ShadowLook>> {
  const looks = new Map<number, ShadowLook>();
  for (const effect of effects) {
    const seen = await lookOrRefusal(effect, look);
    if (seen !== null) looks.set(effect.effect_id, seen);
  }
  return looks;
}

async function lookOrRefusal(
  effect: WaitingEffect,
  look: (effect: WaitingEffect) => Promise<ShadowLook | null>,
): Promise<ShadowLook | null> {
  try {
    return await look(effect);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { operation: 'not to be seen', fields: {}, shown: null, seen: { seen: 'absent' } };
  }
}

/** What a target refuses to show is not there: a live run will say why. */
export async function shownOr<T>(look: () => Promise<T | null>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof TerminalError) return null;
    throw error;
  }
}
