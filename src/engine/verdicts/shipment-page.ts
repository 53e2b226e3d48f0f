import { type ParcelRules, parcelPolicy } from '../../core/confirmation.js';
import type { ShipmentPipeline } from '../../core/pipeline.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { effectsOfKeys } from '../../queue/ledger/singles.js';
import { type FaultyInboxRow, threePlsOfChangeSets } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import type { Resolved } from '../inbox/resolve-rows.js';
import { decideShipment, type ShipmentDecision, type ShipmentPlan } from '../shipments/decide-shipment.js';
import { isFaultKey, type ReadAgain, readAgain } from '../shipments/read-again.js';
import { readShipments } from '../shipments/read-shipments.js';
import { otherConfiguration } from './batch-configuration.js';
import { excluded, held } from './decide.js';
import { shipmentSteps } from './shipment-steps.js';
import type { Decided, Undecided } from './verdicts.js';

/** An order that a 3PL has said something new of, or a row of its file that cannot be used. */
export interface UndecidedShipment extends Undecided {
  readonly faulty: FaultyInboxRow | null;
}

export interface DecidedShipment extends Decided<UndecidedShipment> {
  readonly plan: ShipmentPlan;
  readonly withdraw: readonly number[];
  /** A faulty row as it was read again. */
  readonly mended: Resolved | null;
}

/** What becomes of each, by all that its 3PL has said and what was told of it before. */
export async function decidePage(
  context: EngineContext,
  pipeline: ShipmentPipeline,
  batch: OpenBatch,
  rules: Rules,
  page: readonly UndecidedShipment[],
): Promise<DecidedShipment[]> {
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
function readTwice(read: ReadAgain | undefined): Omit<DecidedShipment, 'item'> {
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
export type Rules = ReadonlyMap<string, { readonly parcels: ParcelRules; readonly acknowledges: boolean }>;

/** Of a 3PL whose template is gone. */
const UNKNOWN_RULES = {
  parcels: { otherwise: 'last', stores: {}, marketplaces: {} } satisfies ParcelRules,
  acknowledges: false,
};

/** What the templates say of the way back, as the batch began. */
export async function rulesOf(context: EngineContext, batch: OpenBatch): Promise<Rules> {
  const stored = await otherConfiguration(context, batch);
  const threePls = stored === null ? context.config.threePls : context.kit.threePlsOf(stored);
  return new Map(
    threePls.flatMap(({ name, confirmations, answerWithinMs }) => {
      if (confirmations === null) return [];
      return [[name, { parcels: confirmations.parcels, acknowledges: answerWithinMs !== null }] as const];
    }),
  );
}
