import { InvariantError } from '../../core/errors.js';
import type { NoticeKind } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { OrderPipeline } from '../../core/pipeline.js';
import { fromExigoText, fromUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { linkWords, type OrderLink } from '../../queue/ledger/adopted.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { type AskedCancellation, cancellationsOf } from '../../queue/ledger/cancellations.js';
import { acceptFingerprint, reopenEffect, usedUp } from '../../queue/ledger/effects.js';
import { type Decision, dropPlanned, lastDecidedOrder, supersede } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { answerDue } from '../answers/answer-due.js';
import {
  askForCancellation,
  takesCancellations,
  type Wanted,
  withdrawCancellation,
} from '../cancellations/ask.js';
import { type Canceled, decideCanceled } from '../cancellations/decide-canceled.js';
import type { EngineContext } from '../context.js';
import { returnNotices } from '../returns/return-notices.js';
import { otherConfiguration } from './batch-configuration.js';
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
import { nextOrders, type UndecidedOrder } from './next-orders.js';
import { NO_MARKETPLACE, NO_NOTICES } from './no-marketplace.js';
import { readStanding, type Standing } from './standing.js';
import { type Decided as AnyDecided, giveVerdicts } from './verdicts.js';

/** Orders held in memory at a time: what lives shorter is not carried along by the garbage collector. */
const READ = 100;

/** Verdicts of orders that go to 3PLs. */
export async function transformOrders(
  context: EngineContext,
  lease: Lease,
  pipeline: OrderPipeline,
  batch: OpenBatch,
): Promise<void> {
  const [first] = pipeline.load;
  const section = first?.kind === '3pl-notice' ? first.section : null;
  const tools = await decisionTools(context, batch, section);
  const start = await lastDecidedOrder(context.database, batch.batch_id);
  await giveVerdicts<UndecidedOrder, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: (last) => nextOrders(context, batch, last?.order_id ?? start),
      async decide(page) {
        const decided: Decided[] = [];
        for (let at = 0; at < page.length; at += READ) {
          decided.push(...(await decidePage(context, pipeline, batch, tools, page.slice(at, at + READ))));
        }
        return decided;
      },
      before: (session, decided, now) => giveWay(session, pipeline, batch, decided, now),
      after: (session, decided, now) => followUp(context, session, batch, decided, now),
    },
  );
}

async function decisionTools(
  context: EngineContext,
  batch: OpenBatch,
  section: NoticeKind | null,
): Promise<DecisionTools> {
  const stored = await otherConfiguration(context, batch);
  const threePls = stored === null ? context.config.threePls : context.kit.threePlsOf(stored);
  return {
    ...NO_MARKETPLACE,
    ...NO_NOTICES,
    route: context.kit.router(threePls),
    threePls: new Map(threePls.map((threePl) => [threePl.name, threePl])),
    section,
    kit: context.kit,
  };
}

interface Decided extends AnyDecided<UndecidedOrder> {
  readonly standing: Standing;
  readonly accepts: boolean;
  /** Exigo wants canceled what a 3PL has, or wants it no more. */
  readonly canceled: Canceled;
}

async function decidePage(
  context: EngineContext,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  rules: DecisionTools,
  page: readonly UndecidedOrder[],
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
  const tools =
    rules.section === 'returns'
      ? { ...rules, returnNotice: await returnNotices(context, keys, rules) }
      : rules;
  const asked = await askedOf(context, tools, items, standingOf);
  const baselines = await readBaselines(context, tools, standingOf, keys);
  return context.orders.read(keys, (orders) => {
    const byId = new Map(orders.map((order) => [order.id, order]));
    return items.map((item): Decided => {
      const order = byId.get(item.order_id);
      const standing = standingOf(item.order_id);
      const takes = (target: string) => tools.section === null && takesCancellations(context, target);
      const canceled = canceledOf(order, item, standing, asked, takes);
      const decision =
        order === undefined
          ? held('NOT_KEPT', 'its frozen rows are not kept any more; freeze it again with --start-date')
          : tools.section === null && standing.link !== undefined && batch.kind !== 'resend'
            ? handedOverLongAgo(order, standing.link)
            : canceled.decision !== null
              ? canceled.decision
              : decideOrder(order, item, standing, baselines, pipeline, batch, tools);
      const accepts = 'accepts' in decision;
      const verdict = withLaterStep(decision, standing, pipeline);
      return { item, decision: verdict, standing, accepts, canceled };
    });
  });
}

function decideOrder(
  order: Order,
  item: UndecidedOrder,
  { prior }: Standing,
  baselines: ReadonlyMap<number, Order>,
  pipeline: OrderPipeline,
  batch: OpenBatch,
  tools: DecisionTools,
): Decision {
  if (prior === undefined) return decideFirst(order, pipeline, tools, batch.kind === 'release');
  if (prior.target === null) {
    // Canceled before it was ever sent; or a person asks for it again after that.
    if (item.generation > prior.generation) return decideFirst(order, pipeline, tools, true);
    const { code, reason } = usedUp(prior);
    return excluded(code, reason);
  }
  if (item.generation > prior.generation) return decideResend(order, prior.target, tools);
  const baseline = needsBaseline(order, prior, tools) ? (baselines.get(order.id) ?? null) : 'not needed';
  return decideAgain(order, prior, baseline, tools);
}

/** What 3PLs were asked to cancel of these orders; nothing where the pipeline does not hand over. */
async function askedOf(
  { database }: EngineContext,
  { section }: DecisionTools,
  items: readonly UndecidedOrder[],
  standingOf: (orderId: number) => Standing,
): Promise<Asked> {
  if (section !== null) return new Map();
  const ids = items.map(({ order_id }) => order_id);
  return cancellationsOf(
    database,
    ids.filter((id) => standingOf(id).prior !== undefined),
  );
}

type Asked = ReadonlyMap<number, readonly AskedCancellation[]>;

const NOT_CANCELED: Canceled = { decision: null, wants: false, drops: false };

function canceledOf(
  order: Order | undefined,
  item: UndecidedOrder,
  { prior }: Standing,
  asked: Asked,
  takes: (target: string) => boolean,
): Canceled {
  if (order === undefined || prior === undefined || prior.target === null) return NOT_CANCELED;
  // What a person sends again is a hand-over of its own; Canceled, it stays with the one before.
  if (item.generation > prior.generation && order.status !== 'Canceled') return NOT_CANCELED;
  const own = asked.get(order.id)?.find(({ generation }) => generation === prior.generation);
  return decideCanceled(order, prior, own, takes(prior.target));
}

/**
 * The ledger is pruned after a long time, order links never are: they keep an old order, and one that an earlier script has
 * handed over, from going twice. What Exigo cancels after it was adopted is for a person: its 3PL has to be told.
 */
function handedOverLongAgo(order: Order, link: OrderLink): Decision {
  const { system, adopted_utc } = link;
  const canceledSince =
    adopted_utc !== null &&
    order.status === 'Canceled' &&
    fromExigoText(order.row.ModifiedDate) > fromUtcText(adopted_utc);
  if (!canceledSince) return excluded('ALREADY_HANDED_OVER', `order ${order.id}: ${linkWords(link)}`);
  const reason = `Exigo says Canceled; ${linkWords(link)}: tell ${system}`;
  return { ...held('CANCELED_AFTER_HAND_OVER', reason), target: system };
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

async function giveWay(
  session: Session,
  pipeline: OrderPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const orderIds = decided.map(({ item }) => item.order_id);
  await supersede(session, { pipeline: pipeline.name, batchId, orderIds }, now);
  const replaced = decided.flatMap(({ standing }) => standing.replaced?.item_id ?? []);
  await dropPlanned(session, replaced, batchId, now);
}

async function followUp(
  context: EngineContext,
  session: Session,
  batch: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const { config } = context;
  await askForCancellation(
    context,
    session,
    decided.flatMap(({ item, standing: { prior }, canceled }): Wanted[] => {
      if (!canceled.wants || prior === undefined || prior.target === null) return [];
      const { generation, change_set_id: changeSetId, target: threePl } = prior;
      const why = 'Exigo says Canceled';
      return [{ orderId: item.order_id, generation, threePl, changeSetId, by: 'exigo', why }];
    }),
    now,
  );
  for (const { item, standing, canceled } of decided) {
    if (!canceled.drops || standing.prior === undefined) continue;
    const { generation } = standing.prior;
    const dropped = {
      orderId: item.order_id,
      generation,
      by: 'exigo' as const,
      why: 'Exigo has it open again',
    };
    await withdrawCancellation(context, session, dropped, now);
  }
  for (const { item, decision, standing, accepts } of decided) {
    const { prior, later } = standing;
    if (decision.state === 'loading' && later !== undefined)
      await reopenEffect(session, later.effect_id, batch.batch_id, answerDue(config, decision.target));
    if (accepts && prior !== undefined) {
      await acceptFingerprint(session, prior.effect_id, decision.fingerprint, item.change_set_id);
    }
  }
}

/**
 * The hand-over stands, but the step after it was refused or held: a newer version that is still as it
 * should be (or a person's retry) gives that step another try, instead of dropping it. Not when a person
 * answered that it is to stay as it is.
 */
function withLaterStep(decision: Decision, { prior, later }: Standing, pipeline: OrderPipeline): Decision {
  const waits =
    (later?.state === 'held' || later?.state === 'failed') &&
    later.resolution !== 'IGNORED' &&
    later.resolution !== 'CANCELED';
  if (decision.code !== 'ALREADY_HANDED_OVER' || !waits || pipeline.load.length < 2) return decision;
  return { ...decision, state: 'loading', target: prior?.target ?? null, code: null, reason: null };
}
