import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import { cancellationPipeline } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { tryAgain } from '../persons/retry-waiting.js';
import { NOT_FINAL, notFinal } from './not-final.js';

/**
 * Reports of Canceled that were held because a 3PL had not canceled the order, and against which nothing is any more: their
 * answer may have come while they were judged, or a person has settled the file. They are judged again. Returns how many.
 */
export async function goOnWithReports(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
): Promise<number> {
  if (pipeline.load[0]?.kind !== 'godatafeed-update' || cancellationPipeline(context) === null) return 0;
  const waiting: WaitingItem[] = [];
  for (const code of NOT_FINAL) {
    waiting.push(...(await waitingItems(context.database, { pipeline: pipeline.name, code })));
  }
  if (waiting.length === 0) return 0;
  const ids = waiting.flatMap(({ order_id }) => order_id ?? []);
  const waits = await notFinal(context, ids);
  const again = waiting.filter(
    ({ order_id: id }) => id !== null && waits({ id, status: 'Canceled' }, false) === null,
  );
  if (again.length === 0) return 0;
  await lease.transaction((session) =>
    tryAgain(
      session,
      pipeline,
      again,
      toUtcText(context.clock.now()),
      (_, batchId) => `its cancellation is final: its marketplace is told (batch ${batchId})`,
    ),
  );
  return again.length;
}
