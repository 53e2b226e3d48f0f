/** An order that Exigo shows under the key already: what it is there decides whether it may be linked. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { remedyFor } from '../../../src/engine/persons/remedy.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { INTO_EXIGO, MAPS, Market, orderMembers } from '../../support/market.js';

reportMissingEngine();

describe.each(engines())('orders that are in Exigo already, on %s', (engine) => {
  let market: Market;
  afterEach(() => market.close());

  const reasonOf = async (key: string) => {
    const rows = await market.house.all<{ reason: string }>(
      `SELECT reason FROM "etl.item" WHERE item_key = '${key}'`,
    );
    return rows.at(-1)?.reason ?? '';
  };

  it('holds one that came again under another number, and goes on with the others', async () => {
    market = await Market.open({ engine });
    market.put('1');
    await market.run();
    const [id] = (await market.orders()).get('amazon:M-1') ?? [];
    market.put('2', orderMembers(), { marketplaceNumber: 'M-1' });
    market.put('3');
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual([
      'main/1 delivered',
      'main/2 held LINKED_ELSEWHERE',
      'main/3 delivered',
    ]);
    const reason = await reasonOf('main/2');
    expect(reason).toContain(`order ${id} by its key amazon:M-1, which is linked to GoDataFeed order main/1`);
    expect(market.applied()).toEqual(['Acknowledge 1', 'Acknowledge 3']);
    const waits = { item_key: 'main/2', order_id: null, code: 'LINKED_ELSEWHERE', pipeline: INTO_EXIGO };
    expect(remedyFor(waits)).toContain('release main/2 --as ignore');
    expect(await market.release('main/2', 'ignore')).toContain('left as it is');
    expect((await market.run()).error).toBeNull();
    expect((await market.orders()).get('amazon:M-1')).toEqual([id]);
  });

  it('holds the second of two stores, also when both come at once', async () => {
    const stores = [
      { name: 'main', orders: MAPS },
      { name: 'other', orders: MAPS },
    ];
    market = await Market.open({ engine, stores });
    market.put('1');
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 delivered', 'other/1 held LINKED_ELSEWHERE']);
  });

  it('neither links nor acknowledges one that is Canceled in Exigo', async () => {
    market = await Market.open({ engine });
    market.put('1');
    market.exigo.fail({ kind: 'late', afterMs: MINUTE, answer: 'cut', operation: 'ProcessTransaction' });
    await market.run();
    market.house.clock.advance(16 * MINUTE);
    await market.exigo.settle();
    await market.house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 4 WHERE Other20 = 'amazon:M-1'`);
    market.put('2');
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 held CANCELED_IN_EXIGO', 'main/2 delivered']);
    expect(market.applied()).toEqual(['Acknowledge 2']);
    expect(
      await market.house.all('SELECT 1 AS one FROM "etl.marketplace_order" WHERE exigo_order_id IS NOT NULL'),
    ).toHaveLength(1);
    expect(await market.release('main/1', 'cancel')).toContain('reported Canceled');
    await market.run();
    expect(market.feed.order('1')?.status).toBe('Canceled');
  });

  it('makes it anew once the canceled one has given its key away', async () => {
    market = await Market.open({ engine });
    market.put('1');
    market.exigo.fail({ kind: 'late', afterMs: MINUTE, answer: 'cut', operation: 'ProcessTransaction' });
    await market.run();
    market.house.clock.advance(16 * MINUTE);
    await market.exigo.settle();
    await market.house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 4 WHERE Other20 = 'amazon:M-1'`);
    await market.run();
    expect(await reasonOf('main/1')).toContain('empty other20');
    await market.house.exec(
      `UPDATE "dbo.Orders" SET Other20 = NULL, OrderKey = NULL WHERE Other20 = 'amazon:M-1'`,
    );
    expect(await retryWaiting(market.context(), { itemKey: 'main/1' })).toEqual({ retried: 1, left: 0 });
    await market.run();
    expect((await market.items()).at(-1)).toBe('main/1 delivered');
    expect((await market.orders()).get('amazon:M-1')).toHaveLength(1);
  });
});
