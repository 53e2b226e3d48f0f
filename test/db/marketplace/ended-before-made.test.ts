/** Orders that end at their marketplace before they are made: they are not made, and say so. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { ConfigurationError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { explainMarketplace } from '../../../src/engine/explain/explain-marketplace.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { marketplaceOrdersNamed } from '../../../src/queue/ledger/marketplace-orders.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { INTO_EXIGO, MAPS, Market, orderMembers } from '../../support/market.js';
import { MarketplaceHouse } from '../../support/marketplace-house.js';

const ENDS = 'godatafeed-cancellations-to-exigo';
const UNKNOWN = orderMembers({ OrderItems: [{ SKU: 'SKU-9', Quantity: 2, UnitPrice: 10.25 }] });
const MENDED = { ...MAPS, skus: { ...MAPS.skus, 'SKU-9': 'ITEM-9' } };

reportMissingEngine();

describe.each(engines())('orders that end before they are made, on %s', (engine) => {
  let market: Market;
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  /** `1` is held because no map has its SKU. */
  const open = async (more: object = {}) => {
    market = await Market.open({ engine, ...more });
    market.put('1', UNKNOWN);
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU']);
  };
  const later = async (name = INTO_EXIGO) => {
    market.house.clock.advance(15 * MINUTE);
    return (await market.run({}, {}, name)).error;
  };
  /** The map is mended, and a person has it tried again. */
  const retry = async () => {
    market.configure([{ orders: MENDED }]);
    expect(await retryWaiting(market.context(), { itemKey: 'main/1' })).toEqual({ retried: 1, left: 0 });
    return later();
  };
  const posts = () => market.exigo.journal.length;
  const newest = async () => (await market.items()).at(-1);
  const resolutions = async () => {
    const rows = await market.house.all<{ line: string }>(
      `SELECT CONCAT(pipeline, ' ', code, ' ', resolution) AS line FROM "etl.item" WHERE item_key = 'main/1' ORDER BY item_id`,
    );
    return rows.map(({ line }) => line.trim());
  };

  describe('looked at when a person has them tried again', () => {
    it.each(['Canceled', 'Shipped'] as const)('%s: not made', async (status) => {
      await open();
      market.feed.marketplaceSets('1', status);
      expect(await retry()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 excluded ENDED_AT_MARKETPLACE', 0]);
      const [order] = await marketplaceOrdersNamed(market.house.database, '1');
      if (order === undefined) throw new TypeError('not known');
      const { where } = await explainMarketplace(market.context(), order);
      expect(where.join('\n')).toContain(
        status === 'Canceled' ? 'shows it as canceled' : 'shows it as shipped by someone else',
      );
      expect(await later()).toBeNull();
      expect([(await market.items()).length, posts()]).toEqual([2, 0]);
    });

    it('still NEW: made', async () => {
      await open();
      expect(await retry()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 delivered', 1]);
    });

    it.each(['77', null])(
      'acknowledged by somebody else, under number %s: held',
      async (destinationNumber) => {
        await open();
        const order = market.feed.order('1');
        if (order !== undefined) Object.assign(order, { status: 'Processing', destinationNumber });
        expect(await retry()).toBeNull();
        expect([await newest(), posts()]).toEqual(['main/1 held ACKNOWLEDGED_ELSEWHERE', 0]);
      },
    );

    it('gone from GoDataFeed: held', async () => {
      await open();
      market.feed.remove('1');
      expect(await retry()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 held NOT_FOUND_IN_GODATAFEED', 0]);
    });

    it('NEW once more after it was not made: frozen and made', async () => {
      await open();
      market.feed.marketplaceSets('1', 'Canceled');
      expect(await retry()).toBeNull();
      const order = market.feed.order('1');
      if (order !== undefined) Object.assign(order, { status: 'New', sync: null });
      expect(await later()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 delivered', 1]);
    });
  });

  it('are looked at also when the run that froze them could not make them', async () => {
    market = await Market.open({ engine });
    market.put('1');
    market.put('2');
    market.exigo.fail({ kind: 'status-503', retryAfter: '600', operation: 'ProcessTransaction' });
    await market.run();
    market.feed.marketplaceSets('1', 'Canceled');
    const asked = market.feed.count('List');
    expect(await later()).toBeNull();
    expect(await market.items()).toEqual(['main/1 excluded ENDED_AT_MARKETPLACE', 'main/2 delivered']);
    // Pages of the list of new orders, and one look for each of the two.
    expect(market.feed.count('List') - asked).toBeLessThanOrEqual(4);
  });

  it('cost no look where the list that has them was read by the same run', async () => {
    market = await Market.open({ engine });
    for (let n = 1; n <= 5; n++) market.put(String(n));
    await market.run();
    expect([market.feed.count('List'), posts()]).toEqual([1, 5]);
  });

  describe('a store that cannot be asked', () => {
    it('leaves its orders waiting, and says so', async () => {
      await open();
      market.configure([{ orders: MENDED }]);
      await retryWaiting(market.context(), { itemKey: 'main/1' });
      market.feed.fail({ kind: 'status-500-before', operation: 'List', orderNumber: '1', times: 1000 });
      market.put('2');
      expect(await later()).toMatchObject({ code: expect.stringMatching(/HTTP_500/) });
      expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU', 'main/1 loading', 'main/2 delivered']);
      market.feed.clearFaults();
      market.house.clock.advance(30 * MINUTE);
      expect((await market.run()).error).toBeNull();
      expect(await market.items()).toEqual([
        'main/1 held UNKNOWN_SKU',
        'main/1 delivered',
        'main/2 delivered',
      ]);
    });

    it('leaves the other stores working', async () => {
      const two = await MarketplaceHouse.open({
        engine,
        stores: { main: { orders: MAPS }, outlet: { orders: MAPS } },
      });
      try {
        const { house } = two;
        two.feed.put({ number: '1', members: orderMembers() });
        two.feedOf('outlet').put({ number: '2', members: orderMembers() });
        house.standin.fail({ kind: 'status-503', retryAfter: '600', operation: 'ProcessTransaction' });
        await house.run(INTO_EXIGO);
        const real = house.context().stores;
        const main = real.get('main');
        if (main === undefined) throw new TypeError('no store');
        const look = async () => {
          throw new ConfigurationError('the key is revoked');
        };
        house.clock.advance(15 * MINUTE);
        const stores = new Map([...real, ['main', { ...main, look }] as const]);
        expect((await house.run(INTO_EXIGO, { stores })).error).toMatchObject({ code: 'CONFIGURATION' });
        const items = await house.all<{ line: string }>(
          `SELECT CONCAT(item_key, ' ', state) AS line FROM "etl.item" ORDER BY item_key`,
        );
        expect(items.map(({ line }) => line)).toEqual(['main/1 loading', 'outlet/2 delivered']);
      } finally {
        await two.close();
      }
    });
  });

  describe('held ones are found among what ended at the marketplace', () => {
    it.each(['Canceled', 'Shipped'] as const)('%s: answered, and nothing is made', async (status) => {
      await open();
      market.put('2', UNKNOWN);
      await later();
      market.feed.marketplaceSets('1', status);
      expect(await later(ENDS)).toBeNull();
      expect(await resolutions()).toEqual([
        `${INTO_EXIGO} UNKNOWN_SKU CANCELED`,
        `${ENDS} ENDED_AT_MARKETPLACE`,
      ]);
      await expect(retryWaiting(market.context(), { itemKey: 'main/1' })).rejects.toThrow('does not wait');
      expect(await later()).toBeNull();
      expect(await later(ENDS)).toBeNull();
      expect([(await resolutions()).length, posts()]).toEqual([2, 0]);
      const open2 = await market.house.all(
        `SELECT 1 AS one FROM "etl.item" WHERE item_key = 'main/2' AND state = 'held' AND resolution IS NULL`,
      );
      expect(open2).toHaveLength(1);
    });

    it('NEW once more: frozen and judged again', async () => {
      await open();
      market.feed.marketplaceSets('1', 'Canceled');
      await later(ENDS);
      const order = market.feed.order('1');
      if (order !== undefined) Object.assign(order, { status: 'New', sync: null });
      market.configure([{ orders: MENDED }]);
      expect(await later()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 delivered', 1]);
    });

    it('also where the run is killed before its verdict', async () => {
      await open();
      market.feed.marketplaceSets('1', 'Canceled');
      setFaultHook((point) => {
        if (point === 'transform/before-commit') throw new TypeError('killed');
      });
      expect(await later(ENDS)).not.toBeNull();
      setFaultHook(undefined);
      expect(await later(ENDS)).toBeNull();
      expect((await resolutions())[0]).toBe(`${INTO_EXIGO} UNKNOWN_SKU CANCELED`);
    });

    it('not those whose outcome in Exigo is unknown: a person looks there', async () => {
      market = await Market.open({ engine });
      market.put('1');
      market.exigo.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
      await market.run();
      market.house.clock.advance(21 * MINUTE);
      await market.run();
      expect(await market.items()).toEqual(['main/1 held OUTCOME_UNKNOWN']);
      market.feed.marketplaceSets('1', 'Canceled');
      expect(await later(ENDS)).toBeNull();
      expect(await market.items()).toEqual(['main/1 held OUTCOME_UNKNOWN']);
      await retryWaiting(market.context(), { itemKey: 'main/1' });
      expect(await later()).toBeNull();
      expect([await newest(), posts()]).toEqual(['main/1 excluded ENDED_AT_MARKETPLACE', 1]);
    });
  });
});
