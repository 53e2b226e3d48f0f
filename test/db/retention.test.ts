import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/core/clock.js';
import { toUtcText } from '../../src/core/time.js';
import { putRows } from '../../src/db/put-rows.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { changeOrder, filesWith, outcomeOf, placeOrder, readableTemplate } from '../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, templates: [readableTemplate()] });
  });
  afterEach(() => house.close());

  const cycle = async (days: number, pipelines = ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv']) => {
    house.clock.advance(days * DAY + HOUR);
    for (const name of pipelines) expect((await house.run(name)).error).toBeNull();
  };

  const count = async (table: string, where = '1 = 1') =>
    (await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "etl.${table}" WHERE ${where}`))[0]?.n;

  const frozenOf = (id: number) => count('frozen_Orders', `OrderID = ${id}`);

  describe('pruning', () => {
    it('deletes frozen rows older than 30 days, and keeps what a hand-over file was made of', async () => {
      await placeOrder(house, 1);
      await placeOrder(house, 2, { row: { OrderStatusID: 1 } });
      await cycle(0);
      expect([await frozenOf(1), await frozenOf(2)]).toEqual([2, 1]);
      await cycle(29);
      expect(await frozenOf(2)).toBe(1);
      await cycle(2);
      // Of order 1 the version in the file stays, the one after it was Printed goes.
      expect([await frozenOf(1), await frozenOf(2)]).toEqual([1, 0]);
      expect(await count('frozen_OrderDetails', 'OrderID = 1')).toBe(1);
      expect(await count('frozen_OrderDetails', 'OrderID = 2')).toBe(0);
    });

    it('keeps what a held order needs, with its lines, payments and customer, for as long as it is held', async () => {
      const modified = { ModifiedDate: '2026-03-11 11:00:00.000' };
      await house.database.transaction(async (session) => {
        await putRows(session, 'Customers', [{ CustomerID: 7, ...modified }]);
        await putRows(session, 'Payments', [{ PaymentID: 1, OrderID: 1, Amount: '10.0000', ...modified }]);
      });
      await placeOrder(house, 1, { row: { CustomerID: 7, SubTotal: '10.0000' }, lines: [] });
      await cycle(0);
      for (let month = 0; month < 16; month++) await cycle(31);
      expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
      expect([await frozenOf(1), await count('frozen_Payments'), await count('frozen_Customers')]).toEqual([
        1, 1, 1,
      ]);
    });

    it('that fails is told, and the run ends as it would have', async () => {
      await placeOrder(house, 1);
      await cycle(0);
      await house.exec('DROP TABLE "etl.frozen_document"');
      house.clock.advance(2 * DAY);
      await placeOrder(house, 2);
      const errors: string[] = [];
      const { log } = house.context();
      const noting = { ...log, error: (message: string) => errors.push(message) };
      const report = await house.run('exigo-orders-to-3pl', { log: noting });
      expect([report.error, await outcomeOf(house, 2)]).toEqual([null, 'delivered']);
      expect(errors).toEqual([
        expect.stringMatching(/^what is older than the retention was not deleted: .*next run/),
      ]);
      const ended = await house.all('SELECT outcome FROM "etl.run" ORDER BY run_id DESC');
      expect(ended[0]).toEqual({ outcome: 'done' });
      expect(await house.all('SELECT name FROM "etl.lease" WHERE released = 0')).toEqual([]);
    });

    it('keeps what an unfinished batch needs', async () => {
      await placeOrder(house, 1);
      await cycle(0, ['exigo-snapshot-to-csv']); // frozen for both; the orders are not worked on
      for (let month = 0; month < 3; month++) await cycle(31, ['exigo-snapshot-to-csv']);
      expect(await frozenOf(1)).toBe(1);
      await cycle(0);
      expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    });

    it('keeps the rows of table files that could not be delivered yet', async () => {
      await placeOrder(house, 1, { row: { OrderStatusID: 1 } });
      await cycle(0, ['exigo-orders-to-3pl']);
      for (let month = 0; month < 3; month++) await cycle(31, ['exigo-orders-to-3pl']);
      expect(await frozenOf(1)).toBe(1);
      expect(await count('frozen_OrderDetails', 'OrderID = 1')).toBe(1);
    });

    it('forgets the ledger after 400 days, but not that an order was handed over', async () => {
      await placeOrder(house, 1);
      await cycle(0);
      await cycle(0); // it comes back as Printed
      expect(await count('effect', 'order_id = 1')).toBe(2);
      await cycle(390);
      expect([await count('effect', 'order_id = 1'), await frozenOf(1)]).toEqual([2, 1]);
      await cycle(11);
      await cycle(1);
      expect([
        await count('effect', 'order_id = 1'),
        await frozenOf(1),
        await count('item', 'order_id = 1'),
      ]).toEqual([0, 0, 0]);
      expect(await count('order_link')).toBe(1);

      await changeOrder(house, 1, { OrderStatusID: 7, Address1: '2 Second St' });
      await cycle(0);
      expect(await outcomeOf(house, 1)).toBe('excluded ALREADY_HANDED_OVER');
      expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    });

    it('deletes runs that never ended, too', async () => {
      await house.exec(`INSERT INTO "etl.run" (pipeline, started_utc) VALUES ('killed', @at)`, {
        at: toUtcText(house.clock.now()),
      });
      await cycle(31);
      expect(await count('run', `pipeline = 'killed'`)).toBe(0);
    });
  });
});
