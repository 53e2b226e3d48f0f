/** Whose order it is: the customer with the buyer's e-mail address, found or made, once. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import { putRows } from '../../src/db/put-rows.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { MAPS, Market, orderMembers } from '../support/market.js';

reportMissingEngine();

describe.each(engines())('customers of marketplace orders on %s', (engine) => {
  let market: Market;
  const open = async (options: Parameters<typeof Market.open>[0] = {}) => {
    market = await Market.open({
      engine,
      stores: [{ orders: { ...MAPS, customer: { byEmail: 7 } } }],
      ...options,
    });
  };
  afterEach(() => market.close());

  const customers = () =>
    market.house.all<{ CustomerID: number; Email: string; CustomerTypeID: number }>(
      'SELECT CustomerID, Email, CustomerTypeID FROM "dbo.Customers" ORDER BY CustomerID',
    );
  const customersOfOrders = async () =>
    (
      await market.house.all<{ CustomerID: number }>('SELECT CustomerID FROM "dbo.Orders" ORDER BY OrderID')
    ).map(({ CustomerID }) => CustomerID);
  const existing = (...ids: number[]) =>
    market.house.database.transaction((session) =>
      putRows(
        session,
        'Customers',
        ids.map((CustomerID) => ({ CustomerID, Email: 'ANN@example.com', FirstName: 'Ann' })),
      ),
    );

  it('two orders of one new buyer have one customer, made with the first', async () => {
    await open();
    market.put('1');
    market.put('2', orderMembers({ CustomerEmail: 'ANN@EXAMPLE.COM' }));
    await market.run();
    expect(await customers()).toEqual([{ CustomerID: 1, Email: 'ann@example.com', CustomerTypeID: 7 }]);
    expect(await customersOfOrders()).toEqual([1, 1]);
  });

  it('a buyer whom Exigo has gets no second customer', async () => {
    await open();
    await existing(500);
    market.put('1');
    await market.run();
    expect(await customersOfOrders()).toEqual([500]);
    expect(await customers()).toHaveLength(1);
  });

  it('several with the address are a question for a person', async () => {
    await open();
    await existing(500, 501);
    market.put('1');
    await market.run();
    expect(await market.items()).toEqual(['main/1 held CUSTOMER_AMBIGUOUS']);
    const [item] = await market.house.all<{ reason: string }>('SELECT reason FROM "etl.item"');
    expect(item?.reason).toContain('500, 501');
    expect(item?.reason).not.toContain('example.com');
  });

  it('while the outcome of the first order is unknown, a second one of the same buyer waits; others do not', async () => {
    await open();
    market.put('1');
    market.put('2');
    market.put('3', orderMembers({ CustomerEmail: 'bo@example.com' }));
    market.exigo.fail({ kind: 'late', afterMs: 15 * MINUTE, answer: 'cut', operation: 'ProcessTransaction' });
    await market.run();
    expect(await customers()).toMatchObject([{ Email: 'bo@example.com' }]);
    market.house.clock.advance(16 * MINUTE);
    await market.run();
    market.house.clock.advance(30 * MINUTE);
    await market.run();
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered', 'main/3 delivered']);
    expect((await customers()).map(({ Email }) => Email).sort()).toEqual([
      'ann@example.com',
      'bo@example.com',
    ]);
  });

  it('an address is free again when nothing was done of its order', async () => {
    await open();
    market.put('1');
    market.exigo.fail({ kind: 'status-503', operation: 'ProcessTransaction' });
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 delivered']);
    expect(await customers()).toHaveLength(1);
  });

  it('an address is free again when its order is proven absent after the wait', async () => {
    await open({ exigo: { duplicateKeys: 'refused' } });
    market.put('1');
    market.exigo.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
    await market.run();
    market.house.clock.advance(21 * MINUTE);
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 delivered']);
  });

  it('no address stands in the state: customers are known by a hash of it', async () => {
    await open();
    market.put('1');
    await market.run();
    const rows = await market.house.all('SELECT * FROM "etl.marketplace_customer"');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('ann');
    const events = await market.house.all('SELECT message, detail FROM "etl.event"');
    expect(JSON.stringify(events)).not.toMatch(/ann@|First St/);
  });
});
