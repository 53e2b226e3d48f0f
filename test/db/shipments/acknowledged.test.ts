/** With `printed: acknowledged` an order counts as Printed when its 3PL has accepted it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { notAnswered } from '../../../src/engine/answers/not-answered.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { release } from '../../../src/engine/persons/persons.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import type { House } from '../../support/house.js';
import { openShippingHouse, SHIPMENTS, say, shipped } from '../../support/inbox.js';
import { changeOrder, placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const HAND_OVERS = 'exigo-orders-to-3pl';

describe.each(engines())('orders that their 3PL has to accept, on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await openShippingHouse({ engine, answerWithinMs: 24 * HOUR });
    for (const id of [1, 2, 3]) await placeOrder(house, id);
    await run();
    house.clock.advance(HOUR);
  });
  afterEach(() => house.close());

  const run = async (name = HAND_OVERS) => expect((await house.run(name)).error).toBeNull();
  const statusOf = async (id: number) => {
    const [row] = await house.all<{ id: number }>(
      `SELECT OrderStatusID AS id FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    return row?.id;
  };
  const outcome = async (id: number) => {
    const [row] = await house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE item_id = (
         SELECT MAX(item_id) FROM "etl.item" WHERE order_id = ${id} AND pipeline = '${HAND_OVERS}')`,
    );
    return row?.outcome;
  };

  it('stay Accepted until the 3PL has them, and are held when it refuses them', async () => {
    expect(await house.files('plain')).toHaveLength(1);
    await run();
    expect([await statusOf(1), await outcome(1)]).toEqual([7, 'loading']);
    await say(house, [
      { answer: 'accepted', orderId: 1 },
      { answer: 'rejected', orderId: 2, reason: 'no such street' },
      shipped(3, '1Z3'),
    ]);
    await run();
    expect([await statusOf(1), await statusOf(2), await statusOf(3)]).toEqual([8, 7, 8]);
    expect([await outcome(1), await outcome(2), await outcome(3)]).toEqual([
      'delivered',
      'held REFUSED_BY_3PL',
      'delivered',
    ]);
    await run(SHIPMENTS);
    expect(await statusOf(3)).toBe(9);
    const [{ line } = { line: '' }] = await house.all<{ line: string }>(
      `SELECT CONCAT(state, ' ', code) AS line FROM "etl.item" WHERE order_id = 2 AND pipeline = '${SHIPMENTS}'`,
    );
    expect(line).toBe('excluded REFUSED_BY_3PL'); // it is held once, where it waits
  });

  it('stay held, whatever is tried, when their hand-over is older than the retention', async () => {
    Object.assign(house.config, { retention: { frozenMs: DAY, handedOverMs: 3 * DAY } });
    await say(house, [
      { answer: 'accepted', orderId: 1 },
      { answer: 'rejected', orderId: 2, reason: 'no such street' },
      { answer: 'accepted', orderId: 3 },
    ]);
    await run();
    for (let day = 0; day < 7; day++) {
      await retryWaiting(house.context(), {});
      house.clock.advance(DAY + HOUR);
      await run();
      await run();
      expect([day, await statusOf(2), await outcome(2)]).toEqual([day, 7, 'held REFUSED_BY_3PL']);
    }
  });

  it('stay held in a version that is the same for the 3PL, and go on when it takes its refusal back', async () => {
    await say(house, [{ answer: 'rejected', orderId: 2, reason: 'no such street' }]);
    await run();
    await changeOrder(house, 2, { Notes: 'x' });
    await run();
    await run();
    expect([await statusOf(2), await outcome(2)]).toEqual([7, 'held REFUSED_BY_3PL']);
    await say(house, [{ answer: 'accepted', orderId: 2 }]);
    await run();
    await run();
    expect([await statusOf(2), await outcome(2)]).toEqual([8, 'delivered']);
  });

  it('want a new answer to a file that was sent again', async () => {
    await say(house, [{ answer: 'rejected', orderId: 2 }]);
    await run();
    await release(house.context(), findPipeline(HAND_OVERS), 2, 'resend', null);
    house.clock.advance(HOUR);
    await run();
    expect(await house.files('plain')).toHaveLength(2);
    expect([await statusOf(2), await outcome(2)]).toEqual([7, 'loading']);
    house.clock.advance(HOUR);
    await say(house, [{ answer: 'accepted', orderId: 2 }]);
    await run();
    expect(await statusOf(2)).toBe(8);
  });

  it('appear as not answered after the time that is set, and go on waiting', async () => {
    house.clock.advance(22 * HOUR);
    expect(await notAnswered(house.context(), HAND_OVERS)).toEqual([]);
    house.clock.advance(2 * HOUR);
    const late = await notAnswered(house.context(), HAND_OVERS);
    expect(late.map(({ order_id, code }) => [order_id, code])).toEqual([
      [1, 'NOT_ANSWERED'],
      [2, 'NOT_ANSWERED'],
      [3, 'NOT_ANSWERED'],
    ]);
    const status = await readStatus(house.context());
    const own = status.pipelines.find(({ pipeline }) => pipeline === HAND_OVERS);
    expect(own?.waiting).toMatchObject([{ state: 'loading', code: 'NOT_ANSWERED', items: 3 }]);
    await run();
    expect([await statusOf(1), await outcome(1)]).toEqual([7, 'loading']);
  });

  it('show in explain what the 3PL said, file and line', async () => {
    const name = await say(house, [{ ...shipped(1, '1Z1'), itemCode: 'TEA', quantity: '1' }]);
    const waits = await explain(house.context(), 2);
    expect(waits.next).toContain('waits for the answer of its 3PL');
    await run(SHIPMENTS);
    const { timeline, next } = await explain(house.context(), 1);
    const said = timeline.findIndex(
      ({ message }) => message === `${name} line 2: shipped 1 of TEA with UPS 1Z1`,
    );
    const told = timeline.findIndex(({ message }) => message.includes('UpdateOrder: UPS 1Z1'));
    expect([said >= 0, told > said]).toEqual([true, true]);
    expect(next).not.toContain('GoDataFeed');
  });
});
