import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTenant } from '../../bench/tenant.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import { codesIn, sectionOf, tableRows, textOf } from '../support/docs.js';
import { House, NOON } from '../support/house.js';
import { Market } from '../support/market.js';
import { changeOrder } from '../support/small-orders.js';

/** What the page counts is for so many; the tenant has 2.5 lines, a payment and half a customer per order. */
const SHOWN = 10_000;
const ORDERS = 200;

/** The tables of a page's section, by the first column of their heads; rows that give a number of rows. */
function counted(head: RegExp): { readonly table: string; readonly shown: number }[] {
  const rows = tableRows(sectionOf(textOf('docs/sql-server.md'), '## Sizing'));
  const start = rows.findIndex(({ first }) => head.test(first));
  const end = rows.findIndex(({ first }, i) => i > start && first.startsWith('table of '));
  return rows.slice(start + 1, end < 0 ? undefined : end).flatMap(({ first, rest }) => {
    const [table = ''] = codesIn(first);
    const shown = rest[0] ?? '';
    return /^[\d,]+$/.test(shown) ? [{ table, shown: Number(shown.replaceAll(',', '')) }] : [];
  });
}

/** Events of a batch or a wave are a few per cycle; those that count are of single orders. */
async function rowsOf(house: House, table: string): Promise<number | undefined> {
  const which = table === 'event' ? 'WHERE item_key IS NOT NULL OR order_id IS NOT NULL' : '';
  const [there] = await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "etl.${table}" ${which}`);
  return there?.n;
}

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

it('the rows that docs/sql-server.md counts per 10,000 orders are those of orders that went to Printed', async () => {
  await makeTenant(house.database, ORDERS, NOON);
  const source = { ...house.config.source, firstRunMs: 4 * DAY + 2 * HOUR };
  const overrides = { config: { ...house.config, source } };
  await house.run('exigo-orders-to-3pl', overrides);
  house.clock.advance(15 * MINUTE);
  await house.run('exigo-orders-to-3pl', overrides);

  const tables = counted(/^table of `etl`$/);
  expect(tables.length).toBeGreaterThan(7);
  for (const { table, shown } of tables) {
    expect([table, await rowsOf(house, table)]).toEqual([table, (shown * ORDERS) / SHOWN]);
  }
});

it('and those of marketplace orders are of orders that were made, acknowledged and reported Shipped', async () => {
  const market = await Market.open();
  try {
    const orders = 20;
    for (let i = 0; i < orders; i++) market.put(String(i));
    const cycle = async (pipeline: string) => {
      expect((await market.run({}, {}, pipeline)).error).toBeNull();
      market.house.clock.advance(15 * MINUTE);
      market.feed.cycle();
    };
    await cycle('godatafeed-orders-to-exigo');
    await cycle('exigo-status-to-godatafeed');
    for (const [id = 0] of (await market.orders()).values()) {
      await changeOrder(market.house, id, { OrderStatusID: 9, TrackingNumber1: '1Z999', WebCarrierID1: 3 });
    }
    for (let i = 0; i < 3; i++) await cycle('exigo-status-to-godatafeed');
    const tables = counted(/marketplaces$/);
    expect(tables).toHaveLength(5);
    for (const { table, shown } of tables) {
      expect([table, await rowsOf(market.house, table)]).toEqual([table, (shown * orders) / SHOWN]);
    }
  } finally {
    await market.close();
  }
});
