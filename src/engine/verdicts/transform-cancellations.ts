import type { Cancellation, LastWord } from '../../core/cancellation.js';
import type { CancellationPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import {
  type AskedCancellation,
  cancellationsOf,
  dropCancellation,
  wantedBy,
} from '../../queue/ledger/cancellations.js';
import { effectsOfOrders, isGivenUp, isUsedUp, type PriorEffect } from '../../queue/ledger/effects.js';
import { type Decision, supersede } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { lastWords } from '../cancellations/answers.js';
import { couldBeAsked } from '../cancellations/ask.js';
import { noteAnswer } from '../cancellations/confirm.js';
import { type CancellationVerdict, decideCancellation } from '../cancellations/decide-cancellation.js';
import type { EngineContext } from '../context.js';
import { firstStep } from '../persons/persons-batch.js';
import { handOverStep } from '../shipments/read-shipments.js';
import { excluded, guarded, held, noticeReady } from './decide.js';
import { nextOrders, type UndecidedOrder } from './next-orders.js';
import { type Decided as AnyDecided, giveVerdicts } from './verdicts.js';

interface Decided extends AnyDecided<UndecidedOrder> {
  readonly asked: AskedCancellation | undefined;
  readonly word: LastWord | null;
}

/** Verdicts of orders that are to be canceled where they were handed over. */
export async function transformCancellations(
  context: EngineContext,
  lease: Lease,
  pipeline: CancellationPipeline,
  batch: OpenBatch,
): Promise<void> {
  const { name } = pipeline;
  await giveVerdicts<UndecidedOrder, Decided>(
    { context, lease, pipeline: name, batch },
    {
      next: () => nextOrders(context, batch, -1),
      decide: (page) => decidePage(context, pipeline, page),
      before: (session, decided, now) => {
        const orderIds = decided.map(({ item }) => item.order_id);
        return supersede(session, { pipeline: name, batchId: batch.batch_id, orderIds }, now);
      },
      after: (session, decided, now) => followUp(context, session, name, decided, now),
    },
  );
}

async function decidePage(
  context: EngineContext,
  pipeline: CancellationPipeline,
  page: readonly UndecidedOrder[],
): Promise<Decided[]> {
  const { database } = context;
  const ids = page.map(({ order_id }) => order_id);
  const step = handOverStep(context);
  const known = await cancellationsOf(database, ids);
  const handed = await effectsOfOrders(database, step.pipeline, step.step, ids);
  const notices = await effectsOfOrders(database, pipeline.name, firstStep(pipeline), ids);
  const of = (item: UndecidedOrder) =>
    known.get(item.order_id)?.find(({ generation }) => generation === item.generation);
  const noticeOf = (item: UndecidedOrder) =>
    notices.get(item.order_id)?.find(({ generation }) => generation === item.generation);
  const words = await lastWords(
    context,
    page.flatMap((item) => {
      const asked = of(item);
      if (asked === undefined) return [];
      const { order_id: orderId, generation } = item;
      const notice = noticeOf(item);
      const askedUtc = notice?.state === 'done' ? notice.done_utc : null;
      return [{ orderId, generation, threePl: asked.target, askedUtc }];
    }),
  );
  const decided: Decided[] = [];
  for (const item of page) {
    const asked = of(item);
    if (asked === undefined) {
      decided.push({ item, asked, word: null, decision: excluded('OPEN_AGAIN', 'nobody wants it canceled') });
      continue;
    }
    const { target: threePl } = asked;
    const verdict = decideCancellation({
      threePl,
      wanted: wantedBy(asked).length > 0,
      ...handOverOf(handed.get(item.order_id) ?? [], item.generation, threePl),
      asked: noticeOf(item) !== undefined,
      word: words.get(item.order_id) ?? null,
      takes: couldBeAsked(context, threePl),
    });
    decided.push({
      item,
      asked,
      word: verdict.verdict === 'ask' ? null : verdict.word,
      decision: await decisionOf(context, pipeline, item, asked, verdict),
    });
  }
  return decided;
}

/** How far that hand-over of an order has come. */
function handOverOf(effects: readonly PriorEffect[], generation: number, threePl: string) {
  const effect = effects.find((one) => one.generation === generation);
  const newer = effects.some((one) => one.generation > generation);
  const none = { handOver: 'none', handOverWords: '' } as const;
  if (effect === undefined || isUsedUp(effect)) return none;
  if (effect.state === 'done' || effect.state === 'failed') {
    return { handOver: 'stands', handOverWords: '' } as const;
  }
  if (newer) return none;
  if (isGivenUp(effect)) {
    const handOverWords = `a person has settled the file with it for ${threePl}, which was held; it is not asked`;
    return { handOver: 'none', handOverWords } as const;
  }
  const how = effect.state === 'held' ? 'is held, look at it' : 'is on its way';
  return { handOver: 'open', handOverWords: `the file with it for ${threePl} ${how}` } as const;
}

async function decisionOf(
  context: EngineContext,
  pipeline: CancellationPipeline,
  item: UndecidedOrder,
  asked: AskedCancellation,
  verdict: CancellationVerdict,
): Promise<Decision> {
  const { target: threePl } = asked;
  if (verdict.verdict === 'settle') {
    const { state, code, reason } = verdict;
    return { ...(state === 'held' ? held(code, reason) : excluded(code, reason)), target: threePl };
  }
  const order: Cancellation = {
    orderId: item.order_id,
    threePl,
    generation: item.generation,
    wantedBy: wantedBy(asked),
  };
  const own = guarded(() => pipeline.transform(order, {}));
  if ('state' in own) return own;
  if (own.verdict === 'exclude') return excluded(own.code, own.reason);
  if (own.verdict === 'reject') return held(own.code, own.reason);
  return context.orders.read([{ changeSetId: item.change_set_id, orderId: item.order_id }], ([version]) =>
    version === undefined
      ? held('NOT_KEPT', `its frozen rows are not kept any more; tell ${threePl} yourself`)
      : noticeReady(version, own.target, context.config.threePls, 'cancellations', context.kit),
  );
}

async function followUp(
  context: EngineContext,
  session: Session,
  pipeline: string,
  decided: readonly Decided[],
  now: string,
): Promise<void> {
  for (const { asked, word, decision } of decided) {
    if (asked === undefined) continue;
    if (word !== null) await noteAnswer(context, session, pipeline, asked, word, now);
    if (decision.code === 'NOT_HANDED_OVER') {
      await dropCancellation(session, {
        orderId: asked.order_id,
        generation: asked.generation,
        by: 'all',
      });
    }
  }
}
