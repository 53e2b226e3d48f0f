/**
 * The process is killed (SIGKILL) at every named point, and started again: what comes of it must be what
 * comes of a life that nobody disturbed. See docs/testing.md.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/db/database.js';
import {
  ALL,
  describeKill,
  killPairs,
  limiter,
  nameOf,
  pointsInSource,
  SEED,
  sample,
  singleKills,
} from '../support/crash-cases.js';
import { type Outcome, outcomeOf } from '../support/crash-outcome.js';
import type { PointPass } from '../support/crash-protocol.js';
import { CrashSite, type CrashTemplate } from '../support/crash-site.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';

reportMissingEngine();

const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));
const oneOfTwo = limiter(2);

afterAll(async () => {
  for (const { template } of suites) await CrashSite.remove(template);
});

async function suiteOf(engine: Engine) {
  const template = await CrashSite.prepare(engine);
  const undisturbed = await life(template, []);
  const few = repetitions(engine, 0, 1) === 1;
  const kills = singleKills(undisturbed.points, few ? 'each' : ALL ? 'all' : 'some');
  const pairs = killPairs(undisturbed.points);
  const drawn = ALL && !few ? pairs : sample(pairs, few ? 4 : 12, SEED);
  return { engine, template, undisturbed, kills, drawn };
}

async function life(
  template: CrashTemplate,
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

describe.each(suites)('on $engine', ({ template, undisturbed, kills, drawn }) => {
  it('passes every named point of the source in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    // Those of a sync database elsewhere are tried on SQL Server: hosted.test.ts; those of stores in marketplace.test.ts,
    // of the API as a source in api.test.ts, of inboxes in inbox.test.ts, of mails in label-mails.test.ts, of shadow in
    // test/db/shadow/reports-in-shadow.test.ts.
    const ours = pointsInSource().filter(
      (name) => !/^(hosted|api|inbox|mail|marketplace|shadow|single|update|ended)\//.test(name),
    );
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
  });

  it('brings something about in an undisturbed life', () => {
    const { handOvers, tables, moves } = undisturbed.outcome;
    expect(Object.keys(handOvers)).toHaveLength(6);
    expect(Object.keys(tables)).toHaveLength(6);
    expect(moves).toHaveLength(19);
  });

  describe(`killed once (${kills.length} kills)`, { concurrent: true, timeout: 600_000 }, () => {
    it.each(kills.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
      const { killed, outcome } = await oneOfTwo(() => life(template, [kill]));
      expect(killed).toBe(1);
      expect(outcome).toEqual(undisturbed.outcome);
    });
  });

  const again = `killed again while it recovers (${drawn.length} pairs, seed ${SEED})`;
  describe(again, { concurrent: true, timeout: 600_000 }, () => {
    it.each(drawn.map((two) => [two.map(describeKill).join(', then '), two] as const))(
      '%s',
      async (_name, two) => {
        const { killed, outcome } = await oneOfTwo(() => life(template, two));
        expect(killed).toBeGreaterThan(0);
        expect(outcome).toEqual(undisturbed.outcome);
      },
    );
  });
});
