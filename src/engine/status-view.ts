import { DAY } from '../core/clock.js';
import type { PipelineMode } from '../core/config.js';
import { toUtcText } from '../core/time.js';
import { isProvablyDead, nameHolder } from '../queue/lease/holder.js';
import { openBatches } from '../queue/ledger/batches.js';
import { type Incident, listIncidents } from '../queue/ledger/incidents.js';
import { type ReturnCounts, returnCounts } from '../queue/ledger/returned.js';
import { readWatermarks } from '../queue/ledger/watermarks.js';
import { openWaves, type Wave } from '../queue/ledger/waves.js';
import { type SetAsideFile, setAsideFiles } from '../queue/reads/inbox.js';
import { type CircuitState, troubledCircuits } from '../queue/reads/schedule.js';
import {
  type Backlog,
  backlog,
  type HeldFile,
  heldFiles,
  type LastRun,
  type LeaseState,
  lastRuns,
  leases,
  type OpenStep,
  openSteps,
  type WaitingCount,
  waitingCounts,
} from '../queue/reads/status.js';
import { notAnswered } from './answers/not-answered.js';
import { type EngineContext, orderSource } from './context.js';
import { pipelineLease } from './leases.js';
import { readSchedule, type ScheduledStatus } from './schedule/schedule-view.js';
import { nextCutOff } from './waves/cut-off.js';
import { isDue } from './waves/waves.js';

export interface PipelineStatus {
  readonly pipeline: string;
  readonly mode: PipelineMode;
  /** Who is working on it; a process that was killed is not. */
  readonly runningIn: string | null;
  readonly runningSince: string | null;
  readonly last: LastRun | null;
  readonly lastDone: LastRun | null;
  readonly openBatches: number;
  readonly backlog: readonly Backlog[];
  readonly waiting: readonly WaitingCount[];
  /** Steps after the hand-over that are not finished. */
  readonly openSteps: readonly OpenStep[];
  /** On their way, or tried again later. */
  readonly openFiles: readonly Wave[];
  /** Waiting for a person. */
  readonly heldFiles: readonly HeldFile[];
}

export interface Status {
  /** Newest stamp seen per table, US Central. */
  readonly watermarks: Readonly<Record<string, string>>;
  readonly pipelines: readonly PipelineStatus[];
  /** Per 3PL the next cut-off (ISO, UTC), `now` when the next run makes a wave, null where every run makes one. */
  readonly nextWaves: Readonly<Record<string, string | null>>;
  /** Files of 3PLs that were not used, of the last 30 days; without those whose name was read since. */
  readonly setAside: readonly SetAsideFile[];
  /** What the schedule does, and what its cycles have come to; of every entry of the configuration. */
  readonly schedule: readonly ScheduledStatus[];
  /** Systems that have failed since they last answered. */
  readonly circuits: readonly CircuitState[];
  /** What lasts. */
  readonly incidents: readonly Incident[];
  /** What came back to each 3PL, over all time. */
  readonly returns: readonly ReturnCounts[];
}

/** How long a file that was set aside is shown. */
const SHOWN_FOR = 30 * DAY;

/** Where everything stands, from the ledger alone. */
export async function readStatus(context: EngineContext): Promise<Status> {
  const { database } = context;
  const held = await leases(database);
  const pipelines: PipelineStatus[] = [];
  for (const { name } of context.pipelines) {
    const lease = held.find((one) => one.name === pipelineLease(name) && isAlive(context, one));
    pipelines.push({
      pipeline: name,
      mode: context.config.modes?.[name] ?? 'live',
      runningIn: lease === undefined ? null : nameHolder(lease.holder),
      runningSince: lease?.acquired_utc ?? null,
      ...(await lastRuns(database, name)),
      openBatches: (await openBatches(database, name)).length,
      backlog: await backlog(database, name),
      waiting: [...(await waitingCounts(database, name)), ...(await unansweredCount(context, name))],
      openSteps: await openSteps(database, name),
      openFiles: await openWaves(database, name),
      heldFiles: await heldFiles(database, name),
    });
  }
  return {
    watermarks: Object.fromEntries(await readWatermarks(database, orderSource(context.config))),
    pipelines,
    nextWaves: await nextWaves(context),
    setAside: await setAsideFiles(database, toUtcText(context.clock.now() - SHOWN_FOR)),
    schedule: await readSchedule(context),
    circuits: await troubledCircuits(database),
    incidents: await listIncidents(database, { open: true }),
    returns: await returnCounts(database),
  };
}

async function unansweredCount(context: EngineContext, pipeline: string): Promise<WaitingCount[]> {
  const items = await notAnswered(context, pipeline);
  const [oldest] = items;
  if (oldest === undefined) return [];
  return [{ state: oldest.state, code: oldest.code, items: items.length, oldest_utc: oldest.settled_utc }];
}

function isAlive({ clock }: EngineContext, lease: LeaseState): boolean {
  return lease.released === 0 && lease.expires_utc > toUtcText(clock.now()) && !isProvablyDead(lease.holder);
}

async function nextWaves(context: EngineContext): Promise<Record<string, string | null>> {
  const next: Record<string, string | null> = {};
  const now = context.clock.now();
  const pipeline = context.pipelines.find(({ load }) => load[0]?.kind === '3pl-file')?.name ?? '';
  for (const { name, wave } of context.config.threePls) {
    const cutOff = nextCutOff(wave, now);
    const due = cutOff !== null && (await isDue(context.database, pipeline, name, wave, now));
    next[name] = cutOff === null ? null : due ? 'now' : new Date(cutOff).toISOString();
  }
  return next;
}
