import type { AnyPipeline } from '../../core/pipeline.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { endedVersion } from '../../queue/ledger/marketplace-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import { makePersonsBatch } from '../persons/persons-batch.js';

/**
 * For the transaction that links an order. One that was frozen as Shipped or Canceled before it had its link was excluded
 * as no marketplace order, and no newer version may ever come: it gets another verdict of the pipeline that reports.
 */
export async function judgeAgain(
  session: Session,
  pipelines: readonly AnyPipeline[],
  orderId: number,
  now: string,
): Promise<void> {
  const reports = pipelines.find(({ load }) => load[0]?.kind === 'godatafeed-update');
  if (reports === undefined) return;
  const changeSetId = await endedVersion(session, orderId, reports.name);
  if (changeSetId === undefined) return;
  const item = { key: String(orderId), orderId, changeSetId, generation: 1 };
  const batchId = await makePersonsBatch(session, reports, 'retry', [item], now);
  const message = `Shipped or Canceled before it was linked to its marketplace order: batch ${batchId} judges it again`;
  await insertEvent(session, { at: now, kind: 'retry', pipeline: reports.name, batchId, orderId, message });
}
