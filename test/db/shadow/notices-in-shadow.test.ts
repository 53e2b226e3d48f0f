/** While hand-overs run in shadow, a 3PL is told by the earlier script alone: no notice and no mail of ours reaches it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { shadowFault } from '../../../src/app/shadow-rules.js';
import { MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { adopt } from '../../../src/engine/adopt/adopt.js';
import { CANCELS, CancelingHouse, cancelingTemplate, ENDS, ORDERS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder } from '../../support/small-orders.js';

const RETURNS = 'exigo-returns-to-3pl';

reportMissingEngine();

describe.each(engines())('beside hand-overs in shadow, on %s', (engine) => {
  let at: CancelingHouse;
  let shadow: Config;
  beforeEach(async () => {
    const returns = {
      file: { name: 'RMA_{number:000}.csv' },
      columns: [{ name: 'order', from: 'order.OrderID' }],
    };
    at = await CancelingHouse.open({ engine, templates: [cancelingTemplate({ returns })] });
    shadow = { ...at.house.config, modes: { [ORDERS]: 'shadow' } };
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  async function run(name: string, config: Config = at.house.config): Promise<void> {
    at.house.clock.advance(15 * MINUTE);
    expect((await at.house.run(name, { config })).error).toBeNull();
  }
  const files = async () => [...(await at.house.files('plain')).keys()].sort();

  it('an order that Exigo cancels is shown, and its 3PL is asked by nobody here', async () => {
    await placeOrder(at.house, 2);
    await run(ORDERS, shadow);
    await at.cancelInExigo(2);
    await run(ORDERS, shadow);
    await run(CANCELS, shadow);
    expect(await at.outcome(2, ORDERS)).toBe('held CANCELED_AFTER_HAND_OVER');
    expect(await at.asked(2)).toEqual([]);
    expect(await files()).toEqual([]);
  });

  it('what was asked for before waits, and is asked when hand-overs are live again', async () => {
    await placeOrder(at.house, 2);
    await run(ORDERS);
    await at.cancelInExigo(2);
    await run(ORDERS);
    await run(CANCELS, shadow);
    expect(await at.outcome(2, CANCELS)).toBe('ready');
    expect(await files()).toEqual(['PLAIN_0001.csv']);
    await run(CANCELS);
    expect(await files()).toEqual(['CXL_001.csv', 'PLAIN_0001.csv']);
  });

  it('notices of returns wait', async () => {
    await placeOrder(at.house, 3, { row: { OrderTypeID: 8, ReturnOrderID: 1 } });
    await run(RETURNS, shadow);
    expect(await at.outcome(3, RETURNS)).toBe('ready');
    expect(await files()).toEqual([]);
    await run(RETURNS);
    expect(await files()).toEqual(['RMA_001.csv']);
  });

  it('pipelines of notices have no shadow of their own', () => {
    for (const name of [CANCELS, RETURNS]) {
      expect(shadowFault(name, at.house.context().pipelines)).toMatch(/its notices wait by themselves/);
    }
  });
});

describe.each(engines())('an adopted order at a 3PL that takes cancellations, on %s', (engine) => {
  let at: CancelingHouse;
  beforeEach(async () => {
    at = await CancelingHouse.open({ engine });
    await at.market.sell(1);
    await placeOrder(at.house, 2);
    async function* list() {
      const about = { reference: 'sent.csv', handedOverAt: null, market: null, threePl: 'plain' };
      for (const [i, orderId] of [1, 2].entries()) yield { adopted: { ...about, line: i + 2, orderId } };
    }
    const adopted = await adopt(at.house.context(), list(), {
      handOver: findPipeline(ORDERS),
      marketplace: findPipeline('godatafeed-orders-to-exigo'),
      dryRun: false,
      strict: false,
      tell: () => undefined,
    });
    expect(adopted).toMatchObject({ adopted: 2 });
    expect(await at.run(ORDERS)).toBeNull();
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  it('is held when Exigo cancels it: a person tells the 3PL', async () => {
    await at.cancelInExigo(2);
    expect(await at.run(ORDERS)).toBeNull();
    expect(await at.run(CANCELS)).toBeNull();
    expect(await at.outcome(2, ORDERS)).toBe('held CANCELED_AFTER_HAND_OVER');
    expect(await at.reason(2, ORDERS)).toContain('plain got it from an earlier script');
    expect(await at.files()).toEqual({});
  });

  it('is held when its marketplace ends it: a person tells the 3PL', async () => {
    await at.cancelAtMarketplace(1);
    expect(await at.run(ENDS)).toBeNull();
    expect(await at.outcome(1, ENDS)).toMatch(/^held /);
    expect(await at.reason(1, ENDS)).toContain('plain got it from an earlier script');
    expect(await at.statusOf(1)).not.toBe(4);
  });
});
