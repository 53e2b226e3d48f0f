import { codeOf, messageOf } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { endCycle } from '../../queue/ledger/cycles.js';
import type { EngineContext } from '../context.js';
import { notePipeline } from '../pipeline-incidents.js';
import { type RunReport, runPipeline } from '../run.js';
import { type Claimed, isLost, type Scheduling } from './claim.js';

/** What became of a pipeline in a cycle. `busy`: another process works on it, so nothing was done here. */
export interface PipelineOutcome {
  readonly pipeline: string;
  readonly outcome: 'done' | 'failed' | 'stopped' | 'busy';
  /** Why not `done`. */
  readonly reason: string | null;
}

export interface CycleReport {
  readonly state: 'done' | 'failed' | 'stopped' | 'lost';
  readonly pipelines: readonly PipelineOutcome[];
}

/** What a cycle is run with. */
export interface CycleWork {
  readonly scheduling: Scheduling;
  readonly claimed: Claimed;
  /** In the order in which they are run. */
  readonly pipelines: readonly AnyPipeline[];
  /** Its signal is aborted when the process is to stop, or when the cycle was taken by another one. */
  readonly context: EngineContext;
}

/**
 * Runs the pipelines of a cycle, one after the other; one that fails does not stop the others. Gives the cycle's lease
 * back with what became of it. `lost`: another process has taken it up, and nothing was written.
 */
export async function runCycle(work: CycleWork): Promise<CycleReport> {
  const { scheduling, claimed, context } = work;
  const { lease } = claimed;
  const pipelines: PipelineOutcome[] = [];
  scheduling.log.info(claimed.line);
  for (const pipeline of work.pipelines) {
    if (context.signal.aborted) {
      pipelines.push({ pipeline: pipeline.name, outcome: 'stopped', reason: null });
      continue;
    }
    try {
      await lease.assertHeld();
    } catch (error) {
      if (isLost(error)) return lost(work, pipelines);
      // The database cannot be asked: the pipeline finds the same, and says it better.
    }
    pipelines.push(await runOne(work, pipeline));
  }
  const outcomes = pipelines.map(({ outcome }) => outcome);
  const state = outcomes.includes('stopped') ? 'stopped' : outcomes.includes('failed') ? 'failed' : 'done';
  const { lost: gone } = await lease.release([
    endCycle(scheduling.database, {
      entry: claimed.entry.name,
      due: claimed.due,
      token: lease.token,
      state,
      detail: JSON.stringify({ pipelines }),
      now: toUtcText(scheduling.clock.now()),
    }),
  ]);
  return gone === null ? { state, pipelines } : lost(work, pipelines);
}

/** A cycle that could not even begin: it has failed, and the next one is due as ever. */
export async function giveUpCycle(
  { database, clock }: Scheduling,
  { entry, due, lease }: Claimed,
  error: unknown,
): Promise<CycleReport> {
  const pipelines = entry.pipelines.map(
    (pipeline): PipelineOutcome => ({ pipeline, outcome: 'failed', reason: messageOf(error) }),
  );
  const ended = { entry: entry.name, due, token: lease.token, now: toUtcText(clock.now()) } as const;
  await lease.release([
    endCycle(database, { ...ended, state: 'failed', detail: JSON.stringify({ pipelines }) }),
  ]);
  return { state: 'failed', pipelines };
}

function lost({ scheduling, claimed }: CycleWork, pipelines: readonly PipelineOutcome[]): CycleReport {
  scheduling.log.warn(
    `schedule ${claimed.entry.name}: the cycle of ${claimed.due.slice(0, 16)} UTC was taken up by another process while this one was away`,
  );
  return { state: 'lost', pipelines };
}

async function runOne({ context, scheduling }: CycleWork, pipeline: AnyPipeline): Promise<PipelineOutcome> {
  const { name } = pipeline;
  let report: RunReport;
  try {
    report = await runPipeline(context, { pipeline, slices: [] });
  } catch (error) {
    return failed(scheduling, name, error);
  }
  if (report.heldBy !== null) {
    const reason = `is being worked on by ${report.heldBy.heldBy}`;
    scheduling.log.info(`${name} ${reason}; nothing was done here`);
    return { pipeline: name, outcome: 'busy', reason };
  }
  if (report.error === null) {
    await notePipeline(scheduling, name, null);
    return { pipeline: name, outcome: 'done', reason: null };
  }
  return failed(scheduling, name, report.error);
}

async function failed(scheduling: Scheduling, pipeline: string, error: unknown): Promise<PipelineOutcome> {
  const reason = messageOf(error);
  if (codeOf(error) === 'STOPPED') return { pipeline, outcome: 'stopped', reason };
  scheduling.log.error(reason, { pipeline, code: codeOf(error) ?? null });
  await notePipeline(scheduling, pipeline, error);
  return { pipeline, outcome: 'failed', reason };
}
