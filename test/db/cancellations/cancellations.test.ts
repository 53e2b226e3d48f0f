/** Cancellations of orders that a 3PL has: it is asked by file, and what it answers is final. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import { notAnswered } from '../../../src/engine/answers/not-answered.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { CANCELS, CancelingHouse, ENDS, ORDERS, REPORTS, SHIPMENTS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { shipped } from '../../support/inbox.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('cancellations on %s', (engine) => {
  let at: CancelingHouse;
  beforeEach(async () => {
    at = await CancelingHouse.open({ engine });
    await at.market.sell(1);
    await placeOrder(at.house, 2);
    expect(await at.run(ORDERS)).toBeNull();
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  const runs = async (...names: string[]) => {
    for (const name of names) expect(await at.run(name)).toBeNull();
  };
  const canceled = (orderId: number) => ({ answer: 'canceled', orderId, reason: 'taken out' }) as const;
  const late = (orderId: number) => ({ answer: 'not-canceled', orderId, reason: 'already packed' }) as const;

  describe('from Exigo', () => {
    beforeEach(async () => {
      await at.cancelInExigo(2);
      await runs(ORDERS);
    });

    it('are asked of the 3PL by a file, once, and are over when it says so', async () => {
      expect(await at.outcome(2, ORDERS)).toBe('excluded CANCELLATION_ASKED');
      await runs(CANCELS);
      expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n2\r\n' });
      expect(await at.outcome(2, CANCELS)).toBe('loading');
      expect(await at.asked(2)).toEqual(['1 exigo']);
      await runs(ORDERS, CANCELS);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS, ORDERS);
      expect(await at.outcome(2, CANCELS)).toBe('delivered');
      expect(await at.outcome(2, SHIPMENTS)).toBe('excluded CANCELED_ON_REQUEST');
      expect(await at.asked(2)).toEqual(['1 exigo canceled']);
      expect(Object.keys(await at.files())).toHaveLength(1);
      expect(await at.waiting(2)).toEqual([]);
      expect(
        await at.house.all(
          `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${CANCELS}'`,
        ),
      ).toEqual([]);
    });

    it('tell their story', async () => {
      const told = async () => {
        const { where, next, timeline } = await explain(at.house.context(), 2);
        return [...where, next, ...timeline.map(({ message }) => message)].join('\n');
      };
      await runs(CANCELS);
      expect(await told()).toContain('plain is asked to cancel it in CXL_001.csv');
      expect(await told()).toContain('step canceled waits for the answer of its 3PL');
      const file = await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      expect(await told()).toContain('Exigo says Canceled; plain has it and is asked to cancel it');
      expect(await told()).toContain(`plain has canceled it: ${file} line 2: taken out`);
      expect(await told()).toContain('nothing; the warehouse has canceled it');
    });

    it('are shown when the 3PL does not answer in time', async () => {
      await runs(CANCELS);
      expect(await notAnswered(at.house.context(), CANCELS)).toEqual([]);
      at.house.clock.advance(DAY + MINUTE);
      expect(await notAnswered(at.house.context(), CANCELS)).toMatchObject([
        { order_id: 2, code: 'NOT_ANSWERED', state: 'loading' },
      ]);
    });

    it('are too late when the 3PL says so, with file, line and words', async () => {
      await runs(CANCELS);
      const file = await at.say(late(2));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.outcome(2, CANCELS)).toBe('held TOO_LATE');
      expect(await at.reason(2, CANCELS)).toContain(`${file} line 2: already packed`);
      await at.say(shipped(2, '1Z2'));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.statusOf(2)).toBe(4);
      expect(await at.waiting(2)).toEqual([`${CANCELS} TOO_LATE`, `${SHIPMENTS} SHIPPED_BUT_CANCELED`]);
    });

    it('are too late when it was shipped before anybody could ask, and no file asks', async () => {
      const file = await at.say(shipped(2, '1Z2'));
      await runs(CANCELS);
      expect(await at.outcome(2, CANCELS)).toBe('held TOO_LATE');
      expect(await at.reason(2, CANCELS)).toContain(`${file} line 2: shipped`);
      expect(await at.files()).toEqual({});
    });

    it('may be confirmed by the 3PL after it had said too late', async () => {
      await runs(CANCELS);
      await at.say(late(2));
      await runs(SHIPMENTS, CANCELS);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.asked(2)).toEqual(['1 exigo canceled']);
      expect(await at.waiting(2)).toEqual([]);
    });

    it('show an answer that is taken back', async () => {
      await runs(CANCELS);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      await at.say(late(2));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.waiting(2)).toEqual([`${SHIPMENTS} CANCELED_AND_NOT_CANCELED`]);
      await at.say(shipped(2, '1Z2'));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.waiting(2)).toEqual([`${SHIPMENTS} SHIPPED_AND_CANCELED`]);
    });

    it('are held when the 3PL knows no such order', async () => {
      await runs(CANCELS);
      await at.say({ answer: 'rejected', orderId: 2, reason: 'unknown order' });
      await runs(CANCELS);
      expect(await at.outcome(2, CANCELS)).toBe('held CANCELLATION_REFUSED');
    });

    it('are not asked for any more when Exigo has the order open again before the file', async () => {
      await at.market.change(2, { OrderStatusID: 8 });
      await runs(ORDERS, CANCELS);
      expect(await at.outcome(2, CANCELS)).toBe('excluded OPEN_AGAIN');
      expect(await at.outcome(2, ORDERS)).toBe('excluded ALREADY_HANDED_OVER');
      expect(await at.files()).toEqual({});
    });

    it('are held for a person when Exigo has it open again, and the 3PL has canceled it', async () => {
      await runs(CANCELS);
      await at.market.change(2, { OrderStatusID: 8 });
      await runs(ORDERS);
      expect(await at.asked(2)).toEqual(['1']);
      await expect(at.resend(2)).rejects.toThrow(/has not answered yet/);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.waiting(2)).toEqual([`${CANCELS} OPEN_AGAIN_TOO_LATE`]);
      await at.resend(2);
      await runs(ORDERS);
      expect(await at.outcome(2, ORDERS)).toBe('delivered');
      expect(await at.waiting(2)).toEqual([]);
    });

    it('wait for the answer before the order is sent again, and what was said before does not count then', async () => {
      await runs(CANCELS);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      await at.market.change(2, { OrderStatusID: 7 });
      await runs(ORDERS);
      expect(await at.outcome(2, ORDERS)).toBe('held OPEN_AGAIN_TOO_LATE');
      await at.resend(2);
      await runs(ORDERS);
      expect(await at.outcome(2, ORDERS)).toBe('delivered');
      await at.say(shipped(2, '1Z2'));
      await runs(SHIPMENTS);
      expect(await at.outcome(2, SHIPMENTS)).toBe('delivered');
      expect(await at.statusOf(2)).toBe(9);
      expect(await at.waiting(2)).toEqual([]);
    });

    it('show an order that somebody set to Shipped although its 3PL has canceled it', async () => {
      await runs(CANCELS);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS);
      await at.market.change(2, { OrderStatusID: 9 });
      await runs(ORDERS);
      expect(await at.outcome(2, ORDERS)).toBe('held SHIPPED_AFTER_CANCELLATION');
    });
  });

  describe('from a marketplace', () => {
    beforeEach(async () => {
      await at.cancelAtMarketplace(1);
      await runs(ENDS);
    });

    it('are canceled in Exigo once the 3PL has canceled them', async () => {
      expect(await at.outcome(1, ENDS)).toBe('held CANCELLATION_ASKED');
      await runs(CANCELS, ENDS);
      expect(await at.statusOf(1)).toBe(8);
      expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n1\r\n' });
      await at.say(canceled(1));
      await runs(SHIPMENTS, CANCELS, ENDS);
      expect(await at.statusOf(1)).toBe(4);
      expect(await at.outcome(1, ENDS)).toBe('delivered');
      await runs(ORDERS, CANCELS, ENDS);
      expect(await at.waiting(1)).toEqual([]);
      expect(await at.asked(1)).toEqual(['1 exigo marketplace canceled']);
    });

    it('stay held with the evidence when it is too late, and are shipped', async () => {
      await runs(CANCELS);
      const file = await at.say(late(1));
      await runs(SHIPMENTS, CANCELS, ENDS);
      expect(await at.outcome(1, ENDS)).toBe('held TOO_LATE');
      expect(await at.reason(1, ENDS)).toContain(`${file} line 2: already packed`);
      await at.say(shipped(1, '1Z1'));
      await runs(SHIPMENTS, CANCELS, ENDS);
      expect(await at.statusOf(1)).toBe(9);
    });

    it('are shown when the marketplace takes the end back after the 3PL has canceled', async () => {
      await runs(CANCELS);
      Object.assign(at.market.feed.order('G-1') ?? {}, { status: 'Processing' });
      await at.say(canceled(1));
      await runs(SHIPMENTS, CANCELS, ENDS);
      expect(await at.statusOf(1)).toBe(8);
      expect(await at.outcome(1, ENDS)).toBe('held OPEN_AGAIN_TOO_LATE');
    });
  });

  it('are reported to the marketplace only when the 3PL has canceled them', async () => {
    await at.cancelInExigo(1);
    await runs(REPORTS);
    expect(await at.outcome(1, REPORTS)).toBe('held CANCELLATION_ASKED');
    await runs(ORDERS, CANCELS, REPORTS);
    expect(at.market.updates()).toEqual([]);
    await at.say(canceled(1));
    await runs(SHIPMENTS, CANCELS, REPORTS);
    expect(at.market.updates()).toEqual(['G-1 CANCELED']);
    expect(await at.waiting(1)).toEqual([]);
  });

  it('are not reported when it is too late, unless a person says so', async () => {
    await at.cancelInExigo(1);
    await runs(ORDERS, CANCELS, REPORTS);
    await at.say(late(1));
    await runs(SHIPMENTS, CANCELS, REPORTS);
    expect(at.market.updates()).toEqual([]);
    await retryWaiting(at.house.context(), { orderId: 1, pipeline: REPORTS });
    await runs(REPORTS);
    expect(at.market.updates()).toEqual(['G-1 CANCELED']);
  });

  describe('from a person', () => {
    it('are asked of the 3PL, and nothing of the order is shipped when it confirms', async () => {
      expect(await at.cancelByPerson(2)).toContain('is asked to cancel it');
      await runs(CANCELS);
      await expect(at.resend(2)).rejects.toThrow(/has not answered yet/);
      await at.say(canceled(2));
      await runs(SHIPMENTS, CANCELS, ORDERS);
      expect(await at.asked(2)).toEqual(['1 person canceled']);
      await at.say(shipped(2, '1Z2'));
      await runs(SHIPMENTS, CANCELS);
      expect(await at.statusOf(2)).toBe(8);
      expect(await at.waiting(2)).toEqual([`${SHIPMENTS} SHIPPED_AND_CANCELED`]);
    });

    it('are asked once, however often they come', async () => {
      await at.cancelByPerson(2);
      await at.cancelByPerson(2);
      await runs(CANCELS);
      await at.cancelByPerson(2);
      await at.cancelInExigo(2);
      await runs(ORDERS, CANCELS);
      expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n2\r\n' });
    });
  });

  it('stay with a person where the 3PL cancels what nobody asked it to', async () => {
    await at.say(canceled(2));
    await runs(SHIPMENTS, CANCELS);
    expect(await at.waiting(2)).toEqual([`${SHIPMENTS} CANCELED_BY_3PL`]);
    await at.cancelByPerson(2);
    await runs(CANCELS);
    expect(await at.waiting(2)).toEqual([]);
    expect(await at.files()).toEqual({});
  });
});
