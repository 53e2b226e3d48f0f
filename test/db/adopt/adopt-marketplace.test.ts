import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { marketplacePipeline, PIPELINES } from '../../../src/app/pipelines.js';
import type { AdoptedLine } from '../../../src/core/adoption.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import { adopt } from '../../../src/engine/adopt/adopt.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MAPS, Market } from '../../support/market.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('marketplace orders that an earlier script made, on %s', (engine) => {
  let market: Market;
  beforeEach(async () => {
    market = await Market.open({ engine });
  });
  afterEach(() => market.close());

  async function take(...pairs: readonly (readonly [orderId: number, orderNumber: string])[]) {
    const told: string[] = [];
    async function* lines() {
      for (const [i, [orderId, orderNumber]] of pairs.entries()) {
        const about = { threePl: null, reference: 'orders.csv', handedOverAt: null };
        const adopted: AdoptedLine = {
          ...about,
          line: i + 2,
          orderId,
          market: { store: 'main', orderNumber },
        };
        yield { adopted };
      }
    }
    const context = { ...market.house.context(), config: market.config };
    const result = await adopt(context, lines(), {
      handOver: PIPELINES[0] as AnyPipeline,
      marketplace: marketplacePipeline(),
      dryRun: false,
      strict: false,
      tell: ({ message }) => told.push(message),
    });
    return { ...result, told };
  }
  const made = () =>
    market.exigo.journal.filter(({ operation }) => operation === 'ProcessTransaction').length;

  it('are not made again, and acknowledged with their number while GoDataFeed shows them as new', async () => {
    await placeOrder(market.house, 7001);
    market.put('1');
    market.put('2');
    expect(await take([7001, '1'])).toMatchObject({ linked: 1, conflicts: 0, told: [] });
    expect(await take([7001, '1'])).toMatchObject({ linked: 0, conflicts: 0, told: [] });
    expect((await market.run()).error).toBeNull();
    expect(made()).toBe(1);
    expect(market.feed.order('1')).toMatchObject({ status: 'Processing', destinationNumber: '7001' });
  });

  it('are taken off their way when they wait here, and told when they are another order', async () => {
    for (const id of [7001, 7002]) await placeOrder(market.house, id);
    market.configure([{ orders: { ...MAPS, skus: {} } }]);
    market.put('1');
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual([expect.stringMatching(/^main\/1 held/)]);
    expect(await take([7001, '1'])).toMatchObject({ linked: 1 });
    expect((await market.run()).error).toBeNull();
    expect(market.feed.order('1')).toMatchObject({ destinationNumber: '7001' });
    expect(made()).toBe(0);
    const { told, conflicts } = await take([7002, '1'], [7001, '3']);
    expect(conflicts).toBe(2);
    expect(told).toEqual([
      'marketplace order main/1: it is order 7001 in Exigo, not 7002: two orders for one; cancel one of them in Exigo',
      'marketplace order main/3: order 7001 in Exigo is marketplace order main/1 already',
    ]);
  });
});
