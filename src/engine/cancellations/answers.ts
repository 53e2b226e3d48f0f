import type { LastWord } from '../../core/cancellation.js';
import { fromUtcText } from '../../core/time.js';
import { handOvers } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';
import { handOverStep, readShipments } from '../shipments/read-shipments.js';
import { lastWord } from './last-word.js';

/** One hand-over of an order that a 3PL was, or is to be, asked to cancel. */
export interface AskedOrder {
  readonly orderId: number;
  readonly generation: number;
  readonly threePl: string;
  /** When the file that asks was delivered (UTC text); null: not yet. */
  readonly askedUtc: string | null;
}

/** The last word of each 3PL on these; an order of which nothing was said yet is missing. */
export async function lastWords(
  context: EngineContext,
  asked: readonly AskedOrder[],
): Promise<Map<number, LastWord>> {
  const found = new Map<number, LastWord>();
  for (const threePl of new Set(asked.map((one) => one.threePl))) {
    const own = asked.filter((one) => one.threePl === threePl);
    const ids = own.map(({ orderId }) => orderId);
    const shipments = await readShipments(context, threePl, ids);
    const delivered = await handOvers(context.database, handOverStep(context), threePl, ids);
    for (const { orderId, generation, askedUtc } of own) {
      const shipment = shipments.get(orderId);
      if (shipment === undefined) continue;
      const at = delivered.get(orderId)?.find((one) => one.generation === generation)?.delivered_utc;
      // An order that was sent again wants an answer of its own.
      const since = generation === 1 || at === undefined ? 0 : fromUtcText(at);
      const rows = shipment.rows.filter(({ receivedAt }) => receivedAt >= since);
      const about = { ...shipment, rows };
      const askedAt = askedUtc === null ? null : fromUtcText(askedUtc);
      const word = lastWord(about, context.kit.collect(about, 'last'), askedAt);
      if (word !== null) found.set(orderId, word);
    }
  }
  return found;
}
