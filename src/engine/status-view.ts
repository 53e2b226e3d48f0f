import { SOURCE } from '../queue/freeze/freeze.js';
import { nameHolder } from '../queue/lease/holder.js';
import { openBatches } from '../queue/ledger/batches.js';
import { readWatermarks } from '../queue/ledger/watermarks.js';
import { openWaves, type Wave } from '../queue/ledger/waves.js';
import {
  type Backlog,
  backlog,
  type LastRun,
  lastRuns,
  leases,
  type WaitingCount,
  waitingCounts,
} from '../queue/reads/status.js';
import type { EngineContext } from './context.js';
import { nextCutOff } from './cut-off.js';
import { pipelineLease } from './run.js';

export interface PipelineStatus {
  readonly pipeline: string;
  readonly runningIn: string | null;
  readonly last: LastRun | null;
  readonly lastDone: LastRun | null;
  readonly openBatches: number;
  readonly backlog: readonly Backlog[];
  readonly waiting: readonly WaitingCount[];
  readonly openFiles: readonly Wave[];
}

export interface Status {
  /** Newest stamp seen per table, US Central. */
  readonly watermarks: Readonly<Record<string, string>>;
  readonly pipelines: readonly PipelineStatus[];
  /** Next cut-off per 3PL (UTC), null where every run makes a wave. */
  readonly nextWaves: Readonly<Record<string, string | null>>;
}

/** Where everything stands, from the ledger alone. */
export async function readStatus(context: EngineContext): Promise<Status> {
  const { database, clock } = context;
  const held = await leases(database);
  const now = new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 23);
  const pipelines: PipelineStatus[] = [];
  for (const { name } of context.pipelines) {
    const lease = held.find(
      (one) => one.name === pipelineLease(name) && one.released === 0 && one.expires_utc > now,
    );
    pipelines.push({
      pipeline: name,
      runningIn: lease === undefined ? null : nameHolder(lease.holder),
      ...(await lastRuns(database, name)),
      openBatches: (await openBatches(database, name)).length,
      backlog: await backlog(database, name),
      waiting: await waitingCounts(database, name),
      openFiles: await openWaves(database, name),
    });
  }
  const nextWaves: Record<string, string | null> = {};
  for (const { name, wave } of context.config.threePls) {
    const next = nextCutOff(wave, clock.now());
    nextWaves[name] = next === null ? null : new Date(next).toISOString();
  }
  return { watermarks: Object.fromEntries(await readWatermarks(database, SOURCE)), pipelines, nextWaves };
}
