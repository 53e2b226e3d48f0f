import { faultPoint } from '../../core/fault-points.js';
import { toUtcText } from '../../core/time.js';
import { effectRefused, effectsDone, effectsPending } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import type { Session } from '../../queue/ledger/session.js';
import { dropSingle, type SingleEffect, singleDone } from '../../queue/ledger/singles.js';
import type { Seen, Working } from './single-act.js';

/** Writes down what became of an effect: its receipt, who has to look at it, or that it waits. */
export async function settle(work: Working, effect: SingleEffect, seen: Seen): Promise<void> {
  const { context, lease, step, nextStep } = work;
  work.troubles.pending.delete(effect.effect_id);
  if (seen.seen === 'absent') {
    const nextTry = toUtcText(context.clock.now() + work.act.unknownWaitMs);
    await lease.transaction((session) => effectsPending(session, [effect.effect_id], nextTry, null));
    return;
  }
  await lease.transaction(async (session) => {
    await writeSeen(
      session,
      { pipeline: step.pipeline, nextStep },
      effect,
      seen,
      toUtcText(context.clock.now()),
    );
    await faultPoint('single/before-receipt');
  });
  await faultPoint('single/after-receipt');
}

/** Of an effect that is on its way. */
export async function writeSeen(
  session: Session,
  { pipeline, nextStep }: { readonly pipeline: string; readonly nextStep: string | null },
  effect: SingleEffect,
  seen: Exclude<Seen, { readonly seen: 'absent' }>,
  now: string,
): Promise<void> {
  const { effect_id: effectId, item_key: itemKey, order_id } = effect;
  if (seen.seen === 'blocked') {
    const { state, code, reason } = seen;
    await effectRefused(session, { effectId, state, code, reason }, now);
    const about = order_id === null ? { itemKey } : { itemKey, orderId: order_id };
    const message = `${code}: ${reason}`;
    await insertEvent(session, { at: now, kind: state, pipeline, ...about, message });
  } else if (seen.seen === 'dropped') {
    await dropSingle(session, { effectId, code: seen.code, reason: seen.reason, now });
  } else {
    const { receipt } = seen;
    if (nextStep === null || seen.last === true) await effectsDone(session, [effectId], receipt, now);
    else await singleDone(session, { effectId, receipt, nextStep, now });
  }
  await seen.note?.(session, now);
}
