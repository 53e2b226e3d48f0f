import type { AnyPipeline } from '../../core/pipeline.js';
import type { SaidRow } from '../../core/shipment.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import {
  answerRefused,
  effectsAnswered,
  type UnansweredOrder,
  unansweredOrders,
} from '../../queue/ledger/answers.js';
import { cancellationsOf, excludeCanceled } from '../../queue/ledger/cancellations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import { saidRows } from '../../queue/reads/shipments.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import { cancellationPipeline } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { makePersonsBatch } from '../persons/persons-batch.js';

const PAGE = 500;
const REFUSED = 'REFUSED_BY_3PL';

interface Answering {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: string;
}

/**
 * What 3PLs have answered to hand-overs, by the rows of their files: accepted orders may be set to Printed, refused ones are
 * held with the 3PL's words, the others wait. An order that is accepted after all is judged again by the next run.
 */
export async function judgeAnswers(answering: Answering): Promise<void> {
  const { context, lease, pipeline, step } = answering;
  if (cancellationPipeline(context) !== null) {
    const now = toUtcText(context.clock.now());
    await lease.transaction((session) => excludeCanceled(session, { pipeline: pipeline.name, step }, now));
  }
  if (context.config.threePls.some(({ answerWithinMs }) => answerWithinMs !== null)) {
    await takeBackRefusals(answering);
  }
  for (let after = 0; ; ) {
    const page = await unansweredOrders(context.database, { pipeline: pipeline.name, step }, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.effect_id;
    await judgePage(answering, page);
  }
}

async function judgePage({ context, lease, pipeline }: Answering, page: readonly UnansweredOrder[]) {
  const accepted: UnansweredOrder[] = [];
  const refused: { readonly order: UnansweredOrder; readonly row: SaidRow }[] = [];
  const known = await cancellationsOf(
    context.database,
    page.map(({ order_id }) => order_id),
  );
  for (const threePl of new Set(page.map(({ target }) => target))) {
    const own = page.filter(({ target }) => target === threePl);
    const waits = context.config.threePls.find(({ name }) => name === threePl)?.answerWithinMs != null;
    const said = waits ? await saidOf(context, threePl, own) : new Map<number, SaidRow[]>();
    for (const order of own) {
      // A file that was sent again wants an answer of its own.
      const since = order.generation === 1 ? 0 : fromUtcText(order.created_utc);
      const rows = (said.get(order.order_id) ?? []).filter(({ receivedAt }) => receivedAt >= since);
      const answer = waits ? answerOf(rows) : 'accepted';
      // What was asked to be canceled is the answer to that, and is judged there.
      const asked = known.get(order.order_id)?.find(({ generation }) => generation === order.generation);
      const isCanceled = answer !== null && answer !== 'accepted' && answer.answer === 'canceled';
      if (isCanceled && asked !== undefined) continue;
      if (answer === 'accepted') accepted.push(order);
      else if (answer !== null) refused.push({ order, row: answer });
    }
  }
  if (accepted.length + refused.length === 0) return;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await effectsAnswered(
      session,
      accepted.map(({ effect_id }) => effect_id),
    );
    for (const { order, row } of refused) {
      const reason = `${row.file} line ${row.line}: ${row.reason ?? `${row.answer}, without a reason`}; mend the order and send it again with "release --as resend", or cancel it`;
      await answerRefused(session, { effectId: order.effect_id, code: REFUSED, reason }, now);
      const about = { pipeline: pipeline.name, orderId: order.order_id };
      await insertEvent(session, { at: now, kind: 'held', ...about, message: `${REFUSED}: ${reason}` });
    }
  });
}

/** A refusal that the 3PL has taken back: its order goes on in a new batch. */
async function takeBackRefusals({ context, lease, pipeline }: Answering): Promise<void> {
  const waiting = await waitingItems(context.database, { pipeline: pipeline.name, code: REFUSED });
  for (const threePl of new Set(waiting.map(({ target }) => target))) {
    const own = waiting.flatMap((item) =>
      item.order_id === null || item.target !== threePl ? [] : [{ ...item, order_id: item.order_id }],
    );
    const said = await saidOf(context, threePl ?? '', own);
    const again = own.filter(({ order_id }) => answerOf(said.get(order_id) ?? []) === 'accepted');
    if (again.length === 0) continue;
    await lease.transaction(async (session) => {
      const now = toUtcText(context.clock.now());
      const items = again.map(({ order_id, item_key, change_set_id, generation }) => ({
        key: item_key,
        orderId: order_id,
        changeSetId: change_set_id,
        generation,
      }));
      await makePersonsBatch(session, pipeline, 'retry', items, now);
      const ids = again.map(({ item_id }) => item_id);
      await resolveItems(session, ids, 'RETRIED', now);
      for (const { order_id } of again) {
        const message = `${threePl} has accepted it after all: it is judged again with the next run`;
        await insertEvent(session, {
          at: now,
          kind: 'retried',
          pipeline: pipeline.name,
          orderId: order_id,
          message,
        });
      }
    });
  }
}

function saidOf(
  { database }: EngineContext,
  threePl: string,
  orders: readonly { readonly order_id: number }[],
): Promise<Map<number, SaidRow[]>> {
  return saidRows(
    database,
    threePl,
    orders.map(({ order_id }) => order_id),
  );
}

/** The last word on the hand-over: what ships or falls short was accepted. The row that refuses it; null: no answer. */
export function answerOf(rows: readonly SaidRow[]): 'accepted' | SaidRow | null {
  if (rows.some(({ answer }) => answer === 'shipped' || answer === 'short')) return 'accepted';
  const last = rows.findLast(
    ({ answer, itemCode }) =>
      answer === 'accepted' || answer === 'rejected' || (answer === 'canceled' && itemCode === null),
  );
  if (last === undefined) return null;
  return last.answer === 'accepted' ? 'accepted' : last;
}
