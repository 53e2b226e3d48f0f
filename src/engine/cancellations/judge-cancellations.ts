import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { answerRefused, type UnansweredOrder, unansweredOrders } from '../../queue/ledger/answers.js';
import { answerReceived, cancellationsOf, wantedBy } from '../../queue/ledger/cancellations.js';
import { effectsOfOrders, isGivenUp } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { type AskedItem, makePersonsBatch } from '../persons/persons-batch.js';
import { handOverStep } from '../shipments/read-shipments.js';
import { lastWords } from './answers.js';
import { noteAnswer } from './confirm.js';
import { outcomeOf } from './decide-cancellation.js';

const PAGE = 500;

interface Judging {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
}

/** What 3PLs have answered to cancellations: confirmed ones are over, the others are held with the evidence. */
export async function judgeCancellations(judging: Judging, step: string): Promise<void> {
  const { context, pipeline } = judging;
  for (let after = 0; ; ) {
    const page = await unansweredOrders(context.database, { pipeline: pipeline.name, step }, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.effect_id;
    await judgePage(judging, page);
  }
}

async function judgePage({ context, lease, pipeline }: Judging, page: readonly UnansweredOrder[]) {
  const words = await lastWords(
    context,
    page.map(({ order_id, generation, target, created_utc }) => ({
      orderId: order_id,
      generation,
      threePl: target,
      askedUtc: created_utc,
    })),
  );
  if (words.size === 0) return;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    // Who wants it is read here: it may have changed while the rows were read.
    const known = await cancellationsOf(session, [...words.keys()]);
    for (const { order_id, generation, effect_id } of page) {
      const word = words.get(order_id);
      const asked = known.get(order_id)?.find((one) => one.generation === generation);
      if (word === undefined || asked === undefined) continue;
      await noteAnswer(context, session, pipeline.name, asked, word, now);
      const { code, reason, state } = outcomeOf(asked.target, wantedBy(asked).length > 0, word);
      if (state === 'held') {
        await answerRefused(session, { effectId: effect_id, code, reason }, now);
        const about = { pipeline: pipeline.name, orderId: order_id };
        await insertEvent(session, { at: now, kind: 'held', ...about, message: `${code}: ${reason}` });
        continue;
      }
      const over = word.answer === 'canceled';
      await answerReceived(
        session,
        {
          effectId: effect_id,
          receipt: word.evidence,
          state: over ? 'delivered' : 'excluded',
          code: over ? null : code,
          reason: over ? null : reason,
        },
        now,
      );
    }
  });
}

/** Held until something else is settled, or because of an answer that the 3PL may take back. */
const GOES_ON = ['HAND_OVER_OPEN', 'TOO_LATE', 'CANCELLATION_REFUSED'];

/** What is held and can go on by now is judged again, in a batch of its own. */
export async function goOnWithCancellations({ context, lease, pipeline }: Judging): Promise<void> {
  const waiting: WaitingItem[] = [];
  for (const code of GOES_ON) {
    waiting.push(...(await waitingItems(context.database, { pipeline: pipeline.name, code })));
  }
  const again = await movable(context, waiting);
  if (again.length === 0) return;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const items = again.flatMap(({ item_key, order_id, change_set_id, generation }): AskedItem[] =>
      order_id === null ? [] : [{ key: item_key, orderId: order_id, changeSetId: change_set_id, generation }],
    );
    await makePersonsBatch(session, pipeline, 'retry', items, now);
    const ids = again.map(({ item_id }) => item_id);
    await resolveItems(session, ids, 'RETRIED', now);
  });
}

async function movable(context: EngineContext, waiting: readonly WaitingItem[]): Promise<WaitingItem[]> {
  if (waiting.length === 0) return [];
  const ids = waiting.flatMap(({ order_id }) => order_id ?? []);
  const known = await cancellationsOf(context.database, ids);
  const { pipeline, step } = handOverStep(context);
  const handed = await effectsOfOrders(context.database, pipeline, step, ids);
  const asked = waiting.flatMap(({ order_id, generation }) => {
    const one = known.get(order_id ?? -1)?.find((row) => row.generation === generation);
    if (one === undefined) return [];
    return [{ orderId: one.order_id, generation, threePl: one.target, askedUtc: null }];
  });
  const words = await lastWords(context, asked);
  return waiting.filter(({ order_id, generation, code }) => {
    const one = known.get(order_id ?? -1)?.find((row) => row.generation === generation);
    if (one !== undefined && wantedBy(one).length === 0) return true;
    if (words.get(order_id ?? -1)?.answer === 'canceled') return true;
    if (code !== 'HAND_OVER_OPEN') return false;
    const effects = handed.get(order_id ?? -1) ?? [];
    const own = effects.find((effect) => effect.generation === generation);
    const settled = own === undefined || own.state === 'done' || own.state === 'failed' || isGivenUp(own);
    return settled || effects.some((effect) => effect.generation > generation);
  });
}
