/**
 * A run on orders that the API lists is killed (SIGKILL) at each point of its freeze: nothing of a list is half frozen,
 * every order is frozen and handed over once, and no page of a killed run is left in the spool folder.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import type { ApiChild } from '../support/api-site.js';
import { pointsInSource } from '../support/crash-cases.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

reportMissingEngine();

const PROGRAM = fileURLToPath(new URL('../support/api-child.ts', import.meta.url));
const API = 'exigo-api-orders-to-3pl';
const BEFORE_COMMIT = [
  ['api/after-page', 1],
  ['api/after-page', 2],
  ['api/listed', 1],
  ['freeze/before-commit', 1],
] as const;

it('tries every point of the freeze from the API', () => {
  const points = pointsInSource().filter((name) => name.startsWith('api/'));
  expect(BEFORE_COMMIT.map(([name]) => name)).toEqual(expect.arrayContaining(points));
});

describe.each(engines())('on %s, killed at', (engine) => {
  let house: House;
  let order = 100;
  beforeAll(async () => {
    house = await House.open({ engine, source: 'api' });
    await placeOrder(house, 99);
    await house.run(API); // the first order gives the frozen tables their columns
  });
  afterAll(() => house.close());

  async function killedAt(killAt: string, pass: number): Promise<void> {
    const child: ApiChild = {
      now: house.clock.now(),
      folder: house.folder,
      baseUrl: house.standin.url,
      database: house.config.database,
      killAt,
      pass,
    };
    const process = fork(PROGRAM, [JSON.stringify(child)], { execArgv: ['--import', 'tsx'] });
    expect(await once(process, 'close')).toEqual([null, 'SIGKILL']);
  }

  const setsOf = (id: number) =>
    house.all<{ id: number }>(
      `SELECT change_set_id AS id FROM "etl.frozen_Orders" WHERE OrderID = ${id} AND OrderStatusID = 7`,
    );
  const watermark = () =>
    house.all(`SELECT value FROM "etl.watermark" WHERE scope = 'exigo-api' AND name = 'Orders'`);
  const spooled = async () =>
    (await readdir(join(house.config.stateDirectory, 'spool'), { recursive: true })).filter((name) =>
      name.endsWith('.jsonl'),
    );

  async function expectOnce(id: number): Promise<void> {
    expect((await house.run(API)).error).toBeNull();
    expect(await setsOf(id)).toHaveLength(1);
    const files = [...(await house.files('atlas')).values()].filter((text) => text.includes(`${id}`));
    expect(files).toHaveLength(1);
    expect(await spooled()).toEqual([]);
  }

  it.each(BEFORE_COMMIT)(
    '%s, pass %i: nothing is frozen, and the next run lists the same',
    async (point, pass) => {
      const id = order++;
      house.clock.advance(5 * MINUTE);
      await placeOrder(house, id);
      const before = await watermark();
      await killedAt(point, pass);
      expect([await setsOf(id), await watermark()]).toEqual([[], before]);
      expect(await spooled()).toHaveLength(1);
      house.clock.advance(MINUTE);
      await expectOnce(id);
    },
  );

  it('freeze/after-commit: it is frozen, and the next run hands it over', async () => {
    const id = order++;
    house.clock.advance(5 * MINUTE);
    await placeOrder(house, id);
    await killedAt('freeze/after-commit', 1);
    expect(await setsOf(id)).toHaveLength(1);
    house.clock.advance(MINUTE);
    await expectOnce(id);
  });
});
