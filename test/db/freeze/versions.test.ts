import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { toExigoText } from '../../../src/core/time.js';
import { putRows } from '../../../src/db/put-rows.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { SOURCE_DEFAULTS } from '../../support/freezing.js';
import { House, NOON } from '../../support/house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const PIPELINES = ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv'];

describe.each(engines())('the last frozen version on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({
      engine,
      config: { source: { ...SOURCE_DEFAULTS, sweepHorizonMs: 400 * DAY } },
    });
    await placeOrder(house, 1, {
      row: { OrderStatusID: 1 },
      lines: [
        ['TEA', '10.00'],
        ['MUG', '5.00'],
      ],
    });
    await house.database.transaction((session) =>
      putRows(session, 'Payments', [
        { PaymentID: 1, OrderID: 1, Amount: '15.0000', ModifiedDate: toExigoText(NOON) },
      ]),
    );
    await cycle(0);
  });
  afterEach(() => house.close());

  /** Of a later day, so that the sweep compares all orders. */
  async function cycle(days: number): Promise<void> {
    house.clock.advance(days * DAY + HOUR);
    for (const name of PIPELINES) expect((await house.run(name)).error).toBeNull();
  }

  const timesFrozen = async (): Promise<number | undefined> =>
    (await house.all<{ n: number }>('SELECT SUM(orders_frozen) AS n FROM "etl.change_set"'))[0]?.n;

  const rowsLeft = async (): Promise<number | undefined> =>
    (await house.all<{ n: number }>('SELECT COUNT(*) AS n FROM "etl.frozen_OrderDetails"'))[0]?.n;

  const QUIET_CHANGES = [
    ['a price', `UPDATE "dbo.OrderDetails" SET PriceEach = 6, PriceTotal = 6 WHERE OrderLine = 2`],
    ['an item', `UPDATE "dbo.OrderDetails" SET ItemCode = 'CUP' WHERE OrderLine = 2`],
    ['a line that goes', `DELETE FROM "dbo.OrderDetails" WHERE OrderLine = 2`],
    ['a payment', `UPDATE "dbo.Payments" SET Amount = 16 WHERE PaymentID = 1`],
    ['a payment that goes', `DELETE FROM "dbo.Payments" WHERE PaymentID = 1`],
  ] as const;

  describe.each([
    ['while its frozen rows are there', 1, 2],
    ['when they were pruned', 32, 0],
  ])('%s', (_, days, left) => {
    it('is the same for an order that has not moved', async () => {
      await cycle(days);
      expect([await timesFrozen(), await rowsLeft()]).toEqual([1, left]);
      await cycle(1);
      expect(await timesFrozen()).toBe(1);
    });

    it.each(QUIET_CHANGES)('is another one after %s, though no stamp moved', async (_name, change) => {
      await cycle(days);
      await house.exec(change);
      await cycle(1);
      expect(await timesFrozen()).toBe(2);
      await cycle(1);
      expect(await timesFrozen()).toBe(2);
    });
  });
});
