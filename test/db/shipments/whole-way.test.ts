/** The whole way with the shipped template of atlas: hand-over files out, the warehouse's files back, Shipped in Exigo. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import { InvariantError } from '../../../src/core/errors.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { releaseFault } from '../../../src/engine/shipments/release-fault.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House, shippedTemplate } from '../../support/house.js';
import { SHIPMENTS } from '../../support/inbox.js';
import { placeOrder } from '../../support/small-orders.js';
import { Warehouse } from '../../support/warehouse.js';

reportMissingEngine();

describe.each(engines())('from the hand-over to Shipped on %s', (engine) => {
  let house: House;
  afterEach(() => house.close());

  it.each(['handed-over', 'acknowledged'])(
    'exactly what the warehouse shipped is Shipped in Exigo, with its numbers (printed: %s)',
    async (printed) => {
      house = await House.open({ engine, templates: [{ ...(shippedTemplate('atlas') as object), printed }] });
      const atlas = house.config.threePls[0];
      if (atlas?.confirmations == null) throw new InvariantError('atlas sends nothing back');
      await mkdir(atlas.confirmations.inbox.path, { recursive: true });
      const folders = { handOvers: atlas.delivery.path, inbox: atlas.confirmations.inbox.path };
      const warehouse = new Warehouse(folders, house.clock);
      for (let id = 10; id < 30; id++) {
        await placeOrder(house, id, {
          row: { ShipMethodID: id === 25 ? 5 : 1 + (id % 2) }, // 1 and 2 are UPS-GROUND there, 5 is not
          lines: [
            ['TEA', '6.00'],
            ['CUP', '4.00'],
          ],
        });
      }
      for (let cycle = 0; cycle < 3; cycle++) {
        expect((await house.run()).error).toBeNull();
        house.clock.advance(HOUR);
        await warehouse.work();
        expect((await house.run(SHIPMENTS)).error).toBeNull();
      }
      const rows = await house.all<{ id: number; status: number; one: string | null; two: string | null }>(
        `SELECT OrderID AS id, OrderStatusID AS status, TrackingNumber1 AS one, TrackingNumber2 AS two
         FROM "dbo.Orders" ORDER BY OrderID`,
      );
      const inExigo = rows.filter(({ status }) => status === 9);
      expect(new Map(inExigo.map(({ id, one, two }) => [id, [one, two].filter(Boolean)]))).toEqual(
        new Map([...warehouse.shipped].sort(([a], [b]) => a - b).map(([id, { tracking }]) => [id, tracking])),
      );
      expect([warehouse.shipped.size, warehouse.refused.size, warehouse.canceled.size]).toEqual([16, 2, 2]);
      const methods = await house.all<{ id: number; method: number }>(
        `SELECT OrderID AS id, ShipMethodID AS method FROM "dbo.Orders" ORDER BY OrderID`,
      );
      expect(methods.filter(({ id, method }) => method !== 1 + (id % 2))).toEqual([{ id: 25, method: 1 }]);
      const moves = house.standin.journal.flatMap(({ applied, changes }) => (applied ? changes : []));
      const shipped = moves.filter(({ from, to }) => from !== to && to === 'Shipped');
      expect(shipped).toHaveLength(16);
      const refused = rows.filter(({ id }) => warehouse.refused.has(id)).map(({ status }) => status);
      expect(refused).toEqual(printed === 'acknowledged' ? [7, 7] : [8, 8]);
      const open = await house.all(
        `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${SHIPMENTS}'`,
      );
      expect(open).toEqual([]);
    },
  );

  it('reads a row again that a mended template understands, and leaves one that a person ignores', async () => {
    const template = shippedTemplate('atlas');
    house = await House.open({ engine, templates: [template] });
    const atlas = house.config.threePls[0];
    if (atlas?.confirmations == null) throw new InvariantError('atlas sends nothing back');
    const inbox = atlas.confirmations.inbox.path;
    await mkdir(inbox, { recursive: true });
    await placeOrder(house, 1);
    await house.run();
    house.clock.advance(HOUR);
    const columns = 'ORDER_NO,STATUS,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,NOTE';
    const rows = [
      '1,SHIPPED,TEA,1,1Z1,,BROWN,,03/11/2026,12:30,',
      '77,SHIPPED,TEA,1,1Z2,,UPS,,03/11/2026,12:30,',
    ];
    const path = join(inbox, 'ATL_SHIP_1.csv');
    await writeFile(path, [columns, ...rows, ''].join('\n'));
    const at = (house.clock.now() - 10 * MINUTE) / 1_000;
    await utimes(path, at, at);
    expect((await house.run(SHIPMENTS)).error).toBeNull();
    const held = async () =>
      (
        await house.all<{ line: string }>(
          `SELECT CONCAT(code, ' ', item_key) AS line FROM "etl.item"
           WHERE state = 'held' AND resolution IS NULL ORDER BY item_id`,
        )
      ).map(({ line }) => line);
    const [first = '', second = ''] = await held();
    expect([first, second]).toEqual([
      expect.stringMatching(/^UNMAPPED_CARRIER inbox\/\d+\/2$/),
      expect.stringMatching(/^UNKNOWN_ORDER inbox\/\d+\/3$/),
    ]);
    const text = JSON.stringify(template).replace('"UPSN":', '"BROWN":"UPS","UPSN":');
    const mended = makeThreePl(parseTemplate(JSON.parse(text), 'mended'), join(house.folder, 'config'));
    Object.assign(house.config, { threePls: [mended] });
    const keys = [first, second].map((line) => line.split(' ')[1] ?? '');
    for (const itemKey of keys) await retryWaiting(house.context(), { itemKey });
    expect((await house.run(SHIPMENTS)).error).toBeNull(); // reads the rows again
    expect((await house.run(SHIPMENTS)).error).toBeNull(); // judges the order
    const [order] = await house.all<{ line: string }>(
      `SELECT CONCAT(OrderStatusID, ' ', TrackingNumber1) AS line FROM "dbo.Orders" WHERE OrderID = 1`,
    );
    expect(order?.line).toBe('9 1Z1');
    expect(await held()).toEqual([second]);
    const itemKey = keys[1] ?? '';
    await expect(releaseFault(house.context(), itemKey, 'resend', null)).rejects.toThrow(/as ignore/);
    await releaseFault(house.context(), itemKey, 'ignore', 'of another customer');
    expect(await held()).toEqual([]);
  });
});
