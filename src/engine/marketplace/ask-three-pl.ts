import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { type AskedCancellation, cancellationsOf } from '../../queue/ledger/cancellations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { openItemsOfOrder } from '../../queue/reads/open-items.js';
import { saidRows } from '../../queue/reads/shipments.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import { askForCancellation, cancellationPipeline } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { askedOrder, makePersonsBatch } from '../persons/persons-batch.js';
import { handedTo } from './block-hand-over.js';

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
  const { asked, left } = await context.database.transaction(async (session) => {
    const wanted = { orderId, generation, threePl, changeSetId, by: 'marketplace', why } as const;
    await askForCancellation(context, session, [wanted], toUtcText(context.clock.now()));
    const all = (await cancellationsOf(session, [orderId])).get(orderId) ?? [];
    const own = all.find((row) => row.generation === generation);
    return { asked: own, left: own !== undefined && (await isLeft(context, session, own)) };
  });
  if (left) {
    const evidence = `a person left its cancellation at ${threePl} as it was, and no answer is waited for`;
    return { says: 'too-late', evidence };
  }
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
  const again: WaitingItem[] = [];
  for (const item of waiting) {
    const asked = known.get(item.order_id ?? -1)?.at(-1);
    if (asked !== undefined && (await goesOn(context, asked))) again.push(item);
  }
  if (again.length === 0) return;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const items = [];
    for (const { order_id, generation, change_set_id } of again) {
      if (order_id === null) continue;
      items.push(await askedOrder(session, order_id, generation, change_set_id));
      const message = 'its 3PL has answered, or is not asked any more: it is judged again';
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

/** Answered; or not asked any more, or of a hand-over that another one took the place of. */
async function goesOn(context: EngineContext, asked: AskedCancellation): Promise<boolean> {
  if (asked.answer !== null || asked.by_marketplace === 0) return true;
  const to = await handedTo(context, asked.order_id);
  return to?.generation !== asked.generation || isLeft(context, context.database, asked);
}

/** Nothing of the cancellation is open or waits, and its 3PL has not answered: a person left it as it was. */
async function isLeft(
  context: EngineContext,
  session: Session,
  { order_id: orderId, generation, answer }: AskedCancellation,
): Promise<boolean> {
  const pipeline = cancellationPipeline(context)?.name;
  if (pipeline === undefined || answer !== null) return false;
  const open = await openItemsOfOrder(session, pipeline, orderId);
  const waiting = await waitingItems(session, { pipeline, orderId });
  return ![...open, ...waiting].some((item) => item.generation === generation);
}
