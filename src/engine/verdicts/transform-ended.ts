import type { EndedOrder } from '../../core/ended-order.js';
import type { EndedPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { resolveEnded } from '../../queue/ledger/ended-orders.js';
import { type Decision, itemsOf, newItems } from '../../queue/ledger/items.js';
import {
  forgetMarketplaceDocument,
  type MarketplaceOrder,
  marketplaceOrdersOfExigo,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import { effectsOfKeys, type KeyEffect, planSingle } from '../../queue/ledger/singles.js';
import { documentKeys, linksOf } from '../../queue/reads/documents.js';
import type { EngineContext } from '../context.js';
import { ENDED } from '../marketplace/before-making.js';
import { excluded, guarded, held } from './decide.js';
import { type Decided as AnyDecided, giveVerdicts, type Undecided } from './verdicts.js';

/** More orders than ever end within a cycle. */
const MOST = 100_000;

interface Decided extends AnyDecided<Undecided> {
  readonly prior: KeyEffect | undefined;
}

/** Verdicts of orders that ended at their marketplace. */
export async function transformEnded(
  context: EngineContext,
  lease: Lease,
  pipeline: EndedPipeline,
  batch: OpenBatch,
): Promise<void> {
  const { database } = context;
  const { batch_id: batchId } = batch;
  const step = pipeline.load[0]?.step ?? '';
  await giveVerdicts<Undecided, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: async (last) => (last === undefined ? itemsOfBatch(context, batch) : []),
      async decide(items) {
        const ids = items.flatMap(({ order_id }) => order_id ?? []);
        const links = await marketplaceOrdersOfExigo(database, ids);
        const effects = await effectsOfKeys(database, pipeline.name, [step], ids.map(String));
        return items.map((item) => {
          if (item.order_id === null) return { item, prior: undefined, decision: NEVER_MADE };
          const prior = effects.get(item.item_key)?.at(-1);
          return { item, prior, decision: decide(pipeline, links.get(item.order_id), prior) };
        });
      },
      before: async () => undefined,
      async after(session, decided, now) {
        await endUnmade(context, session, decided, now);
        for (const { item, prior, decision } of decided) {
          if (decision.state !== 'loading') continue;
          if (prior !== undefined) await reopenEffect(session, prior.effect_id, batchId);
          else await planSingle(session, { batchId, itemKey: item.item_key, step, now });
        }
      },
    },
  );
}

const NEVER_MADE = excluded(
  ENDED,
  'its marketplace canceled it, or somebody else shipped it there, while it waited in the error list: nothing is made of it',
);

/** What waits of them is answered; NEW once more, they are frozen again. */
async function endUnmade(
  { pipelines }: EngineContext,
  session: Session,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const makes = pipelines.find(({ source }) => source.kind === 'godatafeed-new')?.name ?? '';
  const keys = decided.flatMap(({ item }) => (item.order_id === null ? [item.item_key] : []));
  await resolveEnded(session, makes, keys, now);
  for (const key of keys) await forgetMarketplaceDocument(session, ofMarketplaceKey(key));
}

/**
 * All in one page: only a few end within a cycle. They go by their id in Exigo, as that is where they are canceled; those
 * that were never made by their key.
 */
async function itemsOfBatch({ database }: EngineContext, batch: OpenBatch): Promise<Undecided[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) {
    const items = await newItems(database, batch.batch_id, MOST);
    return items.map((item) => ({ ...item, item_key: String(item.order_id) }));
  }
  if ((await itemsOf(database, batch.batch_id)) > 0) return [];
  const links = await linksOf(database, await documentKeys(database, change_set_id, '', MOST));
  return [...links].map(([key, { exigo_order_id: order_id }]) => {
    const item_key = order_id === null ? key : String(order_id);
    return { item_id: null, item_key, order_id, change_set_id, generation: 1 };
  });
}

function decide(
  pipeline: EndedPipeline,
  link: MarketplaceOrder | undefined,
  prior: KeyEffect | undefined,
): Decision {
  if (link === undefined) return held('NOT_KEPT', 'it is not known which marketplace order it was');
  if (prior !== undefined && prior.state !== 'held' && prior.state !== 'failed') {
    return excluded('ON_ITS_WAY', null);
  }
  const order: EndedOrder = {
    store: link.store,
    orderNumber: link.order_number,
    marketplace: link.marketplace,
    marketplaceNumber: link.marketplace_number,
    exigoOrderId: link.exigo_order_id ?? -1,
  };
  const verdict = guarded(() => pipeline.transform(order, {}));
  if ('state' in verdict) return verdict;
  if (verdict.verdict === 'exclude') return excluded(verdict.code, verdict.reason);
  if (verdict.verdict === 'reject') return held(verdict.code, verdict.reason);
  return { state: 'loading', target: link.store, fingerprint: null, code: null, reason: null };
}
