import { InvariantError } from '../../core/errors.js';
import { load, type MarketplacePipeline, reject } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { CANCELED_BY_PERSON, reopenEffect } from '../../queue/ledger/effects.js';
import type { Decision } from '../../queue/ledger/items.js';
import {
  effectsOfKeys,
  type KeyEffect,
  lastDecidedKey,
  newDocuments,
  planSingle,
  supersedeKeys,
} from '../../queue/ledger/singles.js';
import { documentKeys, type ReadDocument, readDocuments } from '../../queue/reads/documents.js';
import type { EngineContext, OrderMapper } from '../context.js';
import { otherConfiguration } from './batch-configuration.js';
import { excluded, guarded, held } from './decide.js';
import { type Decided as AnyDecided, giveVerdicts, type Undecided } from './verdicts.js';

/** Documents decided in one transaction. */
const PAGE = 100;

/** A decision, and for an order of which a step was done before, what goes on. */
interface Decided extends AnyDecided<Undecided> {
  readonly reopen?: number;
  readonly plan?: string;
}

/** Steps by what they are for. */
interface Steps {
  readonly create: string;
  readonly acknowledge: string | undefined;
  readonly cancel: string | undefined;
}

export function stepsOf(pipeline: MarketplacePipeline): Steps {
  const name = (kind: string) => pipeline.load.find((step) => step.kind === kind)?.step;
  const create = name('exigo-create-order');
  if (create === undefined) throw new InvariantError(`pipeline ${pipeline.name} makes no orders`);
  return { create, acknowledge: name('godatafeed-acknowledge'), cancel: name('godatafeed-cancel') };
}

/** Verdicts of marketplace orders that go to Exigo. */
export async function transformDocuments(
  context: EngineContext,
  lease: Lease,
  pipeline: MarketplacePipeline,
  batch: OpenBatch,
): Promise<void> {
  const { batch_id: batchId } = batch;
  const mapper = context.kit.orderMapper(
    (await otherConfiguration(context, batch)) ?? context.config.frozen.json,
  );
  const start = batch.change_set_id === null ? null : await lastDecidedKey(context.database, batchId);
  await giveVerdicts<Undecided, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: (last) => nextPage(context, batch, last?.item_key ?? start ?? ''),
      decide: (page) => decidePage(context, pipeline, mapper, page),
      async before(session, decided, now) {
        const keys = decided.map(({ item }) => item.item_key);
        await supersedeKeys(session, { pipeline: pipeline.name, batchId, keys }, now);
      },
      async after(session, decided, now) {
        for (const { item, reopen, plan } of decided) {
          if (reopen !== undefined) await reopenEffect(session, reopen, batchId);
          if (plan === undefined) continue;
          await planSingle(session, { batchId, itemKey: item.item_key, step: plan, now });
        }
      },
    },
  );
}

async function nextPage(context: EngineContext, batch: OpenBatch, after: string): Promise<Undecided[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) {
    const items = await newDocuments(context.database, batch.batch_id, PAGE);
    return items.map((item) => ({ ...item, order_id: null }));
  }
  const keys = await documentKeys(context.database, change_set_id, after, PAGE);
  return keys.map((item_key) => ({ item_id: null, item_key, order_id: null, change_set_id, generation: 1 }));
}

async function decidePage(
  context: EngineContext,
  pipeline: MarketplacePipeline,
  mapper: OrderMapper,
  page: readonly Undecided[],
): Promise<Decided[]> {
  const steps = stepsOf(pipeline);
  const names = [steps.create, steps.acknowledge, steps.cancel].filter((name) => name !== undefined);
  const keys = page.map(({ item_key }) => item_key);
  const effects = await effectsOfKeys(context.database, pipeline.name, names, keys);
  const documents = await readDocuments(
    context.database,
    page.map(({ item_key, change_set_id }) => ({ key: item_key, changeSetId: change_set_id })),
  );
  return page.map((item, i) => {
    const read = documents[i] ?? { document: null, link: undefined };
    const mapped = () => judge(pipeline, mapper, read);
    return { item, ...decide(steps, read.link, effects.get(item.item_key) ?? [], mapped) };
  });
}

/** The pipeline's verdict, or why it can have none. */
function judge(pipeline: MarketplacePipeline, mapper: OrderMapper, { document }: ReadDocument): Decision {
  if (document === null) return held('NOT_KEPT', 'its frozen JSON is not kept any more');
  const toExigo = (order: typeof document) => {
    const mapped = mapper(order);
    return 'order' in mapped ? load(order.store) : reject(mapped.code, mapped.reason);
  };
  const verdict = guarded(() => pipeline.transform(document, { toExigo }));
  if ('state' in verdict) return verdict;
  if (verdict.verdict === 'exclude') return excluded(verdict.code, verdict.reason);
  if (verdict.verdict === 'reject') return { ...held(verdict.code, verdict.reason), target: document.store };
  return { state: 'ready', target: document.store, fingerprint: null, code: null, reason: null };
}

/** What was done for an order before decides first: nothing is done twice, also when the ledger was pruned. */
function decide(
  steps: Steps,
  link: ReadDocument['link'],
  effects: readonly KeyEffect[],
  judged: () => Decision,
): Omit<Decided, 'item'> {
  const newest = (step: string | undefined) => effects.findLast((effect) => effect.step === step);
  const [create, acknowledge, cancel] = [steps.create, steps.acknowledge, steps.cancel].map(newest);
  if (cancel !== undefined && canGoOn(cancel)) return goOn(cancel);
  if (cancel !== undefined || create?.fingerprint === CANCELED_BY_PERSON || link?.canceled_utc != null) {
    return { decision: excluded('CANCELED_BY_PERSON', 'it is reported Canceled to its marketplace') };
  }
  if (link?.acknowledged_utc != null) return { decision: excluded('ALREADY_ACKNOWLEDGED', null) };
  if (link?.exigo_order_id != null && steps.acknowledge !== undefined) {
    if (acknowledge === undefined) return { decision: onItsWay(link.store), plan: steps.acknowledge };
    return canGoOn(acknowledge) ? goOn(acknowledge) : { decision: excluded('ON_ITS_WAY', null) };
  }
  const decision = judged();
  if (create === undefined || decision.state !== 'ready') return { decision };
  return canGoOn(create) ? goOn(create) : { decision: excluded('ON_ITS_WAY', null) };
}

function canGoOn({ state }: KeyEffect): boolean {
  return state === 'held' || state === 'failed';
}

function goOn({ effect_id, target }: KeyEffect): Omit<Decided, 'item'> {
  return { decision: onItsWay(target), reopen: effect_id };
}

function onItsWay(target: string | null): Decision {
  return { state: 'loading', target, fingerprint: null, code: null, reason: null };
}
