/**
 * The process that asks 3PLs to cancel is killed (SIGKILL) at every point: each is asked once, what the 3PL canceled is over,
 * what came too late is held with the evidence.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/db/database.js';
import { buildChild } from '../support/crash-build.js';
import { describeKill, killPairs, limiter, nameOf, sample, singleKills } from '../support/crash-cases.js';
import type { PointPass } from '../support/crash-protocol.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { SHIPMENTS, shipped } from '../support/inbox.js';
import { ShipSite, type Story } from '../support/ship-site.js';

const HAND_OVERS = 'exigo-orders-to-3pl';
const CANCELS = 'exigo-cancellations-to-3pl';

/** 1 is canceled there, 2 came too late, 3 was shipped before anybody could ask, 4 is left alone. */
const STORY: Story = {
  pipelines: [HAND_OVERS, SHIPMENTS, CANCELS],
  canceled: { 1: [1, 2, 3] },
  says: {
    1: [{ ...shipped(3, 'T3') }],
    2: [
      { answer: 'canceled', orderId: 1, reason: 'taken out' },
      { answer: 'not-canceled', orderId: 2, reason: 'packed' },
    ],
    3: [{ ...shipped(4, 'T4') }],
  },
};
const EXPECTED = {
  orders: ['1 4', '2 4', '3 4', '4 9'],
  // One row for each that is asked for, in one file or several.
  asked: ['1', '2'],
  answers: ['1 canceled', '2 too-late', '3 too-late'],
  waiting: [`2 ${CANCELS} TOO_LATE`, `3 ${CANCELS} TOO_LATE`, `3 ${SHIPMENTS} SHIPPED_BUT_CANCELED`],
  open: [] as string[],
};
const SEED = 20_261_121;
const PAIRS = 2;

reportMissingEngine();

const build = await buildChild();
const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));
const oneOfTwo = limiter(2);

afterAll(() => rm(build, { recursive: true, force: true }));

async function suiteOf(engine: Engine) {
  const undisturbed = await life(engine, []);
  const points = undisturbed.points.filter(
    (point) => point.startsWith(CANCELS) && !point.includes(' commit/'),
  );
  return {
    engine,
    undisturbed,
    kills: singleKills(points, 'each'),
    pairs: sample(killPairs(points), PAIRS, SEED),
  };
}

async function life(engine: Engine, kills: readonly PointPass[]) {
  const site = await ShipSite.open(engine, build, [], STORY);
  try {
    const lived = await site.live(kills);
    return { ...lived, outcome: await outcomeOf(site) };
  } finally {
    await site.close();
  }
}

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  return {
    orders: await site.lines(
      `SELECT CONCAT(OrderID, ' ', OrderStatusID) AS line FROM "dbo.Orders" ORDER BY OrderID`,
    ),
    asked: await askedOf(join(site.folder, 'var', 'out', 'atlas')),
    answers: await site.lines(
      `SELECT CONCAT(order_id, ' ', answer) AS line FROM "etl.cancellation" ORDER BY order_id`,
    ),
    waiting: await site.lines(
      `SELECT CONCAT(order_id, ' ', CONCAT(pipeline, ' ', code)) AS line FROM "etl.item"
       WHERE state IN ('held', 'failed') AND resolution IS NULL ORDER BY order_id, pipeline DESC`,
    ),
    open: await site.lines(`SELECT CONCAT(pipeline, '') AS line FROM "etl.batch" WHERE state <> 'closed'
       AND pipeline IN ('${STORY.pipelines.join("', '")}')`),
  };
}

/** The orders of all files of cancellations, each as often as it is there. */
async function askedOf(folder: string): Promise<string[]> {
  const orders: string[] = [];
  for (const name of await readdir(folder)) {
    if (!/^ATLCXL_.*\.csv$/.test(name)) continue;
    const [, ...rows] = (await readFile(join(folder, name), 'utf8')).trim().split('\r\n');
    orders.push(...rows.map((row) => row.split(',')[0] ?? ''));
  }
  return orders.sort();
}

describe.each(suites)('on $engine', ({ engine, undisturbed, kills, pairs }) => {
  it('asks once in an undisturbed life, and takes the answers', () => {
    const passed = new Set(undisturbed.points.filter((point) => point.startsWith(CANCELS)).map(nameOf));
    for (const point of ['transform/before-commit', 'waves/before-commit', 'send/before-receipt']) {
      expect(passed).toContain(point);
    }
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  const cases = [...kills.map((kill) => [kill]), ...pairs];
  it.concurrent.each(cases.map((chosen) => [chosen.map(describeKill).join(', then '), chosen] as const))(
    '%s',
    { timeout: 600_000 },
    async (_kill, chosen) => {
      const lived = await oneOfTwo(() => life(engine, chosen));
      if (chosen.length < 2) expect(lived.killed).toBe(chosen.length);
      expect(lived.outcome).toEqual(EXPECTED);
    },
  );
});
