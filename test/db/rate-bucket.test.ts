/** A vendor's bucket as a row: shared by processes, kept over a restart. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { systemClock } from '../../src/core/clock.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { overflowed, take } from '../../src/rate/bucket.js';
import { rateGate } from '../../src/rate/gate.js';
import { stateBucket } from '../../src/rate/state-bucket.js';
import { engines, reportMissingEngine, TestDatabase } from '../support/engines.js';
import { EventClock } from '../support/event-clock.js';
import { bound, LIMITS, SimulatedVendor, takeOften } from '../support/rate-simulation.js';

const FILES = { child: join(PACKAGE_ROOT, 'test/support/rate-child.ts') };
const ONE = { shipment: 0, acknowledgement: 0, status: 1, backfill: 0 };

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let folder: string;
  let place: TestDatabase | null;
  let open: Database[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orderferry-rate-'));
    place = engine === 'sqlite' ? null : await TestDatabase.create();
    open = [];
    await migrate(await connect());
  });
  afterEach(async () => {
    for (const database of open) await database.close();
    await place?.drop();
    rmSync(folder, { recursive: true });
  });

  async function connect(clock: Clock = systemClock): Promise<Database> {
    const database = place === null ? openSqlite(join(folder, 'state.db'), clock) : await place.open();
    open.push(database);
    return database;
  }

  it('two processes that take at once get what is there, once', async () => {
    const start = Date.now();
    const got = await Promise.all(place === null ? [inChild(), inChild()] : [onServer(), onServer()]);
    const leaked = ((Date.now() - start) / 1_000) * LIMITS.perSecond;
    const total = got.reduce((sum, one) => sum + one, 0);
    expect(total).toBeGreaterThanOrEqual(49);
    expect(total).toBeLessThanOrEqual(49 + Math.ceil(leaked));
  });

  /** The embedded engine has one writer per process: two need two processes. */
  async function inChild(): Promise<number> {
    const args = ['--import', 'tsx', FILES.child, join(folder, 'state.db'), '40'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PACKAGE_ROOT });
    return Number(stdout);
  }

  async function onServer(): Promise<number> {
    return takeOften(stateBucket(await connect(), 'one'), 40);
  }

  it('a process that is started again finds the level, the pause and who waits', async () => {
    const before = stateBucket(await connect(), 'one');
    const left = await before.update((bucket, now) => {
      const full = overflowed(bucket, LIMITS, now, 60_000);
      const taken = take(full, LIMITS, now, ONE, 1);
      return [taken.bucket, { at: now, bucket: taken.bucket }];
    });
    const after = stateBucket(await connect(), 'one');
    const found = await after.update((bucket) => [bucket, bucket]);
    expect(found).toEqual(left.bucket);
    expect(found).toMatchObject({ level: 50_000, reserve: 4_000, closedUntil: left.at + 60_000 });
    expect(await takeOften(after, 1)).toBe(0);
    expect(await takeOften(stateBucket(await connect(), 'another account'), 1)).toBe(1);
  });

  it.runIf(engine === 'sqlite')(
    '1,000 calls of two processes, one of them started again midway, in the bound with no 429',
    async () => {
      const clock = new EventClock();
      const vendor = new SimulatedVendor(clock, { from: 20, to: 80 });
      const database = await connect(clock);
      const gate = () => rateGate({ store: stateBucket(database, 'one'), limits: LIMITS, clock });
      const start = clock.now();
      const first = async () => {
        await vendor.calls(gate(), 'acknowledgement', 250);
        await vendor.calls(gate(), 'acknowledgement', 250);
      };
      await clock.run(Promise.all([first(), vendor.calls(gate(), 'status', 500)]));
      expect(clock.now() - start).toBeLessThanOrEqual(bound(1_000).most);
      expect(vendor.refused).toBe(0);
    },
  );
});
