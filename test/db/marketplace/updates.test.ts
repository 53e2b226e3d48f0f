/** Shipments and cancellations in Exigo, told to the marketplaces their orders came from. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse } from '../../support/marketplace-house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('reports to marketplaces on %s', (engine) => {
  let market: MarketplaceHouse;
  beforeEach(async () => {
    market = await MarketplaceHouse.open({ engine });
  });
  afterEach(() => market.close());

  const cycle = async (ms = 15 * MINUTE) => {
    market.house.clock.advance(ms);
    market.feed.cycle();
  };

  describe('an order that was sold on a marketplace', () => {
    it('is reported Shipped with tracking, carrier and time, and watched until its marketplace has it', async () => {
      await market.sell(7);
      expect((await market.run()).error).toBeNull();
      expect(await market.outcome(7)).toBe('excluded NOT_REPORTED');
      await market.ship(7, { ShippedDate: '2026-03-11 11:40:00.000' });
      expect((await market.run()).error).toBeNull();
      expect(market.feed.journal.map(({ operation, sent }) => ({ operation, sent }))).toEqual([
        {
          operation: 'UpdateStatus',
          sent: {
            OrderStatus: 'SHIPPED',
            ShipmentTrackingNumber: '1Z0007',
            ShipmentCarrier: 'UPS',
            DateShipped: '2026-03-11T16:40:00Z',
          },
        },
      ]);
      expect([await market.outcome(7), await market.effects(7)]).toEqual([
        'loading',
        ['main/G-7 1 accepted'],
      ]);
      expect(await market.openBatches()).toBe(1);

      await cycle();
      expect((await market.run()).error).toBeNull();
      expect([await market.outcome(7), await market.effects(7)]).toEqual(['delivered', ['main/G-7 1 done']]);
      expect(await market.openBatches()).toBe(0);
      expect(market.calls()).toBe(1);
    });

    it('is reported Canceled', async () => {
      await market.sell(7);
      await market.change(7, { OrderStatusID: 4 });
      await market.run();
      await cycle();
      await market.run();
      expect([market.updates(), await market.outcome(7)]).toEqual([['G-7 CANCELED'], 'delivered']);
    });

    it('is not asked for before its time, and then ever more rarely', async () => {
      await market.sell(7);
      await market.ship(7);
      await market.run();
      const lists = () => market.feed.count('List');
      expect(lists()).toBe(0);
      for (let minutes = 0; minutes < 300; minutes += 5) {
        await market.run();
        market.house.clock.advance(5 * MINUTE);
      }
      // After 15 minutes, then 30, 60 and 120 more.
      expect(lists()).toBe(4);
    });
  });

  it('other orders are nobody there', async () => {
    await placeOrder(market.house, 8);
    await market.ship(8);
    await market.run();
    expect([market.calls(), await market.outcome(8)]).toEqual([0, 'excluded NOT_A_MARKETPLACE_ORDER']);
  });

  describe('once', () => {
    it('a change that nobody there is told of leads to no second update', async () => {
      await market.sell(7);
      await market.ship(7);
      await market.run();
      await cycle();
      await market.change(7, { Notes: 'by the door' });
      await market.run();
      expect(await market.outcome(7)).toBe('excluded ALREADY_REPORTED');
      await cycle();
      await market.change(7, { ShippedDate: '2026-03-11 12:00:00.000' });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['excluded ALREADY_REPORTED', 1]);
    });

    it('also when the ledger has forgotten it', async () => {
      await market.sell(7);
      await market.ship(7);
      await market.run();
      await cycle();
      await market.run();
      await market.house.exec(`DELETE FROM "etl.effect"`);
      await market.house.exec(`DELETE FROM "etl.item"`);
      await market.change(7, { Notes: 'years later' });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['excluded ALREADY_REPORTED', 1]);
    });

    it('a version that has not left gives way to a newer one', async () => {
      await market.sell(7);
      await market.ship(7);
      market.feed.fail({ kind: 'status-503', retryAfter: '300' });
      expect((await market.run()).error).not.toBeNull();
      await market.ship(7, { TrackingNumber1: '1ZNEWER' });
      market.house.clock.advance(10 * MINUTE);
      await market.run();
      expect(market.updates()).toEqual(['G-7 SHIPPED 1ZNEWER']);
      expect(await market.effects(7)).toEqual(['main/G-7 1 accepted']);
    });
  });

  describe('a re-labelled parcel', () => {
    it('leads to a new update after its marketplace has answered', async () => {
      await market.sell(7);
      await market.ship(7);
      await market.run();
      await cycle();
      await market.run();
      await market.ship(7, { TrackingNumber1: '1ZOTHER' });
      await market.run();
      await cycle();
      await market.run();
      // Whatever is shown at the first look may be the answer to the update before.
      expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 accepted']);
      await cycle(30 * MINUTE);
      await market.run();
      expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007', 'G-7 SHIPPED 1ZOTHER']);
      expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 done']);
    });

    it('and before it has: the older update is over', async () => {
      await market.sell(7);
      await market.ship(7);
      await market.run();
      market.house.clock.advance(MINUTE);
      await market.ship(7, { TrackingNumber2: '1ZSECOND', WebCarrierID2: 2 });
      await market.run();
      expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007', 'G-7 SHIPPED 1ZSECOND']);
      expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 accepted']);
      await cycle();
      await market.run();
      await cycle(30 * MINUTE);
      await market.run();
      expect([await market.openBatches(), market.calls()]).toEqual([0, 2]);
    });
  });

  describe('what a marketplace refuses', () => {
    const refused = async (columns: object, message: string) => {
      await market.sell(7);
      await market.ship(7, { ShippedDate: '2026-03-11 11:40:00.000', ...columns });
      await market.run();
      await cycle();
      expect((await market.run()).error).toBeNull();
      expect(await market.outcome(7)).toBe('failed MARKETPLACE_REFUSED');
      const [item] = await market.house.all<{ reason: string }>(
        `SELECT reason FROM "etl.item" WHERE state = 'failed'`,
      );
      expect(item?.reason).toContain(message);
      expect(item?.reason).toContain('order G-7 in store main (Amazon)');
    };

    it('a carrier: listed with its words, not sent again as it is, sent when the data changes', async () => {
      await refused({ WebCarrierID1: 4 }, 'Unknown carrier Purolator');
      await market.change(7, { Notes: 'asked the carrier' });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['held MARKETPLACE_REFUSED', 1]);
      await market.change(7, { WebCarrierID1: 23 });
      await market.run();
      // GoDataFeed goes on showing the old error until its next cycle.
      await cycle();
      await market.run();
      await cycle(30 * MINUTE);
      await market.run();
      expect([await market.outcome(7), market.updates().length]).toEqual(['delivered', 2]);
    });

    it('a tracking number', async () => {
      await refused({ TrackingNumber1: 'no number!' }, 'Invalid tracking number');
    });

    it('a date: only the date is mended, and that is sent, too', async () => {
      await market.sell(7);
      await market.house.exec(`UPDATE "etl.marketplace_order" SET purchased_utc = NULL`);
      await market.ship(7, { ShippedDate: '2026-03-11 08:00:00.000' });
      await market.run();
      await cycle();
      await market.run();
      expect(await market.outcome(7)).toBe('failed MARKETPLACE_REFUSED');
      await market.ship(7, { ShippedDate: '2026-03-11 11:55:00.000' });
      await market.run();
      await cycle();
      await market.run();
      await cycle(30 * MINUTE);
      await market.run();
      expect([await market.outcome(7), market.updates().length]).toEqual(['delivered', 2]);
    });

    it('at once is in the error list with the words of GoDataFeed', async () => {
      await market.sell(7);
      await market.sell(8);
      await market.ship(7);
      await market.ship(8);
      market.feed.fail({ kind: 'success-false', orderNumber: 'G-7', message: 'Locked by support' });
      await market.run();
      expect([await market.outcome(7), await market.outcome(8)]).toEqual([
        'failed UPDATE_REFUSED',
        'loading',
      ]);
    });

    it('because somebody else was quicker is over', async () => {
      await market.sell(7);
      await market.change(7, { OrderStatusID: 4 });
      market.feed.fail({ kind: 'success-false', orderNumber: 'G-7' });
      market.feed.marketplaceSets('G-7', 'Canceled');
      await market.run();
      expect([await market.outcome(7), market.updates()]).toEqual(['delivered', []]);
    });
  });

  it('an order that somebody else shipped there is over, too', async () => {
    await market.sell(7);
    await market.ship(7);
    await market.run();
    market.house.clock.advance(15 * MINUTE);
    market.feed.marketplaceSets('G-7', 'Shipped');
    await market.run();
    expect(await market.outcome(7)).toBe('delivered');
    const [effect] = await market.house.all<{ receipt: string }>(`SELECT receipt FROM "etl.effect"`);
    expect(effect?.receipt).toContain('Manually Synced');
  });

  it('a marketplace that never answers gives the order to a person', async () => {
    await market.sell(7);
    await market.ship(7);
    await market.run();
    for (let hours = 0; hours < 80; hours += 4) {
      market.house.clock.advance(4 * HOUR);
      await market.run();
    }
    expect([await market.outcome(7), await market.openBatches()]).toEqual(['held NOT_CONFIRMED', 0]);
  });

  it('what cannot be reported is held with its reason, and goes when it is mended', async () => {
    await market.sell(7);
    await market.ship(7, { TrackingNumber1: '' });
    await market.run();
    expect(await market.outcome(7)).toBe('held NO_TRACKING');
    market.house.clock.advance(DAY / 24);
    await market.ship(7, { TrackingNumber1: '1Z999' });
    await market.run();
    expect(market.updates()).toEqual(['G-7 SHIPPED 1Z999']);
  });
});

describe.each(engines())('where an old answer stays until the next cycle, on %s', (engine) => {
  let market: MarketplaceHouse;
  beforeEach(async () => {
    market = await MarketplaceHouse.open({ engine, feed: { keepsSync: true } });
    await market.sell(7);
    await market.ship(7);
    await market.run();
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    await market.run();
    expect(await market.outcome(7)).toBe('delivered');
  });
  afterEach(() => market.close());

  it('it closes no newer update', async () => {
    await market.ship(7, { TrackingNumber1: '1ZOTHER' });
    await market.run();
    market.house.clock.advance(15 * MINUTE);
    await market.run();
    expect(market.feed.order('G-7')?.sync).toBe('Sync Complete');
    expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 accepted']);
    market.feed.cycle();
    market.house.clock.advance(30 * MINUTE);
    await market.run();
    expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 done']);
  });

  it('nor one whose answer was lost', async () => {
    await market.ship(7, { TrackingNumber1: '1ZOTHER' });
    market.feed.fail({ kind: 'cut-after', operation: 'UpdateStatus' });
    await market.run();
    expect(await market.effects(7)).toEqual(['main/G-7 1 done', 'main/G-7 2 accepted']);
  });
});
