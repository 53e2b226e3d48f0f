/**
 * The process that reports to a store is killed (SIGKILL) at every point, while answers are lost and effects show late:
 * each order is told of once per version, or held with the truth.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../src/core/clock.js';
import type { FeedFault } from '../../src/standins/godatafeed/faults.js';
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
import { MarketplaceSite, type MarketplaceTemplate } from '../support/marketplace-site.js';

const STEP = / update\//;
const AROUND_THE_CALL = /update\/(after-intent|before-call|after-call|before-receipt)$/;
const OURS = /^(update|transform|close)\//;

/** Orders 5 (sold elsewhere) and 2 (told before) get no second word; order 6 waits for its tracking number first. */
const UPDATES = [
  'G-1 SHIPPED 1Z0001 UPS',
  'G-1 SHIPPED 1ZRELABELLED UPS',
  'G-2 CANCELED',
  'G-3 SHIPPED 1Z0003 Purolator',
  'G-3 SHIPPED 1Z0003 USPS',
  'G-4 SHIPPED 1Z0004 UPS',
  'G-6 SHIPPED 1Z0006 UPS',
];

const TROUBLED: Readonly<Record<string, readonly FeedFault[]>> = {
  'answers are lost after the effect': [{ kind: 'cut-after', operation: 'UpdateStatus', times: 3 }],
  'calls are lost before the effect': [{ kind: 'cut-before', operation: 'UpdateStatus', times: 2 }],
  'effects show late': [
    { kind: 'late', operation: 'UpdateStatus', afterMs: 40 * SECOND, answer: 'cut', times: 2 },
  ],
};

/** Calls that never arrived where they count: each is made once more. */
function lostBefore(faults: readonly FeedFault[]): number {
  const lost = faults.filter(({ kind }) => kind === 'cut-before');
  return lost.reduce((sum, { times = 1 }) => sum + times, 0);
}

reportMissingEngine();

const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));
const oneOfTwo = limiter(2);

afterAll(async () => {
  for (const { template } of suites) await MarketplaceSite.remove(template);
});

async function suiteOf(engine: 'sqlite' | 'sqlserver') {
  const template = await MarketplaceSite.prepare(engine);
  const undisturbed = await life(template, [], []);
  const few = repetitions(engine, 0, 1) === 1;
  const points = undisturbed.points.filter((point) => OURS.test(nameOf(point)));
  const pairs = killPairs(points);
  return {
    engine,
    template,
    undisturbed,
    kills: singleKills(points, few ? 'each' : ALL ? 'all' : 'some'),
    each: singleKills(points, 'each').filter(({ point }) => AROUND_THE_CALL.test(point)),
    drawn: ALL && !few ? pairs : sample(pairs, few ? 2 : 8, SEED),
    troubled: troubledPairs(
      TROUBLED,
      points.filter((point) => STEP.test(point)),
      few ? 1 : ALL ? 120 : 4,
      SEED,
    ),
  };
}

async function life(
  template: MarketplaceTemplate,
  faults: readonly FeedFault[],
  kills: readonly PointPass[],
) {
  const site = await MarketplaceSite.open(template, faults);
  try {
    const lived = await site.live(kills);
    return { ...lived, ...(await outcomeOf(site)) };
  } finally {
    await site.close();
  }
}

/** What came of it, in the ledger and in the journal of the store. */
async function outcomeOf(site: MarketplaceSite) {
  const items = await site.all<{ line: string }>(
    `SELECT CONCAT(order_id, ' ', state, ' ', code, ' ', resolution) AS line FROM "etl.item"
     WHERE pipeline = 'exigo-status-to-godatafeed' ORDER BY order_id, item_id`,
  );
  const effects = await site.all<{ line: string }>(
    `SELECT CONCAT(item_key, ' ', generation, ' ', state) AS line FROM "etl.effect" ORDER BY item_key, generation`,
  );
  const open = await site.all(
    `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = 'exigo-status-to-godatafeed'`,
  );
  // A repetition of what is there changes nothing, so it shows in the number of calls alone.
  const calls = site.feed.journal.filter(({ operation }) => operation === 'UpdateStatus').length;
  const updates = site.feed.journal
    .filter(({ operation, applied }) => operation === 'UpdateStatus' && applied)
    .map(({ orderNumber, sent }) =>
      [orderNumber, sent.OrderStatus, sent.ShipmentTrackingNumber, sent.ShipmentCarrier]
        .filter((part) => part !== undefined)
        .join(' '),
    );
  const lines = (rows: readonly { line: string }[]) => rows.map(({ line }) => line.trim());
  return { items: lines(items), effects: lines(effects), open, calls, updates: updates.sort() };
}

describe.each(suites)('on $engine', ({ template, undisturbed, kills, each, drawn, troubled }) => {
  const { items, effects } = undisturbed;

  it('passes every named point of the step in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => name.startsWith('update/'));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
  });

  it('tells each order once per version', () => {
    expect(undisturbed.updates).toEqual(UPDATES);
    expect(undisturbed.calls).toBe(UPDATES.length);
    expect(undisturbed.open).toEqual([]);
    expect(effects.filter((line) => !line.endsWith('done'))).toEqual(['main/G-3 1 failed']);
  });

  describe(`killed once (${kills.length} kills)`, { concurrent: true, timeout: 600_000 }, () => {
    it.each(kills.map((kill) => [describeKill(kill), kill] as const))('%s', async (_name, kill) => {
      const lived = await oneOfTwo(() => life(template, [], [kill]));
      expect(lived.killed).toBe(1);
      expect(lived).toMatchObject({ items, effects, open: [], updates: UPDATES, calls: UPDATES.length });
    });
  });

  describe.each(Object.entries(TROUBLED))('while %s', (_life, faults) => {
    const cases = [undefined, ...each];
    it.concurrent.each(
      cases.map((kill) => [kill === undefined ? 'not killed' : describeKill(kill), kill] as const),
    )('%s', { timeout: 600_000 }, async (_name, kill) => {
      const lived = await oneOfTwo(() => life(template, faults, kill === undefined ? [] : [kill]));
      const calls = UPDATES.length + lostBefore(faults);
      expect(lived).toMatchObject({ items, effects, open: [], updates: UPDATES, calls });
    });
  });

  const both = `killed twice among lost answers (${troubled.length} draws, seed ${SEED})`;
  describe(both, { concurrent: true, timeout: 600_000 }, () => {
    it.each(troubled)('%s', async (_name, faults, two) => {
      const lived = await oneOfTwo(() => life(template, faults, two));
      const calls = UPDATES.length + lostBefore(faults);
      expect(lived).toMatchObject({ items, effects, open: [], updates: UPDATES, calls });
    });
  });

  const again = `killed again while it recovers (${drawn.length} pairs, seed ${SEED})`;
  describe(again, { concurrent: true, timeout: 600_000 }, () => {
    it.each(drawn.map((two) => [two.map(describeKill).join(', then '), two] as const))(
      '%s',
      async (_name, two) => {
        const lived = await oneOfTwo(() => life(template, [], two));
        expect(lived.killed).toBeGreaterThan(0);
        expect(lived).toMatchObject({ items, effects, open: [], updates: UPDATES, calls: UPDATES.length });
      },
    );
  });
});
