import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';
import type { PlannedShipment, ShipmentNotice } from '../../core/shipment.js';
import { effectsOfKeys } from '../../queue/ledger/singles.js';
import { sendingOrders } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';

type StatusStep = Extract<StepDescription, { kind: 'exigo-status' }>;

/** What goes with each order that is set to Shipped: the numbers that Exigo was told last. */
export async function shipmentDetails(
  { database }: EngineContext,
  pipeline: AnyPipeline,
  step: StatusStep,
  orderIds: readonly number[],
): Promise<ReadonlyMap<number, ShipmentNotice>> {
  const details = new Map<number, ShipmentNotice>();
  if (step.to !== 'Shipped') return details;
  const effects = await effectsOfKeys(database, pipeline.name, [step.after], orderIds.map(String));
  for (const [key, told] of effects) {
    const newest = told.findLast(({ state }) => state === 'done');
    if (newest?.request == null) continue;
    details.set(Number(key), (JSON.parse(newest.request) as PlannedShipment).notice);
  }
  return details;
}

/**
 * Orders that another pipeline may be moving at this moment: Exigo has no compare-and-set, so a Printed that left before
 * could arrive after a Shipped. Asked after the own intent is committed, by both, so that never both go on.
 */
export async function movedElsewhere(
  { database, pipelines }: EngineContext,
  pipeline: AnyPipeline,
  orderIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const busy = new Set<number>();
  for (const { name, load } of pipelines) {
    if (name === pipeline.name) continue;
    for (const { kind, step } of load) {
      if (kind !== 'exigo-status') continue;
      for (const id of await sendingOrders(database, { pipeline: name, step }, orderIds)) busy.add(id);
    }
  }
  return busy;
}
