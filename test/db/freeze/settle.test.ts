import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { putRows } from '../../../src/db/put-rows.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { filesWith, lineRows, outcomeOf, placeOrder, readableTemplate } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, templates: [readableTemplate()] });
  });
  afterEach(() => house.close());

  const cycle = async (minutes: number) => {
    house.clock.advance(minutes * MINUTE);
    const { error } = await house.run();
    expect(error).toBeNull();
  };

  const arrive = (id: number, lines: Parameters<typeof lineRows>[1]) =>
    house.database.transaction((session) => putRows(session, 'OrderDetails', lineRows(id, lines)));

  it('ships an order whose totals differ when it has not moved for ten minutes since it was first frozen', async () => {
    await placeOrder(house, 1, { row: { SubTotal: '99.0000' } });
    await cycle(0);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    await cycle(9);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    expect(await filesWith(house, 'plain', 1)).toEqual([]);
    await cycle(1);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
  });

  it('begins to count anew whenever a line comes', async () => {
    await placeOrder(house, 1, { row: { SubTotal: '99.0000' } });
    await cycle(0);
    await arrive(1, [
      ['TEA', '10.0000'],
      ['MUG', '20.0000'],
    ]);
    await cycle(8);
    await cycle(8);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    await cycle(2);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect([...(await house.files('plain')).values()].join()).toContain('MUG');
  });

  it('ships at once when the missing line comes', async () => {
    await placeOrder(house, 1, { row: { SubTotal: '30.0000' } });
    await cycle(0);
    await arrive(1, [
      ['TEA', '10.0000'],
      ['MUG', '20.0000'],
    ]);
    await cycle(1);
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('never ships an order without lines', async () => {
    await placeOrder(house, 1, { lines: [], row: { SubTotal: '10.0000' } });
    for (let i = 0; i < 40; i++) await cycle(60);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    expect((await house.files('plain')).size).toBe(0);
    const items = await house.all('SELECT item_id FROM "etl.item" WHERE order_id = 1');
    expect(items).toHaveLength(1);
    await arrive(1, [['TEA', '10.0000']]);
    await cycle(60);
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });

  it('gives a settled order to the hand-over once more, but not to the raw tables', async () => {
    await placeOrder(house, 1, { row: { SubTotal: '99.0000' } });
    await cycle(0);
    await cycle(11);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    expect(
      await house.all(`SELECT change_set_id FROM "etl.batch" WHERE pipeline = 'exigo-snapshot-to-csv'`),
    ).toEqual([{ change_set_id: 1 }]);
  });

  it('brings a column that was added meanwhile to the files of the raw tables', async () => {
    await placeOrder(house, 1);
    await cycle(0);
    await house.exec('ALTER TABLE "dbo.Orders" ADD Channel TEXT');
    await placeOrder(house, 2, { row: { Channel: 'fair' } });
    await cycle(1);
    expect((await house.run('exigo-snapshot-to-csv')).error).toBeNull();
    const read = (name: string) => readFile(join(house.config.tableCsv.directory, name), 'utf8');
    expect(await read('Orders_000001.csv')).not.toContain('Channel');
    const [head, ...rows] = (await read('Orders_000002.csv')).trimEnd().split('\r\n');
    expect([head, ...rows].map((row) => row?.split(',').at(-1))).toEqual(['Channel', '', 'fair']);
  });
});
