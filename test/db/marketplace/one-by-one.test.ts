/** Orders leave one by one: one that cannot be made now holds up no other, and a target that is down is left alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { codeOf, InvariantError, LeaseLostError, TransientError } from '../../../src/core/errors.js';
import type { OrderTarget } from '../../../src/core/new-order.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { Market } from '../../support/market.js';

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
});
