import type { EndedOrder } from '../../core/ended-order.js';
import { faultPoint } from '../../core/fault-points.js';
import type { EndedPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../../queue/ledger/batches.js';
import { fixBatchConfiguration, keepConfiguration } from '../../queue/ledger/configurations.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { type Decision, decideItems, insertItems, itemsOf, newItems } from '../../queue/ledger/items.js';
import { type MarketplaceOrder, marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { effectsOfKeys, type KeyEffect, planSingle } from '../../queue/ledger/singles.js';
import { documentKeys, linksOf } from '../../queue/reads/documents.js';
import type { EngineContext } from '../context.js';
import { excluded, guarded, held } from './decide.js';

/** More orders than ever end within a cycle. */
const MOST = 100_000;

/** An item goes by its id in Exigo: that is where it is canceled. */
interface EndedItem {
  readonly item_id: number | null;
  readonly order_id: number;
  readonly change_set_id: number;
}

/** Gives the orders that ended at their marketplace their verdicts; one transaction, as there are only a few. */
export async function transformEnded(
  context: EngineContext,
  lease: Lease,
  pipeline: EndedPipeline,
  batch: OpenBatch,
): Promise<void> {
  const { database, config } = context;
  const items = await itemsOfBatch(context, batch);
  const ids = items.map(({ order_id }) => order_id);
  const links = await marketplaceOrdersOfExigo(database, ids);
  const step = pipeline.load[0]?.step ?? '';
  const effects = await effectsOfKeys(database, pipeline.name, [step], ids.map(String));
  const decided = items.map((item) => {
    const prior = effects.get(String(item.order_id))?.at(-1);
    return { item, prior, decision: decide(pipeline, links.get(item.order_id), prior) };
  });
  const { batch_id: batchId } = batch;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await keepConfiguration(session, config.frozen.hash, config.frozen.json, now);
    await fixBatchConfiguration(session, batchId, config.frozen.hash);
    await decideItems(
      session,
      decided.flatMap(({ item, decision }) =>
        item.item_id === null ? [] : [{ itemId: item.item_id, decision }],
      ),
      now,
    );
    await insertItems(
      session,
      decided
        .filter(({ item }) => item.item_id === null)
        .map(({ item, decision }) => ({
          batchId,
          pipeline: pipeline.name,
          key: String(item.order_id),
          orderId: item.order_id,
          changeSetId: item.change_set_id,
          generation: 1,
          decision,
        })),
      now,
    );
    for (const { item, prior, decision } of decided) {
      if (decision.state !== 'loading') continue;
      if (prior !== undefined) await reopenEffect(session, prior.effect_id, batchId);
      else await planSingle(session, { batchId, itemKey: String(item.order_id), step, now });
    }
    await markTransformed(session, batchId);
    await faultPoint('transform/before-commit');
  });
  await faultPoint('transform/after-commit');
}

async function itemsOfBatch({ database }: EngineContext, batch: OpenBatch): Promise<EndedItem[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) return newItems(database, batch.batch_id, MOST);
  if ((await itemsOf(database, batch.batch_id)) > 0) return [];
  const links = await linksOf(database, await documentKeys(database, change_set_id, '', MOST));
  return [...links.values()].flatMap(({ exigo_order_id }) =>
    exigo_order_id === null ? [] : [{ item_id: null, order_id: exigo_order_id, change_set_id }],
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
