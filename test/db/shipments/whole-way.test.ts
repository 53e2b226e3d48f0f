/** The whole way with the shipped template of atlas: hand-over files out, the warehouse's files back, Shipped in Exigo. */
import { mkdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { InvariantError } from '../../../src/core/errors.js';
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
});
