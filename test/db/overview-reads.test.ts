import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import { toUtcText } from '../../src/core/time.js';
import { newestBatches, newestInboxFiles, newestWaves, wavesNamed } from '../../src/queue/reads/listings.js';
import { ordersOfTracking, rowsOfReference } from '../../src/queue/reads/numbers.js';
import { closedBatches, oldestOpenItem, recentRuns } from '../../src/queue/reads/overview.js';
import { frozenVersion, sentRequests } from '../../src/queue/reads/payloads.js';
import { countWaiting, waitingItems } from '../../src/queue/reads/waiting.js';
import { bucketLevels } from '../../src/rate/level.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

const NAME = 'exigo-orders-to-3pl';
const TABLES = 'exigo-snapshot-to-csv';

reportMissingEngine();

describe.each(engines())('what the dashboard reads on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(() => house.close());

  it('is right about two cycles', async () => {
    await placeOrder(house, 1);
    await placeOrder(house, 2, { row: { WarehouseID: 9 } });
    await house.run();
    house.clock.advance(30 * MINUTE);
    await house.run(TABLES);
    house.clock.advance(HOUR);
    await placeOrder(house, 3);
    await house.run();
    const { database } = house;
    const since = toUtcText(house.clock.now() - DAY);

    const closed = await closedBatches(database, since, 'hour');
    expect(closed.filter(({ pipeline }) => pipeline === NAME)).toEqual([
      expect.objectContaining({
        stretch: '2026-03-11 17',
        batches: 1,
        items: 2,
        delivered: 1,
        held: 1,
        lag_ms: 0,
      }),
      // Our own Printed, frozen with the tables and excluded an hour later.
      expect.objectContaining({
        stretch: '2026-03-11 18',
        batches: 2,
        items: 2,
        delivered: 1,
        excluded: 1,
        failed: 0,
        lag_ms: HOUR,
        mean_lag_ms: HOUR / 2,
      }),
    ]);
    const tables = closed.find(({ pipeline }) => pipeline === TABLES);
    expect(tables?.lag_ms).toBe(30 * MINUTE);
    expect(tables?.mean_lag_ms).toBe(15 * MINUTE);
    expect((await closedBatches(database, since, 'day')).map(({ stretch }) => stretch)).toEqual([
      '2026-03-11',
      '2026-03-11',
    ]);
    expect(await closedBatches(database, toUtcText(house.clock.now() + 1), 'day')).toEqual([]);

    expect((await recentRuns(database, since, 100)).map(({ pipeline }) => pipeline)).toEqual([
      NAME,
      TABLES,
      NAME,
    ]);
    expect(await recentRuns(database, since, 1)).toHaveLength(1);
    const batches = await newestBatches(database, { limit: 2 });
    expect(batches).toHaveLength(2);
    expect((batches[0]?.batch_id ?? 0) > (batches[1]?.batch_id ?? 0)).toBe(true);
    const older = await newestBatches(database, { limit: 9, before: batches[1]?.batch_id, pipeline: NAME });
    expect(older.every(({ pipeline }) => pipeline === NAME)).toBe(true);
    const waves = await newestWaves(database, { limit: 9, target: 'atlas' });
    expect(waves.map(({ state, delivered_utc }) => [state, delivered_utc?.slice(0, 13)])).toEqual([
      ['delivered', '2026-03-11 18'],
      ['delivered', '2026-03-11 17'],
    ]);
    expect(await wavesNamed(database, waves[0]?.file_name ?? '')).toEqual([{ wave_id: waves[0]?.wave_id }]);
    expect(await oldestOpenItem(database, [NAME, TABLES])).toBeUndefined();

    const version = await frozenVersion(database, 1, 1);
    expect(version.orders[0]).toMatchObject({ OrderID: 1, FirstName: 'Ada' });
    expect(version.lines).toHaveLength(1);
    expect(await sentRequests(database, { orderId: 1 })).toEqual([]);
    expect(await bucketLevels(database)).toEqual([]);
  });

  it('narrows the error list by state, 3PL and age', async () => {
    await placeOrder(house, 2, { row: { WarehouseID: 9 } });
    await house.run();
    const { database, clock } = house;
    const found = async (filter: Parameters<typeof waitingItems>[1]) => [
      (await waitingItems(database, filter)).length,
      (await countWaiting(database, filter)).length,
    ];
    expect(await found({ state: 'held' })).toEqual([1, 1]);
    expect(await found({ state: 'failed' })).toEqual([0, 0]);
    expect(await found({ target: 'atlas' })).toEqual([0, 0]);
    expect(await found({ firstSeenUntil: toUtcText(clock.now()) })).toEqual([1, 1]);
    expect(await found({ firstSeenUntil: toUtcText(clock.now() - 1) })).toEqual([0, 0]);
  });

  it('finds orders by what a 3PL called them', async () => {
    const utc = "'2026-03-11 17:00:00.000'";
    await house.exec(
      `INSERT INTO "etl.inbox_file" (three_pl, kind, name, claimed_utc) VALUES ('atlas', 'shipments', 'S.csv', ${utc})`,
    );
    const [file] = await newestInboxFiles(house.database, { limit: 5 });
    const id = file?.file_id ?? -1;
    await house.exec(
      `INSERT INTO "etl.inbox_row" (file_id, line, three_pl, order_id, answer, reference, tracking, content) VALUES
       (${id}, 1, 'atlas', 11, 'shipped', 'REF-1', '["1Z999","1Z998"]', 'a'),
       (${id}, 2, 'atlas', 12, 'shipped', 'REF-2', '["1Z9"]', 'b'),
       (${id}, 3, 'atlas', 13, 'shipped', 'REF-2', '["1Z99"]', 'c')`,
    );
    const { database } = house;
    expect(await ordersOfTracking(database, '1Z999', 5)).toEqual([11]);
    expect(await ordersOfTracking(database, '1z99', 5)).toEqual([13]);
    expect(await ordersOfTracking(database, '1Z9', 5)).toEqual([12]);
    for (const none of ['1Z', '1Z99%', '_Z9', '"', '1Z9999']) {
      expect([none, await ordersOfTracking(database, none, 5)]).toEqual([none, []]);
    }
    const rows = await rowsOfReference(database, 'REF-2', 5);
    expect(rows.map(({ order_id }) => order_id).sort()).toEqual([12, 13]);
  });
});
