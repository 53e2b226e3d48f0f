import { it, vi } from 'vitest';
import type { Engine } from '../../src/db/database.js';
import { SERVER_VARIABLE } from './test-server.js';

export { forEngine } from './place.js';
export { TestDatabase, testServer } from './test-server.js';

/**
 * The engines a suite runs on: the embedded one always, SQL Server when ORDERFERRY_TEST_SQLSERVER names one
 * (`mssql://user:pass@host:port/db?encrypt=false`). Without it the suite has one skipped test whose name says so.
 */
export function engines(): Engine[] {
  return process.env[SERVER_VARIABLE] === undefined ? ['sqlite'] : ['sqlite', 'sqlserver'];
}

/** Where the sync tables and our state are. */
export interface Mode {
  readonly name: string;
  /** Of our state. */
  readonly engine: Engine;
  /** The sync tables are in a SQL Server database of their own. */
  readonly hosted: boolean;
}

/** {@link engines}, and with a SQL Server the modes in which the sync tables are in another database. */
export function modes(): Mode[] {
  const own = engines().map((engine) => ({ name: engine, engine, hosted: false }));
  if (!hasSqlServer()) return own;
  return [
    ...own,
    { name: 'sqlserver, the sync tables in another database', engine: 'sqlserver', hosted: true },
    { name: 'sqlite, the sync tables on SQL Server', engine: 'sqlite', hosted: true },
  ];
}

/** Call at the top of a suite of both engines: names what is not run, and why. */
export function reportMissingEngine(): void {
  if (hasSqlServer()) vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
  else it.skip(`SQL Server: not run, ${SERVER_VARIABLE} is not set`);
}

/** For tests of SQL Server alone. */
export function hasSqlServer(): boolean {
  return engines().includes('sqlserver');
}

/**
 * How often a long test repeats itself: `few` times on SQL Server, where each statement is a round trip, unless
 * ORDERFERRY_TEST_SQLSERVER_RUNS is `all`. To be said in the name of the test.
 */
export function repetitions(engine: Engine, all: number, few: number): number {
  return engine === 'sqlserver' && process.env.ORDERFERRY_TEST_SQLSERVER_RUNS !== 'all' ? few : all;
}
