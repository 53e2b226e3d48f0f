import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import { linksOfOrders, linkWords } from '../../queue/ledger/adopted.js';
import { cancellationsOf } from '../../queue/ledger/cancellations.js';
import {
  CANCELED_AT_MARKETPLACE,
  effectsOfOrders,
  insertCanceledEffect,
  isGivenUp,
  isUsedUp,
  latestEffects,
  type PriorEffect,
} from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { excludePlanned, excludeReady, resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { openItemsOfOrder } from '../../queue/reads/open-items.js';
import { effectsOfOrder, itemsOfOrder } from '../../queue/reads/orders.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { pipelineLease, requestDeadline } from '../leases.js';
import { firstStep } from '../persons/persons-batch.js';
import { isReplaceable } from '../verdicts/standing.js';
import type { HandedTo } from './ask-three-pl.js';

/** Whether an order stays here: nothing of it leaves any more, it has left, or that cannot be said yet. */
export type Blocked =
  | { readonly hand: 'blocked' }
  /** `to`: null where only a link of the order is kept. */
  | { readonly hand: 'over'; readonly evidence: string; readonly to: HandedTo | null }
  | { readonly hand: 'busy'; readonly why: string };

/** The order that is canceled, and the item that cancels it. */
export interface Ended {
  readonly orderId: number;
  readonly itemId: number;
}

/**
 * Keeps an order from being handed over, in every version, unless it has been already. Under the lease of each pipeline
 * that hands over, so that no run of it plans or sends a file meanwhile. An order that such a pipeline has not looked at
 * is kept back as well: its key is used up before its verdict.
 */
export async function blockHandOver(context: EngineContext, ended: Ended, reason: string): Promise<Blocked> {
  for (const pipeline of handingOver(context)) {
    const lease = await acquireLease(context.database, context.clock, {
      name: pipelineLease(pipeline.name),
      ttlMs: context.config.lease.ttlMs,
      requestDeadlineMs: requestDeadline(context.config),
    });
    if (!(lease instanceof Lease)) return { hand: 'busy', why: `${pipeline.name} runs in ${lease.heldBy}` };
    try {
      const now = toUtcText(context.clock.now());
      const found = await lease.transaction((session) => block(session, pipeline, ended, reason, now));
      if (found.hand !== 'blocked') return found;
    } finally {
      await lease.release();
    }
  }
  return { hand: 'blocked' };
}

/** The 3PL that an order was handed over to, as it stands; null: nobody has it, or that is not known. */
export async function handedTo(context: EngineContext, orderId: number): Promise<HandedTo | null> {
  for (const pipeline of handingOver(context)) {
    const { stands } = await standingOf(context.database, pipeline, orderId);
    const to = stands === undefined ? null : whereTo(stands);
    if (to !== null) return to;
  }
  return null;
}

/**
 * The pipeline in which an order is kept back because of its marketplace, or because its 3PL has canceled it; null: it goes
 * on here.
 */
export async function keptBack(context: EngineContext, orderId: number): Promise<string | null> {
  for (const pipeline of handingOver(context)) {
    const newest = await latestEffects(context.database, pipeline.name, firstStep(pipeline), [orderId]);
    const effect = newest.get(orderId);
    const ended = effect !== undefined && isUsedUp(effect) && effect.fingerprint === CANCELED_AT_MARKETPLACE;
    if (ended) return pipeline.name;
    const asked = (await cancellationsOf(context.database, [orderId])).get(orderId) ?? [];
    const own = asked.find((row) => row.generation === effect?.generation);
    if (own?.answer === 'canceled') return pipeline.name;
  }
  return null;
}

function handingOver({ pipelines }: EngineContext): AnyPipeline[] {
  return pipelines.filter(({ load }) => load[0]?.kind === '3pl-file');
}

interface Standing {
  /** The newest hand-over when nothing of its file has left. */
  readonly planned: PriorEffect | undefined;
  /** The newest of which something may have left; a person's resend takes the place of one that is held. */
  readonly stands: PriorEffect | undefined;
  /** Its file was held, and a person has settled that. */
  readonly givenUp: boolean;
}

async function standingOf(session: Session, pipeline: AnyPipeline, orderId: number): Promise<Standing> {
  const step = firstStep(pipeline);
  const effects = (await effectsOfOrders(session, pipeline.name, step, [orderId])).get(orderId) ?? [];
  const newest = effects.at(-1);
  const planned = newest !== undefined && isReplaceable(newest) ? newest : undefined;
  const stands = planned === undefined ? newest : effects.at(-2);
  if (stands?.state !== 'held') return { planned, stands, givenUp: false };
  const open = await openItemsOfOrder(session, pipeline.name, orderId);
  const resent = open.some(({ generation }) => generation > stands.generation);
  const givenUp = resent || isGivenUp(stands);
  return { planned, stands: givenUp ? undefined : stands, givenUp };
}

function whereTo({ target: threePl, generation, change_set_id: changeSetId }: PriorEffect): HandedTo | null {
  return threePl === null ? null : { threePl, generation, changeSetId };
}

async function block(
  session: Session,
  pipeline: AnyPipeline,
  { orderId, itemId }: Ended,
  reason: string,
  now: string,
): Promise<Blocked> {
  const step = firstStep(pipeline);
  const { planned, stands, givenUp } = await standingOf(session, pipeline, orderId);
  const over = givenUp ? null : await handedOver(session, orderId, stands);
  if (over !== null) {
    return { hand: 'over', evidence: over, to: stands === undefined ? null : whereTo(stands) };
  }
  const why = { code: 'CANCELED_AT_MARKETPLACE', reason };
  if (planned !== undefined) await excludePlanned(session, planned.item_id, why, now);
  const ready = await excludeReady(session, pipeline.name, orderId, why, now);
  const waiting = await waitingItems(session, { pipeline: pipeline.name, orderId });
  const ids = waiting.map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'CANCELED', now);
  // What a person asked for after an earlier cancellation is a generation of its own: its key is used up, too.
  const nothing = planned === undefined && ready === 0 && ids.length === 0;
  if ((stands !== undefined || givenUp) && nothing) return { hand: 'blocked' };
  const known = (await itemsOfOrder(session, orderId)).filter((item) => item.pipeline === pipeline.name);
  const changeSetId = known.at(-1)?.change_set_id ?? 0;
  const key = { pipeline: pipeline.name, step, orderId, changeSetId, itemId };
  await insertCanceledEffect(session, { ...key, fingerprint: CANCELED_AT_MARKETPLACE, reason }, now);
  await insertEvent(session, {
    at: now,
    kind: 'canceled',
    pipeline: pipeline.name,
    orderId,
    message: reason,
  });
  return { hand: 'blocked' };
}

/** Who has it; null: nobody. `stands`: its newest hand-over of which something may have left. */
async function handedOver(
  session: Session,
  orderId: number,
  stands: PriorEffect | undefined,
): Promise<string | null> {
  if (stands !== undefined) return isUsedUp(stands) ? null : evidenceOf(session, orderId, stands);
  const [link] = (await linksOfOrders(session, [orderId])).get(orderId) ?? [];
  return link === undefined ? null : linkWords(link);
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
