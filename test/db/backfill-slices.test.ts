import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { shiftLocalText, toExigoText } from '../../src/core/time.js';
import { type RunReport, runPipeline } from '../../src/engine/run.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { changeOrder, filesWith, outcomeOf, placeOrder, readableTemplate } from '../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, templates: [readableTemplate()] });
  });
  afterEach(() => house.close());

  const local = (ms = 0) => toExigoText(house.clock.now() + ms);

  /** Daily slices from so many days ago until now. */
  async function backfill(days: number, name = 'exigo-orders-to-3pl'): Promise<RunReport> {
    const pipeline = PIPELINES.find((one) => one.name === name) as AnyPipeline;
    const slices = Array.from({ length: days }, (_, i) => {
      const startAt = local(-(days - i) * DAY);
      return { startAt, endAt: shiftLocalText(startAt, DAY) };
    });
    const report = await runPipeline(house.context(), { pipeline, slices });
    expect(report.error).toBeNull();
    return report;
  }

  const live = async () => ({
    watermarks: await house.all('SELECT * FROM "etl.watermark" ORDER BY scope, name'),
    versions: await house.all('SELECT * FROM "etl.aggregate_version" ORDER BY order_id'),
  });

  const place = (id: number, ago: number, row = {}) =>
    placeOrder(house, id, { row: { ModifiedDate: local(-ago), ...row } });

  it('hands over what is older than the first freeze, slice by slice, each in a change set of its own', async () => {
    await house.run();
    await place(1, 9.5 * DAY);
    await place(2, 3.5 * DAY);
    await place(3, 3.4 * DAY, { OrderStatusID: 4 });
    const report = await backfill(10);
    expect(report.changeSets).toHaveLength(11);
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2), await outcomeOf(house, 3)]).toEqual([
      'delivered',
      'delivered',
      'excluded NOT_ACCEPTED',
    ]);
    const batches = await house.all<{ kind: string; items_frozen: number; state: string }>(
      `SELECT kind, items_frozen, state FROM "etl.batch" ORDER BY batch_id`,
    );
    expect(batches).toEqual([
      { kind: 'backfill', items_frozen: 1, state: 'closed' },
      { kind: 'backfill', items_frozen: 2, state: 'closed' },
    ]);
  });

  it('neither reads nor writes live watermarks and versions', async () => {
    await place(1, HOUR);
    await house.run();
    house.clock.advance(MINUTE);
    await house.run(); // our own Printed has come back, nothing is new
    await place(2, 5 * DAY);
    const before = await live();
    await backfill(10);
    expect(await live()).toEqual(before);
  });

  it('gives a slice to the pipeline that was named, and to no other', async () => {
    await house.run();
    await place(1, 5 * DAY);
    await backfill(10, 'exigo-snapshot-to-csv');
    const batches = await house.all<{ pipeline: string }>('SELECT pipeline FROM "etl.batch"');
    expect(batches).toEqual([{ pipeline: 'exigo-snapshot-to-csv' }]);
    expect(await filesWith(house, 'plain', 1)).toEqual([]);
  });

  it('excludes what was handed over, by the live flow or by an earlier backfill', async () => {
    await place(1, HOUR);
    await house.run();
    await place(2, 5 * DAY);
    await backfill(10);
    house.clock.advance(HOUR);
    await backfill(10);
    const again = await house.all<{ order_id: number; code: string }>(
      `SELECT i.order_id, i.code FROM "etl.item" i JOIN "etl.batch" b ON b.batch_id = i.batch_id
     WHERE b.kind = 'backfill' AND i.state <> 'delivered' ORDER BY i.order_id`,
    );
    expect(again).toEqual([
      { order_id: 1, code: 'ALREADY_HANDED_OVER' },
      { order_id: 2, code: 'ALREADY_HANDED_OVER' },
    ]);
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    expect(await filesWith(house, 'plain', 2)).toHaveLength(1);
  });

  it('overlaps with live changes: each order goes once, the newest version decides', async () => {
    await house.run();
    await place(1, 2 * HOUR);
    await backfill(2); // the live freeze of the same run takes it first
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    house.clock.advance(HOUR);
    await changeOrder(house, 1, { Address1: '2 Second St' });
    await backfill(2);
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
  });

  it('comes back through the live flow as Printed, which is no change', async () => {
    await house.run();
    await place(1, 5 * DAY);
    await backfill(10);
    house.clock.advance(HOUR);
    await house.run();
    expect(await outcomeOf(house, 1)).toBe('excluded ALREADY_HANDED_OVER');
  });

  it('does not take an old stamp for a sign that an order is whole: it is held, and settles in the live flow', async () => {
    await house.run();
    await place(1, 5 * DAY, { SubTotal: '99.0000' });
    await backfill(10);
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    house.clock.advance(MINUTE);
    await house.run();
    expect(await outcomeOf(house, 1)).toBe('held INCOMPLETE');
    house.clock.advance(10 * MINUTE);
    await house.run();
    expect(await outcomeOf(house, 1)).toBe('delivered');
  });
});
