/** Beside a script that takes the files of a 3PL and tells Exigo: we read the same files, touch none, and call nothing. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertModes } from '../../../src/app/shadow-rules.js';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { compareCalls } from '../../../src/engine/shadow/compare-calls.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { openShippingHouse, RETURNS, returned, SHIPMENTS, say, shipped } from '../../support/inbox.js';
import { csv, InboxHouse } from '../../support/inbox-house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { changeOrder, placeOrder } from '../../support/small-orders.js';

const MODES = { [SHIPMENTS]: 'shadow', [RETURNS]: 'shadow' } as const;
const ALL = { from: '2000-01-01 00:00:00.000', to: '2100-01-01 00:00:00.000' };

reportMissingEngine();

describe.each(engines())('shipments in shadow, on %s', (engine) => {
  let at: InboxHouse;
  let shadow: Config;
  beforeEach(async () => {
    at = await InboxHouse.open({ engine, api: true });
    shadow = { ...at.house.config, modes: MODES };
    for (const id of [1, 2, 3]) await placeOrder(at.house, id);
    expect((await at.house.run()).error).toBeNull();
    at.house.clock.advance(HOUR);
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.house.close();
  });

  async function cycle(config: Config = at.house.config): Promise<void> {
    at.house.clock.advance(15 * MINUTE);
    expect((await at.house.run(SHIPMENTS, { config })).error).toBeNull();
  }
  /** Changes after the hand-over, oldest first. */
  const calls = () =>
    at.house.standin.journal
      .filter(({ applied, body }) => applied && (body as { orderStatus?: unknown }).orderStatus !== 'Printed')
      .map(({ operation, orderIds }) => `${operation} ${orderIds.join(',')}`);
  const script = (id: number, tracking: string) =>
    changeOrder(at.house, id, { OrderStatusID: 9, TrackingNumber1: tracking, WebCarrierID1: 3 });
  const outcomes = async () =>
    (
      await at.house.all<{ line: string }>(
        `SELECT RTRIM(CONCAT(item_key, ' ', state, ' ', code)) AS line FROM "etl.item"
         WHERE pipeline = '${SHIPMENTS}' ORDER BY item_id`,
      )
    ).map(({ line }) => line);
  const FILE = csv('1,TEA,1,1Z1', '2,TEA,1,1Z2', '3,TEA,1,1Z3');

  it('reads the files where they lie, once, and leaves them as they are', async () => {
    await at.put('SHIP.csv', FILE);
    for (let i = 0; i < 3; i++) await cycle(shadow);
    expect(await at.left()).toEqual(['SHIP.csv']);
    expect(await readFile(join(at.inbox, 'SHIP.csv'), 'utf8')).toBe(FILE);
    expect(await at.files()).toEqual(['SHIP.csv frozen 4 3 0 0']);
    expect(calls()).toEqual([]);
    await at.put('SHIP.csv', csv('1,TEA,1,1Z1', '2,TEA,1,1Z2', '3,TEA,1,1Z3X')); // another one of its name
    await cycle(shadow);
    expect((await at.files()).map((line) => line.split(' ')[1])).toEqual(['frozen', 'frozen']);
  });

  it('shows what the script has done, and live again does what it has not, once', async () => {
    await at.put('SHIP.csv', FILE);
    await cycle(shadow);
    await script(1, '1Z1');
    await script(2, '1ZOTHER');
    await cycle(shadow);
    expect(calls()).toEqual([]);
    expect(await outcomes()).toEqual(['1 delivered', '2 delivered', '3 loading']);
    const told: string[] = [];
    const context = at.house.context({ config: shadow });
    const result = await compareCalls(context, { pipeline: SHIPMENTS, ...ALL }, (call) => {
      if (call.outcome !== 'only theirs') told.push(`${call.order_id} ${call.operation} ${call.outcome}`);
    });
    expect(result).toMatchObject({ calls: 5, same: 3, differing: 1, onlyOurs: 1 });
    expect(told.filter((line) => !line.endsWith('same'))).toEqual([
      '2 UpdateOrder differs',
      '3 UpdateOrder only ours',
    ]);
    const status = await readStatus(context);
    expect(status.pipelines.find(({ pipeline }) => pipeline === SHIPMENTS)?.mode).toBe('shadow');
    await cycle();
    await cycle();
    expect(calls()).toEqual(['UpdateOrder 3', 'ChangeOrderStatusBatch 3']);
    expect(await outcomes()).toEqual(['1 delivered', '2 delivered', '3 delivered']);
    const [row] = await at.house.all<{ TrackingNumber1: string }>(
      'SELECT TrackingNumber1 FROM "dbo.Orders" WHERE OrderID = 2',
    );
    expect(row?.TrackingNumber1.trim()).toBe('1ZOTHER');
    // What the script has left lying is known by its content.
    expect(await at.left()).toEqual([]);
    expect((await at.files()).map((line) => line.split(' ')[1])).toEqual(['frozen', 'repeated']);
  });

  it('sees what the script did after the last run in shadow, before it does anything', async () => {
    await at.put('SHIP.csv', FILE);
    await cycle(shadow);
    for (const id of [1, 2, 3]) await script(id, `1Z${id}`);
    await cycle();
    expect(calls()).toEqual([]);
    expect(await outcomes()).toEqual(['1 delivered', '2 delivered', '3 delivered']);
  });

  it('a file that the script takes between two looks is no fault', async () => {
    await at.put('SHIP.csv', FILE);
    await cycle(shadow);
    await rm(join(at.inbox, 'SHIP.csv'));
    await cycle(shadow);
    expect(await at.files()).toEqual(['SHIP.csv frozen 4 3 0 0']);
  });

  it('goes together with the returns, which live on the same files', () => {
    const { pipelines } = at.house.context();
    expect(() => assertModes({ modes: { [SHIPMENTS]: 'shadow' } }, pipelines)).toThrow(
      /3pl-returns-to-exigo: it reads the same files/,
    );
    expect(() => assertModes({ modes: MODES }, pipelines)).not.toThrow();
  });
});

describe.each(engines())('returns in shadow, on %s', (engine) => {
  it('count as made by the script, whatever the mode is when their turn comes', async () => {
    const returns = {
      as: 'return-order',
      status: 'Accepted',
      priceType: null,
      warehouse: null,
      shipMethod: null,
      shipping: 'keep',
      keyField: 'other20',
    } as const;
    const house = await openShippingHouse({ engine, returned: returns });
    try {
      const shadow = { ...house.config, modes: MODES };
      const row = { CustomerID: 70, PriceTypeID: 3 };
      for (const id of [1, 2, 3]) await placeOrder(house, id, { row });
      expect((await house.run()).error).toBeNull();
      house.clock.advance(HOUR);
      await say(
        house,
        [1, 2, 3].map((id) => shipped(id, `1Z${id}`)),
      );
      const cycle = async (config = house.config) => {
        house.clock.advance(15 * MINUTE);
        expect((await house.run(RETURNS, { config })).error).toBeNull();
      };
      const made = async () =>
        (await house.all('SELECT OrderID FROM "dbo.Orders" WHERE OrderTypeID = 8')).length;
      const readInShadow = () => house.exec('UPDATE "etl.inbox_file" SET shadow = 1');
      await say(house, [returned(1, 'TEA', '1')]);
      await readInShadow();
      await cycle(shadow);
      const told: string[] = [];
      await compareCalls(house.context(), { pipeline: RETURNS, ...ALL }, (call) => {
        if (call.outcome !== 'only theirs')
          told.push(`${call.order_id} ${call.outcome} ${call.fields.items}`);
      });
      expect(told).toEqual(['1 assumed TEA x -1']);
      await say(house, [returned(2, 'TEA', '1')]);
      await readInShadow(); // frozen in shadow, and its turn comes when the pipeline is live
      await cycle();
      expect(await made()).toBe(0);
      await say(house, [returned(3, 'TEA', '1')]);
      await cycle();
      expect(await made()).toBe(1);
      await expectPromisesKept(house);
    } finally {
      await house.close();
    }
  });
});
