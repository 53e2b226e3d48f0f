/** What came back before there was a flow for returns is noted once by the migration, and nothing is made of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { sql } from '../../../src/db/sql.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import type { House } from '../../support/house.js';
import { RETURNS, SHIPMENTS } from '../../support/inbox.js';
import { InboxHouse, inboxTemplate } from '../../support/inbox-house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const columns = {
  order: 'ORDER',
  answer: { column: 'WHAT', map: { S: 'shipped', R: 'returned' } },
  item: 'ITEM',
  quantity: 'QTY',
  tracking: 'TRACK',
  reason: 'WHY',
};
const TEMPLATE = inboxTemplate({
  returned: 'return-order',
  files: [{ name: 'movements', match: '*.csv', columns }],
});
const HEAD = 'ORDER,WHAT,ITEM,QTY,TRACK,WHY\n';

describe.each(engines())('returns from before the upgrade on %s', (engine) => {
  let inbox: InboxHouse;
  let house: House;
  beforeEach(async () => {
    inbox = await InboxHouse.open({ engine, api: true, templates: [TEMPLATE] });
    house = inbox.house;
    const lines = [
      ['TEA', '6.25'],
      ['CUP', '4.10'],
    ] as const;
    for (const id of [1, 2]) await placeOrder(house, id, { lines, row: { CustomerID: 70 } });
    expect((await house.run()).error).toBeNull();
    house.clock.advance(HOUR);
  });
  afterEach(() => house.close());

  const items = async () =>
    (
      await house.all<{ line: string }>(
        `SELECT CONCAT(item_key, ' ', state, ' ', code) AS line FROM "etl.item" WHERE pipeline = '${RETURNS}' ORDER BY item_id`,
      )
    ).map(({ line }) => line);
  const made = () => house.all(`SELECT OrderID FROM "dbo.Orders" WHERE ReturnOrderID IS NOT NULL`);
  /** The part of the migration that speaks of them, on a state in which they are as the version before left them. */
  const upgrade = async () => {
    const { name, text } = sql(engine, 'migrations/009_returned_goods');
    await house.database.transaction((session) =>
      session.run({ name, text: text.slice(text.indexOf('INSERT INTO')) }),
    );
  };

  it('are noted, and what comes later becomes return orders', async () => {
    const { pipelines } = house.context();
    const before = { pipelines: pipelines.filter(({ name }) => name !== RETURNS) };
    await inbox.put(
      'A.csv',
      `${HEAD}1,S,,,1Z1,\n2,S,,,1Z2,\n1,R,TEA,1,,worn\n1,R,TEA,1,,worn\n2,R,CUP,1,,\n`,
    );
    await house.run(SHIPMENTS, before);
    await inbox.put('B.csv', `${HEAD}1,R,TEA,9,,lost count\n`);
    house.clock.advance(HOUR);
    await house.run(SHIPMENTS, before);
    expect(await items()).toEqual([]);
    await upgrade();
    house.clock.advance(HOUR);
    expect((await house.run(RETURNS)).error).toBeNull();
    expect(await items()).toEqual([
      'return/1/1 excluded RETURN_RECORDED',
      'return/2/1 excluded RETURN_RECORDED',
      'return/1/2 held MORE_THAN_SHIPPED',
    ]);
    expect(await made()).toEqual([]);
    await inbox.put('C.csv', `${HEAD}1,R,TEA,1,,worn\n1,R,CUP,1,,chipped\n`);
    house.clock.advance(HOUR);
    expect((await house.run(RETURNS)).error).toBeNull();
    expect((await items()).slice(3)).toEqual(['return/1/3 delivered ']);
    expect(await made()).toHaveLength(1);
    await expectPromisesKept(house);
  });
});
