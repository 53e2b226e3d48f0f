/** Several stores, publishing rules, a person's decisions, and what is shown of all that. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import { toUtcText } from '../../../src/core/time.js';
import { dryRun } from '../../../src/engine/dry-run.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { release } from '../../../src/engine/persons/persons.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { frozenOrders } from '../../../src/extract/frozen-orders.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import { noteMarketplaceOrders } from '../../../src/queue/ledger/marketplace-orders.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse, type MarketplaceHouseOptions, REPORTS } from '../../support/marketplace-house.js';

reportMissingEngine();

describe.each(engines())('stores on %s', (engine) => {
  let market: MarketplaceHouse;
  const open = async (options: MarketplaceHouseOptions = {}) => {
    market = await MarketplaceHouse.open({ engine, ...options });
  };
  afterEach(() => market.close());

  const pipelineOf = () => {
    const pipeline = market.house.context().pipelines.find(({ name }) => name === REPORTS);
    if (pipeline === undefined) throw new TypeError('no reports');
    return pipeline;
  };

  it('a revoked key of one leaves the others working, and waits to be mended', async () => {
    await open({ stores: { main: {}, outlet: {} } });
    await market.sell(1, 'main');
    await market.sell(2, 'outlet', 'Walmart');
    for (const id of [1, 2]) await market.ship(id);
    market.feedOf('main').scope('Orders Update', false);
    expect((await market.run()).error).toMatchObject({ code: 'CONFIGURATION' });
    expect([market.updates('main'), market.updates('outlet')]).toEqual([[], ['G-2 SHIPPED 1Z0002']]);
    expect(await market.effects(1)).toEqual(['main/G-1 1 pending']);
    market.feedOf('main').scope('Orders Update', true);
    expect((await market.run()).error).toBeNull();
    expect(market.updates('main')).toEqual(['G-1 SHIPPED 1Z0001']);
  });

  describe('publishing', () => {
    const twins = async (updates: object) => {
      await open({ stores: { main: { updates }, outlet: { updates } } });
      await market.sell(7, 'main', 'Amazon');
      const purchasedAt = market.house.clock.now();
      market
        .feedOf('outlet')
        .put({ number: 'W-7', marketplace: 'Walmart', marketplaceNumber: 'M-7', purchasedAt });
      const twin = {
        store: 'outlet',
        order_number: 'W-7',
        marketplace: 'Walmart',
        marketplace_number: 'M-7',
        purchased_utc: null,
      };
      const now = toUtcText(purchasedAt);
      await market.house.database.transaction((session) => noteMarketplaceOrders(session, [twin], now));
      await market.ship(7);
      await market.run();
    };

    it('goes only where the order came from', async () => {
      await twins({});
      expect([market.updates('main').length, market.updates('outlet').length]).toEqual([1, 0]);
    });

    it('goes wider by a rule, and the order is over when both have answered', async () => {
      await twins({ publish: [{ to: 'Walmart', publish: true }] });
      expect([market.updates('main'), market.updates('outlet')]).toEqual([
        ['G-7 SHIPPED 1Z0007'],
        ['W-7 SHIPPED 1Z0007'],
      ]);
      market.house.clock.advance(15 * MINUTE);
      market.feedOf('main').cycle();
      await market.run();
      expect([await market.outcome(7), await market.effects(7)]).toEqual([
        'loading',
        ['main/G-7 1 done', 'outlet/W-7 1 accepted'],
      ]);
      market.house.clock.advance(30 * MINUTE);
      market.feedOf('outlet').cycle();
      await market.run();
      expect([await market.outcome(7), await market.openBatches()]).toEqual(['delivered', 0]);
    });

    it('goes nowhere by a rule', async () => {
      await twins({ publish: [{ to: 'any', tagContains: 'amazon', publish: false }] });
      expect([market.calls('main'), market.calls('outlet'), await market.outcome(7)]).toEqual([
        0,
        0,
        'excluded NOT_PUBLISHED',
      ]);
    });
  });

  describe('a person', () => {
    const refused = async () => {
      await open();
      await market.sell(7);
      await market.ship(7, { WebCarrierID1: 4 });
      await market.run();
      market.house.clock.advance(15 * MINUTE);
      market.feed.cycle();
      await market.run();
      expect(await market.outcome(7)).toBe('failed MARKETPLACE_REFUSED');
    };

    it('has a refused update sent again as it is', async () => {
      await refused();
      expect(await retryWaiting(market.house.context(), { orderId: 7 })).toEqual({ retried: 1, left: 0 });
      await market.run();
      expect(market.calls()).toBe(2);
      expect(await market.effects(7)).toEqual(['main/G-7 1 failed', 'main/G-7 2 accepted']);
    });

    it('leaves it as it is: no version with the same words is asked again', async () => {
      await refused();
      await market.change(7, { Notes: 'once' });
      await market.run();
      expect(await market.outcome(7)).toBe('held MARKETPLACE_REFUSED');
      await release(market.house.context(), pipelineOf(), 7, 'ignore', null);
      await market.change(7, { Notes: 'twice' });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['excluded IGNORED_BY_PERSON', 1]);
      await market.ship(7, { TrackingNumber1: '1ZNEW', WebCarrierID1: 3 });
      await market.run();
      expect(market.updates()).toHaveLength(2);
    });

    it('cancels it: no version of it is told', async () => {
      await refused();
      await release(market.house.context(), pipelineOf(), 7, 'cancel', null);
      await market.ship(7, { TrackingNumber1: '1ZNEW', WebCarrierID1: 3 });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['excluded CANCELED_BY_PERSON', 1]);
    });

    it('mends a map and retries', async () => {
      await open();
      await market.sell(7);
      await market.ship(7, { WebCarrierID1: null });
      await market.run();
      expect(await market.outcome(7)).toBe('held NO_CARRIER');
    });
  });

  it('a dry run names the calls, and makes none', async () => {
    await open();
    await market.sell(7);
    await market.sell(8);
    await market.ship(7);
    await market.change(8, { OrderStatusID: 4 });
    const { summary, error } = await dryRun(
      market.house.context(),
      { pipeline: pipelineOf(), slices: [] },
      (session) => ({ orders: frozenOrders(session), tables: frozenTables(session) }),
    );
    expect(error).toBeNull();
    expect(summary.calls).toEqual([
      {
        operation: 'UpdateOrderStatus Shipped (UPS 1Z0007) of GoDataFeed order G-7 in store main',
        orders: [7],
      },
      { operation: 'UpdateOrderStatus Canceled of GoDataFeed order G-8 in store main', orders: [8] },
    ]);
    expect(market.calls()).toBe(0);
    expect(market.feed.count('Authorize')).toBe(0);
    await market.run();
    expect(market.calls()).toBe(2);
  });

  it('is shown by status and explain at every step', async () => {
    await open();
    await market.sell(7);
    await market.ship(7);
    await market.run();
    const { pipelines } = await readStatus(market.house.context());
    expect(pipelines.find(({ pipeline }) => pipeline === REPORTS)?.openSteps).toMatchObject([
      { step: 'report', state: 'accepted', orders: 1 },
    ]);
    const waits = await explain(market.house.context(), 7);
    expect(waits.where.join('\n')).toContain(
      'step report is accepted by GoDataFeed store main; its marketplace has not answered yet',
    );
    expect(waits.next).toContain('asks for the answer');
    expect(waits.timeline.map(({ message }) => message).join('\n')).toContain(
      'Shipped (UPS 1Z0007) of GoDataFeed order G-7 in store main (Amazon) accepted by GoDataFeed',
    );
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    await market.run();
    const over = await explain(market.house.context(), 7);
    expect(over.where.join('\n')).toContain(`${REPORTS}: delivered at`);
    expect(over.next).toContain('its marketplace has it');
    const told = over.timeline.map(({ message }) => message).join('\n');
    expect(told).toContain('to be reported to its marketplace (store main)');
    expect(told).not.toContain('handed over to main');
    expect(over.timeline.map(({ message }) => message).join('\n')).toContain('Sync Complete');
  });

  it('keeps what was frozen and told for as long as it waits, and forgets it after the retention', async () => {
    await open();
    await market.sell(7);
    await market.ship(7);
    await market.run();
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    await market.run();
    market.house.clock.advance(500 * DAY);
    await market.run();
    market.house.clock.advance(DAY);
    await market.run();
    expect(await market.effects(7)).toEqual([]);
    await market.change(7, { Notes: 'years later' });
    await market.run();
    expect([await market.outcome(7), market.calls()]).toEqual(['excluded ALREADY_REPORTED', 1]);
  });
});
