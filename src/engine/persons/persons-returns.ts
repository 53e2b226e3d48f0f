import type { AnyPipeline } from '../../core/pipeline.js';
import { counted } from '../../core/text.js';
import { toUtcText } from '../../core/time.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { nothingToDecide } from './persons-refusal.js';

/** A person leaves what came back of an order as it is: nothing is made of it here, whatever files come later. */
export async function ignoreReturns(
  { database, clock }: Pick<EngineContext, 'database' | 'clock'>,
  pipeline: AnyPipeline,
  orderId: number,
  reason: string | null,
): Promise<string> {
  return database.transaction(async (session) => {
    const waiting = await waitingItems(session, { pipeline: pipeline.name, orderId });
    if (waiting.length === 0) throw await nothingToDecide(session, pipeline, orderId);
    const now = toUtcText(clock.now());
    const ids = waiting.map(({ item_id }) => item_id);
    await resolveItems(session, ids, 'IGNORED', now);
    const why = reason === null ? '' : ` (${reason})`;
    const message = `a person released it as ignore${why}: ${waiting.map((item) => item.reason).join('; ')}`;
    await insertEvent(session, { at: now, kind: 'released', pipeline: pipeline.name, orderId, message });
    return `order ${orderId}: ${counted(waiting.length, 'return')} left as ${waiting.length === 1 ? 'it is' : 'they are'}`;
  });
}
