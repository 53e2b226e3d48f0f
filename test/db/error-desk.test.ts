import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { UsageError } from '../../src/core/errors.js';
import { explain } from '../../src/engine/explain/explain.js';
import { explainFault } from '../../src/engine/explain/explain-fault.js';
import { dropWaiting } from '../../src/engine/persons/drop.js';
import {
  type Entry,
  type EntryFilter,
  entryPages,
  firstEntries,
  listEntries,
} from '../../src/engine/persons/entries.js';
import { entryDetails } from '../../src/engine/persons/entry-details.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, shippedTemplate } from '../support/house.js';
import { Market, orderMembers } from '../support/market.js';
import { expectPromisesKept } from '../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder } from '../support/small-orders.js';

const WHY = { by: 'kim on ferry-1', reason: 'sold by phone instead' };

reportMissingEngine();

describe.each(engines())('the error desk on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  const cycle = async (ms = 15 * MINUTE) => {
    house.clock.advance(ms);
    expect((await house.run()).error).toBeNull();
  };
  const list = async (filter: EntryFilter = {}): Promise<Entry[]> => {
    const all: Entry[] = [];
    for await (const page of entryPages(house.context(), filter)) all.push(...page);
    return all;
  };
  const keys = async (filter: EntryFilter = {}) => (await list(filter)).map(({ item_key }) => item_key);
  const unroutable = (id: number) => placeOrder(house, id, { row: { WarehouseID: 9 } });

  it('keeps the first time of what is held again for the same reason, and counts', async () => {
    await unroutable(1);
    await cycle();
    const [first] = await list();
    await changeOrder(house, 1, { Address1: '2 Second St' });
    await cycle();
    await retryWaiting(house.context(), { orderId: 1 });
    await cycle();
    const [entry] = await list();
    expect(entry).toMatchObject({ code: 'NO_ROUTE', times: 3, first_utc: first?.first_utc });
    expect(entry?.settled_utc).not.toBe(first?.settled_utc);
    expect(await keys({ olderThanMs: 20 * MINUTE })).toEqual(['1']);
    expect(await keys({ olderThanMs: 31 * MINUTE })).toEqual([]);
    expect(await retryWaiting(house.context(), { olderThanMs: 31 * MINUTE })).toEqual({
      retried: 0,
      left: 0,
    });
  });

  it('counts what it lists, by the same filter, whatever the page', async () => {
    await unroutable(1);
    await cycle();
    await unroutable(2);
    await unroutable(3);
    await changeOrder(house, 1, { Address1: '2 Second St' });
    await cycle();
    const { entries, total, codes, more } = await listEntries(house.context(), {
      olderThanMs: 10 * MINUTE,
      limit: 1,
    });
    expect([entries.map(({ item_key }) => item_key), total, more]).toEqual([['1'], 1, false]);
    expect(codes).toEqual([{ code: 'NO_ROUTE', items: 1 }]);
    const all = await listEntries(house.context(), { limit: 1 });
    expect([all.entries.length, all.total, all.more]).toEqual([1, 3, true]);
    expect((await listEntries(house.context(), { after: all.entries[0], limit: 1 })).total).toBe(3);
  });

  it('closes an entry by itself when a newer version of the order goes through', async () => {
    await unroutable(1);
    await cycle();
    expect(await keys()).toEqual(['1']);
    await changeOrder(house, 1, { WarehouseID: 1 });
    await cycle();
    expect([await outcomeOf(house, 1), await keys()]).toEqual(['delivered', []]);
  });

  it('closes one whose later step goes through with the next try, and shows what was tried until then', async () => {
    house.standin.fail({ kind: 'refuse-orders', orderIds: [1], operation: 'ChangeOrderStatusBatch' });
    await placeOrder(house, 1);
    await cycle();
    const [entry] = await list({ target: 'atlas' });
    if (entry === undefined) throw new TypeError('nothing waits');
    const { acts } = await entryDetails(house.context(), entry);
    expect(acts.map(({ step, state }) => [step, state])).toEqual([
      ['hand-over', 'done'],
      ['printed', 'failed'],
    ]);
    expect(acts[0]?.file).toMatch(/^ATL_/);
    expect(acts[1]?.answered).toContain('Exigo refused Printed');
    house.standin.clearFaults();
    expect(await retryWaiting(house.context(), { target: 'atlas', olderThanMs: 0 })).toEqual({
      retried: 1,
      left: 0,
    });
    await cycle();
    expect([await outcomeOf(house, 1), await keys()]).toEqual(['delivered', []]);
  });

  it('filters by kind, pipeline and 3PL, and goes on where a page ended', async () => {
    for (let id = 1; id <= 5; id++) await unroutable(id);
    await placeOrder(house, 6, { row: { City: '' } });
    await cycle();
    expect(await keys({ code: 'NO_ROUTE', pipeline: 'exigo-orders-to-3pl' })).toHaveLength(5);
    expect(await keys({ target: 'atlas' })).toEqual(['6']);
    expect(await keys({ pipeline: 'exigo-snapshot-to-csv' })).toEqual([]);
    const seen: string[] = [];
    let after: Entry | undefined;
    for (let page = 0; page < 3; page++) {
      const { entries, more } = await firstEntries(house.context(), { after, limit: 2 });
      seen.push(...entries.map(({ item_key }) => item_key));
      after = entries.at(-1);
      expect(more).toBe(page < 2);
    }
    expect(seen.sort()).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  describe('drop', () => {
    it('closes what waits, for a reason that stays in the timeline, until a newer version comes', async () => {
      await unroutable(1);
      await unroutable(2);
      await cycle();
      expect(await dropWaiting(house.context(), { code: 'NO_ROUTE' }, WHY)).toEqual({
        dropped: 2,
        left: [],
        leftInAll: 0,
      });
      expect(await keys()).toEqual([]);
      const { timeline, next } = await explain(house.context(), 1);
      expect(timeline.at(-1)).toMatchObject({
        kind: 'dropped',
        message:
          'kim on ferry-1 dropped NO_ROUTE (sold by phone instead): not sent in this version; a newer one is looked at anew',
      });
      expect(next).toBe('nothing, until it changes');
      await cycle();
      expect(await keys()).toEqual([]);
      await changeOrder(house, 1, { WarehouseID: 1 });
      await cycle();
      expect([await outcomeOf(house, 1), await filesWith(house, 'atlas', 2)]).toEqual(['delivered', []]);
    });

    it('of a change after the hand-over leaves the 3PL with what it has, and does not ask again', async () => {
      await placeOrder(house, 1);
      await cycle();
      await changeOrder(house, 1, { Address1: '2 Second St', OrderStatusID: 7 });
      await cycle();
      expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
      await dropWaiting(house.context(), { orderId: 1 }, WHY);
      await changeOrder(house, 1, { OrderStatusID: 8 });
      await cycle();
      expect(await keys()).toEqual([]);
      expect(await filesWith(house, 'atlas', 1)).toHaveLength(1);
    });

    it('asks for a reason, and for something that waits', async () => {
      await unroutable(1);
      await cycle();
      const context = house.context();
      await expect(dropWaiting(context, {}, { ...WHY, reason: ' ' })).rejects.toThrow(UsageError);
      await expect(dropWaiting(context, { orderId: 2 }, WHY)).rejects.toThrow(/2 does not wait/);
      expect(await keys()).toEqual(['1']);
    });

    it('leaves an order with a call whose outcome is not known, and takes it once it is', async () => {
      await placeOrder(house, 1);
      house.standin.fail({ kind: 'cut-after', operation: 'ChangeOrderStatusBatch' });
      await house.run();
      await changeOrder(house, 1, { Address1: '2 Second St' });
      house.clock.advance(MINUTE);
      await house.exec(`UPDATE "etl.effect" SET state = 'sending', token = 1, receipt = NULL, done_utc = NULL
                        WHERE step = 'printed' AND order_id = 1`);
      await house.exec(
        `UPDATE "etl.item" SET state = 'held', code = 'CHANGED_AFTER_HAND_OVER', reason = 'test', settled_utc = @at WHERE order_id = 1`,
        { at: '2026-03-11 17:00:00.000' },
      );
      const context = house.context();
      await expect(dropWaiting(context, { orderId: 1 }, WHY)).rejects.toThrow(
        /a call of step printed is under way, or its outcome is not known yet/,
      );
      expect(await dropWaiting(context, {}, WHY)).toMatchObject({ dropped: 0, leftInAll: 1 });
      await house.exec(`UPDATE "etl.effect" SET state = 'done', receipt = 'seen', done_utc = '2026-03-11 17:30:00.000'
                        WHERE step = 'printed' AND order_id = 1`);
      expect(await dropWaiting(context, { orderId: 1 }, WHY)).toMatchObject({ dropped: 1 });
      await house.exec(
        `UPDATE "etl.batch" SET delivered = 0, held = 1 WHERE state = 'closed' AND delivered = 1`,
      );
    });

    it('takes what is old alone', async () => {
      await unroutable(1);
      await cycle();
      house.clock.advance(3 * HOUR);
      await unroutable(2);
      await cycle();
      expect(await dropWaiting(house.context(), { olderThanMs: 2 * HOUR }, WHY)).toMatchObject({
        dropped: 1,
      });
      expect(await keys()).toEqual(['2']);
    });
  });
});

describe.each(engines())('the error desk of what 3PLs send on %s', (engine) => {
  it('drops rows of files that cannot be used, and shipments that cannot be true, and explains who did', async () => {
    const house = await House.open({ engine, templates: [shippedTemplate('atlas')] });
    try {
      const inbox = house.config.threePls[0]?.confirmations?.inbox.path ?? '';
      await mkdir(inbox, { recursive: true });
      await placeOrder(house, 1);
      await house.run();
      house.clock.advance(HOUR);
      const columns = 'ORDER_NO,STATUS,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,NOTE';
      const rows = [
        '1,SHIPPED,TEA,9,1Z1,,UPS,,03/11/2026,12:30,',
        '77,SHIPPED,TEA,1,1Z2,,UPS,,03/11/2026,12:30,left with Ann Lee',
      ];
      const path = join(inbox, 'ATL_SHIP_1.csv');
      await writeFile(path, [columns, ...rows, ''].join('\n'));
      const at = (house.clock.now() - 10 * MINUTE) / 1_000;
      await utimes(path, at, at);
      expect((await house.run('3pl-shipments-to-exigo')).error).toBeNull();
      const context = house.context();
      const { entries } = await firstEntries(context, { target: 'atlas' });
      expect(entries.map(({ code }) => code).sort()).toEqual(['MORE_THAN_ORDERED', 'UNKNOWN_ORDER']);
      const fault = entries.find(({ code }) => code === 'UNKNOWN_ORDER');
      if (fault === undefined) throw new TypeError('no faulty row');
      const details = await entryDetails(context, fault);
      expect(details.copy).toEqual({
        path: expect.stringMatching(/^inbox\/atlas\/.*ATL_SHIP_1\.csv$/),
        line: 3,
      });
      expect(JSON.stringify(details)).not.toContain('Ann');
      expect(await dropWaiting(context, {}, WHY)).toMatchObject({ dropped: 2, leftInAll: 0 });
      const told = await explainFault(context, fault.item_key);
      expect(told.timeline.at(-1)?.message).toBe(
        'kim on ferry-1 dropped UNKNOWN_ORDER (sold by phone instead): left as it is',
      );
      expect(told.next).toBe('nothing');
      const { timeline } = await explain(context, 1);
      expect(timeline.map(({ kind }) => kind)).toContain('dropped');
      await house.run('3pl-shipments-to-exigo');
      expect((await firstEntries(context, {})).entries).toEqual([]);
    } finally {
      await house.close();
    }
  });
});

describe.each(engines())('the error desk of a store on %s', (engine) => {
  it('finds marketplace orders by store, shows what came without whose it is, and drops them', async () => {
    const market = await Market.open({ engine });
    try {
      market.put('1', orderMembers({ OrderItems: [{ SKU: 'NEW', Quantity: 1, UnitPrice: 1 }] }));
      await market.run();
      const context = market.context();
      expect((await firstEntries(context, { store: 'other' })).entries).toEqual([]);
      market.house.clock.advance(HOUR);
      expect((await listEntries(context, { store: 'main', olderThanMs: HOUR })).total).toBe(1);
      expect((await listEntries(context, { store: 'main', olderThanMs: 2 * HOUR })).total).toBe(0);
      const { entries } = await firstEntries(context, { store: 'main' });
      expect(entries).toMatchObject([{ item_key: 'main/1', code: 'UNKNOWN_SKU' }]);
      const [entry] = entries;
      if (entry === undefined) throw new TypeError('nothing waits');
      const shown = JSON.stringify(await entryDetails(context, entry));
      expect(shown).toContain('NEW');
      expect(shown).not.toMatch(/Lee|Ann|Reno|@/);
      await dropWaiting(context, { itemKey: 'main/1' }, WHY);
      await market.run();
      expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU']);
      expect((await firstEntries(context, {})).entries).toEqual([]);
      expect(market.applied()).toEqual([]);
    } finally {
      await market.close();
    }
  });
});
