/** The program of test/crash/hosted.test.ts: one freeze of a sync database elsewhere, killed at a named point. */

import type { DatabaseConfig, SqlServerConfig } from '../../src/core/config.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { openSqlServer } from '../../src/db/sqlserver/pool.js';
import { freezeLive } from '../../src/queue/freeze/freeze.js';
import { acquireLease, Lease } from '../../src/queue/lease/lease.js';
import { TestClock } from './clock.js';
import { SOURCE_DEFAULTS, SUBSCRIBERS } from './freezing.js';

export interface HostedChild {
  readonly now: number;
  readonly state: DatabaseConfig;
  readonly sync: SqlServerConfig;
  readonly killAt: string;
}

const { now, state, sync, killAt } = JSON.parse(process.argv[2] ?? '') as HostedChild;
setFaultHook(async (point) => {
  if (point === killAt) process.kill(process.pid, 'SIGKILL');
});
const clock = new TestClock(now);
const database =
  state.engine === 'sqlite' ? openSqlite(state.file, clock) : await openSqlServer(state, clock);
const hosted = { database: await openSqlServer(sync, clock), refresh: true };
const lease = await acquireLease(database, clock, {
  name: 'source/exigo',
  ttlMs: 60_000,
  requestDeadlineMs: 0,
});
if (lease instanceof Lease) await freezeLive(lease, SOURCE_DEFAULTS, SUBSCRIBERS, hosted);
