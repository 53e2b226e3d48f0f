import { SYSTEM } from '../../core/circuits.js';
import { InvariantError, LeaseLostError, messageOf, StoppedError } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import { adoptUpdates, openUpdates, updateStores } from '../../queue/ledger/updates.js';
import { lookAtCalls, looksOf } from '../shadow/look-at-calls.js';
import { assertGoingOn } from '../stop.js';
import { readBackAll } from './update-read-back.js';
import { sendUpdate } from './update-send.js';
import { updatesInShadow } from './update-shadow.js';
import { watchUpdates } from './update-watch.js';
import type { UpdateStep, UpdateWork } from './update-work.js';

const PAGE = 100;

/**
 * Tells the marketplaces what waits to be told, store by store; a store that fails does not stop the others. Throws the
 * first problem when all stores have had their turn.
 */
export async function reportUpdates(step: UpdateStep): Promise<void> {
  const { context, pipeline } = step;
  let first: unknown = null;
  for (const store of await updateStores(context.database, pipeline.name, step.step.step)) {
    const target = context.updateTargets.get(store);
    if (target === undefined) {
      context.log.warn(`updates for GoDataFeed store ${store} wait: it is not configured any more`);
      continue;
    }
    const of = { pipeline: pipeline.name, step: step.step.step, target: store };
    try {
      const down = await context.circuits.whyNot(SYSTEM.store(store));
      if (down !== null) throw down;
      await reportToStore({ ...step, target, of, troubles: { inARow: 0, unread: null } });
    } catch (error) {
      if (error instanceof LeaseLostError || error instanceof StoppedError || error instanceof InvariantError)
        throw error;
      first ??= error;
      context.log.error(`updates for GoDataFeed store ${store} wait for the next run: ${messageOf(error)}`);
    }
  }
  if (first !== null) throw first;
}

/** What an earlier run left is looked for before anything new leaves; what is not seen yet holds nobody up. */
async function reportToStore(work: UpdateWork): Promise<void> {
  const { context, lease, of, target } = work;
  if (!target.isAsked) {
    await sendPending(work);
    return;
  }
  const which = looksOf(context, work.pipeline.name);
  const unseen = await lookAtCalls(updatesInShadow(work), which);
  // What an earlier live run has left on its way, or without its marketplace's answer, waits until it is live again.
  if (which === 'all') return;
  const proven = toUtcText(context.clock.now() + target.unknownWaitMs);
  await lease.transaction((session) => adoptUpdates(session, of, lease.token, proven));
  await readBackAll(work, 'now');
  for (let again = true; again; ) {
    const postponed = await sendPending(work);
    again = (await readBackAll(work, 'until proven')) || postponed;
  }
  await watchUpdates(work);
  if (work.troubles.unread !== null) throw work.troubles.unread;
  if (unseen !== null) throw unseen;
}

/** Whether one was postponed for a moment that is over. */
async function sendPending(work: UpdateWork): Promise<boolean> {
  const { context, of } = work;
  let postponed = false;
  for (let after = 0; ; ) {
    const page = { now: toUtcText(context.clock.now()), after, limit: PAGE };
    const pending = await openUpdates(context.database, 'pending', of, page);
    const last = pending.at(-1);
    if (last === undefined) return postponed;
    after = last.effect_id;
    for (const [i, update] of pending.entries()) {
      assertGoingOn(context.signal);
      postponed = (await sendUpdate(work, update)) || postponed;
      context.progress('status', i + 1, pending.length);
    }
  }
}
