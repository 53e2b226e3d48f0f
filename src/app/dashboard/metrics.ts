import { Gauge, Registry } from 'prom-client';
import { DAY } from '../../core/clock.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { EngineContext } from '../../engine/context.js';
import { judgeHealth, LEVELS, monitoringOf } from '../../engine/health.js';
import { type PipelineStatus, readStatus } from '../../engine/status-view.js';
import { closedBatches, recentRuns } from '../../queue/reads/overview.js';
import { bucketLevels } from '../../rate/level.js';
import { rateAccountOf } from '../config/godatafeed.js';

/** Runs that are looked at: a day of a hundred flows of fifteen minutes. */
const MOST_RUNS = 10_000;
const OUTCOMES = ['delivered', 'excluded', 'held', 'failed'] as const;

/**
 * The figures as Prometheus reads them, made anew from the database: right whichever process ran. All are gauges, also
 * what happened in the last 24 hours: the retention deletes old rows, and a counter must not go down.
 */
export async function readMetrics(
  context: EngineContext,
): Promise<{ readonly text: string; readonly type: string }> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name: `orderferry_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  await addFlows(context, gauge);
  await addDay(context, gauge);
  await addBuckets(context, gauge);
  return { text: await registry.metrics(), type: registry.contentType };
}

type Gauges = (name: string, help: string, labelNames: readonly string[]) => Gauge;

/** How every flow stands now. */
async function addFlows(context: EngineContext, gauge: Gauges): Promise<void> {
  const level = gauge(
    'flow_level',
    'How a flow is: 0 quiet, 1 well, 2 to be looked at, 3 beyond a threshold',
    ['pipeline'],
  );
  const success = gauge('last_success_timestamp_seconds', 'When a flow last succeeded', ['pipeline']);
  const lag = gauge('lag_seconds', 'Age of the oldest item on its way', ['pipeline']);
  const stuck = gauge('stuck_seconds', 'Age of the oldest item that is held or failed and not answered', [
    'pipeline',
  ]);
  const backlog = gauge('backlog_items', 'Items that are not settled', ['pipeline', 'state', 'target']);
  const waiting = gauge('waiting_items', 'Held and failed items that are not answered', [
    'pipeline',
    'state',
    'code',
  ]);
  const effects = gauge('open_effects', 'Effects that are not finished, by state', [
    'pipeline',
    'step',
    'state',
  ]);
  const open = gauge('open_batches', 'Batches that are not closed', ['pipeline']);
  const heldFiles = gauge('held_files', 'Files that wait for a person', ['pipeline']);
  const running = gauge('running', 'Whether a process is at work on a flow', ['pipeline']);
  const duration = gauge('last_run_duration_seconds', 'How long the last run took that ended', ['pipeline']);

  const status = await readStatus(context);
  const { flows } = judgeHealth(status, monitoringOf(context.config), context.clock.now());
  for (const [i, flow] of status.pipelines.entries()) {
    const { pipeline } = flow;
    const health = flows[i];
    level.set({ pipeline }, LEVELS.indexOf(health?.level ?? 'quiet'));
    if (flow.lastDone?.ended_utc != null)
      success.set({ pipeline }, fromUtcText(flow.lastDone.ended_utc) / 1_000);
    lag.set({ pipeline }, (health?.lagMs ?? 0) / 1_000);
    stuck.set({ pipeline }, (health?.stuckMs ?? 0) / 1_000);
    for (const { state, target, items } of flow.backlog)
      backlog.set({ pipeline, state, target: target ?? '' }, items);
    for (const { state, code, items } of flow.waiting) waiting.set({ pipeline, state, code }, items);
    for (const { step, state, orders } of flow.openSteps) effects.set({ pipeline, step, state }, orders);
    open.set({ pipeline }, flow.openBatches);
    heldFiles.set({ pipeline }, flow.heldFiles.length);
    running.set({ pipeline }, flow.runningIn === null ? 0 : 1);
    const seconds = lastDuration(flow);
    if (seconds !== null) duration.set({ pipeline }, seconds);
  }
}

function lastDuration({ last, lastDone }: PipelineStatus): number | null {
  const run = last?.ended_utc == null ? lastDone : last;
  if (run?.ended_utc == null) return null;
  return (fromUtcText(run.ended_utc) - fromUtcText(run.started_utc)) / 1_000;
}

/** What happened in the last 24 hours. */
async function addDay({ database, clock }: EngineContext, gauge: Gauges): Promise<void> {
  const since = toUtcText(clock.now() - DAY);
  const runs = gauge('runs_last_day', 'Runs of the last 24 hours, by outcome', ['pipeline', 'outcome']);
  const longest = gauge('longest_run_last_day_seconds', 'The longest run of the last 24 hours', ['pipeline']);
  const items = gauge('items_last_day', 'Items of batches that closed in the last 24 hours, by outcome', [
    'pipeline',
    'outcome',
  ]);
  const lag = gauge(
    'slowest_batch_last_day_seconds',
    'From freeze to end, of the slowest batch that closed in the last 24 hours',
    ['pipeline'],
  );

  const seconds = new Map<string, number>();
  for (const { pipeline, outcome, started_utc, ended_utc } of await recentRuns(database, since, MOST_RUNS)) {
    runs.inc({ pipeline, outcome: outcome ?? 'unfinished' });
    if (ended_utc === null) continue;
    const took = (fromUtcText(ended_utc) - fromUtcText(started_utc)) / 1_000;
    seconds.set(pipeline, Math.max(took, seconds.get(pipeline) ?? 0));
  }
  for (const [pipeline, took] of seconds) longest.set({ pipeline }, took);

  const slowest = new Map<string, number>();
  for (const row of await closedBatches(database, since, 'day')) {
    const { pipeline } = row;
    for (const outcome of OUTCOMES) items.inc({ pipeline, outcome }, row[outcome]);
    slowest.set(pipeline, Math.max(row.lag_ms, slowest.get(pipeline) ?? 0));
  }
  for (const [pipeline, ms] of slowest) lag.set({ pipeline }, ms / 1_000);
}

/** How full the buckets of the stores are; stores of one key share one. */
async function addBuckets({ database, clock, config }: EngineContext, gauge: Gauges): Promise<void> {
  const level = gauge('bucket_calls', 'Calls in the bucket of a store, as far as is known', ['store']);
  const size = gauge('bucket_size_calls', 'Calls that the bucket of a store takes', ['store']);
  const closed = gauge(
    'bucket_closed_seconds',
    'How long nothing may leave, because the server asked for it',
    ['store'],
  );
  const levels = new Map((await bucketLevels(database)).map((one) => [one.account, one]));
  const now = clock.now();
  for (const store of config.godatafeed.stores) {
    const labels = { store: store.name };
    size.set(labels, store.rate.size);
    const found = levels.get(rateAccountOf(store));
    const leaked = found === undefined ? 0 : (Math.max(0, now - found.at) / 1_000) * store.rate.perSecond;
    level.set(labels, found === undefined ? 0 : Math.max(0, found.calls - leaked));
    closed.set(labels, found === undefined ? 0 : Math.max(0, found.closedUntil - now) / 1_000);
  }
}
