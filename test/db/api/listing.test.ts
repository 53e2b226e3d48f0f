/** What the list of orders is trusted for, and what happens when it fails, moves, or shows something twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiListing, ApiOrders, ApiPage } from '../../../src/core/api-orders.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import { codeOf, messageOf } from '../../../src/core/errors.js';
import { toExigoText } from '../../../src/core/time.js';
import type { EngineContext } from '../../../src/engine/context.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House, type HouseOptions } from '../../support/house.js';
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
  const open = async (options: HouseOptions = {}) => {
    house = await House.open({ engine, source: 'api', templates: [readableTemplate()], ...options });
  };
  beforeEach(() => open());
  afterEach(() => house.close());

  const frozen = async (id: number) =>
    house.all<{ set: number; street: string }>(
      `SELECT change_set_id AS "set", Address1 AS street FROM "etl.frozen_Orders" WHERE OrderID = ${id} ORDER BY change_set_id`,
    );
  const watermark = async (name: string) =>
    (
      await house.all<{ value: string }>(
        `SELECT value FROM "etl.watermark" WHERE scope = 'exigo-api' AND name = '${name}'`,
      )
    )[0]?.value;

  /** The API with something done to each page, by the number of the page in the run. */
  function pages(
    change: (page: ApiPage, number: number, listing: ApiListing) => Promise<ApiPage>,
  ): Partial<EngineContext> {
    const { apiOrders } = house.context();
    let number = 0;
    const list: ApiOrders['list'] = async function* (listing, between) {
      for await (const page of apiOrders?.list(listing, between) ?? []) {
        number++;
        yield await change(page, number, listing);
      }
    };
    return { apiOrders: { list } };
  }

  async function limited(batchSize: number): Promise<void> {
    await house.close();
    await open();
    const { exigoApi } = house.config;
    Object.assign(exigoApi ?? {}, { orders: { returnCustomer: true, returnKitDetails: true, batchSize } });
  }

  it('reads page after page until one is empty, and freezes an order once that both lists show', async () => {
    await limited(2);
    await placeOrder(house, 9);
    await house.run(API);
    house.clock.advance(MINUTE);
    for (let id = 1; id <= 5; id++) await placeOrder(house, id);
    const report = await house.run(API);
    expect(report.error).toBeNull();
    expect(report.changeSets[0]?.ordersFrozen).toBe(6); // with the one that it has set to Printed
    for (let id = 1; id <= 5; id++) expect(await frozen(id)).toHaveLength(1);
  });

  it('takes an order as the last page shows it, when it changes while it is read', async () => {
    await placeOrder(house, 9);
    await house.run(API);
    house.clock.advance(MINUTE);
    await placeOrder(house, 1);
    await placeOrder(house, 2);
    const report = await house.run(
      API,
      pages(async (page, number) => {
        if (number === 1) await changeOrder(house, 1, { Address1: '2 Second St' });
        return page;
      }),
    );
    expect(report.error).toBeNull();
    expect(await frozen(1)).toEqual([{ set: 2, street: '2 Second St' }]);
    house.clock.advance(MINUTE);
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('finds what appears behind the page that is read', async () => {
    await limited(2);
    for (const id of [10, 20, 30]) await placeOrder(house, id);
    await house.run(
      API,
      pages(async (page, number) => {
        if (number === 2) await placeOrder(house, 5);
        return page;
      }),
    );
    house.clock.advance(MINUTE);
    await house.run(API);
    expect(await filesWith(house, 'plain', 5)).toHaveLength(1);
  });

  it('goes on where an order vanishes while it is paged', async () => {
    await limited(1);
    for (const id of [10, 20, 30]) await placeOrder(house, id);
    const report = await house.run(
      API,
      pages(async (page, number) => {
        if (number === 1) await house.exec('DELETE FROM "dbo.Orders" WHERE OrderID = 20');
        return page;
      }),
    );
    expect(report.error).toBeNull();
    expect([await outcomeOf(house, 10), await outcomeOf(house, 20), await outcomeOf(house, 30)]).toEqual([
      'delivered',
      'no item',
      'delivered',
    ]);
  });

  it('asks for a page again that fails for a passing reason', async () => {
    await placeOrder(house, 1);
    house.standin.fail({ kind: 'status-503', operation: 'GetOrders', times: 2 });
    const report = await house.run(API);
    expect(report.error).toBeNull();
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('freezes nothing of a list that breaks off, keeps its watermark, and goes on with what was frozen before', async () => {
    await limited(1);
    await placeOrder(house, 1);
    await house.run(API);
    const before = await watermark('Orders');
    house.clock.advance(HOUR);
    await placeOrder(house, 2);
    await placeOrder(house, 3);
    const cut = pages(async (page, number) => {
      if (number === 1) house.standin.fail({ kind: 'status-503', operation: 'GetOrders', times: 5 });
      return page;
    });
    const report = await house.run(API, cut);
    expect(codeOf(report.error)).toBe('API_LISTING');
    expect(messageOf(report.error)).toContain('nothing was frozen');
    expect(report.changeSets).toEqual([]);
    expect([await outcomeOf(house, 2), await watermark('Orders')]).toEqual(['no item', before]);
    house.standin.clearFaults();
    expect((await house.run(API)).error).toBeNull();
    expect([await outcomeOf(house, 2), await outcomeOf(house, 3)]).toEqual(['delivered', 'delivered']);
  });

  it('finds an open order by the sweep whose stamp is older than the window', async () => {
    house.clock.advance(DAY);
    await house.run(API);
    house.clock.advance(2 * HOUR);
    await placeOrder(house, 1, { row: { ModifiedDate: toExigoText(house.clock.now() - 90 * MINUTE) } });
    await house.run(API);
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('does not take orders that are older than its first run', async () => {
    await placeOrder(house, 1, { row: { ModifiedDate: toExigoText(house.clock.now() - 2 * DAY) } });
    await house.run(API);
    expect(await outcomeOf(house, 1)).toBe('no item');
  });

  it('asks for a known open order by its id when no list shows it', async () => {
    const { exigoApi } = house.config;
    const orders = { returnCustomer: true, returnKitDetails: true, batchSize: 500, warehouseIDs: [1] };
    Object.assign(exigoApi ?? {}, { orders });
    await placeOrder(house, 1, { row: { SubTotal: '99.0000' } });
    await house.run(API);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    house.clock.advance(HOUR);
    await changeOrder(house, 1, { WarehouseID: 9, SubTotal: '10.0000' });
    await house.run(API);
    expect(await outcomeOf(house, 1)).toBe('held NO_ROUTE');
  });

  it('reads an incomplete order again until it is whole, or has settled', async () => {
    await placeOrder(house, 1, { row: { SubTotal: '20.0000' } });
    await placeOrder(house, 2, { row: { SubTotal: '20.0000' } });
    await house.run(API);
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2)]).toEqual([
      'held INCOMPLETE',
      'held INCOMPLETE',
    ]);
    house.clock.advance(3 * MINUTE);
    await house.exec(
      "UPDATE \"dbo.OrderDetails\" SET PriceEach = '20.0000', PriceTotal = '20.0000' WHERE OrderID = 1",
    );
    await house.run(API);
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2)]).toEqual(['delivered', 'held INCOMPLETE']);
    house.clock.advance(HOUR);
    await house.run(API);
    expect(await outcomeOf(house, 2)).toBe('delivered');
  });

  it('never moves its watermark past the clock at the first page, and steps back by the overlap', async () => {
    await placeOrder(house, 1, { row: { ModifiedDate: toExigoText(house.clock.now() + HOUR) } });
    const asked: ApiListing[] = [];
    await house.run(API);
    expect(await watermark('Orders')).toBe(toExigoText(house.clock.now()));
    const now = house.clock.now();
    await house.run(
      API,
      pages(async (page, _, listing) => {
        asked.push(listing);
        return page;
      }),
    );
    expect(asked[0]).toEqual({ changedAfter: now - 15 * MINUTE - SECOND });
  });

  it('keeps its watermark where it is while nothing comes', async () => {
    await house.run(API);
    const first = await watermark('Orders');
    for (let i = 0; i < 3; i++) {
      house.clock.advance(HOUR);
      await house.run(API);
    }
    expect(await watermark('Orders')).toBe(first);
  });

  it('lists the whole repeated hour of autumn again', async () => {
    await house.close();
    await open({ now: Date.parse('2026-11-01T07:30:00Z') }); // 01:30, the second pass
    await placeOrder(house, 1);
    await house.run(API);
    house.clock.advance(MINUTE);
    // Stamped 01:10 of the second pass: by the wall before the watermark of 01:30, and shown late.
    await placeOrder(house, 2, { row: { OrderStatusID: 9, ModifiedDate: '2026-11-01 01:10:00.000' } });
    await house.run(API);
    expect(await outcomeOf(house, 2)).toBe('excluded NOT_ACCEPTED');
  });

  it('leaves an order out that it cannot keep as it is, says which, and lists it again', async () => {
    await placeOrder(house, 1);
    await placeOrder(house, 2);
    const broken = pages(async (page) => ({
      orders: page.orders.filter(({ orderId }) => orderId !== 2),
      unreadable: ['order 2: total "1.23456" does not fit Total'],
    }));
    const report = await house.run(API, broken);
    expect(codeOf(report.error)).toBe('API_ORDERS');
    expect(messageOf(report.error)).toContain('order 2: total "1.23456"');
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2)]).toEqual(['delivered', 'no item']);
    expect(await watermark('Orders')).toBeUndefined();
    expect((await house.run(API)).error).toBeNull();
    expect(await outcomeOf(house, 2)).toBe('delivered');
  });

  it('asks with one value after the other where GetOrders takes one, and takes no order of others', async () => {
    const orders = { returnCustomer: false, returnKitDetails: true, batchSize: 500, warehouseIDs: [1, 3] };
    Object.assign(house.config.exigoApi ?? {}, { orders });
    for (const [id, WarehouseID] of [
      [1, 1],
      [2, 2],
      [3, 3],
    ] as const) {
      await placeOrder(house, id, { row: { WarehouseID } });
    }
    await house.run(API);
    const outcomes = [await outcomeOf(house, 1), await outcomeOf(house, 2), await outcomeOf(house, 3)];
    expect(outcomes).toEqual(['delivered', 'no item', 'delivered']);
  });

  it('keeps a field that it has never heard of under its own name', async () => {
    await placeOrder(house, 1);
    const gifts = pages(async ({ orders, unreadable }) => ({
      unreadable,
      orders: orders.map((order) => ({
        ...order,
        rows: {
          ...order.rows,
          Orders: order.rows.Orders.map((row) => ({ ...row, GiftMessage: 'für dich \u2028 ❤' })),
        },
      })),
    }));
    expect((await house.run(API, gifts)).error).toBeNull();
    const rows = await house.all<{ gift: string }>('SELECT GiftMessage AS gift FROM "etl.frozen_Orders"');
    expect(rows).toEqual([{ gift: 'für dich \u2028 ❤' }]);
  });

  it('keeps no sensitive column', async () => {
    await placeOrder(house, 1);
    const { putRows } = await import('../../../src/db/put-rows.js');
    await house.tenant.transaction((session) =>
      putRows(session, 'Payments', [
        {
          PaymentID: 7,
          OrderID: 1,
          Amount: '10.0000',
          PaymentDate: toExigoText(house.clock.now()),
          CreditCardNumber: '4242424242424242',
        },
      ]),
    );
    await house.run(API);
    const columns = (await house.database.columns('etl.frozen_Payments')).map(({ name }) => name);
    expect(columns).toContain('Amount');
    expect(columns).not.toContain('CreditCardNumber');
    expect(await house.all('SELECT PaymentID, OrderID FROM "etl.frozen_Payments"')).toEqual([
      { PaymentID: 7, OrderID: 1 },
    ]);
  });
});
