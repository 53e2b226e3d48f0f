/** One update per order and version, whatever becomes of the answers; else the order is held with the truth. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import { StoppedError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { toUtcText } from '../../../src/core/time.js';
import { updateSending } from '../../../src/queue/ledger/updates.js';
import type { FeedFault } from '../../../src/standins/godatafeed/faults.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse } from '../../support/marketplace-house.js';

const UNKNOWN_WAIT = 60 * SECOND;

reportMissingEngine();

describe.each(engines())('updates of unknown outcome on %s', (engine) => {
  let market: MarketplaceHouse;
  beforeEach(async () => {
    market = await MarketplaceHouse.open({ engine });
    await market.sell(7);
    await market.ship(7);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  const FAULTS: readonly {
    readonly name: string;
    readonly faults: readonly FeedFault[];
    readonly calls: number;
    readonly atLeast?: number;
  }[] = [
    { name: 'the answer is lost after the effect', faults: [{ kind: 'cut-after' }], calls: 1 },
    { name: 'cut before the effect', faults: [{ kind: 'cut-before' }], calls: 2, atLeast: UNKNOWN_WAIT },
    { name: '500 after the effect', faults: [{ kind: 'status-500-after' }], calls: 1 },
    {
      name: '500 before the effect, then cut after it',
      faults: [{ kind: 'status-500-before' }, { kind: 'cut-after' }],
      calls: 2,
      atLeast: UNKNOWN_WAIT,
    },
    { name: 'confirmed, and shows 40 s late', faults: [{ kind: 'late', afterMs: 40 * SECOND }], calls: 1 },
    {
      name: 'cut, and shows 40 s late',
      faults: [{ kind: 'late', afterMs: 40 * SECOND, answer: 'cut' }],
      calls: 1,
      atLeast: 40 * SECOND,
    },
    {
      name: '503 twice',
      faults: [{ kind: 'status-503', retryAfter: '7', times: 2 }],
      calls: 3,
      atLeast: 14 * SECOND,
    },
    { name: '429', faults: [{ kind: 'status-429', retryAfter: '3' }], calls: 2, atLeast: 3 * SECOND },
    { name: 'an answer that drips', faults: [{ kind: 'slow-body', everyMs: 1 }], calls: 1 },
  ];

  it.each(FAULTS.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    for (const fault of one.faults) market.feed.fail({ ...fault, operation: 'UpdateStatus' });
    const before = market.house.clock.now();
    expect((await market.run()).error).toBeNull();
    expect(await market.effects(7)).toEqual(['main/G-7 1 accepted']);
    expect(market.house.clock.now() - before).toBeGreaterThanOrEqual(one.atLeast ?? 0);
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    expect((await market.run()).error).toBeNull();
    expect([await market.outcome(7), market.updates(), market.calls()]).toEqual([
      'delivered',
      ['G-7 SHIPPED 1Z0007'],
      one.calls,
    ]);
  });

  it('a token that ends meanwhile is renewed', async () => {
    await market.sell(8);
    await market.ship(8);
    market.feed.fail({ kind: 'expired-token', orderNumber: 'G-8' });
    expect((await market.run()).error).toBeNull();
    expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007', 'G-8 SHIPPED 1Z0008']);
  });

  it('a repeat is the same, also where the ship time is "now"', async () => {
    market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus' });
    await market.run();
    const sent = market.feed.journal.map((entry) => JSON.stringify(entry.sent));
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
  });

  it('a correction is told from what it corrects by the one field that differs', async () => {
    await market.ship(7, { WebCarrierID1: 4 });
    await market.run();
    market.house.clock.advance(15 * MINUTE);
    market.feed.cycle();
    await market.run();
    expect(await market.outcome(7)).toBe('failed MARKETPLACE_REFUSED');
    await market.change(7, { WebCarrierID1: 3 });
    market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus' });
    await market.run();
    expect(market.feed.order('G-7')?.carrier).toBe('UPS');
    expect([market.updates().length, market.calls()]).toEqual([2, 3]);
  });

  it('others leave while one is of unknown outcome', async () => {
    await market.sell(8);
    await market.ship(8);
    market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus', orderNumber: 'G-7' });
    const times: number[] = [];
    market.feed.before('UpdateStatus', 2, () => times.push(market.house.clock.now()));
    const before = market.house.clock.now();
    await market.run();
    expect((times[0] ?? Number.NaN) - before).toBeLessThan(5 * SECOND);
    expect(market.updates()).toEqual(['G-8 SHIPPED 1Z0008', 'G-7 SHIPPED 1Z0007']);
  });

  it('a store that is down ends in an error of the run, and nothing is lost', async () => {
    market.feed.fail({ kind: 'status-503', retryAfter: null, times: 100 });
    expect((await market.run()).error).toMatchObject({ code: 'HTTP_503' });
    expect(await market.effects(7)).toEqual(['main/G-7 1 pending']);
    market.feed.clearFaults();
    market.house.clock.advance(HOUR);
    expect((await market.run()).error).toBeNull();
    expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007']);
  });

  it('a run that is stopped before the call leaves nothing undone and nothing done twice', async () => {
    setFaultHook((point) => {
      if (point === 'update/before-call') throw new StoppedError();
    });
    expect((await market.run()).error).toMatchObject({ code: 'STOPPED' });
    setFaultHook(undefined);
    expect([market.calls(), await market.effects(7)]).toEqual([0, ['main/G-7 1 sending']]);
    expect((await market.run()).error).toBeNull();
    expect(market.updates()).toEqual(['G-7 SHIPPED 1Z0007']);
  });

  it('an older update that proves undone gives way to a newer one instead of overwriting it', async () => {
    setFaultHook((point) => {
      if (point === 'update/before-call') throw new StoppedError();
    });
    await market.run();
    setFaultHook(undefined);
    await market.ship(7, { TrackingNumber1: '1ZNEWER' });
    // The first call after that comes back later, behind whatever else is pending.
    market.feed.fail({ kind: 'status-503', operation: 'UpdateStatus', retryAfter: '1' });
    expect((await market.run()).error).toBeNull();
    expect(market.updates()).toEqual(['G-7 SHIPPED 1ZNEWER']);
    expect(await market.effects(7)).toEqual(['main/G-7 2 accepted']);
    const items = await market.house.all<{ line: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS line FROM "etl.item"
       WHERE pipeline = 'exigo-status-to-godatafeed' ORDER BY item_id`,
    );
    expect(items.map(({ line }) => line).slice(-2)).toEqual(['excluded SUPERSEDED', 'loading']);
  });

  it('an update is not claimed while a newer one of its order exists', async () => {
    market.feed.fail({ kind: 'status-503', retryAfter: '300', operation: 'UpdateStatus' });
    await market.run();
    const [older] = await market.house.all<{ effect_id: number }>(`SELECT effect_id FROM "etl.effect"`);
    const intent = { token: 1, request: '{}', absenceProvesUtc: toUtcText(market.house.clock.now()) };
    await market.house.exec(
      `INSERT INTO "etl.effect" (pipeline, step, item_key, generation, item_id, order_id, change_set_id, fingerprint,
                                 target, request, created_utc, state)
       SELECT pipeline, step, item_key, 2, item_id, order_id, change_set_id, 'newer', target, request, created_utc, 'held'
       FROM "etl.effect"`,
    );
    const claimed = await market.house.database.transaction((session) =>
      updateSending(session, older?.effect_id ?? 0, intent),
    );
    expect([claimed, await market.effects(7)]).toEqual([false, ['main/G-7 1 pending', 'main/G-7 2 held']]);
  });

  describe('an order that cannot be looked up holds no other up', () => {
    const unreadable = (kind: 'success-false' | 'status-500-before') =>
      market.feed.fail({ kind, operation: 'List', orderNumber: 'G-7', times: 1000 });

    beforeEach(async () => {
      await market.sell(8);
      await market.ship(8);
    });

    it('when its update was refused', async () => {
      market.feed.fail({ kind: 'success-false', operation: 'UpdateStatus', orderNumber: 'G-7' });
      unreadable('success-false');
      expect((await market.run()).error).toBeNull();
      expect([await market.outcome(7), await market.outcome(8)]).toEqual([
        'failed UPDATE_REFUSED',
        'loading',
      ]);
    });

    it('when its answer was lost', async () => {
      market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus', orderNumber: 'G-7' });
      unreadable('success-false');
      expect((await market.run()).error).toBeNull();
      expect([await market.outcome(7), market.updates()]).toEqual([
        'held OUTCOME_UNKNOWN',
        ['G-8 SHIPPED 1Z0008'],
      ]);
    });

    it('when its answer was lost, and looking fails again and again: it stays on its way', async () => {
      market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus', orderNumber: 'G-7' });
      unreadable('status-500-before');
      await market.run();
      await market.sell(9);
      await market.ship(9);
      expect((await market.run()).error).not.toBeNull();
      expect(market.updates()).toEqual(['G-8 SHIPPED 1Z0008', 'G-9 SHIPPED 1Z0009']);
      market.feed.clearFaults();
      expect((await market.run()).error).toBeNull();
      expect(market.updates()).toEqual(['G-8 SHIPPED 1Z0008', 'G-9 SHIPPED 1Z0009', 'G-7 SHIPPED 1Z0007']);
    });

    it.each(['success-false', 'status-500-before'] as const)(
      'while the marketplace is awaited (%s)',
      async (kind) => {
        await market.run();
        unreadable(kind);
        market.house.clock.advance(15 * MINUTE);
        market.feed.cycle();
        expect((await market.run()).error).toBeNull();
        expect([await market.effects(7), await market.outcome(8)]).toEqual([
          ['main/G-7 1 accepted'],
          'delivered',
        ]);
        market.house.clock.advance(80 * HOUR);
        await market.run();
        expect(await market.outcome(7)).toBe('held NOT_CONFIRMED');
      },
    );
  });

  describe('held with the truth', () => {
    it('when GoDataFeed does not know the order any more', async () => {
      market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus' });
      market.feed.before('UpdateStatus', 1, () => market.feed.remove('G-7'));
      await market.run();
      expect(await market.outcome(7)).toBe('held NOT_IN_GODATAFEED');
    });

    it('when it was canceled there meanwhile', async () => {
      market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus' });
      market.feed.before('UpdateStatus', 1, () => {
        const order = market.feed.order('G-7');
        if (order !== undefined) Object.assign(order, { status: 'Canceled' });
      });
      await market.run();
      expect([await market.outcome(7), market.calls()]).toEqual(['held OTHERWISE_AT_MARKETPLACE', 1]);
    });

    it('when it is lost again and again', async () => {
      market.feed.fail({ kind: 'cut-before', operation: 'UpdateStatus', times: 100 });
      for (let i = 0; i < 5; i++) {
        await market.run();
        market.house.clock.advance(5 * MINUTE);
      }
      expect(await market.outcome(7)).toBe('failed UPDATE_UNSEEN');
      expect(market.updates()).toEqual([]);
    });
  });
});
