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
    const now = toUtcText(context.clock.now());
    const { effect_id: effectId } = effect;
    if (seen.seen === 'blocked') {
      const { state, code, reason } = seen;
      await effectRefused(session, { effectId, state, code, reason }, now);
      await tell(session, state, `${code}: ${reason}`);
      await seen.note?.(session, now);
    } else if (seen.seen === 'dropped') {
      await dropSingle(session, { effectId, code: seen.code, reason: seen.reason, now });
      await seen.note?.(session, now);
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
