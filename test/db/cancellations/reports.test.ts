/** What a marketplace is told of a cancellation that its 3PL is asked for, whenever the answer comes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import { notAnswered } from '../../../src/engine/answers/not-answered.js';
import { firstEntries } from '../../../src/engine/persons/entries.js';
import { remedyFor } from '../../../src/engine/persons/remedy.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { CANCELS, CancelingHouse, ORDERS, REPORTS, SHIPMENTS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { expectPromisesKept } from '../../support/promises.js';

reportMissingEngine();

describe.each(engines())('a report of Canceled, on %s', (engine) => {
  let at: CancelingHouse;
  beforeEach(async () => {
    at = await CancelingHouse.open({ engine });
    await at.market.sell(1);
    await runs(ORDERS);
    await at.cancelInExigo(1);
    await runs(ORDERS, CANCELS);
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  const runs = async (...names: string[]) => {
    for (const name of names) expect(await at.run(name)).toBeNull();
  };
  const items = () =>
    at.house.all<{ item_id: number }>(
      `SELECT item_id FROM "etl.item" WHERE pipeline = '${REPORTS}' AND order_id = 1`,
    );

  it.each([1, 2])('goes once when the answer comes while it is judged, at read %i', async (n) => {
    await at.say({ answer: 'canceled', orderId: 1, reason: 'taken out' });
    await runs(SHIPMENTS);
    const context = at.house.context();
    let reads = 0;
    const read: typeof context.orders.read = async (keys, use) => {
      if (++reads === n) expect((await at.house.run(CANCELS)).error).toBeNull();
      return context.orders.read(keys, use);
    };
    at.house.clock.advance(15 * MINUTE);
    await at.house.run(REPORTS, { orders: Object.assign(Object.create(context.orders), { read }) });
    expect(reads).toBeGreaterThanOrEqual(n);
    await runs(CANCELS, REPORTS);
    expect(at.market.updates()).toEqual(['G-1 CANCELED']);
    await runs(ORDERS, CANCELS, REPORTS);
    expect(at.market.updates()).toHaveLength(1);
    expect(await at.waiting(1)).toEqual([]);
  });

  it('is not judged again and again while the 3PL has not answered', async () => {
    await runs(REPORTS);
    const before = await items();
    await runs(REPORTS, CANCELS, REPORTS);
    expect(await at.outcome(1, REPORTS)).toBe('held CANCELLATION_ASKED');
    expect(await items()).toEqual(before);
  });

  describe('when the 3PL never answers', () => {
    beforeEach(async () => {
      await runs(REPORTS);
      at.house.clock.advance(30 * DAY);
    });

    it('says how a person has it told, or settles the cancellation', async () => {
      const late = await notAnswered(at.house.context(), CANCELS);
      const remedies = late.map((item) => remedyFor(item));
      expect(remedies).toEqual([expect.stringContaining('put into its inbox')]);
      const command = `orderferry errors retry --order 1 --pipeline ${REPORTS}`;
      expect(remedies).toEqual([expect.stringContaining(command)]);
      const { entries } = await firstEntries(at.house.context(), { orderId: 1 });
      expect(entries.map(({ code }) => code).sort()).toEqual(['CANCELLATION_ASKED', 'NOT_ANSWERED']);
      for (const { next } of entries) expect(next).toContain(command);
    });

    it('goes when a person insists, naming order and pipeline', async () => {
      await retryWaiting(at.house.context(), { orderId: 1, pipeline: REPORTS });
      await runs(REPORTS);
      expect(at.market.updates()).toEqual(['G-1 CANCELED']);
    });

    it('does not go with a try of everything that waits, or of all of its order', async () => {
      expect(await retryWaiting(at.house.context(), {})).toEqual({ retried: 0, left: 1 });
      await expect(retryWaiting(at.house.context(), { orderId: 1 })).rejects.toThrow(`--pipeline ${REPORTS}`);
      await runs(REPORTS);
      expect(at.market.updates()).toEqual([]);
      expect(await at.outcome(1, REPORTS)).toBe('held CANCELLATION_ASKED');
    });

    it('is over when the answer is put into the inbox as a file', async () => {
      await at.say({ answer: 'canceled', orderId: 1, reason: 'by telephone' });
      await runs(SHIPMENTS, CANCELS, REPORTS);
      expect(at.market.updates()).toEqual(['G-1 CANCELED']);
      expect(await at.outcome(1, CANCELS)).toBe('delivered');
    });
  });
});
