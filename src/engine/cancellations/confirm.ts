import type { LastWord } from '../../core/cancellation.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { type AskedCancellation, answerCancellation } from '../../queue/ledger/cancellations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { type AskedItem, askedOrder, makePersonsBatch } from '../persons/persons-batch.js';
import { NOT_FINAL } from '../updates/not-final.js';

/** Held elsewhere because of the same words of the 3PL: answered by the cancellation. */
const ANSWERED_WITH_IT = ['CANCELED_BY_3PL', 'REFUSED_BY_3PL', 'CANCELED_AFTER_HAND_OVER'];

const WORDS = {
  canceled: 'has canceled it',
  'too-late': 'did not cancel it',
  refused: 'refuses to cancel it',
} as const;

/**
 * Notes the 3PL's answer, once: one that differs from an earlier one is told as what it is. In the caller's transaction;
 * `about` is the pipeline that asks.
 */
export async function noteAnswer(
  { pipelines }: Pick<EngineContext, 'pipelines'>,
  session: Session,
  about: string,
  asked: AskedCancellation,
  word: LastWord,
  now: string,
): Promise<void> {
  const { order_id: orderId, generation, target, answer, evidence } = asked;
  if (answer === word.answer && evidence === word.evidence) return;
  await answerCancellation(session, { orderId, generation, ...word }, now);
  const before =
    answer === null || answer === word.answer ? '' : `; before that: ${WORDS[answer]} (${evidence})`;
  const message = `${target} ${WORDS[word.answer]}: ${word.evidence}${before}`;
  await insertEvent(session, { at: now, kind: 'answered', pipeline: about, orderId, message });
  if (word.answer !== 'canceled') return;
  const waiting = await waitingItems(session, { orderId });
  const ids = waiting.filter(({ code }) => ANSWERED_WITH_IT.includes(code)).map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'CANCELED', now);
  const reports = pipelines.find(({ load }) => load[0]?.kind === 'godatafeed-update');
  if (reports !== undefined) await reportNow(session, reports, waiting, now);
}

/** Its marketplace may be told now. */
async function reportNow(
  session: Session,
  reports: AnyPipeline,
  waiting: readonly WaitingItem[],
  now: string,
): Promise<void> {
  const own = waiting.filter(({ pipeline, code }) => pipeline === reports.name && NOT_FINAL.includes(code));
  const items: AskedItem[] = [];
  for (const { order_id, generation, change_set_id } of own) {
    if (order_id !== null) items.push(await askedOrder(session, order_id, generation, change_set_id));
  }
  if (items.length === 0) return;
  await makePersonsBatch(session, reports, 'retry', items, now);
  const ids = own.map(({ item_id }) => item_id);
  await resolveItems(session, ids, 'RETRIED', now);
}
