/**
 * A freeze of a sync database that is only read, with the state elsewhere, is killed (SIGKILL) at each of its points:
 * the next one begins with the same start, and every order is frozen once.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import type { Engine } from '../../src/db/database.js';
import type { ChangeSet } from '../../src/queue/freeze/change-set.js';
import { freezeLive } from '../../src/queue/freeze/freeze.js';
import { acquireLease, Lease } from '../../src/queue/lease/lease.js';
import { pointsInSource } from '../support/crash-cases.js';
import { hasSqlServer, reportMissingEngine } from '../support/engines.js';
import { SUBSCRIBERS } from '../support/freezing.js';
import type { HostedChild } from '../support/hosted-child.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

reportMissingEngine();

const PROGRAM = fileURLToPath(new URL('../support/hosted-child.ts', import.meta.url));
const BEFORE_COMMIT = [
  'hosted/after-intent',
  'hosted/after-refresh',
  'hosted/before-copy',
  'hosted/while-copying',
  'hosted/after-copy',
  'freeze/before-commit',
];
const AFTER_COMMIT = ['hosted/after-state-commit', 'freeze/after-commit'];

it('tries every point of the hosted freeze', () => {
  const points = pointsInSource().filter((name) => name.startsWith('hosted/'));
  expect([...BEFORE_COMMIT, ...AFTER_COMMIT]).toEqual(expect.arrayContaining(points));
});

describe.runIf(hasSqlServer()).each(['sqlserver', 'sqlite'] as Engine[])(
  'state in %s, killed at',
  (engine) => {
    let house: House;
    let order = 100;
    beforeAll(async () => {
      house = await House.open({ engine, hosted: true, api: false });
    });
    afterAll(() => house.close());

    async function freeze(): Promise<ChangeSet> {
      const lease = await acquireLease(house.database, house.clock, {
        name: 'source/exigo',
        ttlMs: MINUTE,
        requestDeadlineMs: 0,
      });
      expect(lease).toBeInstanceOf(Lease);
      const held = lease as Lease;
      const changeSet = await freezeLive(held, house.config.source, SUBSCRIBERS, house.context().hosted);
      await held.release();
      return changeSet;
    }

    async function killedAt(killAt: string): Promise<void> {
      const { database, syncDatabase } = house.config;
      if (syncDatabase === null) throw new RangeError('not hosted');
      const child: HostedChild = { now: house.clock.now(), state: database, sync: syncDatabase, killAt };
      const process = fork(PROGRAM, [JSON.stringify(child)], { execArgv: ['--import', 'tsx'] });
      expect(await once(process, 'close')).toEqual([null, 'SIGKILL']);
    }

    const intents = () =>
      house.all<{ value: string }>(`SELECT value FROM "etl.watermark" WHERE name = 'intent'`);
    const setsOf = (id: number) =>
      house.all<{ id: number }>(`SELECT change_set_id AS id FROM "etl.frozen_Orders" WHERE OrderID = ${id}`);

    it.each(BEFORE_COMMIT)('%s: nothing is frozen, and the next freeze repeats the start', async (point) => {
      const id = order++;
      house.clock.advance(5 * MINUTE);
      await placeOrder(house, id);
      await killedAt(point);
      const [intent] = await intents();
      expect(await setsOf(id)).toEqual([]);
      house.clock.advance(MINUTE);
      const repeated = await freeze();
      expect([repeated.startAt, repeated.ordersFrozen]).toEqual([intent?.value, 1]);
      expect(await setsOf(id)).toEqual([{ id: repeated.changeSetId }]);
      expect(await intents()).toEqual([]);
    });

    it.each(AFTER_COMMIT)('%s: it is frozen, and the next freeze has nothing new', async (point) => {
      const id = order++;
      house.clock.advance(5 * MINUTE);
      await placeOrder(house, id);
      await killedAt(point);
      expect([await setsOf(id), await intents()]).toEqual([[expect.anything()], []]);
      house.clock.advance(MINUTE);
      expect((await freeze()).ordersFrozen).toBe(0);
    });
  },
);
