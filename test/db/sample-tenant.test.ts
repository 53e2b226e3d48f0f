import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { HOUR } from '../../src/core/clock.js';
import { incompleteness } from '../../src/core/completeness.js';
import type { CustomersRow, OrderDetailsRow, OrdersRow, PaymentsRow } from '../../src/core/exigo-tables.js';
import { makeOrder, type Order } from '../../src/core/order.js';
import { fromExigoText, toExigoText } from '../../src/core/time.js';
import type { Database } from '../../src/db/database.js';
import { refreshQueue } from '../../src/db/queue-refresh.js';
import { openSqlite } from '../../src/db/sqlite.js';

let now: number;
let database: Database;
const clock = { now: () => now, sleep: async () => undefined };

beforeEach(async () => {
  now = fromExigoText('2026-11-20 12:00:00.000');
  database = openSqlite(':memory:', clock);
  await loadSampleTenant(database, clock);
});

afterEach(() => database.close());

const table = <T>(name: string) =>
  database.all<T>({ name: 'test', text: `SELECT * FROM "dbo.${name}" ORDER BY 1, 2` });

async function readOrders(): Promise<Map<number, Order>> {
  const lines = await table<OrderDetailsRow>('OrderDetails');
  const payments = await table<PaymentsRow>('Payments');
  const customers = await table<CustomersRow>('Customers');
  const orders = (await table<OrdersRow>('Orders')).map((row) =>
    makeOrder(
      0,
      row,
      lines.filter((line) => line.OrderID === row.OrderID),
      payments.filter((payment) => payment.OrderID === row.OrderID),
      customers.find((customer) => customer.CustomerID === row.CustomerID) ?? null,
    ),
  );
  return new Map(orders.map((order) => [order.id, order]));
}

const order = async (name: keyof typeof SAMPLE_ORDER): Promise<Order> => {
  const found = (await readOrders()).get(SAMPLE_ORDER[name]);
  expect(found).toBeDefined();
  return found as Order;
};

describe('the sample tenant', () => {
  it('has 25 orders of six countries, all complete but one, all with their customer', async () => {
    const orders = [...(await readOrders()).values()];
    expect(orders).toHaveLength(25);
    expect(new Set(orders.map(({ row }) => row.Country))).toEqual(
      new Set(['US', 'CA', 'DE', 'FR', 'MX', 'BR']),
    );
    expect(orders.filter((one) => incompleteness(one) !== null).map(({ id }) => id)).toEqual([
      SAMPLE_ORDER.linesLate,
    ]);
    expect(orders.filter(({ customer }) => customer === null)).toEqual([]);
  });

  it('pays each order to the cent, where it is paid at all', async () => {
    for (const { id, row, payments } of (await readOrders()).values()) {
      if (payments.length === 0) continue;
      const paid = payments.reduce((units, { Amount }) => units + BigInt(Amount.replace('.', '')), 0n);
      expect([id, paid]).toEqual([id, BigInt(row.Total.replace('.', ''))]);
    }
  });

  it('changed within the last hours, so that the first refresh takes all of it', async () => {
    await database.transaction((session) => refreshQueue(session));
    const [counts] = await database.rows({
      name: 'test',
      text: 'SELECT (SELECT count(*) FROM "queue.Orders"), (SELECT count(*) FROM "queue.Customers")',
    });
    expect(counts).toEqual([25, 14]);
    for (const { row } of (await readOrders()).values())
      expect(row.ModifiedDate < toExigoText(now)).toBe(true);
  });

  it('holds what a warehouse meets in life', async () => {
    const { lines } = await order('kit');
    expect(lines.map((line) => [line.ItemCode, line.Quantity, line.PriceTotal, line.ParentItemID])).toEqual([
      ['KIT-STARTER', '1.0000', '49.0000', null],
      ['TEA-GREEN', '2.0000', '0.0000', 901],
      ['MUG-BLUE', '1.0000', '0.0000', 901],
      ['STRAINER', '1.0000', '0.0000', 901],
    ]);
    expect(lines[1]?.ParentOrderDetailID).toBe(lines[0]?.OrderDetailID);
    expect((await order('fractionalQuantity')).lines[0]).toMatchObject({
      Quantity: '2.5000',
      PriceTotal: '31.0000',
    });
    expect((await order('emoji')).row.Notes).toContain('🎁');
    expect((await order('partialAddress')).row).toMatchObject({ Address1: '', Zip: '', City: 'Tucson' });
    expect(await order('returned')).toMatchObject({
      type: 'ReturnOrder',
      row: { SubTotal: '-18.0000', Total: '-18.0000' },
    });
    expect((await order('canceled')).status).toBe('Canceled');
    expect((await order('pending')).status).toBe('Pending');
    expect((await order('noRoute')).row.WarehouseID).toBe(9);
    expect((await order('linesLate')).lines).toEqual([]);
  });

  it('lives on: late lines, a new street, a cancellation, a new order', async () => {
    now += HOUR;
    await advanceSampleTenant(database, clock);
    const late = await order('linesLate');
    expect(incompleteness(late)).toBeNull();
    expect(late.row.ModifiedDate).toBe(toExigoText(now - 4 * HOUR));
    expect((await order('addressChanges')).row).toMatchObject({
      Address1: "3 bis, place d'Armes",
      ModifiedDate: toExigoText(now),
    });
    expect((await order('canceledLate')).status).toBe('Canceled');
    expect((await order('added')).status).toBe('Accepted');
    expect(await readOrders()).toHaveProperty('size', 26);
  });

  it('can be loaded again', async () => {
    await loadSampleTenant(database, clock);
    expect(await readOrders()).toHaveProperty('size', 25);
  });
});
