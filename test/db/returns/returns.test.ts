/** What comes back to 3PLs becomes return orders in Exigo once, or is noted; never more than was shipped. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import type { ReturnOrderRules } from '../../../src/core/returned.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { dropWaiting } from '../../../src/engine/persons/drop.js';
import { release } from '../../../src/engine/persons/persons.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import type { House } from '../../support/house.js';
import { openShippingHouse, RETURNS, returned, SHIPMENTS, say, shipped } from '../../support/inbox.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const RULES: ReturnOrderRules = {
  as: 'return-order',
  status: 'Accepted',
  priceType: null,
  warehouse: null,
  shipMethod: null,
  shipping: 'keep',
  keyField: 'other20',
};

describe.each(engines())('returns on %s', (engine) => {
  let house: House;
  const open = async (rules: Partial<ReturnOrderRules> | 'record' = {}, saysShipped = true) => {
    await house?.close();
    const policy = rules === 'record' ? ({ as: 'record' } as const) : { ...RULES, ...rules };
    house = await openShippingHouse({ engine, returned: policy, saysShipped });
  };
  beforeEach(() => open());
  afterEach(async () => {
    await house.close();
    house = undefined as unknown as House;
  });

  /** Orders that the 3PL has shipped; two of TEA at 6.25 and one of CUP at 4.10. */
  const ship = async (...ids: number[]) => {
    for (const id of ids) {
      const lines = [
        ['TEA', '6.25'],
        ['TEA', '5.15'],
        ['CUP', '4.10'],
      ] as const;
      await placeOrder(house, id, {
        lines,
        row: { CustomerID: 70, PriceTypeID: 3, ShippingTotal: '7.0000' },
      });
    }
    expect((await house.run()).error).toBeNull();
    house.clock.advance(HOUR);
  };
  const shipAndSay = async (...ids: number[]) => {
    await ship(...ids);
    await say(
      house,
      ids.map((id) => shipped(id, `1Z${id}`)),
    );
    house.clock.advance(DAY);
  };
  const run = async (overrides = {}) => (await house.run(RETURNS, overrides)).error;
  /** `1 ReturnOrder Accepted: -1 TEA 6.25`: the orders that were made of an order. */
  const made = async () => {
    const rows = await house.all<{ line: string }>(
      `SELECT CONCAT(o.ReturnOrderID, ' ', o.OrderTypeID, ' ', o.OrderStatusID, ' ', o.CustomerID, ' ', d.Quantity, ' ',
                     d.ItemCode, ' ', d.PriceEach) AS line
       FROM "dbo.Orders" AS o JOIN "dbo.OrderDetails" AS d ON d.OrderID = o.OrderID
       WHERE o.OrderTypeID = 8 ORDER BY o.OrderID, d.OrderLine`,
    );
    return rows.map(({ line }) => line.replace(/(\.\d*?)0+(?= |$)/g, '$1').replace(/\.(?= |$)/g, ''));
  };
  const items = async () =>
    (
      await house.all<{ line: string }>(
        `SELECT RTRIM(CONCAT(order_id, ' ', state, ' ', CONCAT(code, ' ', resolution))) AS line FROM "etl.item"
         WHERE pipeline = '${RETURNS}' ORDER BY item_id`,
      )
    ).map(({ line }) => line.trim());
  const reason = async () =>
    (
      await house.all<{ reason: string | null }>(
        `SELECT reason FROM "etl.item" WHERE pipeline = '${RETURNS}' ORDER BY item_id DESC`,
      )
    )[0]?.reason ?? '';
  const openBatches = async () =>
    (await house.all(`SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${RETURNS}'`))
      .length;

  it('makes a return order with the prices of the lines, once', async () => {
    await shipAndSay(1);
    await say(house, [{ ...returned(1, 'tea', '2'), reason: 'damaged' }, returned(1, 'CUP', '1')]);
    expect(await run()).toBeNull();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25', '1 8 7 70 -1 TEA 5.15', '1 8 7 70 -1 CUP 4.1']);
    const [order] = await house.all<Record<string, string>>(
      `SELECT Total, SubTotal, ShippingTotal, PriceTypeID, WarehouseID, OrderKey, Other20, Notes FROM "dbo.Orders" WHERE OrderTypeID = 8`,
    );
    expect(order).toMatchObject({ PriceTypeID: 3, WarehouseID: 1, Other20: order?.OrderKey });
    expect(Number(order?.SubTotal)).toBe(-15.5);
    expect(Number(order?.ShippingTotal)).toBe(0);
    expect(order?.OrderKey).toMatch(/^return:1:[0-9a-f]{12}$/);
    expect(order?.Notes).toContain('Came back to plain: 2 of TEA, 1 of CUP (damaged)');
    expect(await items()).toEqual(['1 delivered']);
    expect(await openBatches()).toBe(0);
    const { where, timeline } = await explain(house.context(), 1);
    expect(where.join('\n')).toContain(`${RETURNS}: delivered at`);
    const story = timeline.map(({ message }) => message).join('\n');
    expect(story).toMatch(/line 2: returned 2 of tea \(damaged\)[\s\S]*made in Exigo as return order \d+/);
    expect(await run()).toBeNull();
    expect(await made()).toHaveLength(3);
  });

  it('makes an order of its own of every partial return, at the price of the line that is left', async () => {
    await shipAndSay(1);
    await say(house, [returned(1, 'TEA', '1')]);
    await run();
    await say(house, [{ ...returned(1, 'TEA', '1'), reason: 'second' }]);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25', '1 8 7 70 -1 TEA 5.15']);
    expect(await items()).toEqual(['1 delivered', '1 delivered']);
  });

  it('takes two files in one run one after the other', async () => {
    await shipAndSay(1);
    await say(house, [returned(1, 'TEA', '1')]);
    await say(house, [{ ...returned(1, 'TEA', '1.5'), reason: 'second' }]);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25']);
    expect(await items()).toEqual(['1 delivered', '1 held MORE_THAN_SHIPPED']);
    expect(await reason()).toMatch(
      /^SHIP_\d+\.csv line 2: 1\.5 of TEA came back, and 1 of TEA is left of what plain shipped/,
    );
  });

  it('changes nothing by a row that is said again', async () => {
    await shipAndSay(1);
    await say(house, [returned(1, 'CUP', '1')]);
    await run();
    await say(house, [returned(1, 'CUP', '1')]);
    await run();
    await say(house, [returned(1, 'CUP', '1'), { ...returned(1, 'TEA', '1'), reason: 'more' }]);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 CUP 4.1', '1 8 7 70 -1 TEA 6.25']);
    expect(await items()).toEqual(['1 delivered', '1 delivered']);
  });

  it('keeps fractions exact, and takes what a row leaves open for all that is left', async () => {
    await shipAndSay(1, 2);
    await say(house, [returned(1, 'TEA', '0.35'), returned(2)]);
    await run();
    expect(await made()).toEqual([
      '1 8 7 70 -0.35 TEA 6.25',
      '2 8 7 70 -1 TEA 6.25',
      '2 8 7 70 -1 TEA 5.15',
      '2 8 7 70 -1 CUP 4.1',
    ]);
    await say(house, [{ ...returned(1), reason: 'the rest' }]);
    await run();
    expect((await made()).slice(4)).toEqual([
      '1 8 7 70 -0.65 TEA 6.25',
      '1 8 7 70 -1 TEA 5.15',
      '1 8 7 70 -1 CUP 4.1',
    ]);
  });

  it('holds what came back before a file says that it was shipped, and goes on when one does', async () => {
    await ship(1);
    await say(house, [returned(1, 'TEA', '1')]);
    await run();
    expect(await items()).toEqual(['1 held RETURN_NOT_SHIPPED']);
    expect(await reason()).toMatch(/line 2: it came back, and no file of plain says that it was shipped/);
    await say(house, [{ ...shipped(1, '1Z1'), itemCode: 'CUP', quantity: '1' }]);
    await run();
    expect(await items()).toEqual(['1 held RETURN_NOT_SHIPPED SUPERSEDED', '1 held MORE_THAN_SHIPPED']);
    await say(house, [{ ...shipped(1, '1Z2'), itemCode: 'TEA', quantity: '2' }]);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25']);
    expect((await items()).slice(1)).toEqual(['1 held MORE_THAN_SHIPPED SUPERSEDED', '1 delivered']);
    expect(await openBatches()).toBe(0);
  });

  it('counts what was handed over as shipped where no file of the 3PL speaks of shipments', async () => {
    await open({}, false);
    await ship(1);
    await say(house, [returned(1, 'TEA', '2')]);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25', '1 8 7 70 -1 TEA 5.15']);
  });

  it('holds an item that the order does not have, with file and line, and the other orders go through', async () => {
    await shipAndSay(1, 2);
    await say(house, [returned(1, 'SPOON', '1'), returned(2, 'CUP', '1')]);
    await run();
    expect(await items()).toEqual(['1 held ITEM_NOT_OF_ORDER', '2 delivered']);
    expect(await made()).toEqual(['2 8 7 70 -1 CUP 4.1']);
    const [{ reason: why } = { reason: '' }] = await house.all<{ reason: string }>(
      `SELECT reason FROM "etl.item" WHERE pipeline = '${RETURNS}' AND state = 'held'`,
    );
    expect(why).toMatch(/^SHIP_\d+\.csv line 2: item SPOON came back/);
    const outcome = await release(house.context(), findPipeline(RETURNS), 1, 'ignore', 'it is ours');
    expect(outcome).toBe('order 1: 1 return left as it is');
    await say(house, [{ ...returned(1, 'CUP', '1'), reason: 'later' }]);
    await run();
    expect((await items()).slice(2)).toEqual(['1 delivered']);
  });

  it('leaves another return of the order waiting when one is dropped', async () => {
    await shipAndSay(1);
    await say(house, [returned(1, 'MUG', '1')]);
    house.clock.advance(HOUR);
    await say(house, [returned(1, 'TEA', '99')]);
    expect(await run()).toBeNull();
    const open = () =>
      house.all<{ code: string }>(
        `SELECT code FROM "etl.item" WHERE pipeline = '${RETURNS}' AND state = 'held' AND resolution IS NULL ORDER BY item_id`,
      );
    expect(await open()).toEqual([{ code: 'ITEM_NOT_OF_ORDER' }, { code: 'MORE_THAN_SHIPPED' }]);
    const why = { by: 'kim', reason: 'a typo of theirs' };
    const dropped = await dropWaiting(house.context(), { code: 'ITEM_NOT_OF_ORDER' }, why);
    expect(dropped).toMatchObject({ dropped: 1, leftInAll: 0 });
    expect(await open()).toEqual([{ code: 'MORE_THAN_SHIPPED' }]);
    const { timeline } = await explain(house.context(), 1);
    expect(timeline.filter(({ kind }) => kind === 'dropped').map(({ message }) => message)).toEqual([
      'kim dropped ITEM_NOT_OF_ORDER (a typo of theirs): left as it is',
    ]);
  });

  it('gives the shipping back with the last of the goods alone, where the template says so', async () => {
    await open({ shipping: 'refund', status: 'Pending', warehouse: 5, priceType: 9 });
    await shipAndSay(1);
    await say(house, [returned(1, 'TEA')]);
    await run();
    await say(house, [returned(1, 'CUP')]);
    await run();
    const rows = await house.all<{ line: string }>(
      `SELECT CONCAT(OrderStatusID, ' ', WarehouseID, ' ', PriceTypeID, ' ', CAST(ShippingTotal AS INT)) AS line
       FROM "dbo.Orders" WHERE OrderTypeID = 8 ORDER BY OrderID`,
    );
    expect(rows.map(({ line }) => line)).toEqual(['1 5 9 0', '1 5 9 -7']);
  });

  it('notes what came back and makes no order, where the template says record; status and explain show it', async () => {
    await open('record');
    await shipAndSay(1);
    await house.exec(
      `INSERT INTO "etl.marketplace_order" (store, order_number, marketplace, frozen_utc, exigo_order_id, linked_utc)
       VALUES ('main', '500', 'amazon', '2026-03-01 00:00:00.000', 1, '2026-03-01 00:00:00.000')`,
    );
    await say(house, [returned(1, 'TEA', '1')]);
    await run();
    await say(house, [{ ...returned(1, 'TEA', '2'), reason: 'too many' }]);
    await run();
    expect(await items()).toEqual(['1 excluded RETURN_RECORDED', '1 held MORE_THAN_SHIPPED']);
    expect(await made()).toEqual([]);
    const { returns } = await readStatus(house.context());
    expect(returns).toEqual([{ three_pl: 'plain', recorded: 1, made: 0, not_made: 0, not_reported: 1 }]);
    const { timeline } = await explain(house.context(), 1);
    const told = timeline.map(({ message }) => message).join('\n');
    expect(told).toContain(
      'RETURN_NOT_REPORTED: its marketplace is not told (GoDataFeed order main/500, amazon)',
    );
  });

  it('holds an order that had a discount as a whole', async () => {
    await placeOrder(house, 1, { row: { DiscountTotal: '2.0000' } });
    await house.run();
    await say(house, [shipped(1, '1Z1'), returned(1, 'TEA', '1')]);
    await run();
    expect(await items()).toEqual(['1 held RETURN_DISCOUNTED']);
    expect((await readStatus(house.context())).returns).toEqual([]);
  });

  it('is no trouble for the shipments, and they are none for it', async () => {
    await shipAndSay(1);
    await house.run(SHIPMENTS);
    await say(house, [returned(1, 'TEA', '1')]);
    await house.run(SHIPMENTS);
    const rows = await house.all<{ line: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS line FROM "etl.item" WHERE pipeline = '${SHIPMENTS}' ORDER BY item_id`,
    );
    expect(rows.map(({ line }) => line)).toEqual(['delivered', 'excluded ALREADY_SHIPPED']);
    await run();
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25']);
  });

  it.each(['cut-after', 'cut-before'] as const)('makes one when the answer is lost (%s)', async (kind) => {
    await shipAndSay(1);
    await say(house, [returned(1, 'TEA', '1')]);
    house.standin.fail({ kind, operation: 'ProcessTransaction', nth: 1 });
    await run();
    house.clock.advance(30 * MINUTE);
    await run();
    if (kind === 'cut-before') {
      expect(await items()).toEqual(['1 held OUTCOME_UNKNOWN']);
      await retryWaiting(house.context(), { orderId: 1 });
      await run();
    }
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25']);
    expect((await items()).at(-1)).toBe('1 delivered');
    expect((await readStatus(house.context())).returns).toMatchObject([{ made: 1, not_made: 0 }]);
  });

  it('gives a refused one to a person, who has it tried again', async () => {
    await shipAndSay(1);
    await house.exec(`UPDATE "dbo.Orders" SET CustomerID = 71 WHERE OrderID = 1`);
    await say(house, [returned(1, 'TEA', '1')]);
    await run();
    expect(await items()).toEqual(['1 failed CREATE_REFUSED']);
    expect(await reason()).toContain('is of another customer');
    await house.exec(`UPDATE "dbo.Orders" SET CustomerID = 70 WHERE OrderID = 1`);
    await retryWaiting(house.context(), { orderId: 1 });
    await run();
    expect(await items()).toEqual(['1 failed CREATE_REFUSED RETRIED', '1 delivered']);
    expect(await made()).toEqual(['1 8 7 70 -1 TEA 6.25']);
  });

  it('waits without an Exigo API, and goes on with one', async () => {
    await shipAndSay(1);
    await say(house, [returned(1, 'TEA', '1')]);
    expect(await run({ returnTarget: null })).toBeNull();
    expect(await openBatches()).toBe(1);
    await run();
    expect(await made()).toHaveLength(1);
  });
});
