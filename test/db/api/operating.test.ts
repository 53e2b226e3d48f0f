/** What people do with orders works on those of the API as on those of a sync database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline, pipelineHere } from '../../../src/app/pipelines.js';
import { loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { openViews } from '../../../src/app/views.js';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import { toExigoText } from '../../../src/core/time.js';
import { acceptedInApi } from '../../../src/engine/api/accepted.js';
import { dryRun } from '../../../src/engine/dry-run.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { askedFor } from '../../../src/engine/persons/asked.js';
import { release } from '../../../src/engine/persons/persons.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { reconcile } from '../../../src/engine/reconcile/reconcile.js';
import { replayBatch } from '../../../src/engine/replay.js';
import { runPipeline } from '../../../src/engine/run.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { frozenOrders } from '../../../src/extract/frozen-orders.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import { oldUndelivered } from '../../../src/queue/reads/source.js';
import { dumpOf } from '../../support/dump.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { MarketplaceHouse } from '../../support/marketplace-house.js';
import {
  changeOrder,
  filesWith,
  outcomeOf,
  placeOrder,
  readableTemplate,
} from '../../support/small-orders.js';

reportMissingEngine();

const API = 'exigo-api-orders-to-3pl';

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, source: 'api', templates: [readableTemplate()] });
  });
  afterEach(() => house.close());

  const pipeline = () => pipelineHere(house.context().pipelines, findPipeline(API));

  it('a backfill takes the orders modified in its slices, lists them once, and sends nothing twice', async () => {
    const now = house.clock.now();
    const placed = (id: number, ago: number) =>
      placeOrder(house, id, { row: { ModifiedDate: toExigoText(now - ago) } });
    await placed(1, 5 * DAY);
    await placed(2, 3 * DAY);
    await placed(3, 2 * DAY + HOUR);
    await placed(4, HOUR);
    const calls = () => house.standin.count('GetOrders');
    await house.run(API);
    const live = calls();
    const slices = [4, 3, 2].map((days) => ({
      startAt: toExigoText(now - days * DAY),
      endAt: toExigoText(now - (days - 1) * DAY),
    }));
    const report = await runPipeline(house.context(), { pipeline: pipeline(), slices });
    expect(report.error).toBeNull();
    expect(report.changeSets.map(({ ordersFrozen }) => ordersFrozen)).toEqual([1, 0, 2, 0]);
    expect(calls() - live).toBeLessThan(12); // a live cycle, one list, and the way to Printed of two files
    const outcomes = [1, 2, 3, 4].map((id) => outcomeOf(house, id));
    expect(await Promise.all(outcomes)).toEqual([
      'no item',
      'delivered',
      'delivered',
      'excluded ALREADY_HANDED_OVER',
    ]);
    for (const id of [2, 3, 4]) expect(await filesWith(house, 'plain', id)).toHaveLength(1);
    const again = await runPipeline(house.context(), { pipeline: pipeline(), slices });
    expect(again.error).toBeNull();
    for (const id of [2, 3, 4]) expect(await filesWith(house, 'plain', id)).toHaveLength(1);
  });

  it('tells which old orders a backfill would send', async () => {
    await placeOrder(house, 1, { row: { ModifiedDate: toExigoText(house.clock.now() - 90 * DAY) } });
    await placeOrder(house, 2);
    const range = [
      toExigoText(house.clock.now() - 100 * DAY),
      toExigoText(house.clock.now() - 60 * DAY),
    ] as const;
    const old = await oldUndelivered(house.database, acceptedInApi(house.context(), ...range));
    expect(old.orders.map(({ OrderID }) => OrderID)).toEqual([1]);
  });

  it('a dry run shows what would happen and changes nothing', async () => {
    await loadSampleTenant(house.tenant, house.clock);
    const before = await dumpOf(house);
    const dry = await dryRun(house.context(), { pipeline: pipeline(), slices: [] }, (session) => ({
      orders: frozenOrders(session),
      tables: frozenTables(session),
    }));
    expect(dry.error).toBeNull();
    expect(dry.summary.totals).toMatchObject({ frozen: 25, delivered: expect.any(Number) });
    expect(dry.summary.calls.map(({ operation }) => operation)).toContain('ChangeOrderStatusBatch Printed');
    expect(await dumpOf(house)).toEqual(before);
    expect(house.standin.journal).toEqual([]);
  });

  it('a batch is replayed with identical files', async () => {
    const out = await mkdtemp(join(tmpdir(), 'orderferry-replay-'));
    try {
      await placeOrder(house, 1);
      await house.run(API);
      await changeOrder(house, 1, { Address1: 'elsewhere' });
      const files = await replayBatch(house.context(), 1, out);
      expect(files.map(({ identical }) => identical)).toEqual([true]);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });

  it('an order is explained, found by its number, retried and sent again', async () => {
    await placeOrder(house, 1, { row: { WarehouseID: 9 } });
    await house.run(API);
    const context = house.context();
    expect(await askedFor(context, '1')).toEqual({ orderId: 1 });
    expect((await explain(context, 1)).where.join()).toContain('NO_ROUTE');
    const unseen = await explain(context, 77);
    expect(unseen.where.join()).toContain('orders come from the Exigo API');
    expect(unseen.next).toContain(`orderferry run ${API} --start-date`);
    expect(await retryWaiting(context, {})).toEqual({ retried: 1, left: 0 });
    house.clock.advance(MINUTE);
    await changeOrder(house, 1, { WarehouseID: 1 });
    await house.run(API);
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    house.clock.advance(MINUTE);
    await changeOrder(house, 1, { OrderStatusID: 7, Address1: '2 Second St' });
    await house.run(API);
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
    await release(context, pipeline(), 1, 'resend', 'new address');
    await house.run(API);
    expect(await filesWith(house, 'plain', 1)).toHaveLength(2);
  });

  it('status names the watermark and the pipelines that there are', async () => {
    await placeOrder(house, 1);
    await house.run(API);
    const status = await readStatus(house.context());
    expect(status.watermarks).toHaveProperty('Orders');
    expect(status.pipelines.map((one) => one.pipeline)).toEqual([API]);
  });

  it('reconcile compares the API with the ledger, and finds what was never frozen', async () => {
    await placeOrder(house, 1);
    await house.run(API);
    house.clock.advance(3 * HOUR);
    await placeOrder(house, 2, {
      row: {
        ModifiedDate: toExigoText(house.clock.now() - 2 * HOUR),
        CreatedDate: toExigoText(house.clock.now() - 2 * HOUR),
      },
    });
    const { config, database, clock } = house;
    const views = openViews({ config, database, clock, onToken: () => undefined });
    const now = clock.now();
    const request = { from: now - DAY, to: now, graceMs: HOUR, most: 10 };
    const { report, problem } = await reconcile(house.context(), views, request);
    views.close();
    expect(problem).toBeNull();
    expect(report.systems.map(({ name }) => name)).toEqual(['Exigo API', 'files of 3PL plain']);
    expect(report.discrepancies.listed.map(({ id }) => id)).toEqual(['2']);
  });
});

describe.each(engines())('exigo-status-to-godatafeed on %s', (engine) => {
  it('reports a shipment that the API shows, from the same freeze as the hand-over', async () => {
    const updates = { carriers: { shipMethods: { 1: 'UPS' } } };
    const market = await MarketplaceHouse.open({ engine, source: 'api', stores: { main: { updates } } });
    try {
      await market.sell(7);
      expect((await market.house.run(API)).error).toBeNull();
      expect((await market.run()).error).toBeNull();
      await market.ship(7);
      expect((await market.run()).error).toBeNull();
      expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007']);
      const sets = await market.house.all('SELECT DISTINCT source FROM "etl.change_set"');
      expect(sets).toEqual([{ source: 'exigo-api' }]);
    } finally {
      await market.close();
    }
  });
});
