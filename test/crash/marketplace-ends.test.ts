/**
 * The process that cancels what ended at its marketplace is killed (SIGKILL) at every point, while answers are lost and
 * effects show late: canceled once in Exigo and never handed over, or held with the evidence.
 */
import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../src/core/clock.js';
import type { Engine } from '../../src/db/database.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { buildChild } from '../support/crash-build.js';
import {
  ALL,
  describeKill,
  limiter,
  nameOf,
  pointsInSource,
  SEED,
  singleKills,
  troubledPairs,
} from '../support/crash-cases.js';
import type { PointPass } from '../support/crash-protocol.js';
import { ENDS, EndsSite } from '../support/ends-site.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';

const STEP = / single\//;

/** Of the second status call: the first one sets what was handed over to Printed. */
const SECOND_CALL = { operation: 'ChangeOrderStatusBatch', nth: 2 } as const;
const LIVES: Readonly<Record<string, readonly Fault[]>> = {
  'answers arrive': [],
  'an answer is lost after the effect': [{ kind: 'cut-after', ...SECOND_CALL }],
  'a call is lost before the effect': [{ kind: 'cut-before', ...SECOND_CALL }],
  'an effect shows late': [{ kind: 'late', afterMs: SECOND, answer: 'cut', ...SECOND_CALL }],
};
const EXPECTED = {
  statuses: ['1 4', '2 4', '3 8', '4 7'],
  moves: ['1 Accepted -> Canceled', '2 Pending -> Canceled', '3 Accepted -> Printed'],
  items: ['1 delivered', '2 delivered', '3 held TOO_LATE'],
  reported: ['G-1 canceled', 'G-2 canceled'],
  updates: 0,
};

reportMissingEngine();

const build = await buildChild();
const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));
const oneOfTwo = limiter(2);

afterAll(() => rm(build, { recursive: true, force: true }));

async function suiteOf(engine: Engine) {
  const undisturbed = await life(engine, [], []);
  const points = undisturbed.points.filter((point) => point.startsWith(ENDS) && !point.includes(' commit/'));
  const { 'answers arrive': _, ...troubled } = LIVES;
  const draws = repetitions(engine, ALL ? 60 : 4, 1);
  return {
    engine,
    undisturbed,
    kills: singleKills(points, 'each'),
    troubled: troubledPairs(
      troubled,
      points.filter((point) => STEP.test(point)),
      draws,
      SEED,
    ),
  };
}

async function life(engine: Engine, faults: readonly Fault[], kills: readonly PointPass[]) {
  const site = await EndsSite.open(engine, build, faults);
  try {
    const lived = await site.live(kills);
    return { ...lived, outcome: await outcomeOf(site) };
  } finally {
    await site.close();
  }
}

async function outcomeOf(site: EndsSite) {
  return {
    statuses: await site.lines(
      `SELECT CONCAT(OrderID, ' ', OrderStatusID) AS line FROM "dbo.Orders" ORDER BY OrderID`,
    ),
    moves: site.exigo.journal
      .flatMap(({ changes }) => changes.map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`))
      .sort(),
    items: await site.lines(
      `SELECT CONCAT(order_id, ' ', state, ' ', code) AS line FROM "etl.item"
       WHERE pipeline = '${ENDS}' ORDER BY order_id, item_id`,
    ),
    reported: await site.lines(
      `SELECT CONCAT(order_number, ' ', reported) AS line FROM "etl.marketplace_order"
       WHERE reported IS NOT NULL ORDER BY order_number`,
    ),
    updates: site.feed.journal.length,
  };
}

describe.each(suites)('on $engine', ({ engine, undisturbed, kills, troubled }) => {
  it('passes every point in an undisturbed life, and cancels once', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(ended|single)\//.test(name));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  describe.each(Object.entries(LIVES))('while %s', (_name, faults) => {
    const cases = [undefined, ...kills.filter(({ point }) => faults.length === 0 || /single\//.test(point))];
    it.concurrent.each(
      cases.map((kill) => [kill === undefined ? 'not killed' : describeKill(kill), kill] as const),
    )('%s', { timeout: 600_000 }, async (_kill, kill) => {
      const lived = await oneOfTwo(() => life(engine, faults, kill === undefined ? [] : [kill]));
      expect(lived.killed).toBe(kill === undefined ? 0 : 1);
      expect(lived.outcome).toEqual(EXPECTED);
    });
  });

  const both = `killed twice among lost answers (${troubled.length} draws, seed ${SEED})`;
  describe(both, { concurrent: true, timeout: 600_000 }, () => {
    it.each(troubled)('%s', async (_name, faults, two) => {
      const lived = await oneOfTwo(() => life(engine, faults, two));
      expect(lived.outcome).toEqual(EXPECTED);
    });
  });
});
