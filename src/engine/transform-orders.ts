import { InvariantError } from '../core/errors.js';
import { faultPoint } from '../core/fault-points.js';
import type { Order } from '../core/order.js';
import type { OrderPipeline } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../queue/ledger/batches.js';
import {
  fixBatchConfiguration,
  keepConfiguration,
  storedConfiguration,
} from '../queue/ledger/configurations.js';
import { acceptFingerprint, reopenEffect } from '../queue/ledger/effects.js';
import { insertEvent } from '../queue/ledger/events.js';
import {
  type Decision,
  decideItems,
  dropPlanned,
  insertItems,
  lastDecidedOrder,
  newItems,
  type PersonsItem,
  supersede,
} from '../queue/ledger/items.js';
import type { Session } from '../queue/ledger/session.js';
import type { EngineContext } from './context.js';
import {
  type DecisionTools,
  decideAgain,
  decideFirst,
  decideResend,
  excluded,
  held,
  needsBaseline,
  touch,
} from './decide.js';
import { NO_MARKETPLACE } from './no-marketplace.js';
import { readStanding, type Standing } from './standing.js';
import { assertGoingOn } from './stop.js';

/** Orders decided in one transaction: about 20 ms of work, so a lease renewal is never far. */
const PAGE = 500;
/** Orders held in memory at a time: what lives shorter is not carried along by the garbage collector. */
const READ = 100;

/** Gives every order of a batch its verdict, page by page; goes on where a killed run stopped. */
export async function transformOrders(
  context: EngineContext,
  lease: Lease,
  pipeline: OrderPipeline,
  batch: OpenBatch,
): Promise<void> {
  const tools = await decisionTools(context, batch);
  let after = await lastDecidedOrder(context.database, batch.batch_id);
  for (let done = 0; ; ) {
    assertGoingOn(context.signal);
    const page = await nextPage(context, batch, after);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.order_id;
    const decided: Decided[] = [];
    for (let at = 0; at < page.length; at += READ) {
      decided.push(...(await decidePage(context, pipeline, batch, tools, page.slice(at, at + READ))));
    }
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

async function decisionTools(context: EngineContext, batch: OpenBatch): Promise<DecisionTools> {
  let threePls = context.config.threePls;
  if (batch.config_hash !== null && batch.config_hash !== context.config.frozen.hash) {
    // The configuration changed while this batch was half way: it goes on as it began.
    const stored = await storedConfiguration(context.database, batch.config_hash);
    if (stored === undefined)
      throw new InvariantError(`configuration ${batch.config_hash} is not kept any more`);
    threePls = context.kit.threePlsOf(stored);
  }
  return {
    ...NO_MARKETPLACE,
    route: context.kit.router(threePls),
    threePls: new Map(threePls.map((threePl) => [threePl.name, threePl])),
    kit: context.kit,
  };
}

type PageItem = Pick<PersonsItem, 'order_id' | 'change_set_id' | 'generation'> & {
  readonly item_id: number | null;
};

async function nextPage(context: EngineContext, batch: OpenBatch, after: number): Promise<PageItem[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) return newItems(context.database, batch.batch_id, PAGE);
  const ids = await context.orders.ids(change_set_id, after, PAGE);
  return ids.map((order_id) => ({ item_id: null, order_id, change_set_id, generation: 1 }));
}

interface Decided {
  readonly item: PageItem;
  readonly decision: Decision;
  readonly standing: Standing;
  readonly accepts: boolean;
}

async function decidePage(
  context: EngineContext,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  tools: DecisionTools,
  page: readonly PageItem[],
): Promise<Decided[]> {
  const [first, last] = [pipeline.load[0], pipeline.load[1]];
  if (first === undefined) throw new InvariantError(`pipeline ${pipeline.name} has no step`);
  const ids = page.map((item) => item.order_id);
  const steps = { first: first.step, last: last?.step };
  const standingOf = await readStanding(context.database, pipeline.name, steps, ids);
  const items = page.map((item) => ({
    ...item,
    generation: Math.max(item.generation, standingOf(item.order_id).generation),
  }));
  const keys = page.map((item) => ({ changeSetId: item.change_set_id, orderId: item.order_id }));
  const baselines = await readBaselines(context, tools, standingOf, keys);
  return context.orders.read(keys, (orders) => {
    const byId = new Map(orders.map((order) => [order.id, order]));
    return items.map((item): Decided => {
      const order = byId.get(item.order_id);
      const standing = standingOf(item.order_id);
      const decision =
        order === undefined
          ? held('NOT_KEPT', 'its frozen rows are not kept any more; freeze it again with --start-date')
          : standing.link !== undefined && batch.kind !== 'resend'
            ? handedOverLongAgo(order, standing.link)
            : decideOrder(order, item, standing, baselines, pipeline, batch, tools);
      return { item, decision, standing, accepts: 'accepts' in decision };
    });
  });
}

function decideOrder(
  order: Order,
  item: PageItem,
  { prior }: Standing,
  baselines: ReadonlyMap<number, Order>,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  tools: DecisionTools,
): Decision {
  if (prior === undefined) return decideFirst(order, pipeline, tools, batch.kind === 'release');
  if (prior.target === null) {
    // A person canceled it before it was ever sent, or asks for it again after that.
    const again = item.generation > prior.generation;
    return again ? decideFirst(order, pipeline, tools, true) : excluded('CANCELED_BY_PERSON', null);
  }
  if (item.generation > prior.generation) return decideResend(order, prior.target, tools);
  const baseline = needsBaseline(order, prior, tools) ? (baselines.get(order.id) ?? null) : 'not needed';
  return decideAgain(order, prior, baseline, tools);
}

/** The ledger is pruned after a long time, order links never are: they keep an old order from going twice. */
function handedOverLongAgo(order: Order, system: string): Decision {
  return excluded('ALREADY_HANDED_OVER', `${system} got order ${order.id} before the ledger's retention`);
}

async function readBaselines(
  context: EngineContext,
  tools: DecisionTools,
  standingOf: (orderId: number) => Standing,
  keys: readonly { readonly changeSetId: number; readonly orderId: number }[],
): Promise<ReadonlyMap<number, Order>> {
  const priorOf = (orderId: number) => standingOf(orderId).prior;
  const candidates = keys.filter(({ orderId }) => priorOf(orderId) !== undefined);
  if (candidates.length === 0) return new Map();
  const differing = await context.orders.read(candidates, (orders) =>
    orders
      .filter((order) => {
        const prior = priorOf(order.id);
        return prior !== undefined && needsBaseline(order, prior, tools);
      })
      .map((order) => order.id),
  );
  const wanted = differing.map((orderId) => ({
    orderId,
    changeSetId: priorOf(orderId)?.change_set_id ?? -1,
  }));
  return context.orders.read(wanted, (orders) => {
    // Read once here, so that a column missing from the page is fetched now and not while deciding.
    for (const order of orders) touch(order, priorOf(order.id)?.target ?? null, tools);
    return new Map(orders.map((order) => [order.id, order]));
  });
}

async function recordPage(
  context: EngineContext,
  session: Session,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  decided: readonly Decided[],
): Promise<void> {
  const now = toUtcText(context.clock.now());
  const { hash, json } = context.config.frozen;
  if (batch.config_hash === null) {
    await keepConfiguration(session, hash, json, now);
    await fixBatchConfiguration(session, batch.batch_id, hash);
  }
  const orderIds = decided.map(({ item }) => item.order_id);
  await supersede(session, { pipeline: pipeline.name, batchId: batch.batch_id, orderIds }, now);
  const replaced = decided.flatMap(({ standing }) => standing.replaced?.item_id ?? []);
  await dropPlanned(session, replaced, batch.batch_id, now);

  const final = decided.map((one) => ({ ...one, decision: withLaterStep(one, pipeline) }));
  const persons = final.filter(({ item }) => item.item_id !== null);
  await decideItems(
    session,
    persons.map(({ item, decision }) => ({ itemId: item.item_id ?? -1, decision })),
    now,
  );
  await insertItems(
    session,
    final
      .filter(({ item }) => item.item_id === null)
      .map(({ item, decision }) => ({
        batchId: batch.batch_id,
        pipeline: pipeline.name,
        key: String(item.order_id),
        orderId: item.order_id,
        changeSetId: item.change_set_id,
        generation: item.generation,
        decision,
      })),
    now,
  );
  for (const { item, decision, standing, accepts } of final) {
    const { prior, later } = standing;
    if (decision.state === 'loading' && later !== undefined)
      await reopenEffect(session, later.effect_id, batch.batch_id);
    if (accepts && prior !== undefined) {
      await acceptFingerprint(session, prior.effect_id, decision.fingerprint, item.change_set_id);
    }
    if (decision.state === 'held') {
      await insertEvent(session, {
        at: now,
        kind: 'held',
        pipeline: pipeline.name,
        batchId: batch.batch_id,
        orderId: item.order_id,
        message: `${decision.code}: ${decision.reason}`,
      });
    }
  }
}

/**
 * The hand-over stands, but the step after it was refused or held: a newer version that is still as it
 * should be (or a person's retry) gives that step another try, instead of dropping it. Not when a person
 * answered that it is to stay as it is.
 */
function withLaterStep({ decision, standing }: Decided, pipeline: OrderPipeline): Decision {
  const { prior, later } = standing;
  const waits =
    (later?.state === 'held' || later?.state === 'failed') &&
    later.resolution !== 'IGNORED' &&
    later.resolution !== 'CANCELED';
  if (decision.code !== 'ALREADY_HANDED_OVER' || !waits || pipeline.load.length < 2) return decision;
  return { ...decision, state: 'loading', target: prior?.target ?? null, code: null, reason: null };
}
