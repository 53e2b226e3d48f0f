import { inShadow } from '../core/config.js';
import { faultPoint } from '../core/fault-points.js';
import type {
  AnyPipeline,
  EndedPipeline,
  MarketplacePipeline,
  OrderPipeline,
  ShipmentPipeline,
  StepDescription,
  TablePipeline,
} from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { closeBatches, type OpenBatch } from '../queue/ledger/batches.js';
import type { OpenWork } from '../queue/ledger/open-work.js';
import { fillSingles } from '../queue/ledger/singles.js';
import { judgeAnswers } from './answers/judge-answers.js';
import type { EngineContext } from './context.js';
import { cancelInExigo } from './marketplace/cancel-in-exigo.js';
import { createOrders } from './marketplace/create-orders.js';
import { acknowledgeOrders, cancelOrders } from './marketplace/tell-stores.js';
import { tellExigo } from './shipments/tell-exigo.js';
import { changeStatuses } from './statuses/status.js';
import { reportUpdates } from './updates/updates.js';
import { transformDocuments } from './verdicts/transform-documents.js';
import { transformEnded } from './verdicts/transform-ended.js';
import { transformOrders } from './verdicts/transform-orders.js';
import { transformShipments } from './verdicts/transform-shipments.js';
import { transformTables } from './verdicts/transform-tables.js';
import { transformUpdates } from './verdicts/transform-updates.js';
import { sendWaves } from './waves/send.js';
import { type DueWaves, planWaves } from './waves/waves.js';

export interface Working {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly due: DueWaves;
  /** Change sets that this run has frozen. */
  readonly fresh: ReadonlySet<number>;
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
export async function work(working: Working, batches: readonly OpenBatch[], limit: number): Promise<number> {
  const { context, lease, pipeline } = working;
  for (const batch of batches) {
    if (batch.state !== 'frozen') continue;
    await transform(context, lease, pipeline, batch);
  }
  const taken = await take(working, limit);
  let error = await sendWaves(context, lease, pipeline);
  // What is left of live runs waits as well: in shadow nothing is called.
  const steps = inShadow(context.config, pipeline.name) ? [] : pipeline.load;
  for (const step of steps) {
    try {
      await workStep(working, step);
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

async function transform(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
  batch: OpenBatch,
): Promise<void> {
  switch (pipeline.source.aggregate) {
    case 'table':
      return transformTables(context, lease, pipeline as TablePipeline, batch);
    case 'marketplace-order':
      return transformDocuments(context, lease, pipeline as MarketplacePipeline, batch);
    case 'shipment':
      return transformShipments(context, lease, pipeline as ShipmentPipeline, batch);
    case 'ended-order':
      return transformEnded(context, lease, pipeline as EndedPipeline, batch);
    default:
      if (pipeline.load[0]?.kind === 'godatafeed-update') {
        return transformUpdates(context, lease, pipeline as OrderPipeline, batch);
      }
      return transformOrders(context, lease, pipeline as OrderPipeline, batch);
  }
}

/** Takes ready items to the first step: into waves, or one effect each. Returns how many. */
async function take({ context, lease, pipeline, due }: Working, limit: number): Promise<number> {
  const [first] = pipeline.load;
  const taken = await lease.transaction(async (session) => {
    const planned =
      first?.kind === 'exigo-create-order'
        ? await fillSingles(session, {
            pipeline: pipeline.name,
            step: first.step,
            limit,
            now: toUtcText(context.clock.now()),
          })
        : await planWaves(context, session, pipeline, limit, due);
    await faultPoint('waves/before-commit');
    return planned;
  });
  await faultPoint('waves/after-commit');
  return taken;
}

/** What a step does; files went before, as one that is late holds up nothing. */
async function workStep({ context, lease, pipeline, fresh }: Working, step: StepDescription): Promise<void> {
  const { statusTarget, orderTarget, shipmentTarget } = context;
  const waits = () => {
    context.log.warn(`step ${step.step} waits: no Exigo API is configured`, { pipeline: pipeline.name });
  };
  switch (step.kind) {
    case 'exigo-status':
      if (step.to === 'Printed') await judgeAnswers({ context, lease, pipeline, step: step.step });
      if (statusTarget === null) return waits();
      return changeStatuses({ context, lease, pipeline, step, target: statusTarget });
    case 'exigo-tracking':
      if (shipmentTarget === null) return waits();
      return tellExigo({ context, lease, pipeline: pipeline as ShipmentPipeline, target: shipmentTarget });
    case 'godatafeed-update':
      return reportUpdates({ context, lease, pipeline, step });
    case 'exigo-create-order': {
      if (orderTarget === null) return waits();
      const nextStep =
        pipeline.load.find((next) => 'after' in next && next.after === step.step)?.step ?? null;
      return createOrders({ context, lease, pipeline, step, nextStep, target: orderTarget, fresh });
    }
    case 'godatafeed-acknowledge':
      return acknowledgeOrders({ context, lease, pipeline, step: step.step });
    case 'exigo-cancel':
      if (statusTarget === null) return waits();
      return cancelInExigo({ context, lease, pipeline, step: step.step, target: statusTarget });
    case 'godatafeed-cancel':
      return cancelOrders({ context, lease, pipeline, step: step.step });
    default:
      return;
  }
}
