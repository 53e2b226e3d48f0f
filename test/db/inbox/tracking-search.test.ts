/** Every tracking number of a row of a 3PL leads to its order, as long as the row is kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { sql } from '../../../src/db/sql.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { ordersOfTracking } from '../../../src/queue/reads/numbers.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { SHIPMENTS } from '../../support/inbox.js';
import { InboxHouse, inboxTemplate } from '../../support/inbox-house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const columns = {
  order: 'ORDER',
  answer: 'shipped',
  item: 'ITEM',
  quantity: 'QTY',
  tracking: ['TRACK', 'TRACK_2', 'TRACK_3'],
};
const TEMPLATE = inboxTemplate({ files: [{ name: 'shipments', match: '*.csv', columns }] });
const HEAD = 'ORDER,ITEM,QTY,TRACK,TRACK_2,TRACK_3';

describe.each(engines())('tracking numbers on %s', (engine) => {
  let inbox: InboxHouse;
  beforeEach(async () => {
    const retention = { frozenMs: 30 * DAY, handedOverMs: 400 * DAY, inboxMs: 60 * DAY };
    inbox = await InboxHouse.open({ engine, templates: [TEMPLATE], api: true, config: { retention } });
    await placeOrder(inbox.house, 1, { lines: [['TEA', '10.00']] });
    expect((await inbox.house.run()).error).toBeNull();
    inbox.house.clock.advance(HOUR);
  });
  afterEach(() => inbox.house.close());

  const found = (number: string) => ordersOfTracking(inbox.house.database, number, 5);
  const kept = () =>
    inbox.house.all<{ number: string }>('SELECT number FROM "etl.inbox_tracking" ORDER BY number');
  const take = async (name: string, ...rows: string[]) => {
    await inbox.put(name, [HEAD, ...rows, ''].join('\n'));
    inbox.house.clock.advance(HOUR);
    await inbox.house.run(SHIPMENTS);
  };

  it('lead to their order wherever they stand, in any case, and those alone', async () => {
    await take('A.csv', '1,TEA,1,1Z1,1Z2,1zthree', '1,CUP,1,1Z9,1Z9,1Z9', '1,PIE,1,1Z7,1Zab,1ZAB');
    for (const number of ['1Z1', '1Z2', '1z2', '1zthree', '1Z9', '1ZAB']) {
      expect([number, await found(number)]).toEqual([number, [1]]);
    }
    for (const number of ['1Z', '1Z22', '%', '1Z_', '2']) {
      expect([number, await found(number)]).toEqual([number, []]);
    }
  });

  it('of a row that is mended are found, those of a file that is set aside are not kept', async () => {
    await take('A.csv', '2,TEA,1,1Z1,1Z2,');
    expect(await found('1Z2')).toEqual([]);
    await placeOrder(inbox.house, 2, { lines: [['TEA', '10.00']] });
    expect((await inbox.house.run()).error).toBeNull();
    await retryWaiting(inbox.house.context(), { code: 'UNKNOWN_ORDER' });
    inbox.house.clock.advance(HOUR);
    expect((await inbox.house.run(SHIPMENTS)).error).toBeNull();
    expect([await found('1Z1'), await found('1Z2')]).toEqual([[2], [2]]);
    expect(await kept()).toEqual([{ number: '1Z2' }]);
  });

  it('go with their rows', async () => {
    await take('A.csv', '1,TEA,1,1Z1,1Z2,');
    expect(await kept()).toHaveLength(1);
    inbox.house.clock.advance(70 * DAY);
    expect((await inbox.house.run(SHIPMENTS)).error).toBeNull();
    expect([await inbox.rows(), await kept(), await found('1Z2')]).toEqual([[], [], []]);
  });

  it('of rows from before are noted by the migration', async () => {
    await take('A.csv', '1,TEA,1,1Z1,1Z2,1Z3', '1,PIE,1,1Z7,1Zab,1ZAB');
    await inbox.house.exec('DELETE FROM "etl.inbox_tracking"');
    const { name, text } = sql(engine, 'migrations/016_tracking_numbers');
    await inbox.house.database.transaction((session) =>
      session.run({ name, text: text.slice(text.indexOf('INSERT INTO')) }),
    );
    expect((await kept()).slice(0, 2)).toEqual([{ number: '1Z2' }, { number: '1Z3' }]);
    expect(await found('1ZAB')).toEqual([1]);
    expect(await found('1Z3')).toEqual([1]);
  });
});
