import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import type { MonitoringConfig } from '../../src/core/config.js';
import { toUtcText } from '../../src/core/time.js';
import { alarms, judgeHealth, monitoringOf } from '../../src/engine/health.js';
import type { PipelineStatus, Status } from '../../src/engine/status-view.js';

const NOW = Date.parse('2026-03-11T17:00:00Z');
const utcAgo = (ms: number) => toUtcText(NOW - ms);
const DEFAULTS = monitoringOf({});

function flow(overrides: Partial<PipelineStatus> = {}): PipelineStatus {
  const done = { started_utc: utcAgo(10 * MINUTE), ended_utc: utcAgo(9 * MINUTE), outcome: 'done' };
  return {
    pipeline: 'exigo-orders-to-3pl',
    mode: 'live',
    runningIn: null,
    runningSince: null,
    last: done,
    lastDone: done,
    openBatches: 0,
    backlog: [],
    waiting: [],
    openSteps: [],
    openFiles: [],
    heldFiles: [],
    ...overrides,
  };
}

function judge(overrides: Partial<PipelineStatus>, monitoring: Partial<MonitoringConfig> = {}) {
  const status: Status = {
    watermarks: {},
    pipelines: [flow(overrides)],
    nextWaves: {},
    setAside: [],
    schedule: [],
    circuits: [],
    incidents: [],
    returns: [],
  };
  return judgeHealth(status, { ...DEFAULTS, ...monitoring }, NOW);
}

const old = { started_utc: utcAgo(3 * HOUR), ended_utc: utcAgo(2 * HOUR), outcome: 'done' };
const failed = { started_utc: utcAgo(5 * MINUTE), ended_utc: utcAgo(4 * MINUTE), outcome: 'failed' };
const open = { state: 'ready', target: 'atlas', items: 7, oldest_utc: utcAgo(27 * HOUR) };
const held = { state: 'held', code: 'NO_ROUTE', items: 2, oldest_utc: utcAgo(HOUR) };

describe('a flow', () => {
  it.each([
    ['is well after a success in time', {}, 'good', []],
    ['is quiet when it never ran', { last: null, lastDone: null }, 'quiet', []],
    [
      'that never ran is looked at when something waits for it',
      { last: null, lastDone: null, openBatches: 2 },
      'look',
      ['has never run, and 2 batches wait for it'],
    ],
    [
      'is wrong without success in time',
      { last: old, lastDone: old },
      'wrong',
      ['no success for 2.0 h (at most 60 min)'],
    ],
    [
      'is not wrong while its first long run is at work',
      {
        last: { ...old, ended_utc: null, outcome: null },
        lastDone: null,
        runningIn: 'a',
        runningSince: utcAgo(MINUTE),
      },
      'good',
      [],
    ],
    [
      'is wrong when a run is at work for longer than that',
      { last: old, lastDone: old, runningIn: 'a', runningSince: utcAgo(2 * HOUR) },
      'wrong',
      ['no success for 2.0 h (at most 60 min)'],
    ],
    [
      'is wrong when it ran and never succeeded',
      { last: failed, lastDone: null },
      'wrong',
      ['has run and never succeeded'],
    ],
    ['is looked at after a failed run', { last: failed }, 'look', ['the last run failed']],
    [
      'is wrong when an order is too long on its way',
      { backlog: [open] },
      'wrong',
      ['an order is on its way for 27.0 h (at most 26.0 h)'],
    ],
    [
      'is looked at when something waits for a person',
      { waiting: [held] },
      'look',
      ['2 items held or failed'],
    ],
    [
      'is well while an order is read again by itself',
      { waiting: [{ ...held, code: 'INCOMPLETE' }] },
      'good',
      [],
    ],
    [
      'is wrong when something waits for too long',
      { waiting: [{ ...held, items: 1, oldest_utc: utcAgo(80 * HOUR) }] },
      'wrong',
      ['an order waits for a person for 3 days (at most 3 days)', '1 item held or failed'],
    ],
    [
      'is wrong with too many errors',
      { waiting: [{ ...held, items: 101 }] },
      'wrong',
      ['101 items held or failed (at most 100)', '101 items held or failed'],
    ],
  ] as const)('%s', (_what, overrides, level, words) => {
    const health = judge(overrides as Partial<PipelineStatus>);
    expect(health.level).toBe(level);
    expect(health.flows[0]?.findings.map((one) => one.words)).toEqual(words);
  });

  it('has thresholds of its own, or is not watched at all', () => {
    const own = (one: object) => ({ flows: [{ pipeline: 'exigo-orders-to-3pl', watch: true, ...one }] });
    expect(judge({ last: old, lastDone: old }, own({ maxSilenceMs: 3 * HOUR })).level).toBe('good');
    expect(judge({ last: old, lastDone: old }, own({ watch: false })).level).toBe('quiet');
    expect(judge({ waiting: [held] }, own({ maxErrors: 1 })).level).toBe('wrong');
  });

  it('gives figures: silence, lag, backlog, errors', () => {
    const second = { ...open, state: 'loading', items: 3, oldest_utc: utcAgo(HOUR) };
    expect(judge({ backlog: [open, second], waiting: [held] }).flows[0]).toMatchObject({
      silenceMs: 9 * MINUTE,
      lagMs: 27 * HOUR,
      backlog: 10,
      errors: 2,
      stuckMs: HOUR,
    });
  });
});

it('alarms name the flow, and only what is beyond a threshold', () => {
  expect(alarms(judge({ last: old, lastDone: old, waiting: [held] }))).toEqual([
    'exigo-orders-to-3pl: no success for 2.0 h (at most 60 min)',
  ]);
});
