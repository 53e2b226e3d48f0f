/** Return orders of Exigo become notices to the 3PL that shipped the goods, once; our own are not sent back to it. */
import { afterEach, describe, expect, it } from 'vitest';
import { findPipeline, pipelineHere, pipelinesFor } from '../../../src/app/pipelines.js';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { openShippingHouse, RETURNS, returned, say, shipped } from '../../support/inbox.js';
import { expectPromisesKept } from '../../support/promises.js';
import { changeOrder, placeOrder, readableTemplate } from '../../support/small-orders.js';

reportMissingEngine();

const NOTICES = 'exigo-returns-to-3pl';
const SECTION = {
  file: { name: 'RMA_{number:000}.csv' },
  row: 'line',
  columns: [
    { name: 'rma', from: 'order.OrderID' },
    { name: 'order', from: 'order.ReturnOrderID' },
    { name: 'sku', from: 'line.ItemCode' },
    { name: 'qty', from: 'line.Quantity', number: { digits: 2, trim: true, sign: 'none' } },
  ],
};
const HEAD = 'rma,order,sku,qty\r\n';

const template = (name: string, warehouse: number, more: Record<string, unknown> = {}) =>
  readableTemplate({
    name,
    routes: [{ when: { WarehouseID: [warehouse] } }],
    delivery: { folder: `../out/${name}` },
    manifest: 'none',
    ...more,
  });

describe.each(engines())('notices of returns on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(house);
    await house.close();
  });

  const open = async () => {
    house = await House.open({
      engine,
      templates: [
        template('plain', 1, { returns: SECTION }),
        template('other', 2, { returns: { ...SECTION, file: { name: 'OTHER_RMA_{number:000}.csv' } } }),
        template('silent', 3),
      ],
    });
  };
  const run = async () => (await house.run(NOTICES)).error;
  const rma = (id: number, row: Record<string, number | string | null> = {}) =>
    placeOrder(house, id, {
      lines: [['TEA', '6.00']],
      row: { OrderTypeID: 8, SubTotal: '-9.0000', Total: '-9.0000', ...row },
    }).then(() =>
      house.exec(
        `UPDATE "dbo.OrderDetails" SET Quantity = '-1.5000', PriceTotal = '-9.0000' WHERE OrderID = ${id}`,
      ),
    );
  const files = async (name: string) =>
    Object.fromEntries([...(await house.files(name))].filter(([file]) => file.includes('RMA')));
  const outcome = async (id: number) => {
    const [row] = await house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE item_id = (
         SELECT MAX(item_id) FROM "etl.item" WHERE order_id = ${id} AND pipeline = '${NOTICES}')`,
    );
    return row?.outcome ?? 'no item';
  };

  it('go to the 3PL that has the order, wherever the return order would be routed', async () => {
    await open();
    await placeOrder(house, 1);
    await house.run();
    house.clock.advance(HOUR);
    await rma(201, { ReturnOrderID: 1, WarehouseID: 2 });
    await rma(202, { ReturnOrderID: null, WarehouseID: 2 });
    await rma(203, { ReturnOrderID: 999, WarehouseID: 1 });
    expect(await run()).toBeNull();
    expect(await files('plain')).toEqual({
      'RMA_001.csv': `${HEAD}201,1,TEA,1.5\r\n203,999,TEA,1.5\r\n`,
    });
    expect(await files('other')).toEqual({ 'OTHER_RMA_001.csv': `${HEAD}202,,TEA,1.5\r\n` });
    expect(await outcome(201)).toBe('delivered');
    expect(await outcome(1)).toBe('excluded NOT_A_RETURN');
    // The hand-over leaves them alone, and they are no hand-over.
    await house.run();
    expect(await house.all('SELECT exigo_order_id AS id FROM "etl.order_link"')).toEqual([{ id: 1 }]);
  });

  it('are sent once, also after kills, and a change is held for a person', async () => {
    await open();
    await rma(201);
    for (const point of [
      'send/after-intent',
      'send/after-uploaded',
      'send/after-publish',
      'send/before-receipt',
    ]) {
      let fired = false;
      setFaultHook(async (name) => {
        if (name !== point || fired) return;
        fired = true;
        throw new Error('killed');
      });
      await house.run(NOTICES).catch(() => undefined);
      setFaultHook(undefined);
      house.clock.advance(45 * MINUTE);
    }
    await run();
    expect(await files('plain')).toEqual({ 'RMA_001.csv': `${HEAD}201,,TEA,1.5\r\n` });
    await changeOrder(house, 201, { Notes: 'nothing that the 3PL sees' });
    await run();
    expect(await outcome(201)).toBe('excluded ALREADY_HANDED_OVER');
    house.clock.advance(MINUTE);
    await changeOrder(house, 201, { OrderStatusID: 4 });
    await run();
    expect(await outcome(201)).toBe('held CANCELED_AFTER_HAND_OVER');
    expect(Object.keys(await files('plain'))).toEqual(['RMA_001.csv']);
  });

  it('wait until the return order is Accepted, and are not for a 3PL that takes none', async () => {
    await open();
    await rma(201, { OrderStatusID: 1 });
    await rma(202, { WarehouseID: 3 });
    await run();
    expect([await outcome(201), await outcome(202)]).toEqual([
      'excluded NOT_ACCEPTED',
      'excluded NO_RETURN_NOTICES',
    ]);
    house.clock.advance(MINUTE);
    await changeOrder(house, 201, { OrderStatusID: 7 });
    await run();
    expect(await files('plain')).toEqual({ 'RMA_001.csv': `${HEAD}201,,TEA,1.5\r\n` });
  });

  it('are not sent of return orders that we made of what came back', async () => {
    house = await openShippingHouse({
      engine,
      templates: [readableTemplate({ manifest: 'none', returns: SECTION })],
      returned: {
        as: 'return-order',
        status: 'Accepted',
        priceType: null,
        warehouse: null,
        shipMethod: null,
        shipping: 'keep',
        keyField: 'other20',
      },
    });
    await placeOrder(house, 1, { row: { CustomerID: 70 } });
    await house.run();
    house.clock.advance(HOUR);
    await say(house, [shipped(1, '1Z1'), returned(1, 'TEA', '1')]);
    // The receipt is lost: the notices know it all the same.
    setFaultHook(async (name) => {
      if (name === 'single/before-receipt') throw new Error('killed');
    });
    await house.run(RETURNS).catch(() => undefined);
    setFaultHook(undefined);
    const [made] = await house.all<{ id: number }>(
      `SELECT OrderID AS id FROM "dbo.Orders" WHERE OrderTypeID = 8`,
    );
    house.clock.advance(HOUR);
    await run();
    expect(await outcome(made?.id ?? 0)).toBe('excluded OWN_RETURN');
    expect(await files('plain')).toEqual({});
    await house.run(RETURNS);
    expect(await house.all(`SELECT return_order_id AS id FROM "etl.returned_goods"`)).toEqual([made]);
  });

  it('are a flow of installations whose templates have the section', async () => {
    await open();
    const flows = pipelinesFor(house.config);
    expect(flows.map(({ name }) => name)).toContain(NOTICES);
    const threePls = house.config.threePls.filter(({ name }) => name === 'silent');
    const without = pipelinesFor({ ...house.config, threePls });
    expect(without.map(({ name }) => name)).not.toContain(NOTICES);
    expect(() => pipelineHere(without, findPipeline(NOTICES))).toThrow('has a section returns');
    const api = pipelinesFor({ ...house.config, source: { orders: 'api' } });
    expect(api.find(({ name }) => name === NOTICES)?.source.kind).toBe('exigo-api');
  });
});
