import { SYSTEM } from '../core/circuits.js';
import { inShadow } from '../core/config.js';
import { faultPoint } from '../core/fault-points.js';
import { withFields } from '../core/log.js';
import type {
  AnyPipeline,
  CancellationPipeline,
  EndedPipeline,
  MarketplacePipeline,
  OrderPipeline,
  ReturnPipeline,
  ShipmentPipeline,
  StepDescription,
  TablePipeline,
} from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { closeBatches, type OpenBatch } from '../queue/ledger/batches.js';
import type { OpenWork } from '../queue/ledger/open-work.js';
import { fillSingles } from '../queue/ledger/singles.js';
import { openSteps } from '../queue/reads/status.js';
import { judgeAnswers } from './answers/judge-answers.js';
import { judgeCancellations } from './cancellations/judge-cancellations.js';
import type { EngineContext } from './context.js';
import { hasFiles } from './in-shadow.js';
import { cancelInExigo } from './marketplace/cancel-in-exigo.js';
import { createOrders } from './marketplace/create-orders.js';
import { acknowledgeOrders, cancelOrders } from './marketplace/tell-stores.js';
import { makeReturnOrders } from './returns/make-return-orders.js';
import { tellExigo } from './shipments/tell-exigo.js';
import { changeStatuses } from './statuses/status.js';
import { reportUpdates } from './updates/updates.js';
import { transformCancellations } from './verdicts/transform-cancellations.js';
import { transformDocuments } from './verdicts/transform-documents.js';
import { transformEnded } from './verdicts/transform-ended.js';
import { transformOrders } from './verdicts/transform-orders.js';
import { transformReturns } from './verdicts/transform-returns.js';
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
    const log = withFields(context.log, { batch: batch.batch_id });
    await transform({ ...context, log }, lease, pipeline, batch);
  }
  const taken = await take(working, limit);
  let error = await sendWaves(context, lease, pipeline);
  // Beside the script's files nothing is set, nor what is left of live runs; other steps look, and call nothing.
  const steps = inShadow(context.config, pipeline.name) && hasFiles(pipeline) ? [] : pipeline.load;
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
    case 'return':
      return transformReturns(context, lease, pipeline as ReturnPipeline, batch);
    case 'cancellation':
      return transformCancellations(context, lease, pipeline as CancellationPipeline, batch);
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
async function workStep(working: Working, step: StepDescription): Promise<void> {
  const { lease, pipeline, fresh } = working;
  const log = withFields(working.context.log, { step: step.step });
  const context: EngineContext = { ...working.context, log };
  const { statusTarget, orderTarget, shipmentTarget, returnTarget } = context;
  const waits = () => {
    context.log.warn(`step ${step.step} waits: no Exigo API is configured`);
  };
  /** While Exigo is left alone the step is not begun: throws why when something waits for it. */
  const isIdle = async () => {
    const down = await context.circuits.whyNot(SYSTEM.exigoApi);
    if (down === null) return false;
    const open = await openSteps(context.database, pipeline.name);
    if (open.some((one) => one.step === step.step)) throw down;
    return true;
  };
  switch (step.kind) {
    case 'exigo-status':
      if (step.to === 'Printed') await judgeAnswers({ context, lease, pipeline, step: step.step });
      if (statusTarget === null) return waits();
      if (await isIdle()) return;
      return changeStatuses({ context, lease, pipeline, step, target: statusTarget });
    case '3pl-answer':
      return judgeCancellations({ context, lease, pipeline }, step.step);
    case 'exigo-tracking':
      if (shipmentTarget === null) return waits();
      if (await isIdle()) return;
      return tellExigo({ context, lease, pipeline: pipeline as ShipmentPipeline, target: shipmentTarget });
    case 'exigo-return-order':
      if (returnTarget === null) return waits();
      return makeReturnOrders({
        context,
        lease,
        pipeline: pipeline as ReturnPipeline,
        step: step.step,
        target: returnTarget,
      });
    case 'godatafeed-update':
      return reportUpdates({ context, lease, pipeline, step });
    case 'exigo-create-order': {
      if (orderTarget === null) return waits();
      if (await isIdle()) return;
      const nextStep =
        pipeline.load.find((next) => 'after' in next && next.after === step.step)?.step ?? null;
      return createOrders({ context, lease, pipeline, step, nextStep, target: orderTarget, fresh });
    }
    case 'godatafeed-acknowledge':
      return acknowledgeOrders({ context, lease, pipeline, step: step.step });
    case 'exigo-cancel':
      if (statusTarget === null) return waits();
      if (await isIdle()) return;
      return cancelInExigo({ context, lease, pipeline, step: step.step, target: statusTarget });
    case 'godatafeed-cancel':
      return cancelOrders({ context, lease, pipeline, step: step.step });
    default:
      return;
  }
}
