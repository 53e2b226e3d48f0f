/** An order that two of its items find in the same trouble waits once. */
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { changeOrder, placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('an order that is canceled while Exigo is down, on %s', (engine) => {
  let house: House;
  afterEach(() => house.close());

  const waiting = () =>
    house.all<{ code: string }>(
      `SELECT code FROM "etl.item" WHERE state IN ('held', 'failed') AND resolution IS NULL`,
    );

  it('waits once: as its newer version, and not again as the older one that cannot be printed', async () => {
    house = await House.open({ engine });
    await placeOrder(house, 1);
    house.standin.fail({ kind: 'status-503', times: 1e6 });
    expect((await house.run()).error).not.toBeNull();
    house.clock.advance(15 * MINUTE);
    await changeOrder(house, 1, { OrderStatusID: 4 });
    await house.run();
    expect(await waiting()).toEqual([{ code: 'CANCELED_AFTER_HAND_OVER' }]);
    house.standin.clearFaults();
    house.clock.advance(HOUR);
    expect((await house.run()).error).toBeNull();
    expect(await waiting()).toEqual([{ code: 'CANCELED_AFTER_HAND_OVER' }]);
    expect(await retryWaiting(house.context(), {})).toEqual({ retried: 1, left: 0 });
    expect((await house.run()).error).toBeNull();
    expect(await waiting()).toEqual([{ code: 'CANCELED_AFTER_HAND_OVER' }]);
  });
});
