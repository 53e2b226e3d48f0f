/** What happens to the status step when the Exigo API fails in each of the ways it can. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/app/process.js';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { ConfigurationError, InvariantError, StoppedError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { StatusTarget } from '../../../src/core/targets.js';
import type { Fault } from '../../../src/standins/exigo/faults.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { changeOrder, outcomeOf, placeOrder } from '../../support/small-orders.js';

const PIPELINE = 'exigo-orders-to-3pl';
const BATCH = 'ChangeOrderStatusBatch';
const UNKNOWN_WAIT = 30 * SECOND;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  const place = async (count: number) => {
    for (let id = 1; id <= count; id++) await placeOrder(house, id);
  };

  /** How many orders ended how. */
  async function outcomes(): Promise<Record<string, number>> {
    const rows = await house.all<{ outcome: string; n: number }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome, COUNT(*) AS n FROM "etl.item"
     WHERE batch_id = 1 GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
  }

  /** The moves of all orders; the promise is that each happens once. */
  const moves = () =>
    house.standin.journal.flatMap(({ changes }) =>
      changes.map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`),
    );

  const once = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1} Accepted -> Printed`);

  const calls = () => house.standin.journal.length;

  const openBatches = () =>
    house.all(
      `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${PIPELINE}' AND batch_id = 1`,
    );

  function target(overrides: Partial<StatusTarget>): { statusTarget: StatusTarget } {
    const { statusTarget } = house.context();
    if (statusTarget === null) throw new InvariantError('the House has an API');
    return { statusTarget: { ...statusTarget, ...overrides } };
  }

  describe('one effect, whatever becomes of the answer', () => {
    const FAULTS: readonly {
      name: string;
      faults: readonly Fault[];
      calls: number;
      atLeast?: number;
    }[] = [
      { name: 'the answer is lost after the effect', faults: [{ kind: 'cut-after' }], calls: 1 },
      {
        name: 'the connection is cut before the effect',
        faults: [{ kind: 'cut-before' }],
        calls: 2,
        atLeast: UNKNOWN_WAIT,
      },
      { name: '500 after the effect', faults: [{ kind: 'status-500-after' }], calls: 1 },
      {
        name: '500 before the effect, 500 after it, then 200',
        faults: [{ kind: 'status-500-before' }, { kind: 'status-500-after' }],
        calls: 2,
        atLeast: UNKNOWN_WAIT,
      },
      {
        name: 'confirmed, and shows 20 s late',
        faults: [{ kind: 'late', afterMs: 20 * SECOND }],
        calls: 1,
        atLeast: 20 * SECOND,
      },
      {
        name: 'cut, and shows 29 s late',
        faults: [{ kind: 'late', afterMs: 29 * SECOND, answer: 'cut' }],
        calls: 1,
        atLeast: 29 * SECOND,
      },
      {
        name: '503 with Retry-After twice',
        faults: [{ kind: 'status-503', retryAfter: '7', times: 2 }],
        calls: 3,
        atLeast: 14 * SECOND,
      },
      {
        name: '429 with Retry-After',
        faults: [{ kind: 'status-429', retryAfter: '3' }],
        calls: 2,
        atLeast: 3 * SECOND,
      },
    ];

    it.each(FAULTS.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      const { faults, calls: expected, atLeast = 0 } = one;
      await place(3);
      for (const fault of faults) house.standin.fail({ ...fault, operation: BATCH });
      const before = house.clock.now();
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 3 });
      expect({ moves: moves(), calls: calls() }).toEqual({ moves: once(3), calls: expected });
      expect(house.clock.now() - before).toBeGreaterThanOrEqual(atLeast);
      expect(await openBatches()).toEqual([]);
    });

    it('the read before fails, the read after fails', async () => {
      await place(3);
      house.standin.fail({ kind: 'status-500-before', operation: 'GetOrders' });
      house.standin.fail({ kind: 'cut-before', operation: 'GetOrders', nth: 3 });
      expect(await house.run()).toMatchObject({ error: null });
      expect({ moves: moves(), calls: calls() }).toEqual({ moves: once(3), calls: 1 });
    });

    it('waits from the end of a long chunk, not from its beginning', async () => {
      await place(8);
      house.standin.fail({ kind: 'refuse-orders', operation: BATCH, orderIds: [1] });
      house.standin.fail({ kind: 'late', operation: BATCH, afterMs: 20 * SECOND, nth: 7 });
      setFaultHook((point) => {
        // Each call takes long: the chunk is claimed long before its last call.
        if (point === 'status/before-call') house.clock.advance(40 * SECOND);
      });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 7, 'failed STATUS_REFUSED': 1 });
      expect(moves().filter((move) => !move.includes('Accepted ->'))).toEqual([]);
    });
  });

  describe('orders that are refused', () => {
    it('one of 200 stands alone, the others are Printed', async () => {
      await place(200);
      house.standin.fail({ kind: 'refuse-orders', operation: BATCH, orderIds: [77] });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 199, 'failed STATUS_REFUSED': 1 });
      const [item] = await house.all<{ reason: string }>(`SELECT reason FROM "etl.item" WHERE order_id = 77`);
      expect(item?.reason).toContain('Order 77 cannot be changed');
      expect(moves()).toHaveLength(199);
      expect(await openBatches()).toEqual([]);
    });

    it.each([
      ['first', [1, 2, 3, 4, 5, 6, 7]],
      ['last', [194, 195, 196, 197, 198, 199, 200]],
      ['first and the last', [1, 2, 3, 4, 5, 196, 197, 198, 199, 200]],
    ])('a row of them at the %s do not stop the others', async (_where, bad) => {
      await place(200);
      house.standin.fail({ kind: 'refuse-orders', operation: BATCH, orderIds: bad });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({
        delivered: 200 - bad.length,
        'failed STATUS_REFUSED': bad.length,
      });
      expect(moves()).toHaveLength(200 - bad.length);
    });

    it('all of them: the target is down, nobody is blamed, the next run goes on', async () => {
      await place(200);
      house.standin.fail({ kind: 'failure', operation: BATCH, times: Number.POSITIVE_INFINITY });
      expect((await house.run()).error).toMatchObject({ code: 'TARGET_REFUSES_ALL' });
      expect(await outcomes()).toEqual({ loading: 200 });
      expect(calls()).toBeLessThan(120); // and not 400 in each of its tries
      house.standin.clearFaults();
      house.clock.advance(MINUTE);
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 200 });
      expect(moves().sort()).toEqual(once(200).sort());
      expect(await openBatches()).toEqual([]);
    });
  });

  describe('an order that somebody moved in between', () => {
    it.each([
      ['Shipped', 9, 'delivered'],
      ['Canceled', 4, 'held CANCELED_AFTER_HAND_OVER'],
      ['Pending', 1, 'held UNEXPECTED_STATUS'],
    ] as const)('to %s is left there', async (_name, status, outcome) => {
      await place(3);
      let moved: Promise<void> | undefined;
      setFaultHook(async (point) => {
        if (point === 'send/after-receipt') moved ??= changeOrder(house, 2, { OrderStatusID: status });
        await moved;
      });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomeOf(house, 2)).toBe(outcome);
      expect(moves()).toEqual(['1 Accepted -> Printed', '3 Accepted -> Printed']);
      const [order] = await house.all('SELECT OrderStatusID FROM "dbo.Orders" WHERE OrderID = 2');
      expect(order).toEqual({ OrderStatusID: status });
      expect(await openBatches()).toEqual([]);
    });
  });

  describe('when nothing goes', () => {
    it('expired credentials stop the step, lose nothing and end with the code for configuration', async () => {
      await place(3);
      house.standin.fail({ kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
      const { error } = await house.run();
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(exitCodeOf(error)).toBe(2);
      expect(String(error)).not.toContain('not-a-secret');
      expect(await outcomes()).toEqual({ loading: 3 });
      house.standin.clearFaults();
      house.clock.advance(MINUTE);
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 3 });
      expect(moves()).toEqual(once(3));
    });

    it('an outage of many runs and then one lost answer blame no order', async () => {
      await place(3);
      for (let run = 0; run < 8; run++) {
        house.standin.fail({ kind: 'status-503', operation: BATCH, times: 10 });
        expect((await house.run()).error).toMatchObject({ code: 'HTTP_503' });
        house.standin.clearFaults();
        house.clock.advance(35 * MINUTE);
      }
      house.standin.fail({ kind: 'cut-before', operation: BATCH });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 3 });
      expect(moves()).toEqual(once(3));
    });

    it('ended again and again between intent and call, no order is blamed', async () => {
      await place(3);
      setFaultHook((point) => {
        if (point === 'status/before-call') throw new StoppedError();
      });
      for (let run = 0; run < 6; run++) expect((await house.run()).error).toMatchObject({ code: 'STOPPED' });
      setFaultHook(undefined);
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomes()).toEqual({ delivered: 3 });
      expect({ moves: moves(), calls: calls() }).toEqual({ moves: once(3), calls: 1 });
    });

    it('what is confirmed again and again and never shows is given to a person', async () => {
      await place(2);
      house.standin.fail({ kind: 'late', operation: BATCH, afterMs: Number.POSITIVE_INFINITY, times: 50 });
      for (let run = 0; run < 6; run++) {
        await house.run();
        house.clock.advance(35 * MINUTE);
      }
      expect(await outcomes()).toEqual({ 'failed STATUS_REFUSED': 2 });
      expect(calls()).toBe(5);
      expect(await openBatches()).toEqual([]);
    });

    it('an outcome that stays unknown for longer than a run waits is settled by a later one', async () => {
      await place(3);
      const slow = target({ unknownWaitMs: 20 * MINUTE });
      house.standin.fail({ kind: 'cut-before', operation: BATCH });
      await house.run(PIPELINE, slow);
      expect(await outcomes()).toEqual({ loading: 3 });
      for (let run = 0; run < 4; run++) {
        house.clock.advance(7 * MINUTE);
        expect(await house.run(PIPELINE, slow)).toMatchObject({ error: null });
        if (run === 0) expect(calls()).toBe(1); // absence proves nothing yet
      }
      expect(await outcomes()).toEqual({ delivered: 3 });
      expect({ moves: moves(), calls: calls() }).toEqual({ moves: once(3), calls: 2 });
    });
  });
});
