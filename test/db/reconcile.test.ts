import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/core/clock.js';
import { engines, modes, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { HAND_OVERS, placeCleanOrders, Reconciling } from '../support/reconciling.js';
import { copyOrders, tablesText } from '../support/reconciling-tables.js';
import { changeOrder, placeOrder, readableTemplate } from '../support/small-orders.js';

/** What goes wrong with an order, before and after the flows have done their work; what it is reported by. */
interface Seed {
  readonly before?: (scene: Reconciling, id: number) => Promise<void>;
  /** When it is handed over. */
  readonly later?: (scene: Reconciling, id: number) => Promise<void>;
  readonly after?: (scene: Reconciling, id: number) => Promise<void>;
  readonly key?: (id: number) => string;
}

const feed = (id: number) => `main/G-${id}`;
const printed = (scene: Reconciling, id: number) => placeOrder(scene.house, id);
const sold = (scene: Reconciling, id: number) => scene.sell(id);
const shipped = (scene: Reconciling, id: number) => scene.market.ship(id);

const SEEDS: Readonly<Record<string, Seed>> = {
  ACCEPTED_UNKNOWN_TO_US: { after: (scene, id) => placeOrder(scene.house, id) },
  FROZEN_NOT_JUDGED: {
    before: printed,
    async after({ house }, id) {
      // As after a restore of some tables alone.
      await house.exec(`DELETE FROM "etl.order_link" WHERE exigo_order_id = ${id}`);
      await house.exec(`DELETE FROM "etl.effect" WHERE order_id = ${id}`);
      await house.exec(`DELETE FROM "etl.item" WHERE order_id = ${id}`);
      await house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 7 WHERE OrderID = ${id}`);
      await house.exec(`UPDATE "etl.aggregate_version" SET status_id = 7 WHERE order_id = ${id}`);
    },
  },
  CHANGE_NOT_FROZEN: {
    before: printed,
    after: ({ house }, id) => changeOrder(house, id, { OrderStatusID: 9 }),
  },
  HANDED_OVER_NOT_PRINTED: {
    before: printed,
    // Somebody takes the status back, the stamp stays.
    after: async ({ house }, id) => {
      await house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 7 WHERE OrderID = ${id}`);
    },
  },
  PRINTED_NOT_HANDED_OVER: {
    before: ({ house }, id) => placeOrder(house, id, { row: { OrderStatusID: 8 } }),
  },
  CANCELED_AFTER_HAND_OVER: {
    before: printed,
    after: ({ house }, id) => changeOrder(house, id, { OrderStatusID: 4 }),
  },
  STATUS_AFTER_HAND_OVER: {
    before: printed,
    after: ({ house }, id) => changeOrder(house, id, { OrderStatusID: 2 }),
  },
  GONE_FROM_EXIGO: {
    before: printed,
    after: async ({ house }, id) => void (await house.exec(`DELETE FROM "dbo.Orders" WHERE OrderID = ${id}`)),
  },
  TWO_EXIGO_ORDERS: {
    // The order after it was made for the same marketplace order.
    async before(scene, id) {
      await scene.sell(id);
      await placeOrder(scene.house, id + 1, { row: { Other20: `amazon:M-${id}` } });
    },
    key: (id) => String(id + 1),
  },
  NEW_NOT_TAKEN: {
    after: async (scene, id) => scene.feed.put({ number: `G-${id}` }),
    key: feed,
  },
  IN_EXIGO_NOT_ACKNOWLEDGED: {
    before: sold,
    after: async (scene, id) => scene.feedSays(id, { status: 'New', destinationNumber: null }),
    key: feed,
  },
  ACKNOWLEDGED_NOT_IN_EXIGO: {
    async after(scene, id) {
      scene.feed.put({ number: `G-${id}` });
      scene.feedSays(id, { status: 'Processing', destinationNumber: String(id) });
    },
    key: feed,
  },
  LINK_MISSING: {
    before: sold,
    after: async ({ house }, id) => {
      await house.exec(`DELETE FROM "etl.marketplace_order" WHERE exigo_order_id = ${id}`);
    },
    key: feed,
  },
  LINK_WRONG: {
    before: sold,
    after: async (scene, id) => scene.feedSays(id, { destinationNumber: '1' }),
    key: feed,
  },
  SHIPPED_NOT_REPORTED: {
    before: sold,
    later: shipped,
    async after(scene, id) {
      scene.feedSays(id, { status: 'Processing', tracking: null, sync: null });
    },
    key: feed,
  },
  CANCELED_NOT_REPORTED: {
    before: async (scene, id) => {
      await scene.sell(id);
      await scene.market.change(id, { OrderStatusID: 4 });
    },
    after: async (scene, id) => scene.feedSays(id, { status: 'Processing', sync: null }),
    key: feed,
  },
  REPORTED_NOT_SHIPPED: {
    before: sold,
    after: async (scene, id) => scene.feed.marketplaceSets(`G-${id}`, 'Shipped'),
    key: feed,
  },
  TRACKING_DIFFERS: {
    before: sold,
    later: shipped,
    after: async (scene, id) => scene.feedSays(id, { tracking: '1ZOTHER' }),
    key: feed,
  },
  MARKETPLACE_REFUSED: {
    before: sold,
    later: shipped,
    after: async (scene, id) => scene.feedSays(id, { sync: 'Error', syncMessage: 'Unknown carrier' }),
    key: feed,
  },
  CANCELED_THERE_OPEN_HERE: {
    before: sold,
    after: async (scene, id) => scene.feed.marketplaceSets(`G-${id}`, 'Canceled'),
    key: feed,
  },
  CANCELED_THERE_SHIPPED_HERE: {
    before: sold,
    later: shipped,
    after: async (scene, id) => scene.feed.marketplaceSets(`G-${id}`, 'Canceled'),
    key: feed,
  },
};

reportMissingEngine();

describe.each(modes())('on $name', ({ engine, hosted }) => {
  let scene: Reconciling;
  afterEach(async () => {
    await scene.close();
  });

  it('finds nothing wrong where nothing is, and says why things differ', async () => {
    scene = await Reconciling.open({ engine, hosted });
    await placeCleanOrders(scene);
    const { report, problem } = await scene.compare();
    expect(problem).toBeNull();
    expect(report.discrepancies.listed).toEqual([]);
    expect(report.harmless).toEqual({ EXCLUDED: 2, HELD: 2, CANCELED: 2, NOT_ACCEPTED: 1 });
    expect(report.counts.order).toMatchObject({ compared: 9, agree: 3, harmless: 6, differ: 0 });
    expect(report.counts['marketplace order']).toMatchObject({ compared: 4, differ: 0 });
  });

  it('finds each of the differences with orders, and nothing else', async () => {
    scene = await Reconciling.open({ engine, hosted });
    const seeds = Object.entries(SEEDS).map(([code, seed], i) => ({ code, ...seed, id: 100 + 10 * i }));
    for (const { before, id } of seeds) await before?.(scene, id);
    await scene.run(HAND_OVERS);
    for (const { later, id } of seeds) await later?.(scene, id);
    await placeCleanOrders(scene);
    for (const { after, id } of seeds) await after?.(scene, id);
    scene.house.clock.advance(2 * HOUR);
    const expected = seeds.map(({ code, id, key = String }) => `${code} ${key(id)}`);
    expect(await scene.found()).toEqual(expected.sort());
  });
});

describe.each(engines())('on %s', (engine) => {
  let scene: Reconciling;
  afterEach(async () => {
    await scene.close();
  });

  it('finds what a ledger that was restored from a backup has forgotten', async () => {
    scene = await Reconciling.open({ engine });
    await placeCleanOrders(scene);
    const names = [...(await scene.house.files('atlas')).keys()];
    await scene.house.exec(`DELETE FROM "etl.counter"`);
    expect(await scene.found()).toEqual(['LEDGER_BEHIND_FILES atlas']);
    const { report } = await scene.compare();
    const [found] = report.discrepancies.listed;
    const statement = /run: (INSERT .*?;)/.exec(found?.next ?? '')?.[1] ?? '';
    await scene.house.exec(statement);
    expect(await scene.found()).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  });

  it('finds files that are not ours, or not as they were', async () => {
    scene = await Reconciling.open({ engine });
    await placeCleanOrders(scene);
    const altered = await scene.alterFile('atlas');
    await scene.writeFile('atlas', 'ATL_20250101_000001.csv');
    await scene.writeFile('atlas', 'notes.txt');
    await scene.writeFile('borealis', 'BOR-unknown.csv');
    expect(await scene.found()).toEqual(
      ['FILE_UNKNOWN_TO_US ATL_20250101_000001.csv', `FILE_DIFFERS ${altered}`].sort(),
    );
  });

  it('finds a ready order that its wave did not take, and one whose wave is still to come', async () => {
    scene = await Reconciling.open({
      engine,
      templates: [
        readableTemplate(),
        readableTemplate({
          name: 'evening',
          routes: [{ when: { WarehouseID: 9 } }],
          delivery: { folder: '../out/evening' },
          wave: { cutOffs: ['18:00'], zone: 'America/Chicago' },
        }),
      ],
    });
    await placeOrder(scene.house, 1);
    await scene.run(HAND_OVERS); // uses yesterday's cut-off up
    await placeOrder(scene.house, 2);
    await placeOrder(scene.house, 3, { row: { WarehouseID: 9 } });
    await scene.run(HAND_OVERS, { limit: 0 });
    scene.house.clock.advance(2 * HOUR);
    expect(await scene.found()).toEqual(['WAVE_MISSED 2']);
    scene.house.clock.advance(6 * HOUR); // 20:00 in US Central
    expect(await scene.found()).toEqual(['WAVE_MISSED 2', 'WAVE_MISSED 3']);
    await scene.settle();
    expect(await scene.found()).toEqual([]);
  });

  it('asks a store for a shipment of an order that was imported before the window', async () => {
    scene = await Reconciling.open({ engine });
    await scene.sell(1);
    await scene.sell(2);
    await scene.settle();
    scene.house.clock.advance(20 * DAY);
    await scene.market.ship(1);
    await scene.market.ship(2);
    await scene.run(HAND_OVERS); // frozen, and reported by nobody
    scene.feed.marketplaceSets('G-2', 'Shipped');
    scene.house.clock.advance(2 * HOUR);
    const { report } = await scene.compare();
    expect(report.discrepancies.listed.map(({ code, id }) => `${code} ${id}`)).toEqual([
      'SHIPPED_NOT_REPORTED main/G-1',
    ]);
    expect(report.harmless).toEqual({ MANUALLY_SYNCED: 1 });
  });

  it('proposes a run that reports a shipment which was frozen before the order had its link', async () => {
    scene = await Reconciling.open({ engine });
    await scene.sell(1);
    await scene.settle();
    await scene.house.exec('UPDATE "etl.marketplace_order" SET exigo_order_id = NULL, linked_utc = NULL');
    await scene.market.ship(1);
    await scene.settle();
    await scene.house.exec('UPDATE "etl.marketplace_order" SET exigo_order_id = 1, linked_utc = frozen_utc');
    await scene.settle();
    const [found] = (await scene.compare()).report.discrepancies.listed;
    expect(found?.code).toBe('SHIPPED_NOT_REPORTED');
    const [, pipeline = '', startAt = '', endAt = ''] =
      /orderferry run (\S+) --start-date (\S+) --end-date ([^;\s]+)/.exec(found?.next ?? '') ?? [];
    await scene.run(pipeline, { slices: [{ startAt: `${startAt} 00:00:00`, endAt: `${endAt} 00:00:00` }] });
    await scene.settle();
    expect([scene.market.updates(), await scene.found()]).toEqual([['G-1 SHIPPED 1Z0001'], []]);
  });

  it('changes nothing: no row of the ledger but the budget of calls, no file, nothing in Exigo or GoDataFeed', async () => {
    scene = await Reconciling.open({ engine });
    await placeCleanOrders(scene);
    await SEEDS.ACCEPTED_UNKNOWN_TO_US?.after?.(scene, 500);
    scene.house.clock.advance(2 * HOUR);
    const state = async () => ({
      tables: await tablesText(scene.house),
      exigo: scene.house.standin.journal.length,
      feed: scene.feed.journal.length,
      files: [...(await scene.house.files('atlas'))],
    });
    const before = await state();
    expect(await scene.found()).toEqual(['ACCEPTED_UNKNOWN_TO_US 500']);
    expect(await state()).toEqual(before);
  });

  it('keeps the list short and counts the rest', async () => {
    scene = await Reconciling.open({ engine });
    for (let id = 1; id <= 30; id++) await placeOrder(scene.house, id);
    scene.house.clock.advance(2 * HOUR);
    const { report } = await scene.compare({ most: 10 });
    expect(report.discrepancies).toMatchObject({ total: 30, byCode: { ACCEPTED_UNKNOWN_TO_US: 30 } });
    expect(report.discrepancies.listed).toHaveLength(10);
  });

  it('leaves out what changed after the window, and before it', async () => {
    scene = await Reconciling.open({ engine });
    const { clock } = scene.house;
    await placeOrder(scene.house, 1);
    clock.advance(2 * DAY);
    await placeOrder(scene.house, 2);
    clock.advance(2 * DAY);
    await placeOrder(scene.house, 3);
    clock.advance(2 * HOUR);
    const [from, to] = [clock.now() - 3 * DAY, clock.now() - DAY];
    expect(await scene.found({ from, to })).toEqual(['ACCEPTED_UNKNOWN_TO_US 2']);
  });

  describe('with an Exigo that is ahead of its sync database', () => {
    let exigo: House;
    afterEach(() => exigo.close());

    async function open(): Promise<() => Promise<string[]>> {
      scene = await Reconciling.open({ engine });
      await placeCleanOrders(scene);
      exigo = await House.open({ now: scene.house.clock.now() });
      await copyOrders(scene.house, exigo);
      return () => scene.found({}, { exigoApi: exigo.config.exigoApi });
    }

    it('finds orders that are stuck or missing in one of the two', async () => {
      const found = await open();
      await changeOrder(exigo, 1, { OrderStatusID: 4 });
      await placeOrder(exigo, 30);
      await exigo.exec('DELETE FROM "dbo.Orders" WHERE OrderID = 2');
      await exigo.exec('UPDATE "dbo.Orders" SET OrderStatusID = 7 WHERE OrderID = 8');
      await scene.house.exec('UPDATE "dbo.Orders" SET OrderStatusID = 8 WHERE OrderID = 8');
      await changeOrder(scene.house, 8, { OrderStatusID: 8 });
      expect(await found()).toEqual(['UNKNOWN_TO_API 2', 'ACKNOWLEDGED_NOT_IN_EXIGO main/G-2'].sort());
      scene.house.clock.advance(2 * HOUR);
      expect(await found()).toEqual(
        [
          'SYNC_BEHIND_API 1',
          'SYNC_BEHIND_API 30',
          'UNKNOWN_TO_API 2',
          'ACKNOWLEDGED_NOT_IN_EXIGO main/G-2',
          'SYNC_AHEAD_OF_API 8',
        ].sort(),
      );
    });
  });

  describe('with a system that does not answer', () => {
    it('compares without the Exigo API, and says so', async () => {
      scene = await Reconciling.open({ engine });
      await placeCleanOrders(scene);
      await SEEDS.ACCEPTED_UNKNOWN_TO_US?.after?.(scene, 500);
      scene.house.clock.advance(2 * HOUR);
      scene.house.standin.fail({ kind: 'status-503', times: 100 });
      const { report, problem } = await scene.compare();
      expect(report.discrepancies.listed.map(({ code, id }) => `${code} ${id}`)).toEqual([
        'ACCEPTED_UNKNOWN_TO_US 500',
      ]);
      expect(report.systems.filter((one) => one.problem !== null).map(({ name }) => name)).toEqual([
        'Exigo API',
      ]);
      expect(problem).toMatchObject({ code: 'HTTP_503' });
    });

    it('compares without a store and without a folder, and finds nothing wrong with what they have', async () => {
      scene = await Reconciling.open({ engine });
      await placeCleanOrders(scene);
      await scene.feed.close();
      await rm(scene.folder('atlas'), { recursive: true });
      const { report, problem } = await scene.compare();
      expect(report.discrepancies.listed).toEqual([]);
      expect(report.systems.filter((one) => one.problem !== null).map(({ name }) => name)).toEqual([
        'GoDataFeed main',
        'files of 3PL atlas',
      ]);
      expect(problem).not.toBeNull();
    });
  });
});
