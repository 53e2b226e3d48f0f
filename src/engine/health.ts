import { DAY, HOUR } from '../core/clock.js';
import type { Config, MonitoringConfig } from '../core/config.js';
import { counted } from '../core/text.js';
import { describeDuration, fromUtcText } from '../core/time.js';
import type { PipelineStatus, Status } from './status-view.js';

/** `quiet`: nothing to say, as it never ran or is not watched. `look`: a person should. `wrong`: beyond a threshold. */
export const LEVELS = ['quiet', 'good', 'look', 'wrong'] as const;
export type Level = (typeof LEVELS)[number];

/** Something about a flow, in words that stand alone. */
export interface Finding {
  readonly level: 'look' | 'wrong';
  readonly words: string;
}

export interface FlowHealth {
  readonly pipeline: string;
  readonly level: Level;
  /** The worst first; empty when all is well. */
  readonly findings: readonly Finding[];
  /** Milliseconds since its last success; null when there was none. */
  readonly silenceMs: number | null;
  /** Age of the oldest item on its way; null when nothing is. */
  readonly lagMs: number | null;
  /** Items on their way. */
  readonly backlog: number;
  /** Held and failed items that nobody has answered, INCOMPLETE ones included. */
  readonly errors: number;
  /** Age of the oldest of them. */
  readonly stuckMs: number | null;
}

export interface Health {
  readonly level: Level;
  readonly flows: readonly FlowHealth[];
}

const DEFAULT_MONITORING: MonitoringConfig = {
  maxSilenceMs: HOUR,
  maxLagMs: 26 * HOUR,
  maxStuckMs: 3 * DAY,
  maxErrors: 100,
  flows: [],
};

/** The thresholds of a configuration. */
export function monitoringOf({ monitoring }: Pick<Config, 'monitoring'>): MonitoringConfig {
  return monitoring ?? DEFAULT_MONITORING;
}

/** Read again every cycle, and goes by itself. */
const BY_ITSELF = 'INCOMPLETE';

/** Whether all is well, by what the ledger says and the thresholds of the configuration. Pure. */
export function judgeHealth(status: Status, monitoring: MonitoringConfig, now: number): Health {
  const flows = status.pipelines.map((flow) => judgeFlow(flow, limitsOf(monitoring, flow.pipeline), now));
  return { level: worst(flows.map(({ level }) => level)), flows };
}

/** What is beyond a threshold, one line each: `exigo-orders-to-3pl: no success for 2 h (at most 1 h)`. */
export function alarms({ flows }: Health): string[] {
  return flows.flatMap(({ pipeline, findings }) =>
    findings.filter(({ level }) => level === 'wrong').map(({ words }) => `${pipeline}: ${words}`),
  );
}

/** The worst of several. */
export function worst(levels: readonly Level[]): Level {
  return levels.reduce((a, b) => (LEVELS.indexOf(a) > LEVELS.indexOf(b) ? a : b), 'quiet');
}

type Limits = Omit<MonitoringConfig, 'flows'> & { readonly watch: boolean };

function limitsOf(monitoring: MonitoringConfig, pipeline: string): Limits {
  const own = monitoring.flows.find((flow) => flow.pipeline === pipeline);
  return {
    watch: own?.watch ?? true,
    maxSilenceMs: own?.maxSilenceMs ?? monitoring.maxSilenceMs,
    maxLagMs: own?.maxLagMs ?? monitoring.maxLagMs,
    maxStuckMs: own?.maxStuckMs ?? monitoring.maxStuckMs,
    maxErrors: own?.maxErrors ?? monitoring.maxErrors,
  };
}

function judgeFlow(flow: PipelineStatus, limits: Limits, now: number): FlowHealth {
  const age = (utc: string) => Math.max(0, now - fromUtcText(utc));
  const done = flow.lastDone?.ended_utc ?? null;
  const ages = {
    silenceMs: done === null ? null : age(done),
    lagMs: oldest(flow.backlog.map(({ oldest_utc }) => age(oldest_utc))),
    stuckMs: oldest(flow.waiting.map(({ oldest_utc }) => age(oldest_utc))),
  };
  const counts = {
    backlog: sum(flow.backlog.map(({ items }) => items)),
    errors: sum(flow.waiting.map(({ items }) => items)),
  };
  const findings = limits.watch ? findingsOf(flow, limits, { ...ages, ...counts }, age) : [];
  const isQuiet = !limits.watch || (flow.last === null && flow.openBatches === 0);
  const level = findings.length > 0 ? worst(findings.map((one) => one.level)) : isQuiet ? 'quiet' : 'good';
  return { pipeline: flow.pipeline, level, findings, ...ages, ...counts };
}

type Figures = Pick<FlowHealth, 'silenceMs' | 'lagMs' | 'stuckMs' | 'backlog' | 'errors'>;

function findingsOf(
  flow: PipelineStatus,
  limits: Limits,
  { silenceMs, lagMs, stuckMs, errors }: Figures,
  age: (utc: string) => number,
): Finding[] {
  const findings: Finding[] = [];
  const add = (level: Finding['level'], words: string) => void findings.push({ level, words });
  const beyond = (ms: number | null, most: number) => ms !== null && ms > most;
  const most = (ms: number) => `(at most ${describeDuration(ms)})`;

  const { last, runningIn, runningSince } = flow;
  const atWork =
    runningIn !== null && !beyond(runningSince === null ? 0 : age(runningSince), limits.maxSilenceMs);
  if (last === null && flow.openBatches > 0) {
    const batches = flow.openBatches === 1 ? 'a batch waits' : `${flow.openBatches} batches wait`;
    add('look', `has never run, and ${batches} for it`);
  } else if (last !== null && silenceMs === null && !atWork) add('wrong', 'has run and never succeeded');
  else if (beyond(silenceMs, limits.maxSilenceMs) && !atWork) {
    add('wrong', `no success for ${describeDuration(silenceMs ?? 0)} ${most(limits.maxSilenceMs)}`);
  } else if (last?.outcome === 'failed') add('look', 'the last run failed');
  if (beyond(lagMs, limits.maxLagMs) && flow.mode === 'shadow') {
    const words = 'nobody has done it: "orderferry shadow compare" shows it';
    add(
      'look',
      `in shadow, an order waits for the earlier script for ${describeDuration(lagMs ?? 0)}; ${words}`,
    );
  } else if (beyond(lagMs, limits.maxLagMs)) {
    add('wrong', `an order is on its way for ${describeDuration(lagMs ?? 0)} ${most(limits.maxLagMs)}`);
  }
  if (beyond(stuckMs, limits.maxStuckMs)) {
    add(
      'wrong',
      `an order waits for a person for ${describeDuration(stuckMs ?? 0)} ${most(limits.maxStuckMs)}`,
    );
  }
  if (errors > limits.maxErrors)
    add('wrong', `${counted(errors, 'item')} held or failed (at most ${limits.maxErrors})`);

  const forPersons = sum(flow.waiting.filter(({ code }) => code !== BY_ITSELF).map(({ items }) => items));
  if (forPersons > 0) add('look', `${counted(forPersons, 'item')} held or failed`);
  if (flow.heldFiles.length > 0) add('look', `${counted(flow.heldFiles.length, 'file')} held`);
  const late = flow.openFiles.filter(({ last_error }) => last_error !== null);
  if (late.length > 0) add('look', `${counted(late.length, 'file')} could not be sent yet`);
  for (const { step, orders, last_error } of flow.openSteps) {
    if (last_error !== null)
      add('look', `step ${step} could not be done yet for ${counted(orders, 'order')}`);
  }
  return findings.sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
}

function oldest(ages: readonly number[]): number | null {
  return ages.length === 0 ? null : Math.max(...ages);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}
