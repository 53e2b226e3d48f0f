import { InvariantError } from '../core/errors.js';
import { faultPoint } from '../core/fault-points.js';
import { load, type MarketplacePipeline, reject } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../queue/ledger/batches.js';
import {
  fixBatchConfiguration,
  keepConfiguration,
  storedConfiguration,
} from '../queue/ledger/configurations.js';
import { CANCELED_BY_PERSON, reopenEffect } from '../queue/ledger/effects.js';
import { insertEvent } from '../queue/ledger/events.js';
import { type Decision, decideItems, insertItems } from '../queue/ledger/items.js';
import type { Session } from '../queue/ledger/session.js';
import {
  effectsOfKeys,
  type KeyEffect,
  lastDecidedKey,
  newDocuments,
  planSingle,
  supersedeKeys,
} from '../queue/ledger/singles.js';
import { documentKeys, type ReadDocument, readDocuments } from '../queue/reads/documents.js';
import type { EngineContext, OrderMapper } from './context.js';
import { excluded, guarded, held } from './decide.js';
import { assertGoingOn } from './stop.js';

/** Documents decided in one transaction. */
const PAGE = 100;

interface PageItem {
  /** Null when the batch comes from a freeze. */
  readonly item_id: number | null;
  readonly item_key: string;
  readonly change_set_id: number;
  readonly generation: number;
}

/** A decision, and for an order of which a step was done before, what goes on. */
interface Decided {
  readonly item: PageItem;
  readonly decision: Decision;
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

/** Gives every marketplace order of a batch its verdict, page by page; goes on where a killed run stopped. */
export async function transformDocuments(
  context: EngineContext,
  lease: Lease,
  pipeline: MarketplacePipeline,
  batch: OpenBatch,
): Promise<void> {
  const mapper = await mapperOf(context, batch);
  let after = batch.change_set_id === null ? null : await lastDecidedKey(context.database, batch.batch_id);
  for (let done = 0; ; ) {
    assertGoingOn(context.signal);
    const page = await nextPage(context, batch, after ?? '');
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.item_key;
    const decided = await decidePage(context, pipeline, mapper, page);
    await lease.transaction(async (session) => {
      await recordPage(context, session, pipeline, batch, decided);
      await faultPoint('transform/before-commit');
    });
    await faultPoint('transform/after-commit');
    done += page.length;
    context.progress('transform', done, batch.items_frozen);
  }
  await lease.transaction((session) => markTransformed(session, batch.batch_id));
  await faultPoint('transform/after-batch');
}

/** By today's maps, unless the batch began with others. */
async function mapperOf(context: EngineContext, batch: OpenBatch): Promise<OrderMapper> {
  const { hash, json } = context.config.frozen;
  if (batch.config_hash === null || batch.config_hash === hash) return context.kit.orderMapper(json);
  const stored = await storedConfiguration(context.database, batch.config_hash);
  if (stored === undefined)
    throw new InvariantError(`configuration ${batch.config_hash} is not kept any more`);
  return context.kit.orderMapper(stored);
}

async function nextPage(context: EngineContext, batch: OpenBatch, after: string): Promise<PageItem[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) return newDocuments(context.database, batch.batch_id, PAGE);
  const keys = await documentKeys(context.database, change_set_id, after, PAGE);
  return keys.map((item_key) => ({ item_id: null, item_key, change_set_id, generation: 1 }));
}

async function decidePage(
  context: EngineContext,
  pipeline: MarketplacePipeline,
  mapper: OrderMapper,
  page: readonly PageItem[],
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

async function recordPage(
  context: EngineContext,
  session: Session,
  pipeline: MarketplacePipeline,
  batch: OpenBatch,
  decided: readonly Decided[],
): Promise<void> {
  const now = toUtcText(context.clock.now());
  const { batch_id: batchId } = batch;
  const { hash, json } = context.config.frozen;
  if (batch.config_hash === null) {
    await keepConfiguration(session, hash, json, now);
    await fixBatchConfiguration(session, batchId, hash);
  }
  const keys = decided.map(({ item }) => item.item_key);
  await supersedeKeys(session, { pipeline: pipeline.name, batchId, keys }, now);
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
        key: item.item_key,
        orderId: null,
        changeSetId: item.change_set_id,
        generation: item.generation,
        decision,
      })),
    now,
  );
  for (const { item, decision, reopen, plan } of decided) {
    if (reopen !== undefined) await reopenEffect(session, reopen, batchId);
    if (plan !== undefined) await planSingle(session, { batchId, itemKey: item.item_key, step: plan, now });
    if (decision.state !== 'held') continue;
    const message = `${decision.code}: ${decision.reason}`;
    const about = { pipeline: pipeline.name, batchId, itemKey: item.item_key };
    await insertEvent(session, { at: now, kind: 'held', ...about, message });
  }
}
