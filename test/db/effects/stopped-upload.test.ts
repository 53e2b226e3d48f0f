/**
 * A process is stopped right before it writes a `.part`, another one takes over with a newer version of an
 * order, and the first one wakes up between the other's upload and its rename: what the other has uploaded is
 * what gets the name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { makeContext } from '../../../src/app/runtime.js';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { Database } from '../../../src/db/database.js';
import { runPipeline } from '../../../src/engine/run.js';
import { stopAt } from '../../support/crash-stop.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { changeOrder, filesWith, placeOrder } from '../../support/small-orders.js';

const PIPELINE = 'exigo-orders-to-3pl';
const LEASE_AND_DEADLINE = MINUTE + 5 * SECOND + 1;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let other: Database;
  let atlas: string;

  beforeEach(async () => {
    house = await House.open({ engine });
    other = await house.openAnother();
    atlas = house.config.threePls[0]?.delivery.path ?? '';
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  const runOther = () => {
    const context = makeContext({ config: house.config, database: other, clock: house.clock });
    return runPipeline(context, { pipeline: findPipeline(PIPELINE), slices: [] });
  };

  it.each([
    ['send/before-publish', 1],
    ['folder/rename-before', 2],
  ] as const)('it wakes up while the other is at %s', async (point, pass) => {
    for (const id of [1, 2]) await placeOrder(house, id, { row: { Address1: '1 First St' } });
    const stopped = stopAt('folder/write-before');
    const first = house.run();
    await stopped.reached;
    house.clock.advance(LEASE_AND_DEADLINE);
    await changeOrder(house, 1, { Address1: '2 Second St' });

    const atWork = stopAt(point, pass);
    const second = runOther();
    await atWork.reached;
    stopped.resume();
    const { error } = await first;
    expect(error).toMatchObject({ code: 'LEASE_LOST' });
    atWork.resume();
    expect(await second).toMatchObject({ error: null });

    const texts = [...(await house.files('atlas')).values()].join('');
    expect(texts.match(/2 Second St/g)).toHaveLength(1);
    expect(texts.match(/1 First St/g)).toHaveLength(1);
    for (const id of [1, 2]) expect(await filesWith(house, 'atlas', id)).toHaveLength(1);
    expect(readdirSync(atlas).filter((name) => /\.\d+\.part$/.test(name))).toEqual([]);
    for (const wave of await house.all<{ file_name: string; bytes: number }>(
      `SELECT file_name, bytes FROM "etl.wave" WHERE target = 'atlas' AND state = 'delivered'`,
    ))
      expect(readFileSync(join(atlas, wave.file_name)).byteLength).toBe(wave.bytes);
  });
});
