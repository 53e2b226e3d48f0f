/** A cancellation that nobody wants any more is not asked for, also when its file was planned before. */
import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { CANCELS, CancelingHouse, ORDERS, SHIPMENTS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('a file of cancellations that has not left, on %s', (engine) => {
  let at: CancelingHouse;
  beforeEach(async () => {
    at = await CancelingHouse.open({ engine });
    for (const id of [2, 3]) await placeOrder(at.house, id);
    await at.run(ORDERS);
    for (const id of [2, 3]) await at.cancelInExigo(id);
    await at.run(ORDERS);
    await away(async () => expect(await at.run(CANCELS)).not.toBeNull());
    expect(await at.outcome(2, CANCELS)).toBe('loading');
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  const away = async (work: () => Promise<void>) => {
    const folder = at.house.config.threePls[0]?.delivery.path ?? '';
    await rename(folder, `${folder}.away`);
    await work();
    await rename(`${folder}.away`, folder);
  };
  const later = async () => {
    at.house.clock.advance(HOUR);
    expect(await at.run(CANCELS)).toBeNull();
  };

  it('goes without the order that is open again', async () => {
    await at.market.change(2, { OrderStatusID: 7 });
    await at.run(ORDERS);
    await later();
    expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n3\r\n' });
    expect(await at.outcome(2, CANCELS)).toBe('excluded OPEN_AGAIN');
    expect(await at.outcome(3, CANCELS)).toBe('loading');
  });

  it('does not go when all of them are, and asks again when they are canceled again', async () => {
    for (const id of [2, 3]) await at.market.change(id, { OrderStatusID: 7 });
    await at.run(ORDERS);
    await later();
    expect(await at.files()).toEqual({});
    await at.cancelInExigo(2);
    await at.run(ORDERS);
    await later();
    expect(Object.values(await at.files())).toEqual(['order\r\n2\r\n']);
    await at.say({ answer: 'canceled', orderId: 2, reason: 'taken out' });
    for (const name of [SHIPMENTS, CANCELS, ORDERS]) await at.run(name);
    expect(await at.asked(2)).toEqual(['1 exigo canceled']);
    expect(await at.waiting(2)).toEqual([]);
  });

  it('asks for the order that is open again and canceled again meanwhile', async () => {
    await at.market.change(2, { OrderStatusID: 7 });
    await at.run(ORDERS);
    await at.cancelInExigo(2);
    await at.run(ORDERS);
    await later();
    expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n2\r\n3\r\n' });
  });
});
