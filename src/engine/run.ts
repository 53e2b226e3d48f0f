import { inShadow } from '../core/config.js';
import {
  ConfigurationError,
  codeOf,
  FreezeError,
  InvariantError,
  LeaseLostError,
  messageOf,
} from '../core/errors.js';
import { withFields } from '../core/log.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { classOf } from '../core/retry.js';
import { toUtcText } from '../core/time.js';
import type { ChangeSet } from '../queue/freeze/change-set.js';
import { Lease, type LeaseHeld } from '../queue/lease/lease.js';
import { openBatches } from '../queue/ledger/batches.js';
import { type OpenWork, openWork, openWorkRequests } from '../queue/ledger/open-work.js';
import { endRun } from '../queue/ledger/runs.js';
import type { Answer } from '../queue/ledger/session.js';
import { prune, pruneIsDue } from '../queue/retention.js';
import { type Backfill, openBackfill } from './backfill.js';
import type { EngineContext } from './context.js';
import { freezeOnce, type Slices, slicesOf, subscribersOf } from './freeze-source.js';
import { pruneArchive } from './inbox/prune-archive.js';
import { pipelineLease } from './leases.js';
import type { StoreProblem } from './marketplace/freeze-stores.js';
import { assertGoingOn } from './stop.js';
import { acquire, beginNow, note, standingRequests, type Turn } from './turn.js';
import { goOnWithReports } from './updates/go-on-with-reports.js';
import { goOnWithLabels } from './waves/awaited-labels.js';
import { recoverWaves } from './waves/recover-waves.js';
import { emptySpool } from './waves/spool.js';
import { mayHaveWork, work } from './work.js';

export interface RunRequest {
  readonly pipeline: AnyPipeline;
  readonly slices: Slices;
  /** Most items that this run takes into waves; the others stay ready. */
  readonly limit?: number;
}

export interface RunReport {
  readonly runId: number | null;
  /** Set when another process works on this pipeline: nothing was done. */
  readonly heldBy: LeaseHeld | null;
  /** What this run froze, live first. */
  readonly changeSets: readonly ChangeSet[];
  /** Stores of GoDataFeed that could not be frozen; the others were. */
  readonly storeProblems: readonly StoreProblem[];
  /** Batches that were open at some time of this run. */
  readonly batchIds: readonly number[];
  /** The problem that ended it early, if one did; what is left goes on with the next run. */
  readonly error: unknown;
}

/**
 * One run of a pipeline: takes up what an earlier run left, freezes, gives every item its verdict, hands
 * over, settles. Each stage reads what the one before it has committed, so it may end anywhere. Where nothing
 * is new and nothing open, it asks little: on SQL Server ten round trips.
 */
export async function runPipeline(asked: EngineContext, request: RunRequest): Promise<RunReport> {
  const { pipeline } = request;
  const run: { id: number | null } = { id: null };
  const fields = () => ({ ...(run.id === null ? {} : { run: run.id }), pipeline: pipeline.name });
  const context: EngineContext = unseen({ ...asked, log: withFields(asked.log, fields) }, pipeline);
  const first = openWorkRequests(context.database.engine, pipeline.name);
  const { lease, answers } = await acquire(context, pipelineLease(pipeline.name), first);
  if (!(lease instanceof Lease)) {
    return { runId: null, heldBy: lease, changeSets: [], storeProblems: [], batchIds: [], error: null };
  }
  context.circuits.fencedBy(() => lease.assertHeld());
  const turn: Turn = {
    context,
    lease,
    pipeline,
    get runId() {
      return run.id;
    },
    set runId(id) {
      run.id = id;
    },
    batchIds: new Set(),
    due: new Map(),
    pruneDue: false,
  };
  const changeSets: ChangeSet[] = [];
  let storeProblems: readonly StoreProblem[] = [];
  let error: unknown = null;
  try {
    const left = openWork(answers);
    note(turn, left);
    error = await takeUp(turn, left);
    let standing: readonly Answer[] | null = null;
    try {
      const frozen = await freezeOnce(turn, request.slices);
      standing = frozen.standing;
      changeSets.push(...frozen.changeSets);
      storeProblems = frozen.problems;
      error ??= frozen.problem ?? storeProblems[0]?.error ?? null;
    } catch (problem) {
      const goesOn =
        problem instanceof FreezeError ||
        problem instanceof ConfigurationError ||
        // A sync database elsewhere is a system of its own; when ours is down, the rest says so.
        (context.hosted !== null && classOf(problem) === 'transient');
      if (!goesOn) throw problem;
      error ??= problem; // what was frozen before goes on all the same
    }
    error = await goOn(turn, request, changeSets, standing, error);
  } catch (problem) {
    error ??= problem;
  }
  error = await finish(turn, error);
  return { runId: turn.runId, heldBy: null, changeSets, storeProblems, batchIds: [...turn.batchIds], error };
}

/** In shadow the snapshot of a sync database elsewhere is left to whoever works with it: changes are read from `dbo`. */
function unseen(context: EngineContext, { name }: AnyPipeline): EngineContext {
  if (context.hosted === null || !inShadow(context.config, name)) return context;
  return { ...context, hosted: { ...context.hosted, refresh: false } };
}

/** The work on what is open, then slice by slice. Returns the first problem so far. */
async function goOn(
  turn: Turn,
  request: RunRequest,
  changeSets: ChangeSet[],
  standing: readonly Answer[] | null,
  error: unknown,
): Promise<unknown> {
  const { context, lease, pipeline } = turn;
  const woken =
    (await goOnWithLabels(context, lease, pipeline)) + (await goOnWithReports(context, lease, pipeline));
  if (woken > 0) await beginNow(turn);
  const answers =
    woken === 0 && standing !== null ? standing : await context.database.several(standingRequests(turn));
  const open = openWork(answers);
  note(turn, open);
  turn.pruneDue = pruneIsDue(answers[2], context.clock.now());
  let left = request.limit ?? Number.MAX_SAFE_INTEGER;
  let first = error;
  let backfill: Backfill | null = null;
  try {
    const fresh = new Set(changeSets.map(({ changeSetId }) => changeSetId));
    const working = { context, lease, pipeline, due: turn.due, fresh };
    if (mayHaveWork(context, pipeline, open)) left -= await work(working, open.batches, left);
    const slices = slicesOf(pipeline, request.slices);
    const [subscriber] = subscribersOf([pipeline]);
    if (slices.length > 0 && subscriber !== undefined) {
      backfill = await openBackfill(context, lease, pipeline, slices, subscriber);
    }
    for (const slice of slices) {
      assertGoingOn(context.signal);
      if (backfill !== null) changeSets.push(await backfill.freeze(slice));
      const batches = await openBatches(context.database, pipeline.name);
      note(turn, { batches, waves: [] });
      left -= await work(working, batches, left);
    }
    first ??= backfill?.problem ?? null;
  } catch (problem) {
    first ??= problem;
  } finally {
    await backfill?.remove();
  }
  return first;
}

/** What a killed process left in the folders and at the targets, before anything else is decided. */
async function takeUp(turn: Turn, { waves }: OpenWork): Promise<unknown> {
  const { context, lease, pipeline } = turn;
  await emptySpool(context, lease, pipeline.name);
  if (waves.every(({ state }) => state === 'planned')) return null;
  await beginNow(turn);
  return recoverWaves(context, lease, pipeline, waves);
}

async function finish(turn: Turn, error: unknown): Promise<unknown> {
  const { context, lease, runId } = turn;
  try {
    const nowMs = context.clock.now();
    if (turn.pruneDue) await pruneOnce(turn, nowMs);
    if (runId === null) {
      await lease.release();
      return error;
    }
    const stopped = (error as { code?: unknown } | null)?.code === 'STOPPED';
    const outcome = error === null ? 'done' : stopped ? 'stopped' : 'failed';
    const { name, token } = lease;
    const end = { runId, outcome, now: toUtcText(nowMs), lease: name, token } as const;
    const { lost } = await lease.release([endRun(context.database.engine, end)]);
    return lost === null ? error : (error ?? lost);
  } catch (problem) {
    return error ?? problem;
  }
}

/** What is not pruned today is pruned by a later run: a run that did its work has done it all the same. */
async function pruneOnce({ context, lease }: Turn, nowMs: number): Promise<void> {
  try {
    await lease.transaction((session) => prune(session, context.config.retention, nowMs));
    await pruneArchive(context, lease, nowMs);
  } catch (error) {
    if (error instanceof LeaseLostError || error instanceof InvariantError) throw error;
    context.log.error(
      `what is older than the retention was not deleted: ${messageOf(error)}; the next run tries again`,
      { code: codeOf(error) ?? null },
    );
  }
}
