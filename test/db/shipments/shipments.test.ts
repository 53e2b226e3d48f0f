/** What 3PLs ship becomes tracking numbers and Shipped orders in Exigo, once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { openViews } from '../../../src/app/views.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import { InvariantError, LeaseLostError } from '../../../src/core/errors.js';
import type { ShipmentTarget } from '../../../src/core/targets.js';
import { toUtcText } from '../../../src/core/time.js';
import { release } from '../../../src/engine/persons/persons.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { reconcile } from '../../../src/engine/reconcile/reconcile.js';
import { linkMarketplaceOrder, noteMarketplaceOrders } from '../../../src/queue/ledger/marketplace-orders.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import type { House } from '../../support/house.js';
import { openShippingHouse, SHIPMENTS, say, shipped } from '../../support/inbox.js';
import { changeOrder, placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('shipments on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await openShippingHouse({ engine });
  });
  afterEach(() => house.close());

  /** Orders that are with the 3PL; they have a line of TEA and one of CUP. */
  const handOver = async (...ids: number[]) => {
    for (const id of ids) {
      await placeOrder(house, id, {
        lines: [
          ['TEA', '6.00'],
          ['CUP', '4.00'],
        ],
      });
    }
    expect((await house.run()).error).toBeNull();
    house.clock.advance(HOUR);
  };
  const run = async () => (await house.run(SHIPMENTS)).error;
  const inExigo = async (id: number) => {
    const [row] = await house.all<{ line: string }>(
      `SELECT CONCAT(OrderStatusID, ' ', TrackingNumber1, ' ', TrackingNumber2, ' ', WebCarrierID1) AS line
       FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    return row?.line.replace(/ +/g, ' ').trim();
  };
  /** Newest item of an order or row here: `held PARTLY_SHIPPED`. */
  const outcome = async (key: number | string) => {
    const [row] = await house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE item_id = (
         SELECT MAX(item_id) FROM "etl.item" WHERE item_key = '${key}' AND pipeline = '${SHIPMENTS}')`,
    );
    return row?.outcome ?? 'no item';
  };
  const reason = async (key: number | string) => {
    const rows = await house.all<{ reason: string | null }>(
      `SELECT reason FROM "etl.item" WHERE item_key = '${key}' AND pipeline = '${SHIPMENTS}' ORDER BY item_id DESC`,
    );
    return rows[0]?.reason ?? '';
  };
  /** Changes of this pipeline that were carried out, oldest first. */
  const calls = () =>
    house.standin.journal
      .filter(({ applied, body }) => applied && (body as { orderStatus?: unknown }).orderStatus !== 'Printed')
      .map(({ operation, orderIds }) => `${operation} ${orderIds.join(',')}`);
  const openBatches = async () =>
    (
      await house.all(
        `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${SHIPMENTS}'`,
      )
    ).length;

  it('gives Exigo numbers and carrier, then sets the order to Shipped with its date', async () => {
    await handOver(1);
    const at = house.clock.now() - 20 * MINUTE;
    await say(house, [{ ...shipped(1, '1Z1', '1Z2'), happened: { at, bare: false } }]);
    expect(await run()).toBeNull();
    expect(await inExigo(1)).toBe('9 1Z1 1Z2 3');
    expect(calls()).toEqual(['UpdateOrder 1', 'ChangeOrderStatusBatch 1']);
    const [{ date } = { date: '' }] = await house.all<{ date: string }>(
      `SELECT CAST(ShippedDate AS VARCHAR(30)) AS date FROM "dbo.Orders" WHERE OrderID = 1`,
    );
    expect(date).toMatch(/12:40/); // US Central
    expect(await outcome(1)).toBe('delivered');
    expect(await openBatches()).toBe(0);
    expect(await run()).toBeNull();
    expect(calls()).toHaveLength(2);
  });

  it('waits for the rest, and says what is missing', async () => {
    await handOver(1);
    await say(house, [{ ...shipped(1, '1Z1'), itemCode: 'TEA', quantity: '1' }]);
    await run();
    expect(await outcome(1)).toBe('held PARTLY_SHIPPED');
    expect(await reason(1)).toContain('1 of CUP');
    expect(calls()).toEqual([]);
    await say(house, [{ ...shipped(1, '1Z2'), itemCode: 'CUP', quantity: '1' }]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z1 1Z2 3');
    const states = await house.all<{ line: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', resolution)) AS line FROM "etl.item"
       WHERE pipeline = '${SHIPMENTS}' ORDER BY item_id`,
    );
    expect(states.map(({ line }) => line)).toEqual(['held SUPERSEDED', 'delivered']);
  });

  it('tells of the first, the last or all parcels, as the marketplace, its store or the 3PL has it', async () => {
    await house.close();
    const parcels = {
      otherwise: 'joined',
      stores: { main: 'last' },
      marketplaces: { Amazon: 'first' },
    } as const;
    house = await openShippingHouse({ engine, parcels });
    await handOver(1, 2, 3);
    const now = house.clock.now();
    await house.database.transaction(async (session) => {
      for (const [order_id, marketplace] of [
        [1, 'amazon'],
        [2, 'eBay'],
      ] as const) {
        const order_number = `G${order_id}`;
        const found = { marketplace, marketplace_number: `M${order_id}`, purchased_utc: toUtcText(now) };
        await noteMarketplaceOrders(session, [{ store: 'main', order_number, ...found }], toUtcText(now));
        await linkMarketplaceOrder(session, { store: 'main', order_number }, order_id, toUtcText(now));
      }
    });
    for (const id of [1, 2, 3]) {
      await say(house, [
        { ...shipped(id, '1Z1'), itemCode: 'TEA', quantity: '1' },
        { ...shipped(id, '1Z2'), itemCode: 'CUP', quantity: '1' },
      ]);
    }
    expect(await run()).toBeNull();
    expect(await inExigo(1)).toBe('9 1Z1 3');
    expect(await inExigo(2)).toBe('9 1Z2 3');
    expect(await inExigo(3)).toBe('9 1Z1 1Z2 3');
  });

  it('sends a corrected number alone, never a second shipment', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1', '1Z2')]);
    await run();
    await say(house, [shipped(1, '1Z9')]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z9 3');
    expect(calls()).toEqual(['UpdateOrder 1', 'ChangeOrderStatusBatch 1', 'UpdateOrder 1']);
    expect(await outcome(1)).toBe('delivered');
    await say(house, [{ ...shipped(1, '1Z9'), happened: { at: house.clock.now(), bare: false } }]);
    await run();
    expect(await outcome(1)).toBe('excluded ALREADY_SHIPPED');
    await say(house, [{ ...shipped(1, '1Z9'), carrier: 'FedEx' }]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z9 2');
    expect(await openBatches()).toBe(0);
  });

  it('tells Exigo the newest numbers alone when the earlier ones have not left', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1')]);
    await house.run(SHIPMENTS, { shipmentTarget: null, statusTarget: null });
    await say(house, [shipped(1, '1Z9')]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z9 3');
    expect(calls()).toEqual(['UpdateOrder 1', 'ChangeOrderStatusBatch 1']);
    expect(await openBatches()).toBe(0);
  });

  it('ships with the corrected numbers when only the status had not left', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1')]);
    await house.run(SHIPMENTS, { statusTarget: null });
    expect(await inExigo(1)).toBe('8 1Z1 3');
    await say(house, [shipped(1, '1Z9')]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z9 3');
    expect(calls()).toEqual(['UpdateOrder 1', 'UpdateOrder 1', 'ChangeOrderStatusBatch 1']);
    expect(await openBatches()).toBe(0);
  });

  it('holds back what has not left when the 3PL contradicts itself', async () => {
    await handOver(1, 2);
    await say(house, [shipped(1, '1Z1'), shipped(2, '1Z2')]);
    await house.run(SHIPMENTS, { shipmentTarget: null, statusTarget: null });
    await say(house, [{ answer: 'canceled', orderId: 1, reason: 'none left' }]);
    await run();
    expect(await outcome(1)).toBe('held SHIPPED_AND_CANCELED');
    expect([await inExigo(1), await inExigo(2)]).toEqual(['8', '9 1Z2 3']);
  });

  it.each([
    ['canceled there', { OrderStatusID: 4 }, 'held SHIPPED_BUT_CANCELED', 'Canceled'],
    ['set back there', { OrderStatusID: 1 }, 'held UNEXPECTED_STATUS', 'Pending'],
    [
      'shipped by someone else',
      { OrderStatusID: 9, TrackingNumber1: 'X7' },
      'held SHIPPED_BY_SOMEONE_ELSE',
      'X7',
    ],
  ])('holds an order that was %s, with both sides of it', async (_name, columns, held, theirs) => {
    await handOver(1);
    await changeOrder(house, 1, columns);
    await say(house, [shipped(1, '1Z1')]);
    expect(await run()).toBeNull();
    expect(await outcome(1)).toBe(held);
    expect(await reason(1)).toContain(theirs);
    expect(await reason(1)).toContain('1Z1');
    expect(calls()).toEqual([]);
  });

  it('takes an order that somebody shipped with the same number for done, and adds a missing number', async () => {
    await handOver(1, 2);
    await changeOrder(house, 1, { OrderStatusID: 9, TrackingNumber1: '1Z1' });
    await changeOrder(house, 2, { OrderStatusID: 9 });
    await say(house, [shipped(1, '1Z1'), shipped(2, '1Z2')]);
    await run();
    expect([await outcome(1), await outcome(2)]).toEqual(['delivered', 'delivered']);
    expect(calls()).toEqual(['UpdateOrder 2']);
    expect(await inExigo(2)).toBe('9 1Z2 3');
  });

  it('holds an order that was canceled between its numbers and its status', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1')]);
    await house.run(SHIPMENTS, { statusTarget: null });
    await changeOrder(house, 1, { OrderStatusID: 4 });
    await run();
    expect(await outcome(1)).toBe('held SHIPPED_BUT_CANCELED');
  });

  it('leaves an order that may just be set to Printed until that is known', async () => {
    await placeOrder(house, 1);
    house.standin.fail({ kind: 'cut-before', operation: 'ChangeOrderStatusBatch' });
    const { statusTarget } = house.context();
    if (statusTarget === null) throw new InvariantError('no Exigo API');
    // The process ends while the outcome is unknown.
    await house.run('exigo-orders-to-3pl', { statusTarget: { ...statusTarget, unknownWaitMs: HOUR } });
    await say(house, [shipped(1, '1Z1')]);
    expect(await run()).toBeNull();
    expect(await inExigo(1)).toBe('7 1Z1 3');
    house.clock.advance(2 * HOUR);
    expect((await house.run()).error).toBeNull();
    expect(await inExigo(1)).toBe('8 1Z1 3');
    expect(await run()).toBeNull();
    expect(await inExigo(1)).toBe('9 1Z1 3');
  });

  it.each(['cut-before', 'cut-after', 'status-503', 'late'] as const)(
    'does it once when the call fails (%s)',
    async (kind) => {
      await handOver(1);
      await say(house, [shipped(1, '1Z1')]);
      const fault = kind === 'late' ? { kind, afterMs: 20 * SECOND, answer: 'cut' as const } : { kind };
      house.standin.fail({ ...fault, operation: 'UpdateOrder' });
      house.standin.fail({ ...fault, operation: 'ChangeOrderStatusBatch' });
      expect(await run()).toBeNull();
      expect(await inExigo(1)).toBe('9 1Z1 3');
      expect(calls()).toEqual(['UpdateOrder 1', 'ChangeOrderStatusBatch 1']);
      expect(await outcome(1)).toBe('delivered');
    },
  );

  it('tries what was held again when a person says so, and leaves what a person ignores', async () => {
    await handOver(1, 2);
    for (const id of [1, 2]) await changeOrder(house, id, { OrderStatusID: 4 });
    await say(house, [shipped(1, '1Z1'), shipped(2, '1Z2')]);
    await run();
    for (const id of [1, 2]) await changeOrder(house, id, { OrderStatusID: 8 });
    await run();
    expect(calls()).toEqual([]);
    const context = house.context();
    expect(await retryWaiting(context, { orderId: 1 })).toEqual({ retried: 1, left: 0 });
    const pipeline = findPipeline(SHIPMENTS);
    await expect(release(context, pipeline, 2, 'cancel', null)).rejects.toThrow(/ignore alone/);
    await release(context, pipeline, 2, 'ignore', 'sorted out by phone');
    await run();
    expect([await inExigo(1), await inExigo(2)]).toEqual(['9 1Z1 3', '8']);
    await say(house, [{ ...shipped(2, '1Z2'), happened: { at: house.clock.now(), bare: false } }]);
    await run();
    expect(await outcome(2)).toBe('excluded IGNORED_BY_PERSON');
    expect(await openBatches()).toBe(0);
  });

  it('shows an order that somebody set back when the systems are compared', async () => {
    await handOver(1, 2);
    await say(house, [shipped(1, '1Z1'), shipped(2, '1Z2')]);
    await run();
    await house.run();
    await house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 8 WHERE OrderID = 1`);
    house.clock.advance(5 * HOUR);
    const { config, database, clock } = house;
    const views = openViews({ config, database, clock, onToken: () => undefined });
    const now = clock.now();
    const request = { from: now - DAY, to: now, graceMs: HOUR, most: 100 };
    const { report } = await reconcile(house.context(), views, request);
    views.close();
    const found = report.discrepancies.listed.map(({ code, id }) => `${code} ${id}`);
    expect(found).toContain('SHIPPED_BY_3PL_NOT_IN_EXIGO 1');
    expect(found.join()).not.toContain('SHIPPED_BY_3PL_NOT_IN_EXIGO 2');
  });

  it('gives a refusal to the error list', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1')]);
    house.standin.fail({ kind: 'failure', errors: ['no'], operation: 'UpdateOrder' });
    expect(await run()).toBeNull();
    expect(await outcome(1)).toBe('failed TRACKING_REFUSED');
  });

  it('lets a shipment through after 60 days, and says that it is late', async () => {
    await handOver(1);
    house.clock.advance(75 * DAY);
    await say(house, [shipped(1, '1Z1')]);
    await run();
    expect(await inExigo(1)).toBe('9 1Z1 3');
    const events = await house.all<{ message: string }>(
      `SELECT message FROM "etl.event" WHERE order_id = 1 AND kind = 'shipment'`,
    );
    expect(events[0]?.message).toContain('75 days after the hand-over');
    const [{ receipt } = { receipt: '' }] = await house.all<{ receipt: string }>(
      `SELECT receipt FROM "etl.effect" WHERE step = 'tracking'`,
    );
    expect(receipt).toBe('UpdateOrder: UPS 1Z1 (late: 75 days after the hand-over)');
  });

  it('goes on with the good rows of a file, and reports the others by file and line', async () => {
    await handOver(1, 2, 3);
    const name = await say(house, [
      { answer: 'accepted', orderId: 1 },
      { code: 'UNKNOWN_ORDER', fault: 'order 77 is not known' },
      shipped(2, '1Z2'),
      { answer: 'rejected', orderId: 3, reason: 'no such street' },
    ]);
    await run();
    expect(await outcome(1)).toBe('excluded ACCEPTED');
    expect(await outcome(2)).toBe('delivered');
    expect(await outcome(3)).toBe('held REFUSED_BY_3PL');
    const [{ item_key, reason } = { item_key: '', reason: '' }] = await house.all<{
      item_key: string;
      reason: string;
    }>(`SELECT item_key, reason FROM "etl.item" WHERE code = 'UNKNOWN_ORDER'`);
    expect(item_key).toMatch(/^inbox\/\d+\/3$/);
    expect(reason).toBe(`${name} line 3: order 77 is not known`);
    expect(await openBatches()).toBe(0);
  });

  it('sends nothing once its lease is lost', async () => {
    await handOver(1);
    await say(house, [shipped(1, '1Z1')]);
    const { shipmentTarget } = house.context();
    if (shipmentTarget === null) throw new InvariantError('no Exigo API');
    const slow: ShipmentTarget = {
      ...shipmentTarget,
      async look(orderId) {
        const shown = await shipmentTarget.look(orderId);
        house.clock.advance(house.config.lease.ttlMs); // the reply took that long
        await house.exec(`UPDATE "etl.lease" SET token = token + 1`);
        return shown;
      },
    };
    expect((await house.run(SHIPMENTS, { shipmentTarget: slow })).error).toBeInstanceOf(LeaseLostError);
    expect(calls()).toEqual([]);
  });
});
