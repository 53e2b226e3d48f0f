import type { ShipmentPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import { lastDecidedOrder } from '../../queue/ledger/items.js';
import { newDocuments } from '../../queue/ledger/singles.js';
import { faultyRows, saidOrders } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { followUp, giveWay } from './shipment-follow-up.js';
import { type DecidedShipment, decidePage, rulesOf, type UndecidedShipment } from './shipment-page.js';
import { giveVerdicts } from './verdicts.js';

/** Orders decided in one transaction. */
const PAGE = 200;

/** Above every order id. */
const LAST_ORDER = 2_147_483_647;

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
  await giveVerdicts<UndecidedShipment, DecidedShipment>(
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
