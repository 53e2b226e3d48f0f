import { faultPoint } from '../../core/fault-points.js';
import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';
import { MOST_ATTEMPTS } from '../../core/retry.js';
import type { UpdateTarget } from '../../core/targets.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { insertEvent } from '../../queue/ledger/events.js';
import {
  type OpenUpdate,
  type UpdatesOf,
  updateAccepted,
  updateDone,
  updateRefused,
} from '../../queue/ledger/updates.js';
import type { EngineContext } from '../context.js';
import { describeUpdate, fixedRequest } from './update-request.js';

/** So many failures in a row mean that the store is down. */
export const MOST_TROUBLES = MOST_ATTEMPTS;

export interface UpdateStep {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: Extract<StepDescription, { readonly kind: 'godatafeed-update' }>;
}

/** The updates of one store. */
export interface UpdateWork extends UpdateStep {
  readonly target: UpdateTarget;
  readonly of: UpdatesOf;
  /** Calls that failed for a passing reason, since the last one that did not. */
  readonly troubles: {
    inARow: number;
    /** Of an order that could not be looked up: it stays on its way, and the run ends with it when all else is done. */
    unread: Error | null;
  };
}

/** The receipt of GoDataFeed: it has the update, and its marketplace is asked in a while. */
export async function recordAccepted(work: UpdateWork, update: OpenUpdate, how: string): Promise<void> {
  const { context, lease, target } = work;
  const nowMs = context.clock.now();
  const now = toUtcText(nowMs);
  const text = `${describeUpdate(fixedRequest(update, nowMs))} ${how}; its marketplace has not answered yet`;
  await lease.transaction(async (session) => {
    await updateAccepted(session, update, toUtcText(nowMs + target.firstLookMs), now);
    await insertEvent(session, eventOf(work, update, 'accepted', text, now));
    await faultPoint('update/before-receipt');
  });
  await faultPoint('update/after-receipt');
}

/** It is over: the marketplace has it. */
export async function recordDone(work: UpdateWork, update: OpenUpdate, receipt: string): Promise<void> {
  const { context, lease } = work;
  const nowMs = context.clock.now();
  await lease.transaction(async (session) => {
    await updateDone(session, update, fixedRequest(update, nowMs), receipt, toUtcText(nowMs));
    await faultPoint('update/before-done');
  });
  await faultPoint('update/after-done');
}

/** It goes to the error list, with the words of whoever refused it. */
export async function recordRefusal(
  work: UpdateWork,
  update: OpenUpdate,
  refusal: { readonly state: 'held' | 'failed'; readonly code: string; readonly reason: string },
): Promise<void> {
  const { context, lease } = work;
  const nowMs = context.clock.now();
  const now = toUtcText(nowMs);
  const reason = `${describeUpdate(fixedRequest(update, nowMs))}: ${refusal.reason}`;
  await lease.transaction(async (session) => {
    await updateRefused(session, update, { ...refusal, reason }, now);
    await insertEvent(session, eventOf(work, update, refusal.state, `${refusal.code}: ${reason}`, now));
    await faultPoint('update/before-refusal');
  });
  await faultPoint('update/after-refusal');
}

function eventOf(work: UpdateWork, update: OpenUpdate, kind: string, message: string, at: string) {
  return { at, kind, pipeline: work.pipeline.name, orderId: update.order_id, message };
}
