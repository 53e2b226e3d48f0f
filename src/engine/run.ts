import { SYSTEM } from '../core/circuits.js';
import { inShadow } from '../core/config.js';
import {
  ConfigurationError,
  codeOf,
  FreezeError,
  InvariantError,
  LeaseLostError,
  messageOf,
} from '../core/errors.js';
import type { ImportWindow } from '../core/feed-store.js';
import { withFields } from '../core/log.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { classOf } from '../core/retry.js';
import { fromExigoText, toUtcText } from '../core/time.js';

import type { ChangeSet, Subscriber } from '../queue/freeze/change-set.js';
import { freezeLive } from '../queue/freeze/freeze.js';
import { acquireLeaseAnd, Lease, type LeaseHeld } from '../queue/lease/lease.js';
import { openBatches } from '../queue/ledger/batches.js';
import { type OpenWork, openWork, openWorkRequests } from '../queue/ledger/open-work.js';
import { beginRun, endRun, runIdOf } from '../queue/ledger/runs.js';
import type { Answer, Request } from '../queue/ledger/session.js';
import { lastPrune, prune, pruneIsDue } from '../queue/retention.js';
import { freezeApi } from './api/freeze-api.js';
import { type Backfill, openBackfill } from './backfill.js';
import { goOnWithCancellations } from './cancellations/judge-cancellations.js';
import { type EngineContext, orderSource } from './context.js';
import { pruneArchive } from './inbox/prune-archive.js';
import { takeInboxes } from './inbox/take-inboxes.js';
import { pipelineLease, requestDeadline } from './leases.js';
import { goOnWithEnded } from './marketplace/ask-three-pl.js';
import { freezeEnded } from './marketplace/freeze-ended.js';
import { type FrozenStores, freezeStores, type StoreProblem } from './marketplace/freeze-stores.js';
import { assertGoingOn } from './stop.js';
import { goOnWithReports } from './updates/go-on-with-reports.js';
import { goOnWithLabels } from './waves/awaited-labels.js';
import { recoverWaves } from './waves/recover-waves.js';
import { emptySpool } from './waves/spool.js';
import type { DueWaves } from './waves/waves.js';
import { mayHaveWork, work } from './work.js';

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
  /** Stores of GoDataFeed that could not be frozen; the others were. */
  readonly storeProblems: readonly StoreProblem[];
  /** Batches that were open at some time of this run. */
  readonly batchIds: readonly number[];
  /** The problem that ended it early, if one did; what is left goes on with the next run. */
  readonly error: unknown;
}

/** What one run keeps in mind. */
interface Turn {
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
      const frozen = await freezeOnce(turn, request);
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
    const slices = slicesOf(request);
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

async function beginNow(turn: Turn): Promise<void> {
  if (turn.runId !== null) return;
  const [begun] = await turn.context.database.atomically([begin(turn)]);
  turn.runId = runIdOf(begun);
  if (turn.runId === null) throw turn.lease.lost();
}

interface Frozen extends FrozenStores {
  /** What stands afterwards, where that was asked in the same trip. */
  readonly standing: readonly Answer[] | null;
  /** Why some orders of the API could not be frozen; the others were. */
  readonly problem?: Error | null;
}

/** What the pipeline's source has that is new. */
async function freezeOnce(turn: Turn, request: RunRequest): Promise<Frozen> {
  const { context, lease, pipeline } = turn;
  if (isOfOrders(pipeline)) {
    const { changeSet, standing, problem } = await freezeLiveOnce(turn);
    return { changeSets: changeSet === null ? [] : [changeSet], problems: [], standing, problem };
  }
  await beginNow(turn);
  if (pipeline.source.kind === 'cancellations') {
    await goOnWithCancellations({ context, lease, pipeline });
    return { changeSets: [], problems: [], standing: null };
  }
  if (pipeline.source.kind === '3pl-inbox') {
    return { ...(await takeInboxes(context, lease)), standing: null };
  }
  if (pipeline.source.kind === 'godatafeed-ended') {
    await goOnWithEnded(context, lease, pipeline);
    return { ...(await freezeEnded(context, lease, pipeline)), standing: null };
  }
  return { ...(await freezeStores(context, lease, windowOf(request))), standing: null };
}

/** The import dates a backfill of marketplace orders is limited to; null: over all time. */
export function windowOf({ slices }: RunRequest): ImportWindow | null {
  const [first, last] = [slices[0], slices.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { from: fromExigoText(first.startAt), to: fromExigoText(last.endAt) };
}

/** A backfill of marketplace orders is one list of a window, frozen instead of the one over all time. */
function slicesOf({ pipeline, slices }: RunRequest): RunRequest['slices'] {
  return isOfOrders(pipeline) ? slices : [];
}

function isOfOrders({ source }: AnyPipeline): boolean {
  return source.kind === 'exigo-queue' || source.kind === 'exigo-api';
}

/**
 * One freeze feeds every pipeline of the source; when another process is freezing, its change set will do. Gives
 * what stands afterwards, too, which the source's lease is given back with.
 */
async function freezeLiveOnce(turn: Turn): Promise<{
  readonly changeSet: ChangeSet | null;
  readonly standing: readonly Answer[] | null;
  readonly problem: Error | null;
}> {
  const { context } = turn;
  const source = `source/${orderSource(context.config)}`;
  assertGoingOn(context.signal);
  await turn.lease.assertHeld(); // who has lost the pipeline writes nothing, so it freezes nothing either
  const { lease, answers } = await acquire(context, source, turn.runId === null ? [begin(turn)] : []);
  turn.runId ??= runIdOf(answers[0]);
  if (!(lease instanceof Lease)) {
    if (turn.runId === null) throw turn.lease.lost();
    context.log.info(`the source is being frozen by ${lease.heldBy}; this run works on what there is`);
    return { changeSet: null, standing: null, problem: null };
  }
  let changeSet: ChangeSet;
  let problem: Error | null = null;
  try {
    if (turn.runId === null) throw turn.lease.lost();
    await turn.lease.assertHeld(); // this process may have been stopped between the two
    const subscribers = subscribersOf(context.pipelines);
    if (turn.pipeline.source.kind === 'exigo-api') {
      ({ changeSet, problem } = await freezeApi(context, turn.lease, lease, subscribers));
    } else {
      const freeze = () => freezeLive(lease, context.config.source, subscribers, context.hosted);
      // Our own database is no system of others: without it nothing goes on.
      changeSet =
        context.hosted === null ? await freeze() : await context.circuits.call(SYSTEM.syncDatabase, freeze);
    }
  } catch (error) {
    await lease.release().catch(() => undefined); // it ends by itself; what went wrong before is what counts
    throw error;
  }
  return { changeSet, standing: (await lease.release(standingRequests(turn))).answers, problem };
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

async function acquire(context: EngineContext, name: string, after: readonly Request[]) {
  const options = {
    name,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: requestDeadline(context.config),
  };
  return acquireLeaseAnd(context.database, context.clock, options, after);
}

function begin({ context, lease, pipeline }: Turn): Request {
  const { name, token } = lease;
  const now = toUtcText(context.clock.now());
  return beginRun(context.database.engine, pipeline.name, now, { lease: name, token });
}

function standingRequests({ context, pipeline }: Turn): Request[] {
  const { engine } = context.database;
  return [...openWorkRequests(engine, pipeline.name), lastPrune(engine)];
}

function note(turn: Turn, { batches }: OpenWork): void {
  for (const { batch_id } of batches) turn.batchIds.add(batch_id);
}

export function subscribersOf(pipelines: readonly AnyPipeline[]): Subscriber[] {
  return pipelines.flatMap(({ name, source }) =>
    source.kind === 'exigo-queue' || source.kind === 'exigo-api'
      ? [{ pipeline: name, aggregate: source.aggregate }]
      : [],
  );
}
