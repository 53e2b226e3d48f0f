/** An end that its marketplace takes back, or does not show any more, while the cancellation is on its way here. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import { TransientError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { StatusTarget } from '../../../src/core/targets.js';
import type { EngineContext } from '../../../src/engine/context.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { type ReleaseAs, release } from '../../../src/engine/persons/persons.js';
import type { Fault } from '../../../src/standins/exigo/faults.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse } from '../../support/marketplace-house.js';
import { readableTemplate } from '../../support/small-orders.js';

const ENDS = 'godatafeed-cancellations-to-exigo';
const ORDERS = 'exigo-orders-to-3pl';
const LATER = { wave: { cutOffs: ['16:00'], zone: 'America/Chicago' } };
const DOWN: Fault = { kind: 'status-503', retryAfter: '3', operation: 'ChangeOrderStatusBatch' };

reportMissingEngine();

describe.each(engines())('orders that ended at their marketplace on %s', (engine) => {
  let market: MarketplaceHouse;
  /** Order 7 is ready, and waits for the cut-off. */
  const open = async () => {
    market = await MarketplaceHouse.open({ engine, templates: [readableTemplate(LATER)] });
    await market.house.run(ORDERS); // uses up yesterday's cut-off
    await market.sell(7);
    await run(ORDERS);
  };
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  const run = async (pipeline: string, overrides: Partial<EngineContext> = {}) => {
    market.house.clock.advance(15 * MINUTE);
    expect((await market.house.run(pipeline, overrides)).error).toBeNull();
  };
  const decide = (as: ReleaseAs, pipeline: string, id = 7) => {
    const found = market.house.context().pipelines.find(({ name }) => name === pipeline);
    if (found === undefined) throw new TypeError(pipeline);
    return release(market.house.context(), found, id, as, null);
  };
  const shows = (status: string) => Object.assign(market.feed.order('G-7') ?? {}, { status });
  /** At the nth time that the cancellation is begun. */
  const whenBegun = (nth: number, change: () => void) => {
    let times = 0;
    setFaultHook((point) => {
      if (point === 'single/after-claim' && ++times === nth) change();
    });
  };
  const newest = async (pipeline: string, id = 7) => {
    const [item] = await market.house.all<{ state: string; code: string | null; reason: string | null }>(
      `SELECT state, code, reason FROM "etl.item" WHERE item_id = (
         SELECT MAX(item_id) FROM "etl.item" WHERE order_id = ${id} AND pipeline = '${pipeline}')`,
    );
    return { outcome: `${item?.state} ${item?.code}`, reason: item?.reason ?? '' };
  };
  const statusOf = async (id = 7) => {
    const [row] = await market.house.all<{ OrderStatusID: number }>(
      `SELECT OrderStatusID FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    return row?.OrderStatusID;
  };
  const sent = async () => [...(await market.house.files('plain')).values()].join('');
  const cutOff = async () => {
    market.house.clock.advance(DAY);
    await run(ORDERS);
  };
  /** Exigo carries Canceled out, cannot be read right after it, and meanwhile the marketplace takes the end back. */
  const takenBackUnread = (): { statusTarget: StatusTarget } => {
    const real = market.house.context().statusTarget;
    if (real === null) throw new TypeError('no Exigo API');
    let changed = false;
    let failed = false;
    const statusTarget: StatusTarget = {
      ...real,
      async change(orderIds, to) {
        await real.change(orderIds, to);
        changed = true;
      },
      async read(orderIds) {
        if (!changed || failed) return real.read(orderIds);
        failed = true;
        shows('Processing');
        throw new TransientError('HTTP_503', 'not available');
      },
    };
    return { statusTarget };
  };

  describe('and is open again', () => {
    it('after it was kept back here: held, and sent when a person says so', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      market.house.standin.fail(DOWN);
      whenBegun(2, () => shows('Processing'));
      await run(ENDS);
      const { outcome, reason } = await newest(ENDS);
      expect([outcome, await statusOf()]).toEqual(['held OPEN_AGAIN_TOO_LATE', 7]);
      expect(reason).toContain('Amazon shows order M-7 as processing (GoDataFeed main G-7)');
      expect(reason).toContain(`"orderferry release 7 --as resend --pipeline ${ORDERS}"`);
      expect(reason).toContain('set it to Canceled in Exigo');
      await decide('resend', ORDERS);
      await decide('ignore', ENDS);
      await cutOff();
      expect([await sent(), (await newest(ENDS)).outcome]).toEqual([
        expect.stringContaining('\n7,'),
        'held OPEN_AGAIN_TOO_LATE',
      ]);
    });

    it('after it was canceled in Exigo: held, and its marketplace is not told what it took back', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      await run(ENDS, takenBackUnread());
      const { outcome, reason } = await newest(ENDS);
      expect([outcome, await statusOf()]).toEqual(['held OPEN_AGAIN_TOO_LATE', 4]);
      expect(reason).toContain('Exigo says Canceled');
      expect(reason).toContain('set it to Accepted in Exigo');
      expect(reason).toContain('cancel it in GoDataFeed');
      market.house.clock.advance(15 * MINUTE);
      expect((await market.run()).error).toBeNull();
      expect([await market.outcome(7), market.updates()]).toEqual(['excluded ALREADY_REPORTED', []]);
      // A person has it shipped all the same.
      await market.change(7, { OrderStatusID: 7 });
      await run(ORDERS);
      await decide('resend', ORDERS);
      await decide('ignore', ENDS);
      await cutOff();
      expect(await sent()).toContain('\n7,');
      await market.ship(7);
      expect((await market.run()).error).toBeNull();
      expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007']);
    });

    it('and ends once more after a person had it sent: it is canceled then', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      await run(ENDS, takenBackUnread());
      await market.change(7, { OrderStatusID: 7 });
      await run(ORDERS);
      await decide('resend', ORDERS);
      await decide('ignore', ENDS);
      await run(ORDERS);
      market.feed.marketplaceSets('G-7', 'Canceled');
      await run(ENDS);
      expect([await statusOf(), (await newest(ENDS)).outcome]).toEqual([4, 'delivered null']);
      await cutOff();
      expect(await sent()).not.toContain('\n7,');
    });

    it('before anything was done here: left as it is', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      whenBegun(1, () => shows('Processing'));
      await run(ENDS);
      expect([(await newest(ENDS)).outcome, await statusOf()]).toEqual(['excluded OPEN_AGAIN', 7]);
      await cutOff();
      expect(await sent()).toContain('\n7,');
    });
  });

  describe('and is shown otherwise', () => {
    it.each([
      ['On Hold', 'held CHANGED_AT_MARKETPLACE', 'Amazon shows order M-7 as "On Hold" (GoDataFeed main G-7)'],
      [null, 'held NOT_FOUND_IN_GODATAFEED', 'GoDataFeed does not show main/G-7'],
    ])('%s: held with that, and nothing is canceled', async (status, expected, words) => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      whenBegun(1, () => (status === null ? market.feed.remove('G-7') : shows(status)));
      await run(ENDS);
      const { outcome, reason } = await newest(ENDS);
      expect([outcome, await statusOf(), market.house.standin.journal]).toEqual([expected, 7, []]);
      expect(reason).toContain(words);
      expect(reason).toContain('nothing was canceled in Exigo, and it goes on here');
    });

    it('after it was kept back here: that is said', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      market.house.standin.fail(DOWN);
      whenBegun(2, () => shows('On Hold'));
      await run(ENDS);
      expect((await newest(ENDS)).reason).toContain('no version of it is handed over any more');
    });
  });

  describe('keeps back', () => {
    it('what a person asked for after a cancellation', async () => {
      await open();
      await decide('cancel', ORDERS);
      await decide('resend', ORDERS);
      await run(ORDERS);
      expect((await newest(ORDERS)).outcome).toBe('ready null');
      const [before] = await market.house.all<{ stamp: string }>(
        `SELECT ModifiedDate AS stamp FROM "dbo.Orders" WHERE OrderID = 7`,
      );
      market.feed.marketplaceSets('G-7', 'Canceled');
      await run(ENDS);
      // The sync database shows it late: Accepted still.
      await market.house.exec(
        `UPDATE "dbo.Orders" SET OrderStatusID = 7, ModifiedDate = '${before?.stamp}' WHERE OrderID = 7`,
      );
      await cutOff();
      expect([(await newest(ORDERS)).outcome, await sent()]).toEqual([
        'excluded CANCELED_AT_MARKETPLACE',
        '',
      ]);
    });

    it('the next version, too, and says that it is its marketplace', async () => {
      await open();
      market.feed.marketplaceSets('G-7', 'Canceled');
      await run(ENDS);
      await market.change(7, { OrderStatusID: 7, Address1: '2 Second St' });
      await cutOff();
      const { outcome, reason } = await newest(ORDERS);
      expect([outcome, await sent()]).toEqual(['excluded CANCELED_AT_MARKETPLACE', '']);
      expect(reason).toContain('Amazon shows order M-7 as canceled');
      expect(JSON.stringify(await explain(market.house.context(), 7))).not.toMatch(/a person|BY_PERSON/);
      const [key] = await market.house.all<{ last_error: string }>(
        `SELECT last_error FROM "etl.effect" WHERE order_id = 7 AND pipeline = '${ORDERS}'`,
      );
      expect(key?.last_error).toContain('Amazon shows order M-7 as canceled');
    });

    it('an order that was never frozen', async () => {
      await open();
      await market.sell(9);
      await market.house.exec(
        `UPDATE "dbo.Orders" SET ModifiedDate = '2025-01-01 00:00:00.000' WHERE OrderID = 9`,
      );
      await run(ORDERS);
      market.feed.marketplaceSets('G-9', 'Canceled');
      await run(ENDS);
      expect([await statusOf(9), (await newest(ENDS, 9)).outcome]).toEqual([4, 'delivered null']);
      expect((await explain(market.house.context(), 9)).next).toBe('nothing; it is Canceled in Exigo');
      // It comes late, and as it was.
      await market.change(9, { OrderStatusID: 7 });
      await cutOff();
      expect([(await newest(ORDERS, 9)).outcome, await sent()]).toEqual([
        'excluded CANCELED_AT_MARKETPLACE',
        expect.not.stringContaining('\n9,'),
      ]);
    });

    it('no order that a 3PL got before the retention of the ledger: it is too late', async () => {
      await open();
      await market.sell(9);
      await market.house.exec(
        `INSERT INTO "etl.order_link" (exigo_order_id, system, reference, linked_utc)
         VALUES (9, 'plain', 'PLAIN_0001.csv', '2026-03-01 00:00:00.000')`,
      );
      market.feed.marketplaceSets('G-9', 'Canceled');
      await run(ENDS);
      const { outcome, reason } = await newest(ENDS, 9);
      expect([outcome, await statusOf(9)]).toEqual(['held TOO_LATE', 7]);
      expect(reason).toContain("plain got it before the ledger's retention");
    });
  });
});
