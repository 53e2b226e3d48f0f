import type { AnyPipeline } from '../core/pipeline.js';
import { toUtcText } from '../core/time.js';
import { acquireLeaseAnd, type Lease } from '../queue/lease/lease.js';
import { type OpenWork, openWorkRequests } from '../queue/ledger/open-work.js';
import { beginRun, runIdOf } from '../queue/ledger/runs.js';
import type { Request } from '../queue/ledger/session.js';
import { lastPrune } from '../queue/retention.js';
import type { EngineContext } from './context.js';
import { requestDeadline } from './leases.js';
import type { DueWaves } from './waves/waves.js';

/** What one run keeps in mind. */
export interface Turn {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  /** Null until it is written down. */
  runId: number | null;
  /** Batches that were open at some time. */
  readonly batchIds: Set<number>;
  readonly due: DueWaves;
  pruneDue: boolean;
}

/** A lease, and the answers to what is asked in the same trip. */
export async function acquire(context: EngineContext, name: string, after: readonly Request[]) {
  const options = {
    name,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: requestDeadline(context.config),
  };
  return acquireLeaseAnd(context.database, context.clock, options, after);
}

/** Writes the run down, unless the lease is lost. */
export function begin({ context, lease, pipeline }: Turn): Request {
  const { name, token } = lease;
  const now = toUtcText(context.clock.now());
  return beginRun(context.database.engine, pipeline.name, now, { lease: name, token });
}

/** What stands: open work, and when it was pruned last. */
export function standingRequests({ context, pipeline }: Turn): Request[] {
  const { engine } = context.database;
  return [...openWorkRequests(engine, pipeline.name), lastPrune(engine)];
}

export function note(turn: Turn, { batches }: OpenWork): void {
  for (const { batch_id } of batches) turn.batchIds.add(batch_id);
}

export async function beginNow(turn: Turn): Promise<void> {
  if (turn.runId !== null) return;
  const [begun] = await turn.context.database.atomically([begin(turn)]);
  turn.runId = runIdOf(begun);
  if (turn.runId === null) throw turn.lease.lost();
}
