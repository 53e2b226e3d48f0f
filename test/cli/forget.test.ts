import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliSite } from '../support/cli.js';

let site: CliSite;
beforeEach(async () => {
  site = await CliSite.open();
});
afterEach(() => site.close());

it('says what it would remove, refuses what is under way, and what it does not understand', async () => {
  const run = await site.run(['run', 'exigo-orders-to-3pl', '--json']);
  expect(run.code).toBe(0);
  const [row] = await site.database.all<{ id: number }>({
    name: 'test',
    text: `SELECT o.CustomerID AS id FROM "dbo.Orders" AS o JOIN "etl.item" AS i ON i.order_id = o.OrderID
           WHERE i.state = 'held' ORDER BY o.OrderID`,
  });
  const refused = await site.run(['forget', String(row?.id), '--json']);
  expect(refused.code).toBe(2);
  expect(refused.json<{ error: { message: string } }>().error.message).toMatch(/^not over yet: \d+ /);
  const nobody = await site.run(['forget', '999999', '--dry-run']);
  expect([nobody.code, nobody.stdout.split('\n')[0]]).toEqual([0, '0 orders, 0 marketplace orders']);
  expect(nobody.stdout).toContain('remains:\n  order numbers');
  for (const wrong of [['forget'], ['forget', 'kim'], ['forget', '--marketplace', '1000123']]) {
    expect((await site.run(wrong)).code).toBe(2);
  }
}, 240_000);
