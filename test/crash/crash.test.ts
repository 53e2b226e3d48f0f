/**
 * The process is killed (SIGKILL) at every named point, and started again: what comes of it must be what
 * comes of a life that nobody disturbed. See docs/testing.md.
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  describeKill,
  killPairs,
  limiter,
  nameOf,
  pointsInSource,
  sample,
  singleKills,
} from '../support/crash-cases.js';
import { type Outcome, outcomeOf } from '../support/crash-outcome.js';
import type { PointPass } from '../support/crash-protocol.js';
import { CrashSite } from '../support/crash-site.js';

const ALL = process.env.ORDERFERRY_CRASH_PAIRS === 'all';
const SEED = Number(process.env.ORDERFERRY_CRASH_SEED ?? 20_260_311);
const PAIRS = 12;

const template = await CrashSite.prepare();
const undisturbed = await life([]);
const kills = singleKills(undisturbed.points, ALL);
const pairs = killPairs(undisturbed.points);
const oneOfTwo = limiter(2);

afterAll(() => CrashSite.remove(template));

async function life(
  kills: readonly PointPass[],
): Promise<{ killed: number; points: readonly string[]; outcome: Outcome }> {
  const site = await CrashSite.open(template);
  try {
    const lived = await site.live(kills);
    return { ...lived, outcome: await outcomeOf(site) };
  } finally {
    await site.close();
  }
}

it('passes every named point of the source in an undisturbed life', () => {
  const passed = new Set(undisturbed.points.map(nameOf));
  // Those of a sync database elsewhere are tried on SQL Server: hosted.test.ts.
  const ours = pointsInSource().filter((name) => !name.startsWith('hosted/'));
  expect(ours.filter((name) => !passed.has(name))).toEqual([]);
});

it('brings something about in an undisturbed life', () => {
  const { handOvers, tables, moves } = undisturbed.outcome;
  expect(Object.keys(handOvers)).toHaveLength(6);
  expect(Object.keys(tables)).toHaveLength(6);
  expect(moves).toHaveLength(19);
});

describe('killed once', { concurrent: true, timeout: 60_000 }, () => {
  it.each(kills.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
    const { killed, outcome } = await oneOfTwo(() => life([kill]));
    expect(killed).toBe(1);
    expect(outcome).toEqual(undisturbed.outcome);
  });
});

describe(`killed again while it recovers (seed ${SEED})`, { concurrent: true, timeout: 60_000 }, () => {
  const drawn = ALL ? pairs : sample(pairs, PAIRS, SEED);
  it.each(drawn.map((two) => [two.map(describeKill).join(', then '), two] as const))(
    '%s',
    async (_name, two) => {
      const { killed, outcome } = await oneOfTwo(() => life(two));
      expect(killed).toBeGreaterThan(0);
      expect(outcome).toEqual(undisturbed.outcome);
    },
  );
});
