/** Returns from real files: one reading feeds both flows, and a row that is read again comes to the one that it is of. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../../src/app/config/frozen.js';
import { HOUR } from '../../../src/core/clock.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import type { House } from '../../support/house.js';
import { RETURNS, SHIPMENTS } from '../../support/inbox.js';
import { InboxHouse, inboxTemplate } from '../../support/inbox-house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const template = (words: Record<string, string>) =>
  inboxTemplate({
    returned: 'return-order',
    files: [
      {
        name: 'movements',
        match: '*.csv',
        columns: {
          order: 'ORDER',
          answer: { column: 'WHAT', map: words },
          item: 'ITEM',
          quantity: 'QTY',
          tracking: 'TRACK',
          reason: 'WHY',
        },
      },
    ],
  });
const WORDS = { S: 'shipped', R: 'returned' };
const HEAD = 'ORDER,WHAT,ITEM,QTY,TRACK,WHY\n';

describe.each(engines())('files with returns on %s', (engine) => {
  let inbox: InboxHouse;
  let house: House;
  beforeEach(async () => {
    inbox = await InboxHouse.open({ engine, api: true, templates: [template(WORDS)] });
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

  const lines = async (text: string) =>
    (await house.all<{ line: string }>(text)).map(({ line }) => line.trim());
  const items = (pipeline: string) =>
    lines(
      `SELECT RTRIM(CONCAT(item_key, ' ', state, ' ', CONCAT(code, ' ', resolution))) AS line FROM "etl.item"
       WHERE pipeline = '${pipeline}' ORDER BY item_id`,
    );
  const made = () =>
    lines(`SELECT CONCAT(o.ReturnOrderID, ' ', d.ItemCode) AS line FROM "dbo.Orders" AS o
           JOIN "dbo.OrderDetails" AS d ON d.OrderID = o.OrderID WHERE o.OrderTypeID = 8 ORDER BY o.OrderID`);

  it('are read once, whichever flow runs first, and under another name not again', async () => {
    await inbox.put('A.csv', `${HEAD}1,S,TEA,1,1Z1,\n1,S,CUP,1,1Z1,\n2,S,,,1Z2,\n1,R,TEA,1,,worn\n`);
    expect((await house.run(RETURNS)).error).toBeNull();
    expect(await made()).toEqual(['1 TEA']);
    expect(await items(RETURNS)).toEqual(['return/1/1 delivered']);
    expect((await house.run(SHIPMENTS)).error).toBeNull();
    expect(await items(SHIPMENTS)).toEqual(['1 delivered', '2 delivered']);
    await inbox.put('B.csv', `${HEAD}1,R,TEA,1,,worn\n2,R,CUP,1,,late\n`);
    expect((await house.run(SHIPMENTS)).error).toBeNull();
    expect((await house.run(RETURNS)).error).toBeNull();
    expect(await made()).toEqual(['1 TEA', '2 CUP']);
    expect(await items(RETURNS)).toEqual(['return/1/1 delivered', 'return/2/2 delivered']);
    const open = await lines(
      `SELECT CONCAT(pipeline, '') AS line FROM "etl.batch" WHERE state <> 'closed' AND pipeline LIKE '3pl%'`,
    );
    expect(open).toEqual([]);
  });

  it('are taken up when a row that could not be used is read again', async () => {
    await inbox.put('A.csv', `${HEAD}1,S,,,1Z1,\n1,R,TEA,1,,worn\n1,BACK,CUP,1,,chipped\n`);
    await house.run(SHIPMENTS);
    await house.run(RETURNS);
    expect(await made()).toEqual(['1 TEA']);
    expect(await items(SHIPMENTS)).toEqual(['1 delivered', 'inbox/1/4 held UNMAPPED_ANSWER']);
    const mended = template({ ...WORDS, BACK: 'returned' });
    Object.assign(house.config, {
      threePls: [makeThreePl(parseTemplate(mended, 'test'), `${house.folder}/config`)],
      frozen: freezeConfig([mended]),
    });
    await retryWaiting(house.context(), { itemKey: 'inbox/1/4' });
    await house.run(SHIPMENTS);
    await house.run(RETURNS);
    expect(await made()).toEqual(['1 TEA', '1 CUP']);
    expect(await items(RETURNS)).toEqual(['return/1/1 delivered', 'return/1/1 delivered']);
    expect((await items(SHIPMENTS)).slice(1)).toEqual([
      'inbox/1/4 held UNMAPPED_ANSWER RETRIED',
      'inbox/1/4 excluded READ_AGAIN',
    ]);
  });

  it('go on when the row that says it was shipped is read again', async () => {
    await inbox.put('A.csv', `${HEAD}1,SENT,,,1Z1,\n1,R,TEA,1,,worn\n`);
    await house.run(SHIPMENTS);
    await house.run(RETURNS);
    expect(await items(RETURNS)).toEqual(['return/1/1 held RETURN_NOT_SHIPPED']);
    const mended = template({ ...WORDS, SENT: 'shipped' });
    Object.assign(house.config, {
      threePls: [makeThreePl(parseTemplate(mended, 'test'), `${house.folder}/config`)],
      frozen: freezeConfig([mended]),
    });
    await retryWaiting(house.context(), { itemKey: 'inbox/1/2' });
    for (const name of [SHIPMENTS, RETURNS]) expect((await house.run(name)).error).toBeNull();
    expect(await made()).toEqual(['1 TEA']);
    expect(await items(RETURNS)).toEqual([
      'return/1/1 held RETURN_NOT_SHIPPED SUPERSEDED',
      'return/1/1 delivered',
    ]);
  });
});
