import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import { effectsOfOrders, insertCanceledEffect, type PriorEffect } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { excludePlanned, excludeReady, resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { effectsOfOrder, itemsOfOrder } from '../../queue/reads/orders.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { pipelineLease, requestDeadline } from '../leases.js';
import { firstStep } from '../persons/persons-batch.js';
import { isReplaceable } from '../verdicts/standing.js';

/** Whether an order stays here: nothing of it leaves any more, it has left, or that cannot be said yet. */
export type Blocked =
  | { readonly hand: 'blocked' }
  | { readonly hand: 'over'; readonly evidence: string }
  | { readonly hand: 'busy'; readonly why: string };

const CODE = 'CANCELED_AT_MARKETPLACE';

/**
 * Keeps an order from being handed over, in every version, unless it has been already. Under the lease of each pipeline
 * that hands over, so that no run of it plans or sends a file meanwhile.
 */
export async function blockHandOver(
  context: EngineContext,
  orderId: number,
  reason: string,
): Promise<Blocked> {
  for (const pipeline of context.pipelines.filter(({ load }) => load[0]?.kind === '3pl-file')) {
    const lease = await acquireLease(context.database, context.clock, {
      name: pipelineLease(pipeline.name),
      ttlMs: context.config.lease.ttlMs,
      requestDeadlineMs: requestDeadline(context.config),
    });
    if (!(lease instanceof Lease)) return { hand: 'busy', why: `${pipeline.name} runs in ${lease.heldBy}` };
    try {
      const now = toUtcText(context.clock.now());
      const found = await lease.transaction((session) => block(session, pipeline, orderId, reason, now));
      if (found.hand !== 'blocked') return found;
    } finally {
      await lease.release();
    }
  }
  return { hand: 'blocked' };
}

async function block(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  reason: string,
  now: string,
): Promise<Blocked> {
  const step = firstStep(pipeline);
  const effects = (await effectsOfOrders(session, pipeline.name, step, [orderId])).get(orderId) ?? [];
  const newest = effects.at(-1);
  if (newest !== undefined && isBlocked(newest)) return { hand: 'blocked' };
  if (newest !== undefined && !isReplaceable(newest)) {
    return { hand: 'over', evidence: await evidenceOf(session, orderId, newest) };
  }
  const known = (await itemsOfOrder(session, orderId)).filter((item) => item.pipeline === pipeline.name);
  const latest = known.at(-1);
  if (latest === undefined) return { hand: 'busy', why: `${pipeline.name} has not looked at it yet` };
  const why = { code: CODE, reason };
  if (newest !== undefined) await excludePlanned(session, newest.item_id, why, now);
  await excludeReady(session, pipeline.name, orderId, why, now);
  const waiting = await waitingItems(session, { pipeline: pipeline.name, orderId });
  const ids = waiting.map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'CANCELED', now);
  await insertCanceledEffect(session, pipeline.name, step, orderId, latest.change_set_id, now);
  await insertEvent(session, {
    at: now,
    kind: 'canceled',
    pipeline: pipeline.name,
    orderId,
    message: reason,
  });
  return { hand: 'blocked' };
}

/** A business key that was used up before anything left. */
function isBlocked({ state, target }: PriorEffect): boolean {
  return state === 'failed' && target === null;
}

/** In which file it went. */
async function evidenceOf(
  session: Session,
  orderId: number,
  { effect_id, target }: PriorEffect,
): Promise<string> {
  const effect = (await effectsOfOrder(session, orderId)).find((one) => one.effect_id === effect_id);
  const file = effect?.file_name == null ? '' : ` in file ${effect.file_name}`;
  const since =
    effect?.done_utc == null ? ', which is on its way' : ` since ${effect.done_utc.slice(0, 19)} UTC`;
  return `${target} has it${file}${since}`;
}
