/** The right to work on a pipeline: one holder at a time, and nothing written by anybody else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { MINUTE, SECOND } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { Database } from '../../src/db/database.js';
import { describeHolder } from '../../src/queue/lease/holder.js';
import { acquireLease, Lease, type LeaseHeld } from '../../src/queue/lease/lease.js';
import { engines, forEngine, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

const TTL = MINUTE;
const DEADLINE = 30 * SECOND;
const TRACE = `INSERT INTO "etl.watermark" VALUES ('test', 'trace', '1')`;
const OPTIONS = { name: 'pipeline/p', ttlMs: TTL, requestDeadlineMs: DEADLINE };

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let other: Database;

  beforeEach(async () => {
    house = await House.open({ engine });
    other = await house.openAnother();
  });
  afterEach(async () => {
    await house.close();
  });

  const take = (database = house.database) => acquireLease(database, house.clock, OPTIONS);

  async function taken(database?: Database): Promise<Lease> {
    const lease = await take(database);
    if (lease instanceof Lease) return lease;
    throw new InvariantError(`held by ${lease.heldBy}`);
  }

  async function refused(): Promise<LeaseHeld> {
    const answer = await take(other);
    if (answer instanceof Lease) throw new InvariantError('taken');
    return answer;
  }

  const rows = () =>
    house.all<{ token: number; released: number; expires_utc: string }>('SELECT * FROM "etl.lease"');

  /** A transaction that leaves a trace. */
  const write = (lease: Lease) =>
    lease.transaction((session) => session.run({ name: 'trace', text: forEngine(engine, TRACE) }));
  const traces = () => house.all(`SELECT * FROM "etl.watermark" WHERE scope = 'test'`);

  describe('taking it', () => {
    it('once: a second one hears who has it and until when', async () => {
      await taken();
      const { heldBy, until } = await refused();
      expect(heldBy).toContain(`process ${process.pid}`);
      expect(until).toBe(house.clock.now() + TTL + DEADLINE);
    });

    it('a run that finds it taken does nothing at all', async () => {
      await loadSampleTenant(house.database, house.clock);
      await acquireLease(other, house.clock, { ...OPTIONS, name: 'pipeline/exigo-orders-to-3pl' });
      const report = await house.run();
      expect(report).toMatchObject({ runId: null, error: null, changeSets: [], batchIds: [] });
      expect(report.heldBy?.heldBy).toContain(`process ${process.pid}`);
      for (const table of ['run', 'change_set', 'batch', 'event'])
        expect(await house.all(`SELECT * FROM "etl.${table}"`)).toEqual([]);
    });

    it('at once when it was given back, with a greater token', async () => {
      const first = await taken();
      await first.release();
      expect((await taken(other)).token).toBe(first.token + 1);
    });

    it('after its end plus the deadline of a request, not a moment earlier', async () => {
      const first = await taken();
      house.clock.advance(TTL + DEADLINE - 1);
      await refused();
      house.clock.advance(1);
      expect((await taken(other)).token).toBe(first.token + 1);
    });

    it('counts from the last renewal', async () => {
      const first = await taken();
      house.clock.advance(TTL / 2);
      await write(first);
      house.clock.advance(TTL + DEADLINE - 1);
      await refused();
    });

    describe('from a holder that has ended', () => {
      const [host, , , boot, namespace] = describeHolder().split('/');
      const holders: readonly (readonly [string, string, boolean])[] = [
        ['of this machine', [host, 4_194_999, '1', boot, namespace].join('/'), true],
        ['whose number another process has now', [host, process.pid, '1', boot, namespace].join('/'), true],
        ['of another host', ['elsewhere', 4_194_999, '1', boot, namespace].join('/'), false],
        ['from before a restart of the machine', [host, 4_194_999, '1', 'other', namespace].join('/'), false],
        ['of another container', [host, 4_194_999, '1', boot, 'pid:[1]'].join('/'), false],
        ['where nothing is known', [host, 4_194_999, '-', '-', '-'].join('/'), false],
        ['that runs', describeHolder(), false],
      ];
      it.each(holders)('%s', async (_which, holder, free) => {
        await taken();
        await house.exec('UPDATE "etl.lease" SET holder = @holder', { holder });
        expect((await take(other)) instanceof Lease).toBe(free);
      });
    });
  });

  describe('the fence', () => {
    it('lets the holder write, and renews the lease by it', async () => {
      const lease = await taken();
      house.clock.advance(TTL / 2);
      await write(lease);
      expect(await traces()).toHaveLength(1);
      const [row] = await rows();
      expect(Date.parse(`${row?.expires_utc}Z`)).toBe(house.clock.now() + TTL);
    });

    it('lets a holder that was late write when nobody has taken over', async () => {
      const lease = await taken();
      house.clock.advance(10 * TTL);
      await write(lease);
      await lease.assertHeld();
      expect(await traces()).toHaveLength(1);
    });

    it('refuses every write of a holder that lost it', async () => {
      const lease = await taken();
      house.clock.advance(TTL + DEADLINE);
      const next = await taken(other);
      await expect(write(lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await expect(lease.assertHeld()).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await expect(lease.sleep(SECOND)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await traces()).toEqual([]);
      await lease.release();
      expect(await rows()).toMatchObject([{ token: next.token, released: 0 }]);
      await write(next);
    });

    it('refuses writes after it was given back', async () => {
      const lease = await taken();
      await lease.release();
      await expect(write(lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await traces()).toEqual([]);
    });

    it('stays held through a wait that is longer than it', async () => {
      const lease = await taken();
      const before = house.clock.now();
      await lease.sleep(5 * TTL);
      expect(house.clock.now() - before).toBe(5 * TTL);
      await refused();
    });
  });
});
