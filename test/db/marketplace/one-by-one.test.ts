/** Orders leave one by one: one that cannot be made now holds up no other, and a target that is down is left alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import { codeOf, InvariantError, LeaseLostError, TransientError } from '../../../src/core/errors.js';
import type { MarketplaceStore } from '../../../src/core/feed-store.js';
import type { OrderTarget } from '../../../src/core/new-order.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { Market, orderMembers } from '../../support/market.js';

reportMissingEngine();

describe.each(engines())('orders made one by one on %s', (engine) => {
  let market: Market;
  afterEach(() => market.close());

  /** Exigo, for all but the orders with these keys; `tried` gets every key. */
  const without = (keys: readonly string[], tried: string[]): { orderTarget: OrderTarget } => {
    const real = market.context().orderTarget;
    if (real === null) throw new InvariantError('no Exigo API');
    return {
      orderTarget: {
        ...real,
        async make(order, customerId, guard) {
          tried.push(order.key);
          if (keys.includes(order.key)) throw new TransientError('HTTP_503', 'this order not now');
          return real.make(order, customerId, guard);
        },
      },
    };
  };
  const puts = (count: number) => {
    for (let n = 1; n <= count; n++) market.put(String(n));
  };

  it('go on past the first one while it fails, and it is tried again after them', async () => {
    market = await Market.open({ engine });
    puts(4);
    const tried: string[] = [];
    const report = await market.run(without(['amazon:M-1'], tried));
    expect(codeOf(report.error)).toBe('HTTP_503');
    expect(await market.items()).toEqual([
      'main/1 loading',
      'main/2 delivered',
      'main/3 delivered',
      'main/4 delivered',
    ]);
    expect(tried.slice(0, 4)).toEqual(['amazon:M-1', 'amazon:M-2', 'amazon:M-3', 'amazon:M-4']);
    expect(tried.filter((key) => key === 'amazon:M-1')).toHaveLength(5);
    market.put('5');
    market.house.clock.advance(10 * MINUTE);
    await market.run(without(['amazon:M-1'], tried));
    expect((await market.items())[4]).toBe('main/5 delivered');
    market.house.clock.advance(10 * MINUTE);
    expect((await market.run()).error).toBeNull();
    expect((await market.items())[0]).toBe('main/1 delivered');
  });

  it('stop where five different ones fail with no success between them', async () => {
    market = await Market.open({ engine });
    puts(8);
    const tried: string[] = [];
    const all = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `amazon:M-${n}`);
    expect(codeOf((await market.run(without(all, tried))).error)).toBe('HTTP_503');
    expect(tried).toEqual(all.slice(0, 5));
    market.house.clock.advance(10 * MINUTE);
    expect((await market.run()).error).toBeNull();
    expect((await market.orders()).size).toBe(8);
  });

  describe('that cannot be looked up', () => {
    /** Exigo, which never shows these orders once they were sent; `looks` counts. */
    const blind = (keys: readonly string[], looks: { count: number }): { orderTarget: OrderTarget } => {
      const real = market.context().orderTarget;
      if (real === null) throw new InvariantError('no Exigo API');
      const sent = new Set(market.exigo.journal.length === 0 ? [] : keys);
      const orderTarget: OrderTarget = {
        ...real,
        async find(order) {
          if (!keys.includes(order.key) || !sent.has(order.key)) return real.find(order);
          looks.count++;
          throw new TransientError('HTTP_503', 'this order is not shown now');
        },
        async make(order, customerId, guard) {
          sent.add(order.key);
          return real.make(order, customerId, guard);
        },
      };
      return { orderTarget };
    };
    const lose = (times: number) =>
      market.exigo.fail({ kind: 'cut-after', operation: 'ProcessTransaction', times });

    it('after a lost answer hold up no other', async () => {
      market = await Market.open({ engine });
      puts(1);
      lose(1);
      const looks = { count: 0 };
      expect(codeOf((await market.run(blind(['amazon:M-1'], looks))).error)).toBe('HTTP_503');
      market.put('2');
      market.house.clock.advance(10 * MINUTE);
      expect(codeOf((await market.run(blind(['amazon:M-1'], looks))).error)).toBe('HTTP_503');
      expect(await market.items()).toEqual(['main/1 loading', 'main/2 delivered']);
      expect((await market.run()).error).toBeNull();
      expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered']);
      expect((await market.orders()).get('amazon:M-1')).toHaveLength(1);
    });

    it('after a refusal hold up no other', async () => {
      market = await Market.open({ engine });
      puts(3);
      market.exigo.fail({ kind: 'failure', operation: 'ProcessTransaction' });
      const looks = { count: 0 };
      await market.run(blind(['amazon:M-1'], looks));
      expect(looks.count).toBeGreaterThan(0);
      expect(await market.items()).toEqual(['main/1 loading', 'main/2 delivered', 'main/3 delivered']);
      market.house.clock.advance(HOUR);
      expect((await market.run()).error).toBeNull();
      expect((await market.items())[0]).toBe('main/1 delivered');
    });

    it('mean that the target is down where five different ones fail with no success between them', async () => {
      market = await Market.open({ engine });
      puts(8);
      lose(5);
      await market.run(); // of five nobody knows what became of them
      const keys = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `amazon:M-${n}`);
      market.house.clock.advance(10 * MINUTE);
      const looks = { count: 0 };
      expect(codeOf((await market.run(blind(keys, looks))).error)).toBe('HTTP_503');
      expect([looks.count, market.exigo.journal.length]).toEqual([5, 5]);
      market.house.clock.advance(10 * MINUTE);
      expect((await market.run()).error).toBeNull();
      expect((await market.orders()).size).toBe(8);
    });

    it('leave the other acknowledgements of their store', async () => {
      market = await Market.open({ engine });
      puts(2);
      market.feed.fail({ kind: 'cut-before', operation: 'Acknowledge', orderNumber: '1' });
      market.feed.fail({ kind: 'status-500-before', operation: 'List', orderNumber: '1', times: 1000 });
      expect((await market.run()).error).not.toBeNull();
      market.put('3');
      market.house.clock.advance(10 * MINUTE);
      expect((await market.run()).error).not.toBeNull();
      expect(await market.items()).toEqual(['main/1 loading', 'main/2 delivered', 'main/3 delivered']);
      market.feed.clearFaults();
      expect((await market.run()).error).toBeNull();
      expect(market.applied()).toEqual(['Acknowledge 2', 'Acknowledge 3', 'Acknowledge 1']);
    });
  });

  it('do not leave once the lease is lost while what comes before was read', async () => {
    market = await Market.open({ engine });
    puts(1);
    const real = market.context().orderTarget;
    if (real === null) throw new InvariantError('no Exigo API');
    const orderTarget: OrderTarget = {
      ...real,
      async find(order) {
        const found = await real.find(order);
        market.house.clock.advance(market.config.lease.ttlMs); // the reply took that long
        await market.house.exec(`UPDATE "etl.lease" SET token = token + 1`);
        return found;
      },
    };
    expect((await market.run({ orderTarget })).error).toBeInstanceOf(LeaseLostError);
    expect(market.exigo.journal).toEqual([]);
  });

  describe('whose lease is lost while the rate budget holds them back', () => {
    /** The store, where that happens before each of its changes. */
    const slow = () => {
      const real = market.context().stores.get('main');
      if (real === undefined) throw new InvariantError('no store');
      const lose = async () => {
        market.house.clock.advance(market.config.lease.ttlMs);
        await market.house.exec(`UPDATE "etl.lease" SET token = token + 1`);
      };
      const store: MarketplaceStore = {
        ...real,
        async acknowledge(number, destination, guard) {
          await lose();
          await real.acknowledge(number, destination, guard);
        },
        async cancel(number, guard) {
          await lose();
          await real.cancel(number, guard);
        },
      };
      return { stores: new Map([['main', store]]) };
    };

    it('are not acknowledged', async () => {
      market = await Market.open({ engine });
      puts(1);
      expect((await market.run(slow())).error).toBeInstanceOf(LeaseLostError);
      expect(market.feed.journal).toEqual([]);
      market.house.clock.advance(HOUR);
      expect((await market.run()).error).toBeNull();
      expect(market.applied()).toEqual(['Acknowledge 1']);
    });

    it('are not reported Canceled', async () => {
      market = await Market.open({ engine });
      market.put('1', orderMembers({ OrderItems: [] }));
      await market.run();
      await market.release('1', 'cancel');
      expect((await market.run(slow())).error).toBeInstanceOf(LeaseLostError);
      expect(market.feed.journal).toEqual([]);
    });
  });
});
