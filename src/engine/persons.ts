import { UsageError } from '../core/errors.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import { type BatchKind, insertBatch } from '../queue/ledger/batches.js';
import {
  acceptFingerprint,
  insertCanceledEffect,
  latestEffects,
  type PriorEffect,
} from '../queue/ledger/effects.js';
import { insertEvent } from '../queue/ledger/events.js';
import { excludeReady, insertNewItems, type NewItem, resolveItems } from '../queue/ledger/items.js';
import type { Session } from '../queue/ledger/session.js';
import { membersOfFile } from '../queue/reads/files.js';
import { newestVersion } from '../queue/reads/orders.js';
import { type WaitingFilter, type WaitingItem, waitingItems } from '../queue/reads/waiting.js';
import type { EngineContext } from './context.js';

export type ReleaseAs = 'ignore' | 'resend' | 'cancel';

/**
 * A person's decision on an order. `ignore`: what waits is answered, and the 3PL is taken to know this
 * version. `resend`: it goes with the next run, as a new generation when it had been handed over. `cancel`:
 * it is not sent, now or later (a 3PL that has it must be told by the person). Stays in the timeline.
 */
export async function release(
  context: EngineContext,
  pipeline: AnyPipeline,
  orderId: number,
  as: ReleaseAs,
  reason: string | null,
): Promise<string> {
  return context.database.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const waiting = (await waitingItems(session, { pipeline: pipeline.name, orderId })).at(-1);
    const prior = (await latestEffects(session, pipeline.name, firstStep(pipeline), [orderId])).get(orderId);
    const outcome =
      as === 'resend'
        ? await resendOrder(session, pipeline, orderId, waiting, prior, now)
        : await settle(session, pipeline, orderId, as, waiting, prior, now);
    await insertEvent(session, {
      at: now,
      kind: 'released',
      pipeline: pipeline.name,
      orderId,
      message: `a person released it as ${as}${reason === null ? '' : ` (${reason})`}: ${outcome}`,
    });
    return `order ${orderId}: ${outcome}`;
  });
}

async function resendOrder(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  waiting: WaitingItem | undefined,
  prior: PriorEffect | undefined,
  now: string,
): Promise<string> {
  if (prior?.state === 'pending') {
    throw new UsageError(`order ${orderId} is on its way in a file already; nothing to resend`);
  }
  if (waiting === undefined && prior === undefined) {
    throw new UsageError(
      `order ${orderId} neither waits nor was handed over; see "orderferry explain ${orderId}"`,
    );
  }
  const generation = prior === undefined ? 1 : prior.generation + 1;
  const item = await newItem(
    session,
    pipeline,
    orderId,
    generation,
    waiting?.change_set_id ?? prior?.change_set_id,
  );
  const kind = prior?.target == null ? 'release' : 'resend';
  const batchId = await personsBatch(session, pipeline, kind, [item], now);
  if (waiting !== undefined) await resolveItems(session, [waiting.item_id], 'RESENT', now);
  return `goes with the next run (batch ${batchId}, generation ${generation})`;
}

async function settle(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  as: 'ignore' | 'cancel',
  waiting: WaitingItem | undefined,
  prior: PriorEffect | undefined,
  now: string,
): Promise<string> {
  const ready =
    as === 'cancel' ? await excludeReady(session, pipeline.name, orderId, 'CANCELED_BY_PERSON', now) : 0;
  if (waiting === undefined && ready === 0) {
    throw new UsageError(
      `order ${orderId} does not wait for a decision; see "orderferry explain ${orderId}"`,
    );
  }
  if (waiting !== undefined) {
    await resolveItems(session, [waiting.item_id], as === 'ignore' ? 'IGNORED' : 'CANCELED', now);
  }
  if (prior !== undefined && prior.target !== null) {
    if (waiting?.fingerprint != null) {
      await acceptFingerprint(session, prior.effect_id, waiting.fingerprint, waiting.change_set_id);
    }
    return as === 'ignore'
      ? `left as ${prior.target} has it`
      : `canceled; ${prior.target} has it and must be told by you`;
  }
  if (as === 'ignore') return 'not sent in this version; a newer one is looked at anew';
  await insertCanceledEffect(
    session,
    pipeline.name,
    firstStep(pipeline),
    orderId,
    waiting?.change_set_id ?? 0,
    now,
  );
  return 'canceled; it will not be sent, in no version';
}

/** Sends all orders (or the table) of a file once more, as a new generation in a new file. */
export async function resendFile(context: EngineContext, fileName: string, reason: string): Promise<string> {
  return context.database.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const file = await membersOfFile(session, fileName);
    const pipeline = context.pipelines.find(({ name }) => name === file?.pipeline);
    if (file === undefined || pipeline === undefined)
      throw new UsageError(`no file "${fileName}" was made here`);
    if (file.state !== 'delivered' && file.state !== 'held') {
      throw new UsageError(`file ${fileName} is ${file.state}: it is still on its way, nothing to resend`);
    }
    const items: NewItem[] = [];
    for (const member of file.members) {
      const generation = member.generation + 1;
      if (member.order_id !== null) {
        items.push(await newItem(session, pipeline, member.order_id, generation, member.change_set_id));
      } else {
        items.push({
          batchId: 0,
          pipeline: pipeline.name,
          key: member.item_key,
          orderId: null,
          changeSetId: member.change_set_id,
          generation,
          target: file.target,
        });
      }
    }
    const stale = file.members.filter((member) => member.newest_generation > member.generation);
    if (stale.length > 0) {
      throw new UsageError(
        `file ${fileName}: ${stale.length} of its items were sent again since (${stale
          .slice(0, 5)
          .map((member) => member.item_key)
          .join(', ')}); resend the newer file, or release the orders one by one`,
      );
    }
    const batchId = await personsBatch(session, pipeline, 'resend', items, now);
    await resolveItems(
      session,
      file.members.filter((member) => member.waits).map((member) => member.item_id),
      'RESENT',
      now,
    );
    await insertEvent(session, {
      at: now,
      kind: 'resent',
      pipeline: pipeline.name,
      batchId,
      waveId: file.wave_id,
      message: `a person asked to send file ${fileName} again (${reason}): batch ${batchId}, ${items.length} items`,
    });
    return `file ${fileName}: ${items.length} items go again with the next run (batch ${batchId})`;
  });
}

/** Gives held and failed items another try, on their newest frozen version, in a new batch per pipeline. */
export async function retryWaiting(context: EngineContext, filter: WaitingFilter): Promise<number> {
  return context.database.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const waiting = (await waitingItems(session, filter)).filter((item) => item.order_id !== null);
    for (const pipeline of context.pipelines) {
      const own = waiting.filter((item) => item.pipeline === pipeline.name);
      if (own.length === 0) continue;
      const items: NewItem[] = [];
      for (const item of own) {
        items.push(await newItem(session, pipeline, item.order_id ?? 0, item.generation, item.change_set_id));
      }
      await personsBatch(session, pipeline, 'retry', items, now);
      await resolveItems(
        session,
        own.map((item) => item.item_id),
        'RETRIED',
        now,
      );
      for (const item of own) {
        await insertEvent(session, {
          at: now,
          kind: 'retried',
          pipeline: pipeline.name,
          orderId: item.order_id ?? 0,
          message: `a person asked for another try of ${item.code}`,
        });
      }
    }
    return waiting.length;
  });
}

async function newItem(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
  generation: number,
  fallback: number | undefined,
): Promise<NewItem> {
  const changeSetId = (await newestVersion(session, orderId)) ?? fallback;
  if (changeSetId === undefined) throw new UsageError(`order ${orderId} was never frozen here`);
  return { batchId: 0, pipeline: pipeline.name, key: String(orderId), orderId, changeSetId, generation };
}

async function personsBatch(
  session: Session,
  pipeline: AnyPipeline,
  kind: BatchKind,
  items: readonly NewItem[],
  now: string,
): Promise<number> {
  const batchId = await insertBatch(session, {
    pipeline: pipeline.name,
    changeSetId: null,
    kind,
    itemsFrozen: items.length,
    itemsUnchanged: 0,
    now,
  });
  await insertNewItems(
    session,
    items.map((item) => ({ ...item, batchId })),
    now,
  );
  return batchId;
}

function firstStep(pipeline: AnyPipeline): string {
  return pipeline.load[0]?.step ?? '';
}
