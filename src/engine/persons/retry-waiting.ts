import { UsageError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { effectsOfOrders } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { NOT_FINAL } from '../updates/not-final.js';
import { askedWaiting, type EntryFilter } from './entries.js';
import { type AskedItem, askedOrder, firstStep, makePersonsBatch } from './persons-batch.js';
import { nothingToDecide } from './persons-refusal.js';
import { remedyFor } from './remedy.js';

export interface Retried {
  readonly retried: number;
  /** Items that another try cannot help: their file is held, and a person has to look at it. */
  readonly left: number;
}

/**
 * Gives held and failed items another try, on their newest frozen version, in a new batch per pipeline. Throws
 * UsageError when the one order that was named does not wait, or cannot be helped by another try.
 */
export async function retryWaiting(context: EngineContext, filter: EntryFilter): Promise<Retried> {
  return context.database.transaction(async (session) => {
    const waiting = await waitingItems(session, askedWaiting(context, filter));
    let retried = 0;
    for (const pipeline of context.pipelines) {
      const own = waiting.filter((item) => item.pipeline === pipeline.name);
      const items = own.length === 0 ? [] : await retriable(session, pipeline, own, filter);
      if (items.length > 0) await retryItems(context, session, pipeline, items);
      retried += items.length;
    }
    if (filter.orderId !== undefined && retried === 0) {
      throw await refusal(session, context, filter.orderId, waiting[0]);
    }
    if (filter.itemKey !== undefined && retried === 0) {
      throw new UsageError(`${filter.itemKey} does not wait; see "orderferry explain ${filter.itemKey}"`);
    }
    return { retried, left: waiting.length - retried };
  });
}

/**
 * Those whose file is not held: nothing but a person's look at that file tells what became of it. A report of Canceled that
 * waits for the 3PL's answer goes without it, so a person names it.
 */
async function retriable(
  session: Session,
  pipeline: AnyPipeline,
  all: readonly WaitingItem[],
  filter: EntryFilter,
): Promise<WaitingItem[]> {
  const isNamed = filter.orderId !== undefined && filter.pipeline !== undefined;
  const insists = isNamed || pipeline.load[0]?.kind !== 'godatafeed-update';
  const waiting = insists ? all : all.filter(({ code }) => !NOT_FINAL.includes(code));
  if (pipeline.source.kind !== 'exigo-queue' && pipeline.source.kind !== 'exigo-api') return [...waiting];
  const ids = waiting.flatMap((item) => item.order_id ?? []);
  const handOvers = await effectsOfOrders(session, pipeline.name, firstStep(pipeline), ids);
  return waiting.filter(
    ({ order_id }) => order_id !== null && handOvers.get(order_id)?.at(-1)?.state !== 'held',
  );
}

async function retryItems(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  waiting: readonly WaitingItem[],
): Promise<void> {
  const now = toUtcText(context.clock.now());
  await tryAgain(
    session,
    pipeline,
    waiting,
    now,
    ({ code }, batchId) => `a person asked for another try of ${code}: with the next run (batch ${batchId})`,
  );
}

/** Another try of what waits, on the newest frozen version; `words` go into each timeline. Returns the batch. */
export async function tryAgain(
  session: Session,
  pipeline: AnyPipeline,
  waiting: readonly WaitingItem[],
  now: string,
  words: (item: WaitingItem, batchId: number) => string,
): Promise<number> {
  const items = new Map<string, AskedItem>();
  // One that waits twice gets one more try, as its newest item asks for it: a batch has each key once.
  for (const { order_id, item_key, generation, change_set_id } of oldestFirst(waiting)) {
    items.set(
      item_key,
      // What a 3PL has said goes by its file, not by a version of the order.
      order_id === null || pipeline.source.kind === '3pl-inbox'
        ? { key: item_key, orderId: order_id, changeSetId: change_set_id, generation }
        : await askedOrder(session, order_id, generation, change_set_id),
    );
  }
  const batchId = await makePersonsBatch(session, pipeline, 'retry', [...items.values()], now);
  const ids = waiting.map((item) => item.item_id);
  await resolveItems(session, ids, 'RETRIED', now);
  for (const item of waiting) {
    await insertEvent(session, {
      at: now,
      kind: 'retried',
      pipeline: pipeline.name,
      ...(item.order_id === null ? { itemKey: item.item_key } : { orderId: item.order_id }),
      message: words(item, batchId),
    });
  }
  return batchId;
}

const oldestFirst = (items: readonly WaitingItem[]) => [...items].sort((a, b) => a.item_id - b.item_id);

async function refusal(
  session: Session,
  context: EngineContext,
  orderId: number,
  waiting: WaitingItem | undefined,
): Promise<UsageError> {
  if (waiting !== undefined) {
    return new UsageError(
      `order ${orderId} waits as ${waiting.code}, which another try does not help: ${remedyFor(waiting)}`,
    );
  }
  const pipeline = context.pipelines.find(({ source }) => source.aggregate === 'order');
  return pipeline === undefined
    ? new UsageError(`order ${orderId} does not wait`)
    : nothingToDecide(session, pipeline, orderId);
}
