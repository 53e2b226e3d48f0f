/** Orders that come by GetOrders go the same way as those of a sync database, without one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceSampleTenant, loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../../src/app/sample-tenant-orders.js';
import { MINUTE } from '../../../src/core/clock.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';

reportMissingEngine();

const QUEUE = 'exigo-orders-to-3pl';
const API = 'exigo-api-orders-to-3pl';

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let other: House;
  beforeEach(async () => {
    house = await House.open({ engine, source: 'api' });
    other = await House.open();
    for (const one of [house, other]) await loadSampleTenant(one.tenant, one.clock);
  });
  afterEach(async () => {
    await house.close();
    await other.close();
  });

  async function cycle(): Promise<void> {
    expect((await house.run(API)).error).toBeNull();
    expect((await other.run(QUEUE)).error).toBeNull();
  }

  async function outcomes(of: House): Promise<unknown> {
    const rows = await of.all<{ order_id: number; outcome: string }>(
      `SELECT order_id, RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" ORDER BY item_id`,
    );
    return rows;
  }

  it('makes the files of the queue, byte for byte, and the same of every order, cycle after cycle', async () => {
    await cycle();
    for (const one of [house, other]) one.clock.advance(15 * MINUTE);
    await advanceSampleTenant(house.tenant, house.clock);
    await advanceSampleTenant(other.tenant, other.clock);
    await cycle();
    for (const one of [house, other]) one.clock.advance(15 * MINUTE);
    await cycle();
    for (const threePl of ['atlas', 'borealis']) {
      const files = await house.files(threePl);
      expect(files.size).toBeGreaterThan(0);
      expect(files).toEqual(await other.files(threePl));
    }
    const seen = new Map<number, string[]>();
    const theirs = new Map<number, string[]>();
    const rows = (await outcomes(house)) as { order_id: number; outcome: string }[];
    for (const { order_id, outcome } of rows) seen.set(order_id, [...(seen.get(order_id) ?? []), outcome]);
    for (const { order_id, outcome } of (await outcomes(other)) as typeof rows)
      theirs.set(order_id, [...(theirs.get(order_id) ?? []), outcome]);
    expect([...seen].sort()).toEqual([...theirs].sort());
    expect(seen.get(SAMPLE_ORDER.linesLate)).toEqual([
      'held INCOMPLETE',
      'delivered',
      'excluded ALREADY_HANDED_OVER',
    ]);
    const statuses = 'SELECT OrderID, OrderStatusID FROM "dbo.Orders" ORDER BY OrderID';
    expect(await house.all(statuses)).toEqual(await other.all(statuses));
  });

  it('has no table of a sync database in its state', async () => {
    await house.run(API);
    for (const table of ['dbo.Orders', 'queue.Orders'] as const) {
      expect(await house.database.columns(table)).toEqual([]);
    }
  });

  it('freezes the rows as the sync database has them', async () => {
    await cycle();
    const columns = (await house.database.columns('etl.frozen_Orders')).map(({ name }) => name);
    const known = new Set((await other.database.columns('etl.frozen_Orders')).map(({ name }) => name));
    const shared = columns.filter(
      (name) => known.has(name) && !/^(change_set_id|queued|settled)$/.test(name),
    );
    expect(shared.length).toBeGreaterThan(75);
    const context = house.context();
    const theirs = other.context();
    const keys = (
      await other.all<{ id: number }>(
        'SELECT OrderID AS id FROM "etl.frozen_Orders" WHERE change_set_id = 1 ORDER BY OrderID',
      )
    ).map(({ id }) => ({ changeSetId: 1, orderId: id }));
    const read = (
      orders: readonly {
        row: object;
        lines: readonly object[];
        payments: readonly object[];
        customer: object | null;
      }[],
    ) =>
      orders.map(({ row, lines, payments, customer }) => [
        shared.map((name) => [name, (row as Record<string, unknown>)[name]]),
        lines.map((line) =>
          [
            'OrderLine',
            'ItemCode',
            'ItemDescription',
            'Quantity',
            'PriceEach',
            'PriceTotal',
            'BusinessVolume',
            'WeightEach',
          ].map((name) => (line as Record<string, unknown>)[name]),
        ),
        payments.map((one) =>
          ['PaymentID', 'OrderID', 'Amount', 'PaymentTypeID', 'PaymentDate', 'BillingName'].map(
            (name) => (one as Record<string, unknown>)[name],
          ),
        ),
        customer === null
          ? null
          : [
              'CustomerID',
              'FirstName',
              'LastName',
              'Email',
              'CustomerTypeID',
              'MainCity',
              'ModifiedDate',
            ].map((name) => (customer as Record<string, unknown>)[name]),
      ]);
    expect(await context.orders.read(keys, read)).toEqual(await theirs.orders.read(keys, read));
  });

  it('freezes nothing again that has not changed', async () => {
    await house.run(API);
    house.clock.advance(MINUTE);
    const [printed] = (await house.run(API)).changeSets; // those that it set to Printed itself
    expect(printed?.ordersFrozen).toBe(17);
    house.clock.advance(MINUTE);
    const [nothing] = (await house.run(API)).changeSets;
    expect(nothing?.ordersFrozen).toBe(0);
  });

  it('leaves nothing behind in its spool folder', async () => {
    const { readdir } = await import('node:fs/promises');
    await house.run(API);
    const left = await readdir(`${house.config.stateDirectory}/spool/exigo-api`, { recursive: true });
    expect(left.filter((name) => name.endsWith('.jsonl'))).toEqual([]);
  });
});
