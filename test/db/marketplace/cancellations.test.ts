/** Orders that end at their marketplace while they are open here: canceled in Exigo, or held with the evidence. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import { LeaseLostError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { StatusTarget } from '../../../src/core/targets.js';
import { dryRun } from '../../../src/engine/dry-run.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { pipelineLease } from '../../../src/engine/leases.js';
import { openOrders } from '../../../src/engine/marketplace/freeze-ended.js';
import { release } from '../../../src/engine/persons/persons.js';
import { frozenOrders } from '../../../src/extract/frozen-orders.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import { acquireLease, Lease } from '../../../src/queue/lease/lease.js';
import type { Fault } from '../../../src/standins/exigo/faults.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse, type MarketplaceHouseOptions } from '../../support/marketplace-house.js';
import { readableTemplate } from '../../support/small-orders.js';

const ENDS = 'godatafeed-cancellations-to-exigo';
const ORDERS = 'exigo-orders-to-3pl';
const LATER = { wave: { cutOffs: ['16:00'], zone: 'America/Chicago' } };

reportMissingEngine();

describe.each(engines())('orders that end at their marketplace on %s', (engine) => {
  let market: MarketplaceHouse;
  const open = async (template: Record<string, unknown> = LATER, options: MarketplaceHouseOptions = {}) => {
    market = await MarketplaceHouse.open({ engine, templates: [readableTemplate(template)], ...options });
    await market.house.run(ORDERS); // uses up yesterday's cut-off
    await market.sell(7);
    await market.sell(8);
    expect((await market.house.run(ORDERS)).error).toBeNull();
  };
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  const ends = async () => {
    market.house.clock.advance(15 * MINUTE);
    return (await market.house.run(ENDS)).error;
  };
  const pipelineOf = (name: string) => {
    const pipeline = market.house.context().pipelines.find((one) => one.name === name);
    if (pipeline === undefined) throw new TypeError(name);
    return pipeline;
  };
  const statusOf = async (id: number) => {
    const [row] = await market.house.all<{ OrderStatusID: number }>(
      `SELECT OrderStatusID FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    return row?.OrderStatusID;
  };
  const outcome = async (id: number, pipeline: string) => {
    const rows = await market.house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item"
       WHERE order_id = ${id} AND pipeline = '${pipeline}' ORDER BY item_id`,
    );
    return rows.at(-1)?.outcome ?? 'no item';
  };
  const moves = () =>
    market.house.standin.journal.flatMap(({ changes }) =>
      changes.map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`),
    );

  it('are canceled in Exigo, and no file has them', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Canceled');
    expect(await ends()).toBeNull();
    expect([await statusOf(7), await statusOf(8), moves()]).toEqual([4, 7, ['7 Accepted -> Canceled']]);
    expect(await outcome(7, ENDS)).toBe('delivered');
    const { next, timeline } = await explain(market.house.context(), 7);
    expect(next).toContain('nothing; it is Canceled in Exigo');
    expect(timeline.map(({ message }) => message).join('\n')).toMatch(
      /to be canceled in Exigo \(ended in store main\)[\s\S]*Canceled in Exigo: Amazon shows order M-7 as canceled/,
    );
    expect(await outcome(7, ORDERS)).toBe('excluded CANCELED_AT_MARKETPLACE');
    market.house.clock.advance(5 * HOUR);
    expect((await market.house.run(ORDERS)).error).toBeNull();
    const files = [...(await market.house.files('plain')).values()].join('');
    expect([files.includes('\n7'), files.includes('8')]).toEqual([false, true]);
    // Its marketplace knows: nobody tells it what it said.
    expect((await market.run()).error).toBeNull();
    expect([await market.outcome(7), market.calls()]).toEqual(['excluded ALREADY_REPORTED', 0]);
  });

  it('also when somebody else shipped them', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Shipped');
    expect(await ends()).toBeNull();
    expect([await statusOf(7), market.calls()]).toEqual([4, 0]);
  });

  it('are held as TOO_LATE with the file that has them, and left to a person', async () => {
    await open({});
    market.feed.marketplaceSets('G-7', 'Canceled');
    expect(await ends()).toBeNull();
    expect([await outcome(7, ENDS), await statusOf(7)]).toEqual(['held TOO_LATE', 8]);
    const [item] = await market.house.all<{ reason: string }>(
      `SELECT reason FROM "etl.item" WHERE code = 'TOO_LATE'`,
    );
    expect(item?.reason).toContain('Amazon shows order M-7 as canceled (GoDataFeed main G-7)');
    expect(item?.reason).toContain('Exigo says Printed');
    expect(await ends()).toBeNull();
    expect(moves().filter((move) => move.endsWith('Canceled'))).toEqual([]);
    await release(market.house.context(), pipelineOf(ENDS), 7, 'ignore', null);
    expect((await explain(market.house.context(), 7)).where.join('\n')).toContain('TOO_LATE');
  });

  it('are held with the file also while Exigo does not show Printed yet', async () => {
    await open({});
    await market.house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 7 WHERE OrderID = 7`);
    market.feed.marketplaceSets('G-7', 'Canceled');
    expect(await ends()).toBeNull();
    const [item] = await market.house.all<{ reason: string }>(
      `SELECT reason FROM "etl.item" WHERE code = 'TOO_LATE'`,
    );
    expect(item?.reason).toMatch(/plain has it in file PLAIN_0001\.csv since 2026-03-11/);
    expect(await statusOf(7)).toBe(7);
  });

  it('wait while a run may be sending their file', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Canceled');
    const lease = await acquireLease(market.house.database, market.house.clock, {
      name: pipelineLease(ORDERS),
      ttlMs: DAY,
      requestDeadlineMs: 0,
    });
    expect(await ends()).toBeNull();
    expect([await statusOf(7), await outcome(7, ENDS)]).toEqual([7, 'loading']);
    const { next } = await explain(market.house.context(), 7);
    expect(next).toContain('tries cancel-in-exigo again');
    if (lease instanceof Lease) await lease.release();
    expect(await ends()).toBeNull();
    expect([await statusOf(7), await outcome(7, ENDS)]).toEqual([4, 'delivered']);
  });

  it('are left alone when their marketplace takes it back', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Canceled');
    const gone = market.house.context();
    market.feed.before('List', 3, () => {
      const order = market.feed.order('G-7');
      if (order !== undefined) Object.assign(order, { status: 'Processing' });
    });
    market.house.clock.advance(15 * MINUTE);
    expect((await market.house.run(ENDS, { stores: gone.stores })).error).toBeNull();
    expect([await statusOf(7), moves(), await outcome(7, ENDS)]).toEqual([7, [], 'excluded OPEN_AGAIN']);
    expect((await explain(market.house.context(), 7)).where.join('\n')).not.toContain('delivered');
    // What is canceled again is canceled.
    market.feed.marketplaceSets('G-7', 'Canceled');
    expect(await ends()).toBeNull();
    expect([await statusOf(7), moves(), await outcome(7, ENDS)]).toEqual([
      4,
      ['7 Accepted -> Canceled'],
      'delivered',
    ]);
  });

  it('that we reported ourselves are nobody else', async () => {
    await open();
    await market.ship(7);
    await market.change(8, { OrderStatusID: 4 });
    await market.run();
    expect(market.updates()).toHaveLength(2);
    expect(await ends()).toBeNull();
    expect([await outcome(7, ENDS), await outcome(8, ENDS), moves()]).toEqual(['no item', 'no item', []]);
  });

  it('that we report while the list is read are nobody else', async () => {
    await open();
    setFaultHook(async (point) => {
      if (point !== 'ended/listed') return;
      setFaultHook(undefined);
      await market.ship(7);
      expect((await market.run()).error).toBeNull();
    });
    market.feed.marketplaceSets('G-7', 'Shipped');
    expect(await ends()).toBeNull();
    expect([await outcome(7, ENDS), moves()]).toEqual(['no item', []]);
  });

  it('are looked for within the time that they count as open, whatever is said of their purchase', async () => {
    await open();
    await market.house.exec(`UPDATE "etl.marketplace_order" SET purchased_utc = '0001-01-01 00:00:00.000'`);
    const { clock } = market.house;
    const pipeline = pipelineOf(ENDS);
    const found = await openOrders(market.house.context(), pipeline, 'main');
    expect([found?.orders.size, found?.since]).toEqual([2, clock.now() - 90 * DAY]);
  });

  it('cost no call while none is open, and few when they are asked for too often', async () => {
    await open();
    await market.change(7, { OrderStatusID: 4 });
    await market.house.run(ORDERS);
    await ends();
    const asked = market.feed.count('List');
    await market.house.run(ENDS);
    expect([asked > 0, market.feed.count('List') - asked]).toEqual([true, 0]);
    await market.change(8, { OrderStatusID: 4 });
    await market.house.run(ORDERS);
    const counted = market.feed.count('Count');
    await ends();
    expect(market.feed.count('Count')).toBe(counted);
  });

  it('the trouble of one store leaves the others working', async () => {
    await open(LATER, { stores: { main: {}, outlet: {} } });
    await market.sell(9, 'outlet', 'Walmart');
    await market.house.run(ORDERS);
    market.feedOf('main').scope('Orders Read', false);
    market.feedOf('outlet').marketplaceSets('G-9', 'Canceled');
    expect(await ends()).toMatchObject({ code: 'CONFIGURATION' });
    expect(await statusOf(9)).toBe(4);
  });

  it('are not canceled once the lease is lost while what comes before was read', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Canceled');
    const real = market.house.context().statusTarget;
    if (real === null) throw new TypeError('no Exigo API');
    const statusTarget: StatusTarget = {
      ...real,
      async read(orderIds) {
        const found = await real.read(orderIds);
        market.house.clock.advance(market.house.config.lease.ttlMs); // the reply took that long
        await market.house.exec(
          `UPDATE "etl.lease" SET token = token + 1 WHERE name = '${pipelineLease(ENDS)}'`,
        );
        return found;
      },
    };
    market.house.clock.advance(15 * MINUTE);
    expect((await market.house.run(ENDS, { statusTarget })).error).toBeInstanceOf(LeaseLostError);
    expect(market.house.standin.journal).toEqual([]);
  });

  describe('once, whatever becomes of the answer', () => {
    const FAULTS: readonly (readonly [string, Fault])[] = [
      ['lost after the effect', { kind: 'cut-after' }],
      ['lost before the effect', { kind: 'cut-before' }],
      ['500 after the effect', { kind: 'status-500-after' }],
      ['confirmed, and shows 20 s late', { kind: 'late', afterMs: 20 * SECOND }],
      ['503', { kind: 'status-503', retryAfter: '3' }],
    ];
    it.each(FAULTS)('%s', async (_name, fault) => {
      await open();
      market.house.standin.fail({ ...fault, operation: 'ChangeOrderStatusBatch' });
      market.feed.marketplaceSets('G-7', 'Canceled');
      expect(await ends()).toBeNull();
      expect([await statusOf(7), moves(), await outcome(7, ENDS)]).toEqual([
        4,
        ['7 Accepted -> Canceled'],
        'delivered',
      ]);
    });
  });

  it('a dry run names the orders, and cancels none', async () => {
    await open();
    market.feed.marketplaceSets('G-7', 'Canceled');
    const { summary, error } = await dryRun(
      market.house.context(),
      { pipeline: pipelineOf(ENDS), slices: [] },
      (session) => ({ orders: frozenOrders(session), tables: frozenTables(session) }),
    );
    expect(error).toBeNull();
    expect(summary.calls).toEqual([{ operation: 'ChangeOrderStatusBatch Canceled', orders: [7] }]);
    expect([await statusOf(7), await outcome(7, ENDS), await outcome(7, ORDERS)]).toEqual([
      7,
      'no item',
      'ready',
    ]);
  });
});
