/**
 * The process is killed (SIGKILL) at every point of a file's way to an SFTP server, and started again: what comes
 * of it must be what comes of a life that nobody disturbed. The server outlives it.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKill, killPairs, limiter, nameOf, sample, singleKills } from '../support/crash-cases.js';
import { liveThrough } from '../support/crash-child.js';
import { type Outcome, outcomeOf } from '../support/crash-outcome.js';
import type { PointPass } from '../support/crash-protocol.js';
import { CrashSite } from '../support/crash-site.js';
import { TestSftpServer } from '../support/sftp-server.js';

const ALL = process.env.ORDERFERRY_CRASH_PAIRS === 'all';
const SEED = Number(process.env.ORDERFERRY_CRASH_SEED ?? 20_260_311);
/** What a file passes on its way; the rest is tried in crash.test.ts. */
const ON_ITS_WAY = /^exigo-orders-to-3pl (send|folder)\//;

const template = await CrashSite.prepare('sqlite');
const undisturbed = await life([]);
const points = undisturbed.points.filter((point) => ON_ITS_WAY.test(point));
const kills = singleKills(points, ALL ? 'all' : 'each');
const pairs = ALL ? killPairs(points) : sample(killPairs(points), 4, SEED);
const oneOfTwo = limiter(2);

afterAll(() => CrashSite.remove(template));

/** One cycle with orders for both 3PLs, atlas by SFTP, borealis in its folder. */
async function life(
  killed: readonly PointPass[],
): Promise<{ killed: number; points: readonly string[]; outcome: Outcome; logins: number }> {
  const site = await CrashSite.open(template);
  const server = await TestSftpServer.open({ root: join(site.folder, 'var', 'out') });
  try {
    const spec = {
      // In this order nothing is frozen after the orders were Printed, so one cycle settles everything.
      pipelines: ['exigo-snapshot-to-csv', 'exigo-orders-to-3pl'],
      cycles: 1,
      trace: true,
      atlas: server.place({ path: '/atlas' }),
    };
    const lived = await liveThrough(killed, site.clock, (killAt) =>
      site.start({ ...spec, ...(killAt === undefined ? {} : { killAt }) }),
    );
    return { ...lived, outcome: await outcomeOf(site), logins: server.logins };
  } finally {
    await server.close();
    await site.close();
  }
}

describe('atlas by SFTP', () => {
  let passed: Set<string>;
  beforeAll(() => {
    passed = new Set(points.map(nameOf));
  });

  it('gets its file and its manifest in an undisturbed life, on one connection', () => {
    expect(Object.keys(undisturbed.outcome.handOvers).filter((name) => name.startsWith('atlas/'))).toEqual([
      expect.stringMatching(/\.csv$/),
      expect.stringMatching(/\.manifest\.json$/),
    ]);
    expect(undisturbed.logins).toBe(1);
    expect([...passed]).toEqual(expect.arrayContaining(['folder/write-before', 'folder/rename-after']));
  });

  describe(`killed once (${kills.length} kills)`, { concurrent: true, timeout: 600_000 }, () => {
    it.each(kills.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
      const { killed, outcome } = await oneOfTwo(() => life([kill]));
      expect(killed).toBe(1);
      expect(outcome).toEqual(undisturbed.outcome);
    });
  });

  const again = `killed again while it recovers (${pairs.length} pairs, seed ${SEED})`;
  describe(again, { concurrent: true, timeout: 600_000 }, () => {
    it.each(pairs.map((two) => [two.map(describeKill).join(', then '), two] as const))(
      '%s',
      async (_name, two) => {
        const { killed, outcome } = await oneOfTwo(() => life(two));
        expect(killed).toBeGreaterThan(0);
        expect(outcome).toEqual(undisturbed.outcome);
      },
    );
  });
});
