import { ConfigurationError, FreezeError } from '../core/errors.js';
import { faultPoint } from '../core/fault-points.js';
import type { AnyPipeline, OrderPipeline, TablePipeline } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import type { ChangeSet, Subscriber } from '../queue/freeze/change-set.js';
import { freezeLive, freezeSlice, SOURCE } from '../queue/freeze/freeze.js';
import { acquireLease, Lease, type LeaseHeld } from '../queue/lease/lease.js';
import { closeBatches, openBatches } from '../queue/ledger/batches.js';
import { beginRun, endRun } from '../queue/ledger/runs.js';
import { pruneIfDue } from '../queue/retention.js';
import type { EngineContext } from './context.js';
import { recoverWaves } from './recover-waves.js';
import { sendWaves } from './send.js';
import { changeStatuses } from './status.js';
import { assertGoingOn } from './stop.js';
import { transformOrders } from './transform-orders.js';
import { transformTables } from './transform-tables.js';
import { type DueWaves, planWaves } from './waves.js';

export interface RunRequest {
  readonly pipeline: AnyPipeline;
  /** Slices of a backfill, oldest first; empty for a live run. */
  readonly slices: readonly { readonly startAt: string; readonly endAt: string }[];
  /** Most items that this run takes into waves; the others stay ready. */
  readonly limit?: number;
}

export interface RunReport {
  readonly runId: number | null;
  /** Set when another process works on this pipeline: nothing was done. */
  readonly heldBy: LeaseHeld | null;
  /** What this run froze, live first. */
  readonly changeSets: readonly ChangeSet[];
  /** Batches that were open at some time of this run. */
  readonly batchIds: readonly number[];
  /** The problem that ended it early, if one did; what is left goes on with the next run. */
  readonly error: unknown;
}

export const pipelineLease = (name: string): string => `pipeline/${name}`;
const SOURCE_LEASE = `source/${SOURCE}`;

/**
 * One run of a pipeline: takes up what an earlier run left, freezes, gives every item its verdict, hands
 * over, settles. Each stage reads what the one before it has committed, so it may end anywhere.
 */
export async function runPipeline(context: EngineContext, request: RunRequest): Promise<RunReport> {
  const { pipeline } = request;
  const lease = await acquire(context, pipelineLease(pipeline.name));
  if (!(lease instanceof Lease)) {
    return { runId: null, heldBy: lease, changeSets: [], batchIds: [], error: null };
  }
  const runId = await lease.transaction((session) => beginRun(session, pipeline.name, now(context)));
  const changeSets: ChangeSet[] = [];
  const turn: Turn = { batchIds: new Set(), due: new Map() };
  let error: unknown = null;
  try {
    error = await recoverWaves(context, lease, pipeline);
    await noteOpen(context, pipeline, turn.batchIds);
    try {
      const frozen = await freezeLiveOnce(context, lease);
      if (frozen !== null) changeSets.push(frozen);
    } catch (problem) {
      if (!(problem instanceof FreezeError || problem instanceof ConfigurationError)) throw problem;
      error ??= problem; // what was frozen before goes on all the same
    }
    let left = request.limit ?? Number.MAX_SAFE_INTEGER;
    left -= await work(context, lease, pipeline, turn, left);
    for (const slice of request.slices) {
      assertGoingOn(context.signal);
      changeSets.push(
        await freezeSlice(lease, context.config.source, slice, subscriberOf(pipeline), context.hosted),
      );
      left -= await work(context, lease, pipeline, turn, left);
    }
  } catch (problem) {
    error ??= problem;
  }
  return {
    runId,
    heldBy: null,
    changeSets,
    batchIds: [...turn.batchIds],
    error: await finish(context, lease, runId, error),
  };
}

/** What one run keeps in mind. */
interface Turn {
  /** Batches that were open at some time. */
  readonly batchIds: Set<number>;
  readonly due: DueWaves;
}

/** Verdicts, waves, files, statuses, balance. Returns how many items were taken into waves. */
async function work(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
  turn: Turn,
  limit: number,
): Promise<number> {
  await noteOpen(context, pipeline, turn.batchIds);
  for (const batch of await openBatches(context.database, pipeline.name)) {
    if (batch.state !== 'frozen') continue;
    if (pipeline.source.aggregate === 'table') {
      await transformTables(context, lease, pipeline as TablePipeline, batch);
    } else {
      await transformOrders(context, lease, pipeline as OrderPipeline, batch);
    }
  }
  const taken = await lease.transaction(async (session) => {
    const planned = await planWaves(context, session, pipeline, limit, turn.due);
    await faultPoint('waves/before-commit');
    return planned;
  });
  await faultPoint('waves/after-commit');
  let error = await sendWaves(context, lease, pipeline);
  for (const step of pipeline.load) {
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
    await closeBatches(session, pipeline.name, now(context));
    await faultPoint('close/before-commit');
  });
  await faultPoint('close/after-commit');
  if (error !== null) throw error;
  return taken;
}

/** One freeze feeds every pipeline of the source; when another process is freezing, its change set will do. */
async function freezeLiveOnce(context: EngineContext, pipeline: Lease): Promise<ChangeSet | null> {
  assertGoingOn(context.signal);
  await pipeline.assertHeld(); // who has lost the pipeline writes nothing, so it freezes nothing either
  const lease = await acquire(context, SOURCE_LEASE);
  if (!(lease instanceof Lease)) {
    context.log.info(`the source is being frozen by ${lease.heldBy}; this run works on what there is`);
    return null;
  }
  try {
    return await freezeLive(
      lease,
      context.config.source,
      context.pipelines.map(subscriberOf),
      context.hosted,
    );
  } finally {
    await lease.release();
  }
}

async function finish(context: EngineContext, lease: Lease, runId: number, error: unknown): Promise<unknown> {
  try {
    await lease.transaction(async (session) => {
      await pruneIfDue(session, context.config.retention, context.clock.now());
      const stopped = (error as { code?: unknown } | null)?.code === 'STOPPED';
      await endRun(session, runId, error === null ? 'done' : stopped ? 'stopped' : 'failed', now(context));
    });
    await lease.release();
    return error;
  } catch (problem) {
    return error ?? problem;
  }
}

async function acquire(context: EngineContext, name: string): Promise<Lease | LeaseHeld> {
  return acquireLease(context.database, context.clock, {
    name,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: context.config.exigoApi?.deadlineMs ?? 0,
  });
}

async function noteOpen(context: EngineContext, pipeline: AnyPipeline, seen: Set<number>): Promise<void> {
  for (const batch of await openBatches(context.database, pipeline.name)) seen.add(batch.batch_id);
}

export function subscriberOf(pipeline: AnyPipeline): Subscriber {
  return { pipeline: pipeline.name, aggregate: pipeline.source.aggregate };
}

function now(context: EngineContext): string {
  return toUtcText(context.clock.now());
}
