import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { pipelineLease } from '../../src/engine/leases.js';
import { readStatus } from '../../src/engine/status-view.js';
import { acquireLease } from '../../src/queue/lease/lease.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, type HouseOptions } from '../support/house.js';
import { placeOrder, readableTemplate } from '../support/small-orders.js';

const NAME = 'exigo-orders-to-3pl';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    await house.close();
  });

  async function open(options: HouseOptions = {}): Promise<void> {
    house = await House.open({ engine, ...options });
  }

  async function status() {
    const { pipelines, ...others } = await readStatus(house.context());
    const found = pipelines.find(({ pipeline }) => pipeline === NAME);
    if (found === undefined) throw new TypeError('the pipeline is missing');
    return { ...found, ...others };
  }

  it('is empty in an installation that never ran', async () => {
    await open();
    expect(await status()).toMatchObject({
      runningIn: null,
      last: null,
      lastDone: null,
      openBatches: 0,
      backlog: [],
      waiting: [],
      openSteps: [],
      openFiles: [],
      heldFiles: [],
      watermarks: {},
      nextWaves: { atlas: null, borealis: null },
    });
  });

  it('shows the last success, what waits by code, and the watermarks', async () => {
    await open();
    await placeOrder(house, 1);
    await placeOrder(house, 2, { row: { WarehouseID: 9 } });
    await placeOrder(house, 3, { row: { WarehouseID: 9 } });
    await house.run();
    const { waiting, lastDone, watermarks } = await status();
    expect(waiting).toEqual([
      { state: 'held', code: 'NO_ROUTE', items: 2, oldest_utc: '2026-03-11 17:00:00.000' },
    ]);
    expect(lastDone?.ended_utc).toBe('2026-03-11 17:00:00.000');
    expect(watermarks.Orders).toBe('2026-03-11 12:00:00.000');
  });

  it('shows a step that is not done, with its error and next try', async () => {
    await open();
    house.standin.fail({ kind: 'status-503', retryAfter: '600', times: 100 });
    await placeOrder(house, 1);
    await house.run();
    const { openSteps, last, lastDone, backlog } = await status();
    expect(openSteps).toMatchObject([
      { step: 'printed', state: 'pending', orders: 1, next_try_utc: '2026-03-11 17:10:00.000' },
    ]);
    expect(openSteps[0]?.last_error).toContain('503');
    expect(backlog).toMatchObject([{ state: 'loading', target: 'atlas', items: 1 }]);
    expect([last?.outcome, lastDone]).toEqual(['failed', null]);
  });

  it('shows a file that could not be delivered, and one that is held', async () => {
    await open();
    const [atlas = '', borealis = ''] = house.config.threePls.map(({ delivery }) => delivery.path);
    await writeFile(join(atlas, 'ATL_20260311_000001.csv'), 'not ours\n');
    await rename(borealis, `${borealis}.away`);
    await placeOrder(house, 1);
    await placeOrder(house, 2, { row: { WarehouseID: 2, ShipMethodID: 6 } });
    await house.run();
    const { openFiles, heldFiles } = await status();
    expect(openFiles).toMatchObject([{ target: 'borealis', state: 'planned' }]);
    expect(openFiles[0]?.last_error).toContain('the folder does not exist');
    expect(heldFiles).toMatchObject([{ file_name: 'ATL_20260311_000001.csv', target: 'atlas', items: 1 }]);
  });

  it('tells a run that goes on from one that was killed', async () => {
    await open();
    await acquireLease(house.database, house.clock, {
      name: pipelineLease(NAME),
      ttlMs: MINUTE,
      requestDeadlineMs: 0,
    });
    expect((await status()).runningIn).toContain(`process ${process.pid}`);
    await house.exec(
      `UPDATE "etl.lease" SET holder = REPLACE(holder, '/${process.pid}/', '/999999999/') WHERE name LIKE 'pipeline/%'`,
    );
    expect((await status()).runningIn).toBeNull();
  });

  it('shows the next waves: a cut-off, or the next run when one was missed', async () => {
    await open({ templates: [readableTemplate({ wave: { cutOffs: ['11:00'], zone: 'America/Chicago' } })] });
    expect((await status()).nextWaves).toEqual({ plain: 'now' });
    await house.run();
    expect((await status()).nextWaves).toEqual({ plain: '2026-03-12T16:00:00.000Z' });
    house.clock.advance(24 * HOUR);
    expect((await status()).nextWaves).toEqual({ plain: 'now' });
  });
});
