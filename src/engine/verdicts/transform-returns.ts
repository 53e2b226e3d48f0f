import { InvariantError } from '../../core/errors.js';
import type { ReturnPipeline } from '../../core/pipeline.js';
import type { JudgedReturn, MappedReturn, Returned, ReturnPlan, ReturnPolicy } from '../../core/returned.js';
import type { HandedLine } from '../../core/shipment.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { marketplaceKey, marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { noteReturnedGoods, ofReturnItemKey, supersedeReturns } from '../../queue/ledger/returned.js';
import type { Session } from '../../queue/ledger/session.js';
import { effectsOfKeys, newDocuments } from '../../queue/ledger/singles.js';
import { insertUpdates } from '../../queue/ledger/updates.js';
import { threePlsOfChangeSets } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { decideReturn, type ReturnDecision } from '../returns/decide-return.js';
import { type ReturnKey, readHandedOver, readReturned } from '../returns/read-returned.js';
import { otherConfiguration } from './batch-configuration.js';
import { held } from './decide.js';
import { type Decided as AnyDecided, giveVerdicts, type Undecided } from './verdicts.js';

/** Returns decided in one transaction. */
const PAGE = 200;

/** What one file says came back of one order. */
interface UndecidedReturn extends Undecided, ReturnKey {
  readonly order_id: number;
}

interface Decided extends AnyDecided<UndecidedReturn>, ReturnDecision {
  readonly returned: Returned | null;
  readonly goods: readonly HandedLine[];
  readonly plan: ReturnPlan | null;
  /** JSON of what is made. */
  readonly request: string | null;
  readonly notTold: string | null;
}

/** Verdicts on what came back to 3PLs. */
export async function transformReturns(
  context: EngineContext,
  lease: Lease,
  pipeline: ReturnPipeline,
  batch: OpenBatch,
): Promise<void> {
  const rules = await rulesOf(context, batch);
  await giveVerdicts<UndecidedReturn, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: () => nextPage(context, batch),
      decide: (page) => decidePage(context, pipeline, batch, rules, page),
      before: (session, decided, now) => giveWay(session, pipeline, batch, decided, now),
      after: (session, decided, now) => followUp(session, pipeline, batch, decided, now),
    },
  );
}

async function nextPage({ database }: EngineContext, { batch_id }: OpenBatch): Promise<UndecidedReturn[]> {
  const items = await newDocuments(database, batch_id, PAGE);
  return items.map((item) => {
    const key = ofReturnItemKey(item.item_key);
    if (key === undefined) throw new InvariantError(`item ${item.item_key} is no return`);
    return { ...item, ...key, order_id: key.orderId };
  });
}

/** By 3PL. */
type Rules = ReadonlyMap<string, { readonly policy: ReturnPolicy; readonly saysShipped: boolean }>;

/** What the templates say of returns, as the batch began. */
async function rulesOf(context: EngineContext, batch: OpenBatch): Promise<Rules> {
  const stored = await otherConfiguration(context, batch);
  const threePls = stored === null ? context.config.threePls : context.kit.threePlsOf(stored);
  return new Map(
    threePls.flatMap(({ name, confirmations }) =>
      confirmations === null
        ? []
        : [[name, { policy: confirmations.returned, saysShipped: confirmations.saysShipped }] as const],
    ),
  );
}

const NO_RULES = { policy: { as: 'record' }, saysShipped: true } as const;

async function decidePage(
  context: EngineContext,
  pipeline: ReturnPipeline,
  batch: OpenBatch,
  rules: Rules,
  page: readonly UndecidedReturn[],
): Promise<Decided[]> {
  const { database } = context;
  const threePls = await threePlsOfChangeSets(
    database,
    page.map((item) => item.change_set_id),
  );
  const step = stepOf(pipeline);
  const keys = page.map(({ item_key }) => item_key);
  const effects = await effectsOfKeys(database, pipeline.name, [step], keys);
  const orderIds = page.map(({ orderId }) => orderId);
  const links = await marketplaceOrdersOfExigo(database, orderIds);
  const decided: Decided[] = [];
  for (const threePl of new Set(threePls.values())) {
    const own = page.filter((item) => threePls.get(item.change_set_id) === threePl);
    const { saysShipped, ...rule } = rules.get(threePl) ?? NO_RULES;
    // Read before there was this flow (migration 009): what was to follow from it has followed by hand.
    const policy = batch.kind === 'backfill' ? NO_RULES.policy : rule.policy;
    const found = await readReturned(context, threePl, own, saysShipped);
    /** What this page takes back of an order, for its next file. */
    const taken = new Map<number, HandedLine[]>();
    for (const item of own) {
      const read = found.find(({ orderId, fileId }) => orderId === item.orderId && fileId === item.fileId);
      if (read === undefined) {
        decided.push(unknown(item, threePl));
        continue;
      }
      const returned = { ...read, before: [...read.before, ...(taken.get(item.orderId) ?? [])] };
      const judged = context.kit.judgeReturned(returned);
      const link = links.get(item.orderId);
      const notTold = link === undefined ? null : notToldOf(marketplaceKey(link), link.marketplace);
      const known = new Set(read.noted.map(({ key }) => key));
      const how = { policy, notTold, personInsists: batch.change_set_id === null, taken: known };
      const one = decideReturn(returned, judged, pipeline, effects.get(item.item_key) ?? [], how);
      decided.push({
        item,
        ...one,
        returned,
        ...partsOf(one, judged, returned, policy),
        request: null,
        notTold,
      });
      if (one.follows.follows === 'record' || one.follows.follows === 'make') {
        taken.set(item.orderId, [...(taken.get(item.orderId) ?? []), ...goodsOf(judged)]);
      }
    }
  }
  // A change set that is not kept any more has no 3PL; its items get a verdict all the same.
  const lost = page.filter((item) => !threePls.has(item.change_set_id));
  return withRequests(context, [...decided, ...lost.map((item) => unknown(item, null))]);
}

function partsOf(
  { follows }: ReturnDecision,
  judged: JudgedReturn,
  returned: Returned,
  policy: ReturnPolicy,
): Pick<Decided, 'goods' | 'plan'> {
  const goods = goodsOf(judged);
  if (follows.follows !== 'make' || policy.as !== 'return-order' || judged.says !== 'returned') {
    return { goods, plan: null };
  }
  const { threePl, rows, before } = returned;
  return {
    goods,
    plan: { key: follows.key, rules: policy, threePl, rows, goods, before, whole: judged.whole },
  };
}

function goodsOf(judged: JudgedReturn): readonly HandedLine[] {
  return judged.says === 'returned' || judged.says === 'not-kept' ? judged.goods : [];
}

/** What is made is fixed with the verdict; an order that cannot be given back as it was charged is held. */
async function withRequests(context: EngineContext, decided: readonly Decided[]): Promise<Decided[]> {
  const made = new Map<Decided, MappedReturn>();
  for (const threePl of new Set(decided.flatMap(({ plan }) => plan?.threePl ?? []))) {
    const own = decided.filter(({ plan }) => plan?.threePl === threePl);
    const ids = [...new Set(own.map(({ item }) => item.orderId))];
    const mapped = await readHandedOver(context, threePl, ids, (order) =>
      own.flatMap((one) =>
        one.item.orderId === order.id && one.plan !== null
          ? [[one, context.kit.returnOrder(order, one.plan)] as const]
          : [],
      ),
    );
    for (const [one, order] of [...mapped.values()].flat()) made.set(one, order);
  }
  return decided.map((one) => {
    if (one.plan === null) return one;
    const mapped = made.get(one) ?? { code: 'RETURN_NOT_KEPT', reason: NOT_KEPT };
    if ('order' in mapped) return { ...one, request: JSON.stringify(mapped.order) };
    const decision = { ...held(mapped.code, mapped.reason), target: one.plan.threePl };
    return { ...one, decision, follows: { follows: 'nothing' } };
  });
}

const NOT_KEPT =
  'the order as it was handed over is not kept any more; make the return order in Exigo, then release it as ignore';

function unknown(item: UndecidedReturn, threePl: string | null): Decided {
  const reason = `order ${item.orderId} came back to ${threePl ?? 'a 3PL'}, and no hand-over of ours is known; settle it with the 3PL`;
  return {
    item,
    decision: { ...held('NOT_HANDED_OVER', reason), target: threePl },
    follows: { follows: 'nothing' },
    returned: null,
    goods: [],
    plan: null,
    request: null,
    notTold: null,
  };
}

/** GoDataFeed has no call for what came back. */
function notToldOf(key: string, marketplace: string | null): string {
  return `its marketplace is not told (GoDataFeed order ${key}${marketplace === null ? '' : `, ${marketplace}`}): GoDataFeed has no call for returns; tell it there where it has to know`;
}

async function giveWay(
  session: Session,
  pipeline: ReturnPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const orderIds = decided.map(({ item }) => item.orderId);
  const keys = decided.map(({ item }) => item.item_key);
  await supersedeReturns(session, { pipeline: pipeline.name, batchId, orderIds, keys }, now);
}

async function followUp(
  session: Session,
  pipeline: ReturnPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  for (const { item, follows, returned, goods, request, decision, notTold } of decided) {
    if (follows.follows === 'reopen') await reopenEffect(session, follows.effectId, batchId);
    if (returned === null || (follows.follows !== 'record' && follows.follows !== 'make')) continue;
    const { threePl, rows } = returned;
    const { key } = follows;
    const policy = follows.follows === 'make' ? 'return-order' : 'record';
    const noted = { key, threePl, orderId: item.orderId, fileId: item.fileId, goods, policy } as const;
    await noteReturnedGoods(session, [{ ...noted, lines: rows.map(({ line }) => line) }], now);
    const about = { at: now, pipeline: pipeline.name, batchId, orderId: item.orderId };
    if (notTold !== null) {
      await insertEvent(session, { ...about, kind: 'returned', message: `RETURN_NOT_REPORTED: ${notTold}` });
    }
    if (follows.follows === 'record') continue;
    const update = {
      batchId,
      orderKey: item.item_key,
      step: stepOf(pipeline),
      itemKey: item.item_key,
      generation: follows.generation,
      fingerprint: decision.fingerprint ?? '',
      store: threePl,
      request: request ?? '',
    };
    await insertUpdates(session, [update], now);
  }
}

function stepOf({ load }: ReturnPipeline): string {
  return load[0]?.step ?? '';
}
