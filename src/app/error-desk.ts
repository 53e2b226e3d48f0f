import { NOT_ANSWERED, notAnswered, type UnansweredItem } from '../engine/answers/not-answered.js';
import type { EngineContext } from '../engine/context.js';
import { askedFor } from '../engine/persons/asked.js';
import { type ReleaseAs, release } from '../engine/persons/persons.js';
import { releaseDocument } from '../engine/persons/persons-documents.js';
import { type Retried, retryWaiting } from '../engine/persons/retry-waiting.js';
import { isFaultKey } from '../engine/shipments/read-again.js';
import { releaseFault } from '../engine/shipments/release-fault.js';
import { marketplaceKey } from '../queue/ledger/marketplace-orders.js';
import { countWaiting, type WaitingFilter, type WaitingItem, waitingItems } from '../queue/reads/waiting.js';
import { findPipeline, handOverPipeline, marketplacePipeline, pipelineHere } from './pipelines.js';

/** What waits, as a list shows it. */
export type ListedError = WaitingItem | UnansweredItem;

/** What waits for somebody or something: oldest first, at most `limit`, and how many there are of each code. */
export async function listWaiting(
  context: EngineContext,
  filter: WaitingFilter,
): Promise<{
  readonly items: readonly ListedError[];
  readonly total: number;
  readonly codes: readonly { readonly code: string; readonly items: number }[];
}> {
  const late = await unanswered(context, filter);
  const items = [...(await waitingItems(context.database, filter)), ...late].slice(0, filter.limit);
  const counts = await countWaiting(context.database, filter);
  const codes = late.length === 0 ? counts : [...counts, { code: NOT_ANSWERED, items: late.length }];
  return { items, total: codes.reduce((sum, row) => sum + row.items, 0), codes };
}

/** Orders that a 3PL has not answered in time: they go on waiting, and nobody need be asked. */
async function unanswered(
  context: EngineContext,
  { pipeline, code, state, target, settledUntil }: WaitingFilter,
): Promise<UnansweredItem[]> {
  if (state !== undefined || (code !== undefined && code !== NOT_ANSWERED)) return [];
  const names = context.pipelines.map(({ name }) => name).filter((name) => name === (pipeline ?? name));
  const items = (await Promise.all(names.map((name) => notAnswered(context, name)))).flat();
  return items.filter(
    (item) =>
      (target === undefined || item.target === target) &&
      (settledUntil === undefined || item.settled_utc <= settledUntil),
  );
}

/** What waits of an order: one of Exigo, one of a marketplace, or a row of a 3PL's file. */
export async function waitingOf(context: EngineContext, order: string): Promise<WaitingFilter> {
  if (isFaultKey(order)) return { itemKey: order };
  const asked = await askedFor(context, order);
  return 'orderId' in asked ? asked : { itemKey: marketplaceKey(asked.marketplace) };
}

/** Another try of what a person named; of one order, or of all that the filter takes. */
export async function retryAsked(
  context: EngineContext,
  filter: WaitingFilter,
  order: string | undefined,
): Promise<Retried> {
  const whose = order === undefined ? {} : await waitingOf(context, order);
  return retryWaiting(context, { ...filter, ...whose });
}

export interface AskedRelease {
  /** As a person wrote it. */
  readonly order: string;
  readonly as: ReleaseAs;
  /** Kept in the timeline. */
  readonly reason: string | null;
  /** Of an order of Exigo; default: the one that hands over. */
  readonly pipeline?: string | undefined;
}

/** A person's decision on whatever goes by that number: an order of Exigo, one of a marketplace, a row of a file. */
export async function releaseAsked(
  context: EngineContext,
  { order, as, reason, pipeline }: AskedRelease,
): Promise<{
  readonly asked: { readonly orderId: number } | { readonly order: string };
  readonly outcome: string;
}> {
  if (isFaultKey(order)) {
    return { asked: { order }, outcome: await releaseFault(context, order, as, reason) };
  }
  const asked = await askedFor(context, order);
  if ('orderId' in asked) {
    const own =
      pipeline === undefined
        ? handOverPipeline(context.config, context.pipelines)
        : pipelineHere(context.pipelines, findPipeline(pipeline, context.pipelines));
    return { asked, outcome: await release(context, own, asked.orderId, as, reason) };
  }
  const { marketplace } = asked;
  const outcome = await releaseDocument(context, marketplacePipeline(), marketplace, as, reason);
  return { asked: { order }, outcome };
}
