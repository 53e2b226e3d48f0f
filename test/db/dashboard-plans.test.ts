import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../src/core/clock.js';
import { dashboardOf, Visitor } from '../support/dashboard.js';
import { House } from '../support/house.js';
import { planOf, recorded } from '../support/recorded.js';
import { placeOrder } from '../support/small-orders.js';

/**
 * Tables that grow with every order, effect, event or row of a 3PL. Not so one row a cycle and flow, or a file of a 3PL: of
 * 50,000 batches, what was settled in two days is found in 5 ms, with an index or without.
 */
const BIG =
  /^etl\.(item|effect|event|change_set|run|inbox_row|order_link|aggregate_version|marketplace_order|frozen_\w+|wave)$|^dbo\./;
/** Indexes that hold what is open alone, which stays small; to read all of one is no scan of its table. */
const SMALL =
  /USING (?:COVERING )?INDEX (?:item_unsettled|item_waiting|effect_open|effect_accepted|effect_retry|wave_open|batch_open|inbox_file_open)\b/;

const PAGES = [
  '/',
  '/errors',
  '/errors?pipeline=exigo-orders-to-3pl&code=NO_ROUTE&state=held&target=atlas&older=1h',
  '/errors?store=main&older=1d',
  '/errors?pipeline=exigo-orders-to-3pl&code=NO_ROUTE&store=main&target=atlas&older=7d',
  '/order?key=1',
  '/order?key=2',
  '/order?key=99',
  '/search?q=1',
  '/search?q=1Z999',
  '/batches',
  '/batches?pipeline=exigo-orders-to-3pl&before=1000000',
  '/batches/1',
  '/files',
  '/files?target=atlas&before=1000000',
  '/files/1',
  '/metrics',
  '/readyz',
];

let house: House;
beforeEach(async () => {
  house = await House.open({ api: false });
  await placeOrder(house, 1);
  await placeOrder(house, 2, { row: { WarehouseID: 9 } });
  await house.run();
  house.clock.advance(DAY + MINUTE);
});
afterEach(() => house.close());

it('no page reads a table that grows from its beginning to its end', async () => {
  const { database, asked } = recorded(house.database);
  const visitor = new Visitor(await dashboardOf(house, {}, { database }));
  const scans: string[] = [];
  let seen = 0;
  for (const url of PAGES) {
    asked.length = 0;
    expect([200, 303, 404]).toContain((await visitor.get(url)).status);
    seen += asked.length;
    for (const one of asked) {
      for (const line of await planOf(house.database, one)) {
        if (readsAll(line, one.statement.text)) scans.push(`${url}: ${one.statement.name}: ${line}`);
      }
    }
  }
  expect(seen).toBeGreaterThan(100);
  expect([...new Set(scans)]).toEqual([]);
});

it('would notice one', async () => {
  const text = 'SELECT COUNT(*) FROM "etl.item" AS i WHERE i.state = \'delivered\'';
  const one = { statement: { name: 'scan', text }, parameters: {}, ms: 0 };
  const plan = await planOf(house.database, one);
  expect(plan.map((line) => readsAll(line, text))).toContain(true);
});

/** Whether a line of a plan goes through all rows of a big table; the newest rows in the order of their ids are no scan. */
function readsAll(line: string, text: string): boolean {
  const name = /^SCAN (\S+)/.exec(line)?.[1];
  if (name === undefined || SMALL.test(line)) return false;
  const table = new RegExp(`"((?:etl|dbo)\\.\\w+)" (?:AS )?${name}\\b`, 'i').exec(text)?.[1] ?? name;
  if (!BIG.test(table)) return false;
  return !/ORDER BY [`"]?\w+[`"]?\.[`"]?(?:batch_id|wave_id|file_id|run_id)[`"]? DESC LIMIT/i.test(text);
}
