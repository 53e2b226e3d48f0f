/** The source `godatafeed-new`: what is frozen of a list, while orders come, leave and change. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/core/clock.js';
import { codeOf, messageOf } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';
import { KEY } from '../support/godatafeed-standin.js';
import { MAPS, Market, orderMembers } from '../support/market.js';

reportMissingEngine();

describe.each(engines())('the source godatafeed-new on %s', (engine) => {
  let market: Market;
  const open = async (options: Parameters<typeof Market.open>[0] = {}) => {
    market = await Market.open({ engine, ...options });
  };
  afterEach(() => market.close());

  const put = (count: number, from = 1) => {
    for (let n = from; n < from + count; n++) market.put(String(n).padStart(4, '0'));
  };
  /** Without an Exigo API orders are frozen and judged, and nothing is sent. */
  const freeze = (request = {}) => market.run({ orderTarget: null }, request);
  const frozen = async () =>
    (
      await market.house.all<{ item_key: string }>(
        'SELECT item_key FROM "etl.frozen_document" ORDER BY item_key',
      )
    ).map(({ item_key }) => item_key);

  it('freezes every order as the text that came, before anything is acknowledged', async () => {
    await open({ feed: { maxPageSize: 3 } });
    put(8);
    const calls: string[] = [];
    market.feed.before('Acknowledge', 1, () => calls.push(`after ${market.feed.count('List')} pages`));
    await market.run();
    const rows = await market.house.all<{ json: string }>('SELECT json FROM "etl.frozen_document"');
    expect(rows).toHaveLength(8);
    for (const { json } of rows) {
      expect(json).toContain('"UnitPrice":10.25');
      expect(json).toMatch(/^\{"OrderNumber":"000\d"/);
    }
    expect(calls).toEqual(['after 3 pages']);
    expect(market.applied()).toHaveLength(8);
  });

  it('takes no order twice that stands on two pages, and loses none that moved over the edge of a page', async () => {
    await open({ feed: { maxPageSize: 2 } });
    put(6);
    market.feed.before('List', 2, () => market.feed.marketplaceSets('0001', 'Canceled')); // the rest moves up
    market.feed.before('List', 3, () => put(1, 7));
    await freeze();
    await freeze();
    const keys = await frozen();
    expect(keys).toEqual(['0001', '0002', '0003', '0004', '0005', '0006', '0007'].map((n) => `main/${n}`));
  });

  it('shows what acknowledging between pages would have lost for that cycle', async () => {
    await open({ feed: { maxPageSize: 2 } });
    put(6);
    const seen = await readEagerly(market.feed.url, 3);
    expect(seen).toEqual(['0001', '0002', '0005', '0006']); // 3 and 4 moved to the first page
    put(6, 11);
    await market.run();
    const all = ['0003', '0004', '0011', '0012', '0013', '0014', '0015', '0016'];
    expect(await frozen()).toEqual(all.map((number) => `main/${number}`));
    expect(market.applied().slice(4)).toEqual(all.map((number) => `Acknowledge ${number}`));
  });

  it('makes nothing of orders that a filter which is not understood lists as NEW, and says so', async () => {
    await open({ stores: [{ orders: MAPS, parameters: { status: 'orderStatusX' } }] });
    put(3);
    market.feed.marketplaceSets('0001', 'Shipped');
    market.feed.marketplaceSets('0002', 'Canceled');
    const { error } = await market.run();
    expect(messageOf(error)).toMatch(
      /store main: 2 of 3 orders listed as NEW are not \((shipped, canceled|canceled, shipped)\) and left out; check parameters\.status/,
    );
    expect(await frozen()).toEqual(['main/0003']);
    expect(market.applied()).toEqual(['Acknowledge 0003']);
  });

  it.each([
    ['empty', [{ kind: 'empty-list' as const, times: 9 }]],
    [
      'far short of the count',
      [{ kind: 'count-off' as const, operation: 'Count' as const, by: 40, times: 9 }],
    ],
  ])('concludes nothing from a list that is %s, and closes nothing', async (_what, faults) => {
    await open();
    put(3);
    await freeze();
    const before = await market.house.all('SELECT * FROM "etl.batch"');
    put(3, 4);
    for (const fault of faults) market.feed.fail(fault);
    const report = await freeze();
    expect(codeOf(report.error)).toBe('LIST_SHORT');
    expect(report.changeSets).toEqual([]);
    expect(await market.house.all('SELECT * FROM "etl.batch"')).toEqual(before);
    market.feed.clearFaults();
    expect((await freeze()).error).toBeNull();
    expect(await frozen()).toHaveLength(6);
  });

  it('takes the others when an order of the list has no number, and says so in every cycle', async () => {
    await open();
    put(3);
    market.put('odd', orderMembers({ OrderNumber: null }));
    for (const listed of [4, 2]) {
      const report = await market.run();
      expect(messageOf(report.error)).toContain(`1 of ${listed} new orders came without an order number`);
      market.feed.put({ number: '0004', members: orderMembers() });
    }
    expect(market.applied()).toEqual(['0001', '0002', '0003', '0004'].map((n) => `Acknowledge ${n}`));
  });

  it('takes the others when the numbers of an order are longer than the state has room for', async () => {
    await open();
    put(2);
    market.put('L'.repeat(101));
    market.put('long', orderMembers(), { marketplaceNumber: 'M'.repeat(101) });
    market.put('mart', orderMembers(), { marketplace: 'A'.repeat(101) });
    market.put('fits', orderMembers(), { marketplaceNumber: 'M'.repeat(100) });
    const report = await freeze();
    expect(messageOf(report.error)).toContain(
      '3 of 6 new orders came with a number or marketplace of over 100',
    );
    expect(await frozen()).toEqual(['main/0001', 'main/0002', 'main/fits']);
  });

  it('counts as unchanged what is being worked on, what is held as it was, and what was acknowledged', async () => {
    await open();
    put(2);
    market.put('bad', orderMembers({ Currency: 'EUR' }));
    const first = await freeze();
    expect(first.changeSets.map(({ ordersFrozen }) => ordersFrozen)).toEqual([3]);
    market.put('0001', orderMembers({ Notes: 'changed while it is on its way' }));
    const second = await freeze();
    expect(second.changeSets).toMatchObject([{ ordersFrozen: 0, ordersUnchanged: 3 }]);
    await market.run();
    market.feed.put({ number: '0002', members: orderMembers() }); // shown as NEW although it was acknowledged
    expect((await market.run()).changeSets).toMatchObject([{ ordersFrozen: 0 }]);
    expect(market.applied()).toEqual(['Acknowledge 0001', 'Acknowledge 0002']);
  });

  it('limits a backfill by import date', async () => {
    await open();
    const now = market.house.clock.now();
    market.put('old', orderMembers(), { importedAt: now - 3 * DAY });
    market.put('new', orderMembers(), { importedAt: now - HOUR });
    const slice = { startAt: toExigoText(now - DAY), endAt: toExigoText(now) };
    await freeze({ slices: [slice] });
    expect(await frozen()).toEqual(['main/new']);
    const [row] = await market.house.all<{ kind: string; source: string }>(
      'SELECT kind, source FROM "etl.change_set"',
    );
    expect(row).toEqual({ kind: 'backfill', source: 'godatafeed/main' });
    await freeze();
    expect(await frozen()).toEqual(['main/new', 'main/old']);
  });

  it('stays within the rate budget: no 429 of a bucket of 50 and 2 a second', async () => {
    await open({
      feed: { bucketSize: 50, leakPerSecond: 2 },
      stores: [{ orders: MAPS, rate: { bucket: 50, leakPerSecond: 2 } }],
    });
    put(engine === 'sqlite' ? 120 : 60);
    expect((await market.run()).error).toBeNull();
    expect(market.feed.refused()).toBe(0);
    expect(market.applied()).toHaveLength(engine === 'sqlite' ? 120 : 60);
  });

  const count = repetitions(engine, 1_000, 100);
  it(`lets ${count - 1} orders through beside one that cannot be mapped and one that only Exigo refuses, and lists these`, async () => {
    await open();
    put(count + 1);
    market.put('0007', orderMembers({ OrderItems: [{ SKU: 'SKU-1', Quantity: 'two', UnitPrice: 10.25 }] }));
    market.put('0050', orderMembers({ OrderItems: [{ SKU: 'SKU-2', Quantity: 2, UnitPrice: 10.25 }] }));
    market.exigo.fail({ kind: 'refuse-item', itemCode: 'ITEM-2' });
    expect((await market.run()).error).toBeNull();
    const items = await market.items();
    expect(items.filter((line) => line.endsWith('delivered'))).toHaveLength(count - 1);
    expect(items.filter((line) => !line.endsWith('delivered'))).toEqual([
      'main/0007 held UNREADABLE_AMOUNT',
      'main/0050 failed CREATE_REFUSED',
    ]);
    expect(new Set(market.applied()).size).toBe(count - 1);
    expect((await market.orders()).size).toBe(count - 1);
    market.exigo.clearFaults();
    await retryWaiting(market.context(), { itemKey: 'main/0050' });
    expect((await market.run()).error).toBeNull();
    const made = [...(await market.orders()).values()];
    expect([made.length, made.flat().length, market.applied().length]).toEqual([count, count, count]);
  }, 120_000);

  it('lists one that Exigo refuses, and lets it through when that is mended', async () => {
    await open();
    put(3);
    market.exigo.fail({ kind: 'failure', operation: 'ProcessTransaction', errors: ['no such item'] });
    await market.run();
    expect(await market.items()).toEqual([
      'main/0001 failed CREATE_REFUSED',
      'main/0002 delivered',
      'main/0003 delivered',
    ]);
  });
});

/** What a client does that acknowledges every page before it reads the next: which orders it gets to see. */
async function readEagerly(url: string, pages: number): Promise<string[]> {
  const call = async (path: string, options: RequestInit = {}) =>
    (await fetch(`${url}${path}`, options)).json() as Promise<{
      readonly Token: string;
      readonly Orders: readonly { readonly OrderNumber: string }[];
    }>;
  const { Token } = await call(`/authorization?consumerKey=${encodeURIComponent(KEY)}`);
  const seen: string[] = [];
  for (let page = 1; page <= pages; page++) {
    const { Orders } = await call(`/${Token}/orders?status=NEW&page=${page}&pageSize=2`);
    for (const { OrderNumber } of Orders) {
      seen.push(OrderNumber);
      const body = JSON.stringify({ orderDestinationOrderNumber: `X-${OrderNumber}` });
      await call(`/${Token}/orders/${OrderNumber}/acknowledge`, { method: 'PUT', body });
    }
  }
  return seen;
}
