import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTenant } from '../../bench/tenant.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import { codesIn, sectionOf, tableRows, textOf } from '../support/docs.js';
import { House, NOON } from '../support/house.js';

/** What the page counts is for so many; the tenant has 2.5 lines, a payment and half a customer per order. */
const SHOWN = 10_000;
const ORDERS = 200;

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

  const rows = tableRows(sectionOf(textOf('docs/sql-server.md'), '## Sizing')).slice(2);
  const counted = rows.filter(({ rest }) => /^[\d,]+$/.test(rest[0] ?? ''));
  expect(counted.length).toBeGreaterThan(7);
  for (const { first, rest } of counted) {
    const [table = ''] = codesIn(first);
    const [there] = await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "etl.${table}"`);
    const shown = Number(rest[0]?.replaceAll(',', ''));
    expect([table, there?.n]).toEqual([table, (shown * ORDERS) / SHOWN]);
  }
});
