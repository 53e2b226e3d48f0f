import { InvariantError } from '../core/errors.js';
import { faultPoint } from '../core/fault-points.js';
import type { MarketplaceLink, Reporter } from '../core/marketplace.js';
import type { Order } from '../core/order.js';
import { load, type OrderPipeline, reject, type Verdict } from '../core/pipeline.js';
import { fromUtcText, toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../queue/ledger/batches.js';
import {
  fixBatchConfiguration,
  keepConfiguration,
  storedConfiguration,
} from '../queue/ledger/configurations.js';
import { insertEvent } from '../queue/ledger/events.js';
import { decideItems, insertItems, lastDecidedOrder, newItems, supersede } from '../queue/ledger/items.js';
import { marketplaceKey } from '../queue/ledger/marketplace-orders.js';
import type { Session } from '../queue/ledger/session.js';
import {
  insertUpdates,
  type PriorUpdate,
  type UpdateLink,
  updateLinks,
  updatesByKey,
  withdrawUpdates,
} from '../queue/ledger/updates.js';
import type { EngineContext } from './context.js';
import { held } from './decide.js';
import { decideUpdate, type UpdateDecision, type UpdateTools } from './decide-update.js';
import { assertGoingOn } from './stop.js';
import { planRequest } from './update-request.js';

/** Orders decided in one transaction. */
const PAGE = 500;

interface PageItem {
  /** Null for an order of a change set, which has no item yet. */
  readonly item_id: number | null;
  readonly order_id: number;
  readonly change_set_id: number;
}

/** Links of the orders of a page, and what was done for them. */
interface Standing {
  readonly links: ReadonlyMap<number, readonly UpdateLink[]>;
  readonly priors: ReadonlyMap<string, readonly PriorUpdate[]>;
}

interface Decided extends UpdateDecision {
  readonly item: PageItem;
}

/** Gives every order of a batch its verdict, and plans its updates, page by page; goes on where a killed run stopped. */
export async function transformUpdates(
  context: EngineContext,
  lease: Lease,
  pipeline: OrderPipeline,
  batch: OpenBatch,
): Promise<void> {
  const reporter = await reporterOf(context, batch);
  let after = await lastDecidedOrder(context.database, batch.batch_id);
  for (let done = 0; ; ) {
    assertGoingOn(context.signal);
    const page = await nextPage(context, batch, after);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.order_id;
    const standing = await readStanding(context, pipeline, page);
    const decided = await decidePage(context, pipeline, batch, reporter, page, standing);
    await lease.transaction(async (session) => {
      await recordPage(context, session, pipeline, batch, decided, standing);
      await faultPoint('transform/before-commit');
    });
    await faultPoint('transform/after-commit');
    done += page.length;
    context.progress('transform', done, batch.items_frozen);
  }
  await lease.transaction((session) => markTransformed(session, batch.batch_id));
  await faultPoint('transform/after-batch');
}

/** By the configuration the batch began with. */
async function reporterOf({ database, config, kit }: EngineContext, batch: OpenBatch): Promise<Reporter> {
  const { hash, json } = config.frozen;
  if (batch.config_hash === null || batch.config_hash === hash) return kit.reporter(json);
  const stored = await storedConfiguration(database, batch.config_hash);
  if (stored === undefined)
    throw new InvariantError(`configuration ${batch.config_hash} is not kept any more`);
  return kit.reporter(stored);
}

async function nextPage(context: EngineContext, batch: OpenBatch, after: number): Promise<PageItem[]> {
  const { change_set_id } = batch;
  if (change_set_id === null) return newItems(context.database, batch.batch_id, PAGE);
  const ids = await context.orders.ids(change_set_id, after, PAGE);
  return ids.map((order_id) => ({ item_id: null, order_id, change_set_id }));
}

async function readStanding(
  { database }: EngineContext,
  pipeline: OrderPipeline,
  page: readonly PageItem[],
): Promise<Standing> {
  const links = await updateLinks(
    database,
    page.map(({ order_id }) => order_id),
  );
  const keys = [...links].flatMap(([id, own]) => [String(id), ...own.map(marketplaceKey)]);
  return { links, priors: await updatesByKey(database, pipeline.name, stepOf(pipeline), keys) };
}

async function decidePage(
  context: EngineContext,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  reporter: Reporter,
  page: readonly PageItem[],
  standing: Standing,
): Promise<Decided[]> {
  const tools = toolsFor(reporter, standing);
  const asked = batch.change_set_id === null;
  const keys = page.map((item) => ({ changeSetId: item.change_set_id, orderId: item.order_id }));
  return context.orders.read(keys, (orders) => {
    const byId = new Map(orders.map((order) => [order.id, order]));
    return page.map((item): Decided => {
      const order = byId.get(item.order_id);
      if (order !== undefined) return { item, ...decideUpdate(order, pipeline, tools, asked) };
      const gone = held(
        'NOT_KEPT',
        'its frozen rows are not kept any more; freeze it again with --start-date',
      );
      return { item, decision: gone, updates: [] };
    });
  });
}

function toolsFor(reporter: Reporter, { links, priors }: Standing): UpdateTools {
  const linksOf = (order: Order) => (links.get(order.id) ?? []).map(linkOf);
  const reported = new Map(
    [...links.values()].flatMap((own) => own.map((link) => [marketplaceKey(link), link.reported])),
  );
  const updatesOf = (order: Order) => reporter(order, linksOf(order));
  return {
    route: () => reject('NO_ROUTE', 'what a marketplace is told goes to no 3PL'),
    linked: (order) => links.has(order.id),
    report: (order): Verdict => {
      const found = updatesOf(order);
      return found.verdict === 'report' ? load() : found;
    },
    updatesOf,
    priorsOf: (itemKey) => (priors.get(itemKey) ?? []).filter(({ state }) => state !== 'pending'),
    reportedOf: (itemKey) => reported.get(itemKey) ?? null,
  };
}

function linkOf(link: UpdateLink): MarketplaceLink {
  return {
    store: link.store,
    orderNumber: link.order_number,
    marketplace: link.marketplace,
    marketplaceNumber: link.marketplace_number,
    purchasedAt: link.purchased_utc === null ? null : fromUtcText(link.purchased_utc),
    origin: link.origin === 1,
  };
}

async function recordPage(
  context: EngineContext,
  session: Session,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  decided: readonly Decided[],
  { links, priors }: Standing,
): Promise<void> {
  const now = toUtcText(context.clock.now());
  const { batch_id: batchId } = batch;
  if (batch.config_hash === null) {
    const { hash, json } = context.config.frozen;
    await keepConfiguration(session, hash, json, now);
    await fixBatchConfiguration(session, batchId, hash);
  }
  const orderIds = decided.map(({ item }) => item.order_id);
  await supersede(session, { pipeline: pipeline.name, batchId, orderIds }, now);
  const waiting = orderIds.flatMap((id) =>
    (links.get(id) ?? []).flatMap((link) => priors.get(marketplaceKey(link)) ?? []),
  );
  const notLeft = waiting.filter(({ state }) => state === 'pending').map(({ effect_id }) => effect_id);
  await withdrawUpdates(session, notLeft, batchId, now);
  await recordVerdicts(session, pipeline, batch, decided, now);
  await insertUpdates(
    session,
    decided.flatMap(({ item, updates }) =>
      updates.map(({ planned, itemKey, generation }) => ({
        batchId,
        orderKey: String(item.order_id),
        step: stepOf(pipeline),
        itemKey,
        generation,
        fingerprint: planned.fingerprint,
        store: planned.link.store,
        request: planRequest(planned),
      })),
    ),
    now,
  );
}

async function recordVerdicts(
  session: Session,
  pipeline: OrderPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
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
  for (const { item, decision } of decided) {
    if (decision.state !== 'held') continue;
    const message = `${decision.code}: ${decision.reason}`;
    const at = { at: now, kind: 'held', pipeline: pipeline.name, batchId, orderId: item.order_id, message };
    await insertEvent(session, at);
  }
}

function stepOf(pipeline: OrderPipeline): string {
  return pipeline.load[0]?.step ?? '';
}
