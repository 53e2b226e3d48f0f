import type { EndedOrder } from '../../core/ended-order.js';
import type { EndedPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { type Decision, itemsOf, newItems } from '../../queue/ledger/items.js';
import { type MarketplaceOrder, marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { effectsOfKeys, type KeyEffect, planSingle } from '../../queue/ledger/singles.js';
import { documentKeys, linksOf } from '../../queue/reads/documents.js';
import type { EngineContext } from '../context.js';
import { excluded, guarded, held } from './decide.js';
import type { UndecidedOrder } from './next-orders.js';
import { type Decided as AnyDecided, giveVerdicts } from './verdicts.js';

/** More orders than ever end within a cycle. */
const MOST = 100_000;

interface Decided extends AnyDecided<UndecidedOrder> {
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
  await giveVerdicts<UndecidedOrder, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: async (last) => (last === undefined ? itemsOfBatch(context, batch) : []),
      async decide(items) {
        const ids = items.map(({ order_id }) => order_id);
        const links = await marketplaceOrdersOfExigo(database, ids);
        const effects = await effectsOfKeys(database, pipeline.name, [step], ids.map(String));
        return items.map((item) => {
          const prior = effects.get(item.item_key)?.at(-1);
          return { item, prior, decision: decide(pipeline, links.get(item.order_id), prior) };
        });
      },
      before: async () => undefined,
      async after(session, decided, now) {
        for (const { item, prior, decision } of decided) {
          if (decision.state !== 'loading') continue;
          if (prior !== undefined) await reopenEffect(session, prior.effect_id, batchId);
          else await planSingle(session, { batchId, itemKey: item.item_key, step, now });
        }
      },
    },
  );
}

/** All in one page: only a few end within a cycle. They go by their id in Exigo: that is where they are canceled. */
async function itemsOfBatch({ database }: EngineContext, batch: OpenBatch): Promise<UndecidedOrder[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) {
    const items = await newItems(database, batch.batch_id, MOST);
    return items.map((item) => ({ ...item, item_key: String(item.order_id) }));
  }
  if ((await itemsOf(database, batch.batch_id)) > 0) return [];
  const links = await linksOf(database, await documentKeys(database, change_set_id, '', MOST));
  return [...links.values()].flatMap(({ exigo_order_id: order_id }) =>
    order_id === null
      ? []
      : [{ item_id: null, item_key: String(order_id), order_id, change_set_id, generation: 1 }],
  );
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
