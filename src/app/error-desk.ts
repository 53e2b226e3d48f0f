import type { EngineContext } from '../engine/context.js';
import { askedFor } from '../engine/persons/asked.js';
import type { EntryFilter } from '../engine/persons/entries.js';
import { type ReleaseAs, release } from '../engine/persons/persons.js';
import { releaseDocument } from '../engine/persons/persons-documents.js';
import { type Retried, retryWaiting } from '../engine/persons/retry-waiting.js';
import { isFaultKey } from '../engine/shipments/read-again.js';
import { releaseFault } from '../engine/shipments/release-fault.js';
import { marketplaceKey } from '../queue/ledger/marketplace-orders.js';
import type { WaitingFilter } from '../queue/reads/waiting.js';
import { findPipeline, handOverPipeline, marketplacePipeline, pipelineHere } from './pipelines.js';

/** What waits of an order: one of Exigo, one of a marketplace, or a row of a 3PL's file. */
export async function waitingOf(context: EngineContext, order: string): Promise<WaitingFilter> {
  if (isFaultKey(order)) return { itemKey: order };
  const asked = await askedFor(context, order);
  return 'orderId' in asked ? asked : { itemKey: marketplaceKey(asked.marketplace) };
}

/** Another try of what a person named; of one order, or of all that the filter takes. */
export async function retryAsked(
  context: EngineContext,
  filter: EntryFilter,
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
