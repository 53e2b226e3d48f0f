import type { OpenBatch } from '../../queue/ledger/batches.js';
import { newItems } from '../../queue/ledger/items.js';
import type { EngineContext } from '../context.js';
import type { Undecided } from './verdicts.js';

/** Orders decided in one transaction: about 20 ms of work, so a lease renewal is never far. */
const PAGE = 500;

export interface UndecidedOrder extends Undecided {
  readonly order_id: number;
}

/** The next orders of a batch without verdict: of its change set after `after`, or those that a person asked for. */
export async function nextOrders(
  { database, orders }: EngineContext,
  batch: OpenBatch,
  after: number,
): Promise<UndecidedOrder[]> {
  const { change_set_id } = batch;
  const found =
    change_set_id === null
      ? await newItems(database, batch.batch_id, PAGE)
      : (await orders.ids(change_set_id, after, PAGE)).map((order_id) => ({
          item_id: null,
          order_id,
          change_set_id,
          generation: 1,
        }));
  return found.map((item) => ({ ...item, item_key: String(item.order_id) }));
}
