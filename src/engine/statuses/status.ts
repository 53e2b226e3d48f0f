import { isLeftAlone } from '../../core/circuits.js';
import {
  LeaseLostError,
  messageOf,
  StoppedError,
  TransientError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';
import { CALL_RETRY, MOST_ATTEMPTS, MOST_WAIT, retryDelay } from '../../core/retry.js';
import type { StatusTarget } from '../../core/targets.js';
import { counted } from '../../core/text.js';
import { describeDuration, fromUtcText, toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import {
  type ClaimedEffect,
  claimEffects,
  effectRefused,
  effectsDone,
  effectsPending,
  effectsUnknown,
  type SendingEffect,
  sendingEffects,
} from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import type { EngineContext } from '../context.js';
import { type LookingWork, lookAtCalls, looksOf } from '../shadow/look-at-calls.js';
import type { Seen, ShadowLook } from '../singles/single-act.js';
import { writeSeen } from '../singles/single-settle.js';
import { assertGoingOn } from '../stop.js';
import { changeByHalves } from './bisect.js';
import { movedElsewhere, shipmentDetails } from './status-details.js';
import { type Blocked, sortByStatus } from './status-rules.js';

type StatusStep = Extract<StepDescription, { kind: 'exigo-status' }>;

interface Work {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: StatusStep;
  readonly target: StatusTarget;
}

interface Working extends Work {
  /** Chunks that could not be finished, since the last one that could. */
  readonly troubles: { inARow: number };
}

/**
 * Moves the orders of delivered files to the step's status, in chunks: intent committed, state read right
 * before, one call, state read right after, receipts. What the target has by then is never sent again.
 * Throws TransientError when the target is down, so that the run says so; nothing is lost by it.
 */
export async function changeStatuses(step: Work): Promise<void> {
  const work: Working = { ...step, troubles: { inARow: 0 } };
  const which = looksOf(step.context, step.pipeline.name);
  const unseen = await lookAtCalls(inShadow(step), which);
  if (which === 'all') return;
  // Left by a process that was killed, nobody knows when its call went out: absence proves from now on.
  await settleUnknown(work, work.context.clock.now() + work.target.unknownWaitMs);
  for (;;) {
    assertGoingOn(work.context.signal);
    const chunk = await claim(work);
    if (chunk.length > 0) {
      await faultPoint('status/after-claim');
      await changeChunk(work, await leaveBusy(work, chunk));
    } else if (!(await settleUnknown(work, 0))) {
      if (unseen !== null) throw unseen;
      return;
    }
  }
}

/** The step without its calls: orders that somebody else has moved, and those that nobody has. */
function inShadow({ context, lease, pipeline, step, target }: Work): LookingWork {
  const operation = `ChangeOrderStatusBatch ${step.to}`;
  return {
    context,
    lease,
    step: { pipeline: pipeline.name, step: step.step, target: null },
    pageSize: target.maxOrders,
    async look(effects) {
      const ofOrders = effects.map((effect) => ({ ...effect, order_id: Number(effect.item_key) }));
      const statuses = await target.read(orderIds(ofOrders));
      const { there, toMove, blocked } = sortByStatus(ofOrders, statuses, step.to);
      const lookOf = (effect: ClaimedEffect, seen: Seen): [number, ShadowLook] => {
        const status = statuses.get(effect.order_id);
        const shown = status === undefined ? null : { status };
        return [effect.effect_id, { operation, fields: { status: step.to }, shown, seen }];
      };
      return new Map([
        ...there.map((one) => lookOf(one, { seen: 'done', receipt: `seen as ${step.to}` })),
        ...toMove.map((one) => lookOf(one, { seen: 'absent' })),
        ...blocked.map(({ effect, code, reason }) =>
          lookOf(effect, { seen: 'blocked', state: 'held', code, reason }),
        ),
      ]);
    },
    settle: (session, effect, seen, now) =>
      writeSeen(session, { pipeline: pipeline.name, nextStep: null }, effect, seen, now),
  };
}

async function claim({ context, lease, pipeline, step, target }: Work): Promise<ClaimedEffect[]> {
  return lease.transaction(async (session) => {
    const nowMs = context.clock.now();
    const claimed = await claimEffects(session, {
      pipeline: pipeline.name,
      step: step.step,
      token: lease.token,
      now: toUtcText(nowMs),
      absenceProvesUtc: toUtcText(nowMs + target.unknownWaitMs),
      limit: target.maxOrders,
    });
    await faultPoint('status/before-claim');
    return claimed;
  });
}

/** Orders that another pipeline is moving go back until its outcome is known; the others are left. */
async function leaveBusy(work: Working, chunk: readonly ClaimedEffect[]): Promise<readonly ClaimedEffect[]> {
  const { context, lease, pipeline, step, target } = work;
  const busy = await movedElsewhere(context, pipeline, orderIds(chunk));
  if (busy.size === 0) return chunk;
  const waiting = chunk.filter(({ order_id }) => busy.has(order_id));
  const text = `${step.to}: another pipeline is moving the order; it goes on when that is known`;
  const nextTry = toUtcText(context.clock.now() + target.unknownWaitMs);
  await lease.transaction((session) => effectsPending(session, effectIds(waiting), nextTry, text));
  context.log.info(`${text} (${counted(waiting.length, 'order')})`, { pipeline: pipeline.name });
  return chunk.filter(({ order_id }) => !busy.has(order_id));
}

async function changeChunk(work: Working, chunk: readonly ClaimedEffect[]): Promise<void> {
  const { context, lease, target, step } = work;
  if (chunk.length === 0) return;
  let mayHaveChanged = false;
  try {
    await lease.assertHeld();
    const details = await shipmentDetails(context, work.pipeline, step, orderIds(chunk));
    const before = sortByStatus(chunk, await target.read(orderIds(chunk)), step.to);
    const refused = await changeByHalves(before.toMove, async (effects) => {
      assertGoingOn(context.signal);
      await lease.assertHeld();
      await faultPoint('status/before-call');
      try {
        await target.change(orderIds(effects), step.to, details);
        mayHaveChanged = true;
      } catch (error) {
        mayHaveChanged ||= error instanceof UnknownOutcomeError;
        throw error;
      }
      await faultPoint('status/after-call');
    });
    const after = sortByStatus(before.toMove, await target.read(orderIds(before.toMove)), step.to);
    // What was refused and still is where it was has failed; what was confirmed and does not show yet is unknown.
    const failed = after.toMove.flatMap((effect) => {
      const reason = refused.get(effect.effect_id);
      return reason === undefined ? [] : [{ effect, reason }];
    });
    const unseen = after.toMove.filter((effect) => !refused.has(effect.effect_id));
    await record(work, [...before.there, ...after.there], [...before.blocked, ...after.blocked], failed);
    await noteUnknown(work, unseen, `${step.to}: confirmed, but not seen yet`);
    work.troubles.inARow = 0;
  } catch (error) {
    await noteFailure(work, chunk, error, mayHaveChanged);
  }
}

async function record(
  { context, lease, pipeline, step }: Work,
  there: readonly ClaimedEffect[],
  blocked: readonly Blocked<ClaimedEffect>[],
  failed: readonly { readonly effect: ClaimedEffect; readonly reason: string }[],
): Promise<void> {
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await effectsDone(session, effectIds(there), `seen as ${step.to}`, now);
    for (const { effect, code, reason, fingerprint } of blocked) {
      const refusal = { effectId: effect.effect_id, state: 'held', code, reason, fingerprint } as const;
      await effectRefused(session, refusal, now);
      await orderEvent('held', effect, `${code}: ${reason}`);
    }
    for (const { effect, reason } of failed) {
      const text = `Exigo refused ${step.to}: ${reason}; mend it there, then "errors retry"`;
      await effectRefused(
        session,
        { effectId: effect.effect_id, state: 'failed', code: 'STATUS_REFUSED', reason: text },
        now,
      );
      await orderEvent('failed', effect, text);
    }
    if (there.length > 0) {
      await insertEvent(session, {
        at: now,
        kind: 'status',
        pipeline: pipeline.name,
        message: `${counted(there.length, 'order')} now ${step.to}`,
        detail: { orders: there.length <= 1_000 ? orderIds(there) : there.length },
      });
    }
    await faultPoint('status/before-receipt');

    async function orderEvent(kind: string, effect: ClaimedEffect, message: string): Promise<void> {
      await insertEvent(session, {
        at: now,
        kind,
        pipeline: pipeline.name,
        orderId: effect.order_id,
        message,
      });
    }
  });
  await faultPoint('status/after-receipt');
  context.progress('status', there.length, there.length);
}

/**
 * A chunk that could not be finished: what is proven undone goes back to pending, what may have been done
 * stays on its way until it was read back. Waits as long as the target asked for; throws when it stays down.
 */
async function noteFailure(
  work: Working,
  chunk: readonly ClaimedEffect[],
  error: unknown,
  mayHaveChanged: boolean,
): Promise<void> {
  const { context, lease, step } = work;
  if (error instanceof LeaseLostError || error instanceof StoppedError) throw error;
  const text = `${step.to}: ${messageOf(error)}`;
  const attempts = ++work.troubles.inARow;
  const delay = retryDelay(attempts, CALL_RETRY, context.random, error);
  if (mayHaveChanged) {
    await noteUnknown(work, chunk, text);
    context.log.warn(`${text}; ${counted(chunk.length, 'order')} to be read back before anything else`, {
      orders: chunk.length,
    });
  } else {
    const nextTry = isLeftAlone(error) ? null : toUtcText(context.clock.now() + delay);
    await lease.transaction((session) => effectsPending(session, effectIds(chunk), nextTry, text));
    context.log.warn(
      `${text}; ${counted(chunk.length, 'order')} to be tried again in ${describeDuration(delay)}`,
    );
  }
  const passing = error instanceof TransientError || error instanceof UnknownOutcomeError;
  if (!passing || attempts >= MOST_ATTEMPTS || delay > MOST_WAIT) throw error;
  await lease.sleep(delay, context.signal);
}

/** A call went out and its effect was not seen: from now on absence must last for the target's wait to prove anything. */
async function noteUnknown(
  { context, lease, target }: Work,
  effects: readonly ClaimedEffect[],
  text: string,
): Promise<void> {
  if (effects.length === 0) return;
  const provenAt = toUtcText(context.clock.now() + target.unknownWaitMs);
  await lease.transaction((session) => effectsUnknown(session, effectIds(effects), provenAt, text));
}

/**
 * Reads back everything that is on its way with an unknown outcome, waiting until absence proves something.
 * Returns whether something was found undone and waits to be tried again.
 */
async function settleUnknown(work: Work, provenFrom: number): Promise<boolean> {
  let again = false;
  const { context, lease, pipeline, step, target } = work;
  for (let after = 0; ; ) {
    const page = await sendingEffects(context.database, pipeline.name, step.step, after, target.maxOrders);
    const last = page.at(-1);
    if (last === undefined) return again;
    after = last.effect_id;
    assertGoingOn(context.signal);
    await lease.assertHeld();
    try {
      again = (await readBack(work, page, provenFrom)) || again;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      context.log.error(
        `${step.to}: ${messageOf(error)}; ${counted(page.length, 'order')} of unknown outcome until the next run`,
      );
      throw error;
    }
  }
}

async function readBack(work: Work, page: readonly SendingEffect[], provenFrom: number): Promise<boolean> {
  const { context, lease, target, step } = work;
  let seen = sortByStatus(page, await target.read(orderIds(page)), step.to);
  const provenAt = Math.max(
    provenFrom,
    ...page.map((effect) => fromUtcText(effect.next_try_utc ?? toUtcText(0))),
  );
  const wait = provenAt - context.clock.now();
  if (seen.toMove.length > 0 && wait > 0) {
    if (wait > MOST_WAIT) return false;
    await lease.sleep(wait, context.signal);
    seen = sortByStatus(page, await target.read(orderIds(page)), step.to);
  }
  const givenUp = seen.toMove.filter((effect) => effect.attempts >= MOST_ATTEMPTS);
  const again = seen.toMove.filter((effect) => effect.attempts < MOST_ATTEMPTS);
  await record(
    work,
    seen.there,
    seen.blocked,
    givenUp.map((effect) => ({
      effect,
      reason: `confirmed or lost ${effect.attempts} times, and never seen`,
    })),
  );
  await lease.transaction((session) =>
    effectsPending(session, effectIds(again), null, 'not done, it is tried again'),
  );
  return again.length > 0;
}

function orderIds(effects: readonly { readonly order_id: number }[]): number[] {
  return effects.map((effect) => effect.order_id);
}

function effectIds(effects: readonly { readonly effect_id: number }[]): number[] {
  return effects.map((effect) => effect.effect_id);
}
