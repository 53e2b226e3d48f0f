import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import { refreshQueue } from '../../../src/db/queue-refresh.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { Freezing, lineOf } from '../../support/freezing.js';
import { stateTables } from '../../support/place.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let freezing: Freezing;
  beforeEach(async () => {
    freezing = await Freezing.open(engine);
  });
  afterEach(() => freezing.close());

  async function rowsByTable(): Promise<Record<string, number>> {
    const rows: Record<string, number> = {};
    for (const name of await stateTables(freezing.database))
      rows[name] = (await freezing.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`))[0]?.n ?? 0;
    return rows;
  }

  const versions = (id: number) =>
    freezing.all<{ status: number; lines: number }>(
      `SELECT o.OrderStatusID AS status, (SELECT COUNT(*) FROM "etl.frozen_OrderDetails" d
       WHERE d.change_set_id = o.change_set_id AND d.OrderID = o.OrderID) AS lines
     FROM "etl.frozen_Orders" o WHERE o.OrderID = @id ORDER BY o.change_set_id`,
      { id },
    );

  it('costs one row when nothing changed', async () => {
    await freezing.putOrder(1);
    await freezing.freeze();
    freezing.clock.advance(MINUTE);
    const before = await rowsByTable();
    const empty = await freezing.freeze();
    expect(empty).toMatchObject({ ordersFrozen: 0, ordersUnchanged: 1, rawRows: 0 });
    expect(await rowsByTable()).toEqual({
      ...before,
      'etl.change_set': (before['etl.change_set'] ?? 0) + 1,
    });
  });

  it('feeds every subscriber from one freeze', async () => {
    await freezing.putOrder(1);
    await freezing.putPayment(1, 1);
    const { changeSetId } = await freezing.freeze();
    expect(await freezing.all('SELECT pipeline, change_set_id, items_frozen FROM "etl.batch"')).toEqual([
      { pipeline: 'exigo-orders-to-3pl', change_set_id: changeSetId, items_frozen: 1 },
      { pipeline: 'exigo-snapshot-to-csv', change_set_id: changeSetId, items_frozen: 6 },
    ]);
  });

  it('brings the whole order when only a payment is new', async () => {
    await freezing.putOrder(1, { ModifiedDate: freezing.local(-HOUR) }, ['4.0000', '6.0000']);
    await freezing.freeze();
    freezing.clock.advance(6 * HOUR);
    await freezing.putPayment(1, 1);
    await freezing.freeze();
    expect(await versions(1)).toEqual([
      { status: 7, lines: 2 },
      { status: 7, lines: 2 },
    ]);
  });

  it('takes a state that went A, B, A for a change, with the same stamp, too', async () => {
    const stamp = freezing.local();
    for (const status of [7, 1, 7]) {
      await freezing.putOrder(1, { OrderStatusID: status, ModifiedDate: stamp });
      await freezing.freeze();
      freezing.clock.advance(3 * HOUR);
    }
    expect((await versions(1)).map(({ status }) => status)).toEqual([7, 1, 7]);
  });

  it('is not disturbed by another caller of queue.Refresh', async () => {
    await freezing.putOrder(1);
    await freezing.freeze();
    freezing.clock.advance(HOUR);
    await freezing.putOrder(2);
    await freezing.database.transaction((session) => refreshQueue(session));
    await freezing.database.transaction((session) => refreshQueue(session));
    expect((await freezing.freeze()).ordersFrozen).toBe(1);
  });

  it('finds an accepted order that committed long after its stamp, but nothing older than the first freeze', async () => {
    await freezing.putOrder(9);
    await freezing.freeze();
    freezing.clock.advance(HOUR);
    await freezing.putOrder(1, { ModifiedDate: freezing.local(-20 * HOUR) });
    await freezing.putOrder(2, { ModifiedDate: freezing.local(-26 * HOUR) });
    await freezing.putOrder(3, { ModifiedDate: freezing.local(-20 * HOUR), OrderStatusID: 1 });
    await freezing.freeze();
    expect(await freezing.all('SELECT OrderID FROM "etl.frozen_Orders" ORDER BY change_set_id')).toEqual([
      { OrderID: 9 },
      { OrderID: 1 },
    ]);
    freezing.clock.advance(DAY);
    await freezing.freeze();
    expect(await freezing.all('SELECT OrderID FROM "etl.frozen_Orders" ORDER BY change_set_id')).toEqual([
      { OrderID: 9 },
      { OrderID: 1 },
      { OrderID: 3 },
    ]);
  });

  it('finds lines that changed without a stamp in the night', async () => {
    await freezing.putOrder(1);
    await freezing.freeze();
    freezing.clock.advance(3 * HOUR);
    await freezing.putOrder(2);
    await freezing.freeze();
    await freezing.put('OrderDetails', lineOf(1, 2, '5.0000'));
    await freezing.freeze();
    expect(await versions(1)).toHaveLength(1);
    freezing.clock.advance(DAY);
    await freezing.freeze();
    expect(await versions(1)).toEqual([
      { status: 7, lines: 1 },
      { status: 7, lines: 2 },
    ]);
  });
});
