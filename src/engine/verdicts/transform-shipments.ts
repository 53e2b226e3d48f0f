import { type ParcelRules, parcelPolicy } from '../../core/confirmation.js';
import { InvariantError } from '../../core/errors.js';
import type { ShipmentPipeline } from '../../core/pipeline.js';
import type { PlannedShipment } from '../../core/shipment.js';
import { counted } from '../../core/text.js';
import { describeDuration } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { mendInboxRow } from '../../queue/ledger/inbox.js';
import { lastDecidedOrder, supersede } from '../../queue/ledger/items.js';
import { marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { returnItemKey } from '../../queue/ledger/returned.js';
import type { Session } from '../../queue/ledger/session.js';
import { effectsOfKeys, newDocuments, supersedeKeys } from '../../queue/ledger/singles.js';
import { insertUpdates, withdrawUpdates } from '../../queue/ledger/updates.js';
import {
  type FaultyInboxRow,
  faultyRows,
  saidOrders,
  threePlsOfChangeSets,
} from '../../queue/reads/shipments.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import type { Resolved } from '../inbox/resolve-rows.js';
import { type AskedItem, makePersonsBatch } from '../persons/persons-batch.js';
import { decideShipment, type ShipmentDecision, type ShipmentPlan } from '../shipments/decide-shipment.js';
import { isFaultKey, type ReadAgain, readAgain } from '../shipments/read-again.js';
import { readShipments } from '../shipments/read-shipments.js';
import { otherConfiguration } from './batch-configuration.js';
import { excluded, held } from './decide.js';
import { type Decided as AnyDecided, giveVerdicts, type Undecided } from './verdicts.js';

/** Orders decided in one transaction. */
const PAGE = 200;

/** Above every order id. */
const LAST_ORDER = 2_147_483_647;

/** As ledger/insert_returned_items has them. */
const RETURN_WAITS_FOR_SHIPMENT = ['RETURN_NOT_SHIPPED', 'MORE_THAN_SHIPPED'];

/** An order that a 3PL has said something new of, or a row of its file that cannot be used. */
interface UndecidedShipment extends Undecided {
  readonly faulty: FaultyInboxRow | null;
}

interface Decided extends AnyDecided<UndecidedShipment> {
  readonly plan: ShipmentPlan;
  readonly withdraw: readonly number[];
  /** A faulty row as it was read again. */
  readonly mended: Resolved | null;
}

export interface ShipmentSteps {
  readonly tracking: string;
  readonly shipped: string | null;
}

export function shipmentSteps({ name, load }: ShipmentPipeline): ShipmentSteps {
  const [tracking, shipped] = load;
  if (tracking === undefined) throw new InvariantError(`pipeline ${name} has no step`);
  return { tracking: tracking.step, shipped: shipped?.step ?? null };
}

/** Verdicts on what 3PLs have said of orders. */
export async function transformShipments(
  context: EngineContext,
  lease: Lease,
  pipeline: ShipmentPipeline,
  batch: OpenBatch,
): Promise<void> {
  const { database } = context;
  const start = await lastDecidedOrder(database, batch.batch_id);
  const rules = await rulesOf(context, batch);
  await giveVerdicts<UndecidedShipment, Decided>(
    { context, lease, pipeline: pipeline.name, batch },
    {
      next: (last) => nextPage(context, batch, last === undefined ? start : (last.order_id ?? LAST_ORDER)),
      decide: (page) => decidePage(context, pipeline, batch, rules, page),
      before: (session, decided, now) => giveWay(session, pipeline, batch, decided, now),
      after: (session, decided, now) => followUp(context, session, pipeline, batch, decided, now),
    },
  );
}

/** Orders first, then what cannot be used. */
async function nextPage(
  { database }: EngineContext,
  batch: OpenBatch,
  after: number,
): Promise<UndecidedShipment[]> {
  const { batch_id: batchId, change_set_id: changeSetId } = batch;
  if (changeSetId === null) {
    const asked = await newDocuments(database, batchId, PAGE);
    return asked.map((item) => ({
      ...item,
      order_id: /^\d+$/.test(item.item_key) ? Number(item.item_key) : null,
      faulty: null,
    }));
  }
  const frozen = { item_id: null, change_set_id: changeSetId, generation: 1 };
  const orders = await saidOrders(database, changeSetId, after, PAGE);
  if (orders.length > 0) {
    return orders.map((id) => ({ ...frozen, item_key: String(id), order_id: id, faulty: null }));
  }
  const rows = await faultyRows(database, { changeSetId, batchId }, PAGE);
  return rows.map((faulty) => ({
    ...frozen,
    item_key: `inbox/${faulty.file_id}/${faulty.line}`,
    order_id: null,
    faulty,
  }));
}

async function decidePage(
  context: EngineContext,
  pipeline: ShipmentPipeline,
  batch: OpenBatch,
  rules: Rules,
  page: readonly UndecidedShipment[],
): Promise<Decided[]> {
  const { database, kit } = context;
  const threePls = await threePlsOfChangeSets(
    database,
    page.map((item) => item.change_set_id),
  );
  const steps = shipmentSteps(pipeline);
  const names = [steps.tracking, ...(steps.shipped === null ? [] : [steps.shipped])];
  const decided = new Map<UndecidedShipment, ShipmentDecision>();
  const origins = await marketplaceOrdersOfExigo(
    database,
    page.flatMap(({ order_id }) => order_id ?? []),
  );
  for (const threePl of new Set(threePls.values())) {
    const own = page.filter((item) => threePls.get(item.change_set_id) === threePl);
    const shipments = await readShipments(
      context,
      threePl,
      own.flatMap(({ order_id }) => order_id ?? []),
    );
    const effects = await effectsOfKeys(
      database,
      pipeline.name,
      names,
      own.map(({ item_key }) => item_key),
    );
    for (const item of own) {
      const shipment = shipments.get(item.order_id ?? -1);
      if (shipment === undefined) continue;
      const done = effects.get(item.item_key) ?? [];
      const standing = {
        tracking: done.filter(({ step }) => step === steps.tracking),
        shipped: done.filter(({ step }) => step === steps.shipped),
      };
      const { parcels, acknowledges } = rules.get(threePl) ?? UNKNOWN_RULES;
      const collected = kit.collect(shipment, parcelPolicy(parcels, origins.get(shipment.orderId)));
      const { asked } = shipment;
      const how = { acknowledges, personInsists: batch.change_set_id === null, asked };
      decided.set(item, decideShipment(shipment, collected, pipeline, standing, how));
    }
  }
  const asked = page.filter(({ item_id, item_key }) => item_id !== null && isFaultKey(item_key));
  const again = await readAgain(
    context,
    asked.map(({ item_key }) => item_key),
  );
  return page.map((item) => {
    if (item.item_id !== null && again.has(item.item_key))
      return { item, ...readTwice(again.get(item.item_key)) };
    return { item, mended: null, ...(decided.get(item) ?? unusable(item)) };
  });
}

/** A row that a person had read again. */
function readTwice(read: ReadAgain | undefined): Omit<Decided, 'item'> {
  const nothing = { plan: { plan: 'nothing' }, withdraw: [], mended: null } as const;
  if (read === undefined) return { ...nothing, decision: excluded('READ_AGAIN', 'it has been read before') };
  const { fault, row } = read;
  const { code, fault: why } = row ?? fault;
  const target = fault.three_pl;
  if (row !== null && row.code === null) {
    const reason = `${fault.name} line ${fault.line} speaks of order ${row.order_id}, which is judged again`;
    return { ...nothing, decision: { ...excluded('READ_AGAIN', reason), target }, mended: row };
  }
  const reason = `${fault.name} line ${fault.line}: ${why}`;
  return { ...nothing, decision: { ...held(code ?? fault.code, reason), target }, mended: row };
}

function unusable({ faulty, item_key }: UndecidedShipment): ShipmentDecision {
  const decision =
    faulty === null
      ? held('NOT_HANDED_OVER', `${item_key}: no hand-over of ours is known; settle it with the 3PL`)
      : {
          ...held(faulty.code, `${faulty.name} line ${faulty.line}: ${faulty.fault}`),
          target: faulty.three_pl,
        };
  return { decision, plan: { plan: 'nothing' }, withdraw: [] };
}

/** By 3PL. */
type Rules = ReadonlyMap<string, { readonly parcels: ParcelRules; readonly acknowledges: boolean }>;

/** Of a 3PL whose template is gone. */
const UNKNOWN_RULES = {
  parcels: { otherwise: 'last', stores: {}, marketplaces: {} } satisfies ParcelRules,
  acknowledges: false,
};

/** What the templates say of the way back, as the batch began. */
async function rulesOf(context: EngineContext, batch: OpenBatch): Promise<Rules> {
  const stored = await otherConfiguration(context, batch);
  const threePls = stored === null ? context.config.threePls : context.kit.threePlsOf(stored);
  return new Map(
    threePls.flatMap(({ name, confirmations, answerWithinMs }) => {
      if (confirmations === null) return [];
      return [[name, { parcels: confirmations.parcels, acknowledges: answerWithinMs !== null }] as const];
    }),
  );
}

async function giveWay(
  session: Session,
  pipeline: ShipmentPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const orderIds = decided.flatMap(({ item }) => item.order_id ?? []);
  await supersede(session, { pipeline: pipeline.name, batchId, orderIds }, now);
  const keys = decided.flatMap(({ item }) => (item.order_id === null ? [item.item_key] : []));
  if (keys.length > 0) await supersedeKeys(session, { pipeline: pipeline.name, batchId, keys }, now);
  await withdrawUpdates(
    session,
    decided.flatMap(({ withdraw }) => withdraw),
    batchId,
    now,
  );
}

async function followUp(
  { pipelines }: Pick<EngineContext, 'pipelines'>,
  session: Session,
  pipeline: ShipmentPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  const steps = shipmentSteps(pipeline);
  const returns = pipelines.find(({ source }) => source.aggregate === 'return');
  const asked = new Map<number, AskedItem>();
  const cameBack = new Map<string, AskedItem>();
  for (const { item, mended } of decided) {
    if (mended === null) continue;
    await mendInboxRow(session, mended);
    const { order_id: orderId, code } = mended;
    if (code !== null || orderId === null) continue;
    if (mended.answer === 'returned' && returns !== undefined) {
      const key = returnItemKey(orderId, mended.file_id);
      cameBack.set(key, { key, orderId, changeSetId: item.change_set_id, generation: 1 });
      continue;
    }
    asked.set(orderId, { key: String(orderId), orderId, changeSetId: item.change_set_id, generation: 1 });
    if (mended.answer !== 'shipped' || returns === undefined) continue;
    for (const one of await returnsToShip(session, returns.name, orderId, mended.three_pl)) {
      cameBack.set(one.key, one);
    }
  }
  if (asked.size > 0) await makePersonsBatch(session, pipeline, 'retry', [...asked.values()], now);
  if (cameBack.size > 0 && returns !== undefined) {
    await makePersonsBatch(session, returns, 'retry', [...cameBack.values()], now);
  }
  for (const { item, plan, decision } of decided) {
    if (plan.plan === 'reopen') await reopenEffect(session, plan.effectId, batchId);
    if (plan.plan !== 'tell' && plan.plan !== 'ship') continue;
    const step = plan.plan === 'tell' ? steps.tracking : steps.shipped;
    if (step === null) continue;
    await insertUpdates(
      session,
      [
        {
          batchId,
          orderKey: item.item_key,
          step,
          itemKey: item.item_key,
          generation: plan.generation,
          fingerprint: decision.fingerprint ?? '',
          store: decision.target ?? '',
          request: plan.plan === 'tell' ? JSON.stringify(plan.planned) : '',
        },
      ],
      now,
    );
    if (plan.plan === 'ship') continue;
    for (const message of remarks(plan.planned)) {
      const about = item.order_id === null ? {} : { orderId: item.order_id };
      await insertEvent(session, {
        at: now,
        kind: 'shipment',
        pipeline: pipeline.name,
        batchId,
        ...about,
        message,
      });
    }
  }
}

/** What came back of an order before a file said that it was shipped: it goes on now, as it does with another file. */
async function returnsToShip(
  session: Session,
  pipeline: string,
  orderId: number,
  target: string,
): Promise<AskedItem[]> {
  const waiting = await waitingItems(session, { pipeline, orderId, target });
  return waiting
    .filter(({ code }) => RETURN_WAITS_FOR_SHIPMENT.includes(code))
    .map(({ item_key: key, change_set_id: changeSetId, generation }) => ({
      key,
      orderId,
      changeSetId,
      generation,
    }));
}

/** What a person may want to know of a shipment that goes through. */
function remarks({ notice: { threePl }, lateByMs, short, leftOut }: PlannedShipment): string[] {
  const lines = short.map(({ itemCode, quantity }) => `${quantity} of ${itemCode}`).join(', ');
  return [
    ...(lateByMs === null
      ? []
      : [`late: ${threePl} said it ${describeDuration(lateByMs)} after the hand-over; it goes through`]),
    ...(short.length === 0 ? [] : [`${threePl} will not ship ${lines}; the order goes on without`]),
    ...(leftOut.length === 0
      ? []
      : [`Exigo has no room for ${counted(leftOut.length, 'more tracking number')}: ${leftOut.join(', ')}`]),
  ];
}
