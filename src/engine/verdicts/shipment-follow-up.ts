import type { ShipmentPipeline } from '../../core/pipeline.js';
import type { PlannedShipment } from '../../core/shipment.js';
import { counted } from '../../core/text.js';
import { describeDuration } from '../../core/time.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { reopenEffect } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { mendInboxRow } from '../../queue/ledger/inbox.js';
import { supersede } from '../../queue/ledger/items.js';
import { returnItemKey } from '../../queue/ledger/returned.js';
import type { Session } from '../../queue/ledger/session.js';
import { supersedeKeys } from '../../queue/ledger/singles.js';
import { insertUpdates, withdrawUpdates } from '../../queue/ledger/updates.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { type AskedItem, makePersonsBatch } from '../persons/persons-batch.js';
import type { DecidedShipment } from './shipment-page.js';
import { shipmentSteps } from './shipment-steps.js';

/** As ledger/insert_returned_items has them. */
const RETURN_WAITS_FOR_SHIPMENT = ['RETURN_NOT_SHIPPED', 'MORE_THAN_SHIPPED'];

/** What was decided of these orders before, and is not done yet, gives way. */
export async function giveWay(
  session: Session,
  pipeline: ShipmentPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly DecidedShipment[],
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

/** What is to be told, and what goes on because a row could be read now. */
export async function followUp(
  { pipelines }: Pick<EngineContext, 'pipelines'>,
  session: Session,
  pipeline: ShipmentPipeline,
  { batch_id: batchId }: OpenBatch,
  decided: readonly DecidedShipment[],
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
