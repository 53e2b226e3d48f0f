import type { MarketplaceLink, Reporter } from '../../core/marketplace.js';
import type { Order } from '../../core/order.js';
import { load, type OrderPipeline, reject, type Verdict } from '../../core/pipeline.js';
import { fromUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { lastDecidedOrder, supersede } from '../../queue/ledger/items.js';
import { marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import {
  insertUpdates,
  type PriorUpdate,
  type UpdateLink,
  updateLinks,
  updatesByKey,
  withdrawUpdates,
} from '../../queue/ledger/updates.js';
import type { EngineContext } from '../context.js';
import { decideUpdate, type UpdateDecision, type UpdateTools } from '../updates/decide-update.js';
import { notFinal } from '../updates/not-final.js';
import { planRequest } from '../updates/update-request.js';
import { otherConfiguration } from './batch-configuration.js';
import { held } from './decide.js';
import { nextOrders, type UndecidedOrder } from './next-orders.js';
import { NO_NOTICES } from './no-marketplace.js';
import { type Decided as AnyDecided, giveVerdicts } from './verdicts.js';

/** Links of the orders of a page, and what was done for them. */
interface Standing {
  readonly links: ReadonlyMap<number, readonly UpdateLink[]>;
  readonly priors: ReadonlyMap<string, readonly PriorUpdate[]>;
}

interface Decided extends UpdateDecision, AnyDecided<UndecidedOrder> {
  readonly standing: Standing;
}

/** Verdicts of orders that marketplaces are told of, and the updates that they bring about. */
export async function transformUpdates(
  context: EngineContext,
  lease: Lease,
  pipeline: OrderPipeline,
  batch: OpenBatch,
): Promise<void> {
  const reporter = context.kit.reporter(
    (await otherConfiguration(context, batch)) ?? context.config.frozen.json,
  );
  const start = await lastDecidedOrder(context.database, batch.batch_id);
  await giveVerdicts<UndecidedOrder, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: (last) => nextOrders(context, batch, last?.order_id ?? start),
      decide: async (page) =>
        decidePage(context, pipeline, batch, reporter, page, await readStanding(context, pipeline, page)),
      before: (session, decided, now) => giveWay(session, pipeline, batch, decided, now),
      after: (session, decided, now) => plan(session, pipeline, batch, decided, now),
    },
  );
}

async function readStanding(
  { database }: EngineContext,
  pipeline: OrderPipeline,
  page: readonly UndecidedOrder[],
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
  page: readonly UndecidedOrder[],
  standing: Standing,
): Promise<Decided[]> {
  const tools = toolsFor(reporter, standing);
  const asked = batch.change_set_id === null;
  const waits = await notFinal(
    context,
    page.map(({ order_id }) => order_id),
  );
  const keys = page.map((item) => ({ changeSetId: item.change_set_id, orderId: item.order_id }));
  return context.orders.read(keys, (orders) => {
    const byId = new Map(orders.map((order) => [order.id, order]));
    return page.map((item): Decided => {
      const order = byId.get(item.order_id);
      if (order !== undefined) {
        const decided = decideUpdate(order, pipeline, tools, asked);
        const waiting = decided.updates.length === 0 ? null : waits(order, asked);
        return { item, standing, ...(waiting === null ? decided : { decision: waiting, updates: [] }) };
      }
      const gone = held(
        'NOT_KEPT',
        'its frozen rows are not kept any more; freeze it again with --start-date',
      );
      return { item, standing, decision: gone, updates: [] };
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
    ...NO_NOTICES,
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

/** Older verdicts, and updates that have not left. */
async function giveWay(
  session: Session,
  pipeline: OrderPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const orderIds = decided.map(({ item }) => item.order_id);
  await supersede(session, { pipeline: pipeline.name, batchId, orderIds }, now);
  const waiting = decided.flatMap(({ item, standing: { links, priors } }) =>
    (links.get(item.order_id) ?? []).flatMap((link) => priors.get(marketplaceKey(link)) ?? []),
  );
  const notLeft = waiting.filter(({ state }) => state === 'pending').map(({ effect_id }) => effect_id);
  await withdrawUpdates(session, notLeft, batchId, now);
}

async function plan(
  session: Session,
  pipeline: OrderPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  await insertUpdates(
    session,
    decided.flatMap(({ item, updates }) =>
      updates.map(({ planned, itemKey, generation }) => ({
        batchId,
        orderKey: item.item_key,
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

function stepOf(pipeline: OrderPipeline): string {
  return pipeline.load[0]?.step ?? '';
}
