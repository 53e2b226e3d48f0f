import type { Wanter } from '../../core/cancellation.js';
import type { AnyPipeline, CancellationPipeline } from '../../core/pipeline.js';
import {
  cancellationsOf,
  dropCancellation,
  wantCancellation,
  wantedBy,
} from '../../queue/ledger/cancellations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { excludeReady, resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { openItemsOfOrder } from '../../queue/reads/open-items.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { handOverInShadow } from '../in-shadow.js';
import { type AskedItem, makePersonsBatch } from '../persons/persons-batch.js';

/** A hand-over that is to be canceled. */
export interface Wanted {
  readonly orderId: number;
  readonly generation: number;
  readonly threePl: string;
  /** The version that the 3PL has. */
  readonly changeSetId: number;
  readonly by: Wanter;
  /** Why, for the timeline: `Exigo says Canceled`. */
  readonly why: string;
}

/** The pipeline that asks; null where no 3PL takes cancellations. */
export function cancellationPipeline({
  pipelines,
}: Pick<EngineContext, 'pipelines'>): CancellationPipeline | null {
  return (pipelines.find(isOfCancellations) as CancellationPipeline | undefined) ?? null;
}

export function isOfCancellations({ source }: AnyPipeline): boolean {
  return source.kind === 'cancellations';
}

/**
 * Whether a 3PL is asked by file to cancel what it has. Not while hand-overs run in shadow: what it has is from the earlier
 * script, and whoever works with that one tells it.
 */
export function takesCancellations(
  context: Pick<EngineContext, 'pipelines' | 'config'>,
  threePl: string | null,
): boolean {
  return handOverInShadow(context) === null && couldBeAsked(context, threePl);
}

/** The same of what was asked for before: in shadow it waits. */
export function couldBeAsked(
  context: Pick<EngineContext, 'pipelines' | 'config'>,
  threePl: string | null,
): boolean {
  const template = context.config.threePls.find(({ name }) => name === threePl);
  return template !== undefined && template.notices.cancellations !== null && asks(context);
}

function asks(context: Pick<EngineContext, 'pipelines'>): boolean {
  return cancellationPipeline(context) !== null;
}

/**
 * Notes who wants these canceled, and makes one batch of those that nobody wanted before: the next run of the pipeline asks
 * their 3PLs. In the caller's transaction. What was asked for already is asked once; an order that its 3PL has canceled
 * stays so.
 */
export async function askForCancellation(
  context: Pick<EngineContext, 'pipelines'>,
  session: Session,
  wanted: readonly Wanted[],
  now: string,
): Promise<void> {
  const pipeline = cancellationPipeline(context);
  if (pipeline === null || wanted.length === 0) return;
  const known = await cancellationsOf(
    session,
    wanted.map(({ orderId }) => orderId),
  );
  const items: AskedItem[] = [];
  for (const one of wanted) {
    const { orderId, generation, threePl, by, why, changeSetId } = one;
    const before = known.get(orderId)?.find((row) => row.generation === generation);
    if (before?.[`by_${by}`] === 1) continue;
    await wantCancellation(session, one, now);
    const about = { at: now, kind: 'cancellation', pipeline: pipeline.name, orderId } as const;
    if (before?.answer === 'canceled') {
      await settleOpenAgain(session, pipeline, orderId, now);
      await insertEvent(session, { ...about, message: `${why}; ${threePl} has canceled it already` });
      continue;
    }
    const open = await openItemsOfOrder(session, pipeline.name, orderId);
    const asked = open.some((item) => item.generation === generation);
    const then = asked ? 'is asked to cancel it already' : 'has it and is asked to cancel it';
    await insertEvent(session, { ...about, message: `${why}; ${threePl} ${then}` });
    // Its own item is held with the answer.
    const shown = by === 'marketplace' && before?.answer != null;
    if (!asked && !shown) items.push({ key: String(orderId), orderId, changeSetId, generation });
  }
  if (items.length > 0) await makePersonsBatch(session, pipeline, 'release', items, now);
}

/** It was open again, and is canceled once more: nothing is left to decide. */
async function settleOpenAgain(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  now: string,
): Promise<void> {
  const waiting = await waitingItems(session, {
    pipeline: pipeline.name,
    code: 'OPEN_AGAIN_TOO_LATE',
    orderId,
  });
  const ids = waiting.map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'CANCELED', now);
}

/** Somebody wants it canceled no more. What has not left stays here; what was asked for is answered all the same. */
export async function withdrawCancellation(
  context: Pick<EngineContext, 'pipelines'>,
  session: Session,
  { orderId, generation, by, why }: Pick<Wanted, 'orderId' | 'generation' | 'by' | 'why'>,
  now: string,
): Promise<void> {
  const find = async () => {
    const all = (await cancellationsOf(session, [orderId])).get(orderId) ?? [];
    return all.find((row) => row.generation === generation);
  };
  const before = await find();
  if (before?.[`by_${by}`] !== 1) return;
  await dropCancellation(session, { orderId, generation, by });
  const after = await find();
  const pipeline = cancellationPipeline(context)?.name ?? '';
  const nobody = after !== undefined && wantedBy(after).length === 0;
  const reason = `${why}: nobody wants it canceled any more`;
  if (nobody) await excludeReady(session, pipeline, orderId, { code: 'OPEN_AGAIN', reason }, now);
  const message = nobody ? reason : `${why}; it is wanted canceled all the same`;
  await insertEvent(session, { at: now, kind: 'cancellation', pipeline, orderId, message });
}
