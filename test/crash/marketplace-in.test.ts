/**
 * The process that takes marketplace orders into Exigo is killed (SIGKILL) at every point, while answers are lost and
 * effects show late: one order in Exigo and one acknowledgement each, or the order held with the truth.
 */
import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/core/clock.js';
import type { Engine } from '../../src/db/database.js';
import { buildChild } from '../support/crash-build.js';
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
  troubledPairs,
} from '../support/crash-cases.js';
import type { PointPass } from '../support/crash-protocol.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';
import { InboundSite, type InboundTrouble } from '../support/inbound-site.js';

const STEP = / single\//;
const AROUND_THE_CALL = /single\/(after-claim|after-call|before-receipt)$/;
const MADE = { operation: 'ProcessTransaction' } as const;
const TOLD = { operation: 'Acknowledge' } as const;

const LIVES: Readonly<Record<string, InboundTrouble>> = {
  'answers are lost after the effect': {
    exigo: [
      { kind: 'cut-after', ...MADE },
      { kind: 'status-500-after', ...MADE },
    ],
    feed: [{ kind: 'cut-after', ...TOLD, times: 2 }],
  },
  'calls are lost before the effect': {
    exigo: [{ kind: 'cut-before', ...MADE }],
    feed: [{ kind: 'cut-before', ...TOLD, times: 2 }],
  },
  'effects show late': {
    exigo: [{ kind: 'late', afterMs: 15 * MINUTE, answer: 'cut', ...MADE }],
    feed: [{ kind: 'late', afterMs: 90 * SECOND, answer: 'cut', ...TOLD }],
  },
};

/** Acknowledgements that never arrived where they count: each is made once more. */
function lostBefore({ feed = [] }: InboundTrouble): number {
  const lost = feed.filter(({ kind }) => kind === 'cut-before');
  return lost.reduce((sum, { times = 1 }) => sum + times, 0);
}

reportMissingEngine();

const build = await buildChild();
const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));
const oneOfTwo = limiter(2);

afterAll(() => rm(build, { recursive: true, force: true }));

async function suiteOf(engine: Engine) {
  const undisturbed = await life(engine, {}, []);
  const few = repetitions(engine, 0, 1) === 1;
  const { points } = undisturbed;
  const pairs = killPairs(points);
  return {
    engine,
    undisturbed,
    kills: singleKills(points, few ? 'each' : ALL ? 'all' : 'some'),
    each: singleKills(points, 'some').filter(({ point }) => AROUND_THE_CALL.test(point)),
    drawn: ALL && !few ? pairs : sample(pairs, few ? 2 : 8, SEED),
    troubled: troubledPairs(
      LIVES,
      points.filter((point) => STEP.test(point)),
      few ? 1 : ALL ? 120 : 4,
      SEED,
    ),
  };
}

async function life(engine: Engine, trouble: InboundTrouble, kills: readonly PointPass[]) {
  const site = await InboundSite.open(engine, build, trouble);
  try {
    const lived = await site.live(kills);
    return { ...lived, ...(await outcomeOf(site)) };
  } finally {
    await site.close();
  }
}

/** What came of it: in the ledger, in Exigo, and in the journal of the store. */
async function outcomeOf(site: InboundSite) {
  return {
    items: await site.lines(
      `SELECT CONCAT(item_key, ' ', state, ' ', code, ' ', resolution) AS line FROM "etl.item" ORDER BY item_key, item_id`,
    ),
    effects: await site.lines(
      `SELECT CONCAT(item_key, ' ', step, ' ', state) AS line FROM "etl.effect" ORDER BY item_key, effect_id`,
    ),
    open: await site.lines(`SELECT CONCAT(batch_id, '') AS line FROM "etl.batch" WHERE state <> 'closed'`),
    links: await site.lines(
      `SELECT CONCAT(m.order_number, ' ', o.Other20, ' ', c.Email) AS line FROM "etl.marketplace_order" AS m
       JOIN "dbo.Orders" AS o ON o.OrderID = m.exigo_order_id
       LEFT JOIN "dbo.Customers" AS c ON c.CustomerID = o.CustomerID ORDER BY m.order_number`,
    ),
    orders: await site.lines(`SELECT Other20 AS line FROM "dbo.Orders" ORDER BY Other20, OrderID`),
    customers: await site.lines(`SELECT Email AS line FROM "dbo.Customers" ORDER BY CustomerID`),
    payments: await site.lines(`SELECT Memo AS line FROM "dbo.Payments" ORDER BY Memo`),
    // A repetition of what is there changes nothing, so it shows in the number of calls alone.
    calls: site.feed.journal.length,
    told: site.feed.journal
      .filter(({ applied }) => applied)
      .map(({ operation, orderNumber }) => `${operation} ${orderNumber}`)
      .sort(),
  };
}

const NUMBERS = ['1', '2', '3', '4', '5', '6'];
const KEYS = NUMBERS.map((one) => `${['3', '4'].includes(one) ? 'ebay' : 'amazon'}:M-${one}`).sort();

describe.each(suites)('on $engine', ({ engine, undisturbed, kills, each, drawn, troubled }) => {
  const { items, effects, links, orders, customers, payments, told } = undisturbed;
  const calls = NUMBERS.length;
  const outcome = { items, effects, open: [], links, orders, customers, payments, told, calls };

  it('passes every named point of its own in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(single|marketplace)\//.test(name));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
  });

  it('makes and acknowledges each order once in an undisturbed life', () => {
    expect(undisturbed.open).toEqual([]);
    expect(orders).toEqual(KEYS);
    expect(payments).toEqual(KEYS);
    expect(customers).toEqual(['ann@example.com']);
    expect(undisturbed.calls).toBe(calls);
    expect(told).toEqual(NUMBERS.map((number) => `Acknowledge ${number}`));
    expect(items.filter((line) => !line.endsWith('delivered'))).toEqual([
      'main/5 held UNKNOWN_SKU SUPERSEDED',
    ]);
  });

  describe(`killed once (${kills.length} kills)`, { concurrent: true, timeout: 600_000 }, () => {
    it.each(kills.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
      const lived = await oneOfTwo(() => life(engine, {}, [kill]));
      expect(lived.killed).toBe(1);
      expect(lived).toMatchObject(outcome);
    });
  });

  describe.each(Object.entries(LIVES))('while %s', (_life, trouble) => {
    const cases = [undefined, ...each];
    it.concurrent.each(
      cases.map((kill) => [kill === undefined ? 'not killed' : describeKill(kill), kill] as const),
    )('%s', { timeout: 600_000 }, async (_name, kill) => {
      const lived = await oneOfTwo(() => life(engine, trouble, kill === undefined ? [] : [kill]));
      expect(lived).toMatchObject({ ...outcome, calls: calls + lostBefore(trouble) });
    });
  });

  describe('where nothing proves that a second order is refused', {
    concurrent: true,
    timeout: 600_000,
  }, () => {
    it.each(each.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
      const lived = await oneOfTwo(() => life(engine, { duplicateKeys: 'unproven' }, [kill]));
      const held = lived.items.filter((line) => line.endsWith('held OUTCOME_UNKNOWN'));
      expect(lived.open).toEqual([]);
      expect(held.length).toBeLessThanOrEqual(1);
      expect(lived.orders).toHaveLength(6 - held.length);
      expect(new Set(lived.orders).size).toBe(lived.orders.length);
      expect(lived.told).toHaveLength(lived.orders.length);
      expect(lived.calls).toBe(lived.told.length);
    });
  });

  const both = `killed twice among lost answers (${troubled.length} draws, seed ${SEED})`;
  describe(both, { concurrent: true, timeout: 600_000 }, () => {
    it.each(troubled)('%s', async (_name, trouble, two) => {
      const lived = await oneOfTwo(() => life(engine, trouble, two));
      expect(lived).toMatchObject({ ...outcome, calls: calls + lostBefore(trouble) });
    });
  });

  const again = `killed again while it recovers (${drawn.length} pairs, seed ${SEED})`;
  describe(again, { concurrent: true, timeout: 600_000 }, () => {
    it.each(drawn.map((two) => [two.map(describeKill).join(', then '), two] as const))(
      '%s',
      async (_name, two) => {
        const lived = await oneOfTwo(() => life(engine, {}, two));
        expect(lived.killed).toBeGreaterThan(0);
        expect(lived).toMatchObject(outcome);
      },
    );
  });
});
