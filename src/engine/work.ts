import { faultPoint } from '../core/fault-points.js';
import type { AnyPipeline, OrderPipeline, TablePipeline } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { closeBatches, type OpenBatch } from '../queue/ledger/batches.js';
import type { OpenWork } from '../queue/ledger/open-work.js';
import type { EngineContext } from './context.js';
import { sendWaves } from './send.js';
import { changeStatuses } from './status.js';
import { transformOrders } from './transform-orders.js';
import { transformTables } from './transform-tables.js';
import { transformUpdates } from './transform-updates.js';
import { reportUpdates } from './updates.js';
import { type DueWaves, planWaves } from './waves.js';

export interface Working {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly due: DueWaves;
}

/** A cut-off that has passed is noted also when nothing is ready: what comes later waits for the next one. */
export function mayHaveWork(
  context: EngineContext,
  pipeline: AnyPipeline,
  { batches, waves }: OpenWork,
): boolean {
  // An update may wait for its marketplace's answer although the order's batch is closed.
  if (pipeline.load[0]?.kind === 'godatafeed-update') return true;
  const cutOffs = context.config.threePls.some(({ wave }) => wave.cutOffs.length > 0);
  return cutOffs || batches.length > 0 || waves.length > 0;
}

/** Verdicts, waves, files, statuses, balance. Returns how many items were taken into waves. */
export async function work(
  { context, lease, pipeline, due }: Working,
  batches: readonly OpenBatch[],
  limit: number,
): Promise<number> {
  for (const batch of batches) {
    if (batch.state !== 'frozen') continue;
    if (pipeline.source.aggregate === 'table') {
      await transformTables(context, lease, pipeline as TablePipeline, batch);
    } else if (pipeline.load[0]?.kind === 'godatafeed-update') {
      await transformUpdates(context, lease, pipeline as OrderPipeline, batch);
    } else {
      await transformOrders(context, lease, pipeline as OrderPipeline, batch);
    }
  }
  const taken = await lease.transaction(async (session) => {
    const planned = await planWaves(context, session, pipeline, limit, due);
    await faultPoint('waves/before-commit');
    return planned;
  });
  await faultPoint('waves/after-commit');
  let error = await sendWaves(context, lease, pipeline);
  for (const step of pipeline.load) {
    if (step.kind === 'godatafeed-update') {
      try {
        await reportUpdates({ context, lease, pipeline, step });
      } catch (problem) {
        error ??= problem; // what is settled can be closed all the same
      }
    }
    if (step.kind !== 'exigo-status') continue;
    if (context.statusTarget === null) {
      context.log.warn(`step ${step.step} waits: no Exigo API is configured`, { pipeline: pipeline.name });
      continue;
    }
    try {
      await changeStatuses({ context, lease, pipeline, step, target: context.statusTarget });
    } catch (problem) {
      error ??= problem; // what is settled can be closed all the same
    }
  }
  await lease.transaction(async (session) => {
    await closeBatches(session, pipeline.name, toUtcText(context.clock.now()));
    await faultPoint('close/before-commit');
  });
  await faultPoint('close/after-commit');
  if (error !== null) throw error;
  return taken;
}
