/** A marketplace order's whole life: taken into Exigo, acknowledged, shipped and reported; or ended on the way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { INTO_EXIGO, Market } from '../../support/market.js';
import { changeOrder } from '../../support/small-orders.js';

const ORDERS = 'exigo-orders-to-3pl';
const REPORTS = 'exigo-status-to-godatafeed';
const ENDS = 'godatafeed-cancellations-to-exigo';

reportMissingEngine();

describe.each(engines())('a marketplace order on %s', (engine) => {
  let market: Market;
  beforeEach(async () => {
    market = await Market.open({ engine });
    market.put('1', undefined, { purchasedAt: market.house.clock.now() - MINUTE });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  const cycle = async (...pipelines: string[]) => {
    const errors: unknown[] = [];
    for (const name of pipelines) errors.push((await market.run({}, {}, name)).error);
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    return errors.filter((error) => error !== null);
  };
  const idOf = async () => (await market.orders()).get('amazon:M-1')?.[0] ?? Number.NaN;
  const outcomes = (pipeline: string) =>
    market.house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE pipeline = '${pipeline}'
       ORDER BY item_id`,
    );

  it('is taken, acknowledged, shipped and reported, each once', async () => {
    expect(await cycle(INTO_EXIGO, ORDERS, REPORTS, ENDS)).toEqual([]);
    const id = await idOf();
    await changeOrder(market.house, id, { OrderStatusID: 9, TrackingNumber1: '1Z999', WebCarrierID1: 3 });
    expect(await cycle(INTO_EXIGO, ORDERS, REPORTS, ENDS)).toEqual([]);
    for (let i = 0; i < 3; i++) expect(await cycle(INTO_EXIGO, ORDERS, REPORTS, ENDS)).toEqual([]);
    expect(market.applied()).toEqual(['Acknowledge 1', 'UpdateStatus 1']);
    expect(market.feed.order('1')).toMatchObject({
      status: 'Shipped',
      destinationNumber: String(id),
      tracking: '1Z999',
      carrier: 'UPS',
      sync: 'Sync Complete',
    });
    expect((await outcomes(REPORTS)).at(-1)).toEqual({ outcome: 'delivered' });
    expect(await outcomes(ENDS)).toEqual([]);
  });

  it('that was Shipped in Exigo before it was linked is reported, once', async () => {
    setFaultHook((point) => {
      if (point === 'single/before-receipt') throw new TypeError('its answer is lost');
    });
    expect(await cycle(INTO_EXIGO)).toHaveLength(1);
    setFaultHook(undefined);
    const id = await idOf();
    await changeOrder(market.house, id, {
      OrderStatusID: 9,
      TrackingNumber1: '1Z999',
      WebCarrierID1: 3,
    });
    expect(await cycle(ORDERS, REPORTS)).toEqual([]);
    expect(await outcomes(REPORTS)).toEqual([{ outcome: 'excluded NOT_A_MARKETPLACE_ORDER' }]);
    for (let i = 0; i < 3; i++) expect(await cycle(INTO_EXIGO, ORDERS, REPORTS, ENDS)).toEqual([]);
    expect(market.applied()).toEqual(['Acknowledge 1', 'UpdateStatus 1']);
    expect(market.feed.order('1')).toMatchObject({ status: 'Shipped', destinationNumber: String(id) });
    expect(await outcomes(REPORTS)).toEqual([
      { outcome: 'excluded NOT_A_MARKETPLACE_ORDER' },
      { outcome: 'delivered' },
    ]);
  });

  it('that was not over when it was linked is judged as it was frozen', async () => {
    expect(await cycle(INTO_EXIGO, ORDERS, REPORTS)).toEqual([]);
    expect(await outcomes(REPORTS)).toEqual([{ outcome: 'excluded NOT_REPORTED' }]);
  });

  it('that is canceled there between the list and the acknowledgement is canceled in Exigo', async () => {
    market.feed.before('Acknowledge', 1, () => market.feed.marketplaceSets('1', 'Canceled'));
    expect(await cycle(INTO_EXIGO, ORDERS, ENDS)).toEqual([]);
    expect(await cycle(INTO_EXIGO, ORDERS, ENDS)).toEqual([]);
    const [order] = await market.house.all<{ OrderStatusID: number }>(
      `SELECT OrderStatusID FROM "dbo.Orders" WHERE OrderID = ${await idOf()}`,
    );
    expect(order).toEqual({ OrderStatusID: 4 });
    expect(await outcomes(ENDS)).toEqual([{ outcome: 'delivered' }]);
    expect(await cycle(REPORTS)).toEqual([]);
    expect(market.applied()).toEqual([]);
  });
});
