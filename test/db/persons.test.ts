import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { MINUTE } from '../../src/core/clock.js';
import { UsageError } from '../../src/core/errors.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { explain } from '../../src/engine/explain/explain.js';
import { pipelineLease } from '../../src/engine/leases.js';
import { type ReleaseAs, release } from '../../src/engine/persons/persons.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { acquireLease, Lease } from '../../src/queue/lease/lease.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { expectPromisesKept } from '../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder } from '../support/small-orders.js';

const ID = 7001;
const PIPELINE = PIPELINES[0] as AnyPipeline;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(house);
    await house.close();
  });

  /** The next cycle, a quarter of an hour later. */
  async function cycle(): Promise<void> {
    house.clock.advance(15 * MINUTE);
    expect((await house.run()).error).toBeNull();
  }

  const decide = (as: ReleaseAs, reason: string | null = 'as agreed by phone') =>
    release(house.context(), PIPELINE, ID, as, reason);
  const files = () => filesWith(house, 'atlas', ID);
  const outcome = () => outcomeOf(house, ID);
  const generations = async () =>
    (
      await house.all<{ generation: number }>(
        `SELECT generation FROM "etl.effect" WHERE step = 'hand-over' AND order_id = ${ID} AND state = 'done'`,
      )
    ).map(({ generation }) => generation);
  const status = async () =>
    (await house.all<{ s: number }>(`SELECT OrderStatusID AS s FROM "dbo.Orders" WHERE OrderID = ${ID}`))[0]
      ?.s;
  const waiting = async () =>
    (
      await house.all<{ code: string }>(
        `SELECT code FROM "etl.item" WHERE order_id = ${ID} AND state IN ('held', 'failed') AND resolution IS NULL`,
      )
    ).map(({ code }) => code);

  /** Handed over and Printed. */
  async function handedOver(): Promise<void> {
    await placeOrder(house, ID);
    await cycle();
    expect(await outcome()).toBe('delivered');
  }

  /** Every way in which an order comes to wait before any 3PL has it, and how its cause is mended. */
  const BEFORE = {
    NO_ROUTE: {
      make: () => placeOrder(house, ID, { row: { WarehouseID: 9 } }),
      mend: () => changeOrder(house, ID, { WarehouseID: 1 }),
    },
    REQUIRED_EMPTY: {
      make: () => placeOrder(house, ID, { row: { City: '' } }),
      mend: () => changeOrder(house, ID, { City: 'Reno' }),
    },
    INCOMPLETE: {
      make: () => placeOrder(house, ID, { row: { SubTotal: '12.0000' } }),
      mend: () => changeOrder(house, ID, { SubTotal: '10.0000' }),
    },
  } as const;

  describe.each(Object.entries(BEFORE))('an order that is held as %s', (code, { make, mend }) => {
    beforeEach(async () => {
      await make();
      await cycle();
      expect(await outcome()).toBe(`held ${code}`);
    });

    it('and ignored is not held again while it stays as it is; its next version is looked at anew', async () => {
      await decide('ignore');
      await cycle();
      expect(await waiting()).toEqual([]);
      await mend();
      await cycle();
      expect(await outcome()).toBe('delivered');
      expect(await generations()).toEqual([1]);
    });

    it('and canceled is never sent, in no version; a person can still send it', async () => {
      await decide('cancel');
      await mend();
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await files()).toEqual([]);

      await decide('resend', 'the customer wants it after all');
      await cycle();
      expect(await outcome()).toBe('delivered');
      expect(await files()).toHaveLength(1);
      await cycle();
      expect(await files()).toHaveLength(1);
    });

    it('and sent by a person goes once, or stays held for the same reason', async () => {
      await decide('resend');
      await cycle();
      expect(await outcome()).toBe(code === 'INCOMPLETE' ? 'delivered' : `held ${code}`);
      await mend();
      await cycle();
      await cycle();
      expect(await files()).toHaveLength(1);
      expect(await generations()).toEqual([1]);
    });
  });

  describe('an order that changed after the hand-over', () => {
    beforeEach(async () => {
      await handedOver();
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await outcome()).toBe('held CHANGED_AFTER_HAND_OVER');
    });

    it('and is ignored is not held again when it comes back unchanged or Shipped', async () => {
      await decide('ignore');
      await changeOrder(house, ID, {});
      await cycle();
      expect(await outcome()).toBe('excluded ALREADY_HANDED_OVER');
      await changeOrder(house, ID, { OrderStatusID: 9 });
      await cycle();
      expect(await waiting()).toEqual([]);
      expect(await files()).toHaveLength(1);
    });

    it('and is ignored is held again for a further change, which is told from the ignored version', async () => {
      await decide('ignore');
      await changeOrder(house, ID, { City: 'Sparks' });
      await cycle();
      const { where } = await explain(house.context(), ID);
      // A server other than SQL Server may leave the quotes escaped that came to it as JSON.
      expect(where[0]?.replaceAll('\\"', '"')).toContain('CITY (row 1): "Reno" -> "Sparks"');
      expect(where[0]).not.toContain('First St');
    });

    it('and is canceled is never sent again and never asked about again', async () => {
      expect(await decide('cancel')).toContain('atlas has it and must be told by you');
      await changeOrder(house, ID, { Address1: '3 Third St' });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      await changeOrder(house, ID, { OrderStatusID: 4 });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await files()).toHaveLength(1);

      await changeOrder(house, ID, { OrderStatusID: 7 });
      await cycle();
      await decide('resend');
      await cycle();
      expect(await generations()).toEqual([1, 2]);
    });

    it('and is resent goes as generation 2 in a new file, and never a third time by itself', async () => {
      await decide('resend');
      await cycle();
      expect(await generations()).toEqual([1, 2]);
      const names = await files();
      expect(names).toHaveLength(2);
      const texts = await house.files('atlas');
      expect(texts.get(names[1] ?? '')).toContain('2 Second St');

      await changeOrder(house, ID, { Address1: '3 Third St' });
      await cycle();
      expect(await outcome()).toBe('held CHANGED_AFTER_HAND_OVER');
      await cycle();
      expect(await generations()).toEqual([1, 2]);
    });

    it('and was resent goes in its newest version when it changes again before it leaves', async () => {
      await decide('resend');
      await changeOrder(house, ID, { Address1: '3 Third St' });
      await cycle();
      expect(await generations()).toEqual([1, 2]);
      expect((await house.files('atlas')).get((await files())[1] ?? '')).toContain('3 Third St');
    });

    it('cannot be resent twice before it left', async () => {
      await decide('resend');
      await expect(decide('resend')).rejects.toThrow(/goes with the next run already/);
    });
  });

  it('keeps a resend that stands in a planned file, also when the order is Printed by then', async () => {
    await handedOver();
    await decide('resend', 'lost at the dock');
    const folder = house.config.threePls[0]?.delivery.path ?? '';
    await rename(folder, `${folder}.away`);
    house.clock.advance(15 * MINUTE);
    expect((await house.run()).error).not.toBeNull();
    await rename(`${folder}.away`, folder);
    await changeOrder(house, ID, { Address1: '2 Second St' });
    house.clock.advance(60 * MINUTE);
    await cycle();
    expect(await generations()).toEqual([1, 2]);
    expect(await files()).toHaveLength(2);
  });

  it('keeps a resend that a template cannot take until the order is mended', async () => {
    await handedOver();
    await changeOrder(house, ID, { City: '' });
    await cycle();
    expect(await outcome()).toBe('held REQUIRED_EMPTY');
    await decide('resend');
    await cycle();
    expect(await outcome()).toBe('held REQUIRED_EMPTY');
    await changeOrder(house, ID, { City: 'Reno' });
    await cycle();
    expect(await generations()).toEqual([1, 2]);
  });

  describe('a version after the hand-over that the template cannot take', () => {
    beforeEach(async () => {
      await handedOver();
      await changeOrder(house, ID, { City: '' });
      await cycle();
      expect(await outcome()).toBe('held REQUIRED_EMPTY');
    });

    it('is not held again once it is ignored', async () => {
      await decide('ignore');
      await changeOrder(house, ID, {});
      await cycle();
      expect(await waiting()).toEqual([]);
      await changeOrder(house, ID, { OrderStatusID: 9 });
      await cycle();
      expect(await outcome()).toBe('excluded SHIPPED');
    });

    it('is told as canceled when it is', async () => {
      await changeOrder(house, ID, { OrderStatusID: 4 });
      await cycle();
      expect(await outcome()).toBe('held CANCELED_AFTER_HAND_OVER');
    });
  });

  describe('an order that was canceled after the hand-over', () => {
    beforeEach(async () => {
      await handedOver();
      await changeOrder(house, ID, { OrderStatusID: 4 });
      await cycle();
      expect(await outcome()).toBe('held CANCELED_AFTER_HAND_OVER');
    });

    it('and is ignored is not held again while it stays canceled', async () => {
      await decide('ignore');
      await changeOrder(house, ID, {});
      await cycle();
      expect(await waiting()).toEqual([]);
      expect(await files()).toHaveLength(1);
    });

    it('and is taken as canceled is not sent when Exigo takes the cancellation back', async () => {
      await decide('cancel');
      await changeOrder(house, ID, { OrderStatusID: 7 });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await status()).toBe(7);
      expect(await files()).toHaveLength(1);
    });

    it('cannot be resent while Exigo says Canceled', async () => {
      await expect(decide('resend')).rejects.toThrow(/Exigo says Canceled/);
      expect(await waiting()).toEqual(['CANCELED_AFTER_HAND_OVER']);
    });
  });

  it('does not ask twice about a cancellation that the Printed step found first', async () => {
    await placeOrder(house, ID);
    setFaultHook(async (point) => {
      if (point === 'send/after-receipt') await changeOrder(house, ID, { OrderStatusID: 4 });
    });
    await cycle();
    setFaultHook(undefined);
    expect(await outcome()).toBe('held CANCELED_AFTER_HAND_OVER');
    await decide('ignore');
    await cycle();
    expect(await waiting()).toEqual([]);
  });

  describe('an order whose file is held', () => {
    const foreign = () => join(house.config.threePls[0]?.delivery.path ?? '', 'ATL_20260311_000001.csv');

    beforeEach(async () => {
      await mkdir(house.config.threePls[0]?.delivery.path ?? '', { recursive: true });
      await writeFile(foreign(), 'not ours\n');
      await placeOrder(house, ID);
      house.clock.advance(15 * MINUTE);
      expect((await house.run()).error).toBeNull();
      expect(await outcome()).toBe('held FILE_EXISTS');
    });

    it('stays held when it comes back unchanged, changed, or with a retry', async () => {
      await changeOrder(house, ID, {});
      await cycle();
      expect(await waiting()).toHaveLength(1);
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await waiting()).toHaveLength(1);
      await expect(retryWaiting(house.context(), { orderId: ID })).rejects.toThrow(
        /release 7001 --as resend/,
      );
      expect(await retryWaiting(house.context(), {})).toEqual({ retried: 0, left: 1 });
      await cycle();
      expect(await waiting()).toHaveLength(1);
      expect(await files()).toEqual([]);
    });

    it('and resent goes in a new file and becomes Printed', async () => {
      await decide('resend');
      await cycle();
      expect(await outcome()).toBe('delivered');
      expect(await files()).toEqual(['ATL_20260311_000002.csv']);
      expect(await status()).toBe(8);
      expect(await generations()).toEqual([2]);
    });

    it('and ignored is left alone', async () => {
      await decide('ignore');
      await changeOrder(house, ID, {});
      await cycle();
      expect(await waiting()).toEqual([]);
      expect(await files()).toEqual([]);
      expect(await status()).toBe(7);
    });

    it('and canceled is never sent', async () => {
      await decide('cancel');
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await files()).toEqual([]);
    });
  });

  it('holds an order whose published file was altered, and a resend makes a new one', async () => {
    await placeOrder(house, ID);
    setFaultHook((point) => {
      if (point === 'send/after-publish') throw new Error('the network went away');
    });
    house.clock.advance(15 * MINUTE);
    expect((await house.run()).error).not.toBeNull();
    setFaultHook(undefined);
    const [name = ''] = await files();
    const published = join(house.config.threePls[0]?.delivery.path ?? '', name);
    await appendFile(published, '# read by the warehouse\n');
    await cycle();
    expect(await outcome()).toBe('held FILE_DIFFERS');
    await decide('resend');
    await cycle();
    expect(await outcome()).toBe('delivered');
    expect(await generations()).toEqual([2]);
    await rm(published);
  });

  describe('an order that Exigo refuses to set to Printed', () => {
    beforeEach(async () => {
      house.standin.fail({ kind: 'refuse-orders', orderIds: [ID], operation: 'ChangeOrderStatusBatch' });
      await placeOrder(house, ID);
      await placeOrder(house, ID + 1);
      await cycle();
      expect(await outcome()).toBe('failed STATUS_REFUSED');
    });

    it('is tried again by a retry, and not handed over again', async () => {
      house.standin.clearFaults();
      expect(await retryWaiting(house.context(), { orderId: ID })).toEqual({ retried: 1, left: 0 });
      await cycle();
      expect(await outcome()).toBe('delivered');
      expect(await status()).toBe(8);
      expect(await files()).toHaveLength(1);
    });

    it('fails again when the cause stays', async () => {
      await retryWaiting(house.context(), { code: 'STATUS_REFUSED' });
      house.clock.advance(15 * MINUTE);
      await house.run();
      expect(await waiting()).toEqual(['STATUS_REFUSED']);
      expect(await files()).toHaveLength(1);
    });

    it('is left alone when a person ignores it', async () => {
      await decide('ignore');
      house.standin.clearFaults();
      await changeOrder(house, ID, {});
      await cycle();
      expect(await waiting()).toEqual([]);
      expect(await status()).toBe(7);
      expect(await files()).toHaveLength(1);
    });

    it('is neither printed nor sent when a person cancels it', async () => {
      await decide('cancel');
      house.standin.clearFaults();
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await status()).toBe(7);
    });

    it('gets its Printed when a later change is ignored', async () => {
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await waiting()).toEqual(['CHANGED_AFTER_HAND_OVER']);
      house.standin.clearFaults();
      await decide('ignore');
      await cycle();
      expect(await status()).toBe(8);
      expect(await waiting()).toEqual([]);
      expect(await files()).toHaveLength(1);
    });

    it('goes again in a new file when a person resends it', async () => {
      house.standin.clearFaults();
      await decide('resend');
      await cycle();
      expect(await outcome()).toBe('delivered');
      expect(await generations()).toEqual([1, 2]);
      expect(await status()).toBe(8);
    });
  });

  describe('retry', () => {
    beforeEach(async () => {
      await placeOrder(house, ID, { row: { WarehouseID: 9 } });
      await placeOrder(house, ID + 1, { row: { WarehouseID: 9 } });
      await placeOrder(house, ID + 2, { row: { City: '' } });
      await cycle();
      await changeOrder(house, ID, { WarehouseID: 1 });
    });
    const open = () =>
      house.all(`SELECT order_id, code FROM "etl.item" WHERE resolution IS NULL AND state = 'held'`);

    it('takes one order, all of a code, or all', async () => {
      expect(await retryWaiting(house.context(), { orderId: ID + 2 })).toEqual({ retried: 1, left: 0 });
      expect(await open()).toHaveLength(2);
      expect(await retryWaiting(house.context(), { code: 'NO_ROUTE' })).toEqual({ retried: 2, left: 0 });
      expect(await open()).toHaveLength(0);
      await cycle();
      expect(await open()).toHaveLength(2);
      expect(await retryWaiting(house.context(), {})).toEqual({ retried: 2, left: 0 });
      await cycle();
      expect(await open()).toHaveLength(2);
      expect(await files()).toHaveLength(1);
    });

    it('of an order that does not wait says what to do', async () => {
      await expect(retryWaiting(house.context(), { orderId: 99 })).rejects.toThrow(UsageError);
      await expect(retryWaiting(house.context(), { orderId: 99 })).rejects.toThrow(/orderferry explain 99/);
    });
  });

  describe('an order that waits in a planned file', () => {
    const folder = () => house.config.threePls[0]?.delivery.path ?? '';

    beforeEach(async () => {
      await placeOrder(house, ID);
      await placeOrder(house, ID + 1);
      await rename(folder(), `${folder()}.away`);
      house.clock.advance(15 * MINUTE);
      expect((await house.run()).error).not.toBeNull();
      expect(await outcome()).toBe('loading');
    });

    it('can be canceled, and the others of the file go', async () => {
      expect(await decide('cancel')).toContain('will not be sent');
      await rename(`${folder()}.away`, folder());
      house.clock.advance(60 * MINUTE);
      await changeOrder(house, ID, { Address1: '2 Second St' });
      await cycle();
      expect(await outcome()).toBe('excluded CANCELED_BY_PERSON');
      expect(await outcomeOf(house, ID + 1)).toBe('delivered');
      expect(await files()).toEqual([]);
    });

    it('cannot be canceled while a run may be sending it', async () => {
      const lease = await acquireLease(house.database, house.clock, {
        name: pipelineLease(PIPELINE.name),
        ttlMs: MINUTE,
        requestDeadlineMs: 0,
      });
      await expect(decide('cancel')).rejects.toThrow(/is working on exigo-orders-to-3pl.*nothing was done/);
      if (lease instanceof Lease) await lease.release();
      await rename(`${folder()}.away`, folder());
    });

    it('is told to wait when it is resent or ignored', async () => {
      await expect(decide('resend')).rejects.toThrow(/is on its way in a file/);
      await expect(decide('ignore')).rejects.toThrow(/is on its way to atlas in file ATL_/);
      await rename(`${folder()}.away`, folder());
    });
  });

  it('takes a resend back that has not left', async () => {
    await handedOver();
    await decide('resend', 'a mistake');
    expect(await decide('ignore')).toContain('atlas keeps what it has');
    await cycle();
    expect(await generations()).toEqual([1]);
    expect(await waiting()).toEqual([]);
  });

  it('refuses a decision on an order that does not wait, and says what to do', async () => {
    await expect(decide('ignore')).rejects.toThrow(/order 7001 was never frozen.*orderferry explain 7001/);
    await handedOver();
    for (const as of ['ignore', 'cancel'] as const) {
      const refused = decide(as);
      await expect(refused).rejects.toThrow(UsageError);
      await expect(refused).rejects.toThrow(/handed over.*--as resend/);
    }
  });

  it('keeps every decision with its reason in the timeline', async () => {
    await handedOver();
    await changeOrder(house, ID, { Address1: '2 Second St' });
    await cycle();
    await retryWaiting(house.context(), { orderId: ID });
    await cycle();
    await decide('ignore', 'the customer will pick it up');
    await changeOrder(house, ID, { Address1: '3 Third St' });
    await cycle();
    await decide('resend', 'wrong house');
    await cycle();
    const { timeline } = await explain(house.context(), ID);
    const decisions = timeline.filter(({ kind }) => kind === 'released' || kind === 'retried');
    expect(decisions.map(({ message }) => message)).toEqual([
      expect.stringContaining('another try of CHANGED_AFTER_HAND_OVER'),
      expect.stringContaining('as ignore (the customer will pick it up)'),
      expect.stringContaining('as resend (wrong house)'),
    ]);
  });
});
