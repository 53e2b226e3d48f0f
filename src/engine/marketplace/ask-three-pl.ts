import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { type AskedCancellation, cancellationsOf } from '../../queue/ledger/cancellations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import { saidRows } from '../../queue/reads/shipments.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import { askForCancellation } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { askedOrder, makePersonsBatch } from '../persons/persons-batch.js';

/** Held while the 3PL is asked to cancel. */
export const ASKED = 'CANCELLATION_ASKED';

/** The hand-over that an order which ended at its marketplace went with. */
export interface HandedTo {
  readonly threePl: string;
  readonly generation: number;
  readonly changeSetId: number;
}

/** What the 3PL that has an order says of canceling it; it is asked when nobody has yet. */
export type ThreePlSays =
  | { readonly says: 'canceled'; readonly evidence: string }
  | { readonly says: 'asked' }
  | { readonly says: 'too-late'; readonly evidence: string };

export async function askThreePl(
  context: EngineContext,
  orderId: number,
  { threePl, generation, changeSetId }: HandedTo,
  why: string,
): Promise<ThreePlSays> {
  const asked = await context.database.transaction(async (session) => {
    const wanted = { orderId, generation, threePl, changeSetId, by: 'marketplace', why } as const;
    await askForCancellation(context, session, [wanted], toUtcText(context.clock.now()));
    const all = (await cancellationsOf(session, [orderId])).get(orderId) ?? [];
    return all.find((row) => row.generation === generation);
  });
  if (asked === undefined || asked.answer === null || asked.evidence === null) return { says: 'asked' };
  const { answer, evidence } = asked;
  if (answer !== 'canceled') return { says: 'too-late', evidence: `${threePl}: ${evidence}` };
  // What has left since is never canceled in Exigo, whatever the 3PL had said.
  const since = generation === 1 ? '' : asked.asked_utc;
  const rows = (await saidRows(context.database, threePl, [orderId])).get(orderId) ?? [];
  const shipped = rows.find(
    (row) => row.answer === 'shipped' && !row.repeats && toUtcText(row.receivedAt) >= since,
  );
  if (shipped === undefined) return { says: 'canceled', evidence: `${threePl}: ${evidence}` };
  const words = `${shipped.file} line ${shipped.line}: shipped, after it was said to be canceled (${evidence})`;
  return { says: 'too-late', evidence: `${threePl}: ${words}` };
}

/** What its 3PL has answered by now is judged again. */
export async function goOnWithEnded(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
): Promise<void> {
  const waiting = await waitingItems(context.database, { pipeline: pipeline.name, code: ASKED });
  const ids = waiting.flatMap(({ order_id }) => order_id ?? []);
  const known = await cancellationsOf(context.database, ids);
  const again = waiting.filter(({ order_id }) => isAnswered(known.get(order_id ?? -1)?.at(-1)));
  if (again.length === 0) return;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const items = [];
    for (const { order_id, generation, change_set_id } of again) {
      if (order_id === null) continue;
      items.push(await askedOrder(session, order_id, generation, change_set_id));
      const message = 'its 3PL has answered: it is judged again';
      await insertEvent(session, {
        at: now,
        kind: 'retried',
        pipeline: pipeline.name,
        orderId: order_id,
        message,
      });
    }
    await makePersonsBatch(session, pipeline, 'retry', items, now);
    const answered = again.map(({ item_id }) => item_id);
    await resolveItems(session, answered, 'RETRIED', now);
  });
}

function isAnswered(asked: AskedCancellation | undefined): boolean {
  return asked !== undefined && asked.answer !== null;
}
