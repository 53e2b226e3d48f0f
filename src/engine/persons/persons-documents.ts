import { UsageError } from '../../core/errors.js';
import type { MarketplacePipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { insertBatch } from '../../queue/ledger/batches.js';
import { CANCELED_BY_PERSON } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { insertItems, resolveItems } from '../../queue/ledger/items.js';
import { type MarketplaceOrder, marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import {
  cancelKey,
  effectsOfKeys,
  type KeyEffect,
  planSingle,
  useUpKey,
} from '../../queue/ledger/singles.js';
import { linksOf } from '../../queue/reads/documents.js';
import { itemsOfKey, type OrderItem } from '../../queue/reads/orders.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { stepsOf } from '../verdicts/transform-documents.js';
import { fenced, type ReleaseAs } from './persons.js';

const CANCELED = { code: 'CANCELED_BY_PERSON', reason: 'a person canceled it; it is reported Canceled' };

interface Case {
  readonly session: Session;
  readonly pipeline: MarketplacePipeline;
  readonly key: string;
  readonly order: MarketplaceOrder;
  readonly now: string;
  readonly waiting: WaitingItem | undefined;
  readonly newest: OrderItem | undefined;
  readonly effects: readonly KeyEffect[];
}

/**
 * A person's decision on a marketplace order. `cancel`: it is not made or acknowledged any more, and reported Canceled
 * to its marketplace with the next run. `ignore`: what waits is answered, and nothing more is done until it changes.
 * Returns what follows from it. Throws UsageError, which says what to do instead, when there is nothing to decide.
 */
export async function releaseDocument(
  context: EngineContext,
  pipeline: MarketplacePipeline,
  asked: MarketplaceOrder,
  as: ReleaseAs,
  reason: string | null,
): Promise<string> {
  const key = marketplaceKey(asked);
  if (as === 'resend') {
    throw new UsageError(
      `marketplace order ${key}: an order is made once; to try it again: orderferry errors retry --order ${key}`,
    );
  }
  return fenced(context, pipeline, async (session) => {
    const now = toUtcText(context.clock.now());
    const found = await findCase(session, pipeline, key, asked, now);
    const outcome = await (as === 'cancel' ? cancel(found) : ignore(found));
    const why = reason === null ? '' : ` (${reason})`;
    const message = `a person released it as ${as}${why}: ${outcome}`;
    await insertEvent(session, { at: now, kind: 'released', pipeline: pipeline.name, itemKey: key, message });
    return `marketplace order ${key}: ${outcome}`;
  });
}

async function findCase(
  session: Session,
  pipeline: MarketplacePipeline,
  key: string,
  asked: MarketplaceOrder,
  now: string,
): Promise<Case> {
  const names = Object.values(stepsOf(pipeline)).filter((name) => name !== undefined);
  return {
    session,
    pipeline,
    key,
    order: (await linksOf(session, [key])).get(key) ?? asked,
    now,
    waiting: (await waitingItems(session, { pipeline: pipeline.name, itemKey: key })).at(-1),
    newest: (await itemsOfKey(session, key)).at(-1),
    effects: (await effectsOfKeys(session, pipeline.name, names, [key])).get(key) ?? [],
  };
}

async function ignore({ session, waiting, key, now }: Case): Promise<string> {
  if (waiting === undefined) throw nothingToDecide(key, 'it does not wait for a decision');
  await resolveItems(session, [waiting.item_id], 'IGNORED', now);
  return 'left as it is; a newer version of it is looked at anew';
}

async function cancel(found: Case): Promise<string> {
  const { session, pipeline, key, order, now, waiting, newest, effects } = found;
  const steps = stepsOf(pipeline);
  assertCancelable(found, steps.cancel);
  const about = { pipeline: pipeline.name, itemKey: key, now, fingerprint: CANCELED_BY_PERSON };
  await cancelKey(session, { ...about, ...CANCELED });
  if (newest !== undefined && !effects.some(({ step }) => step === steps.create)) {
    const use = { itemId: newest.item_id, step: steps.create, fingerprint: CANCELED_BY_PERSON, now };
    await useUpKey(session, { ...use, reason: CANCELED.reason });
  }
  if (waiting !== undefined) await resolveItems(session, [waiting.item_id], 'CANCELED', now);
  const batchId = await planCancellation(found, steps.cancel ?? '');
  const made = order.exigo_order_id;
  const rest = made === null ? '' : `; order ${made} in Exigo stands, cancel it there`;
  return `reported Canceled with the next run (batch ${batchId})${rest}`;
}

function assertCancelable(found: Case, cancelStep: string | undefined): void {
  const { key, order, newest, waiting, effects, pipeline } = found;
  if (cancelStep === undefined) {
    throw new UsageError(`pipeline ${pipeline.name} reports no cancellations; it has no such step`);
  }
  if (order.acknowledged_utc !== null) {
    throw nothingToDecide(
      key,
      `GoDataFeed knows it as order ${order.exigo_order_id} in Exigo: cancel it there, its marketplace is told from its status`,
    );
  }
  if (order.canceled_utc !== null || effects.some(({ step }) => step === cancelStep)) {
    throw nothingToDecide(key, 'a person has canceled it already');
  }
  if (effects.some(({ state }) => state === 'sending')) {
    throw nothingToDecide(
      key,
      'a call for it is on its way, or its outcome is not known yet; repeat it later',
    );
  }
  if (newest === undefined)
    throw nothingToDecide(key, 'the next run gives it its verdict; repeat it after that');
  const open = newest.settled_utc === null;
  if (waiting === undefined && !open && newest.resolution === null) {
    throw nothingToDecide(key, `it is ${newest.state} as ${newest.code}`);
  }
}

/** A batch of one item, whose only step is the cancellation. */
async function planCancellation(found: Case, step: string): Promise<number> {
  const { session, pipeline, key, order, newest, now } = found;
  const name = pipeline.name;
  const batch = { pipeline: name, changeSetId: null, kind: 'release', itemsFrozen: 1, itemsUnchanged: 0 };
  const batchId = await insertBatch(session, { ...batch, kind: 'release', now });
  const decision = {
    state: 'loading',
    target: order.store,
    fingerprint: null,
    code: null,
    reason: null,
  } as const;
  const changeSetId = newest?.change_set_id ?? 0;
  const item = { batchId, pipeline: name, key, orderId: null, changeSetId, generation: 1, decision };
  await insertItems(session, [item], now);
  await planSingle(session, { batchId, itemKey: key, step, now });
  return batchId;
}

function nothingToDecide(key: string, why: string): UsageError {
  return new UsageError(`marketplace order ${key}: ${why}; see "orderferry explain ${key}"`);
}
