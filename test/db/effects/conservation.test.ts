/** What would be lost is noticed: a batch that does not add up is neither transformed nor closed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
    for (const id of [1, 2, 3]) await placeOrder(house, id);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  /** Changes the ledger behind the engine's back, once, when it comes to a point outside transactions. */
  function meddle(point: string, statement: string): void {
    let done = false;
    setFaultHook(async (passed) => {
      if (passed !== point || done) return;
      done = true;
      await house.exec(statement);
    });
  }

  const batch = async () =>
    (await house.all<{ state: string }>('SELECT state FROM "etl.batch" WHERE batch_id = 1'))[0]?.state;

  const DOUBLE = `INSERT INTO "etl.item" (batch_id, pipeline, item_key, order_id, change_set_id, state, created_utc)
  SELECT batch_id, pipeline, 'again', order_id, change_set_id, 'ready', created_utc FROM "etl.item" WHERE order_id = 2`;

  describe('before a batch is transformed', () => {
    it.each([
      ['an item is dropped', 'DELETE FROM "etl.item" WHERE order_id = 2'],
      ['an item is there twice', DOUBLE],
    ])('%s: it stays open, run after run, and nothing of it is sent', async (_what, statement) => {
      meddle('transform/after-commit', statement);
      for (let run = 0; run < 2; run++) {
        expect((await house.run()).error).toMatchObject({ code: 'INVARIANT' });
        expect(await batch()).toBe('frozen');
      }
      expect((await house.files('atlas')).size).toBe(0);
    });

    it('the last item is dropped: the next run goes on where the items end, and makes it again', async () => {
      meddle('transform/after-commit', 'DELETE FROM "etl.item" WHERE order_id = 3');
      expect((await house.run()).error).toMatchObject({ code: 'INVARIANT' });
      expect((await house.run()).error).toBeNull();
      expect(await house.all('SELECT order_id FROM "etl.item" WHERE batch_id = 1')).toHaveLength(3);
      expect(await batch()).toBe('closed');
    });
  });

  describe('before a batch is closed', () => {
    it('an item is dropped: the closing statement refuses, run after run', async () => {
      meddle('status/after-receipt', 'DELETE FROM "etl.item" WHERE order_id = 2 AND batch_id = 1');
      for (let run = 0; run < 2; run++) {
        expect(String((await house.run()).error)).toContain('closed_batch_balances');
        expect(await batch()).toBe('transformed');
      }
    });

    it('an item waits: it is not closed', async () => {
      house.standin.fail({ kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
      await house.run();
      expect(await batch()).toBe('transformed');
    });
  });
});
