import { randomBytes } from 'node:crypto';
import { it, vi } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { ConfigurationError } from '../../src/core/errors.js';
import type { Engine, SyncDatabase } from '../../src/db/database.js';
import { openSqlServer, type SqlServerConfig } from '../../src/db/sqlserver/pool.js';

const VARIABLE = 'ORDERFERRY_TEST_SQLSERVER';

/**
 * The engines a suite runs on: the embedded one always, SQL Server when ORDERFERRY_TEST_SQLSERVER names one
 * (`mssql://user:pass@host:port/db?encrypt=false`). Without it the suite has one skipped test whose name says so.
 */
export function engines(): Engine[] {
  return process.env[VARIABLE] === undefined ? ['sqlite'] : ['sqlite', 'sqlserver'];
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
  else it.skip(`SQL Server: not run, ${VARIABLE} is not set`);
}

/** For tests of SQL Server alone. */
export function hasSqlServer(): boolean {
  return engines().includes('sqlserver');
}

export function testServer(database?: string): SqlServerConfig {
  const url = new URL(process.env[VARIABLE] ?? '');
  if (url.protocol !== 'mssql:') throw new ConfigurationError(`${VARIABLE} begins with mssql://`);
  return {
    engine: 'sqlserver',
    host: url.hostname,
    port: Number(url.port || 1433),
    database: database ?? (url.pathname.slice(1) || 'master'),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    encrypt: url.searchParams.get('encrypt') !== 'false',
    trustServerCertificate: url.searchParams.get('trustServerCertificate') === 'true',
  };
}

/** An empty database of its own on the test server. */
export class TestDatabase {
  private constructor(readonly config: SqlServerConfig) {}

  static async create(): Promise<TestDatabase> {
    const name = `orderferry_test_${randomBytes(6).toString('hex')}`;
    await onServer(`CREATE DATABASE ${name}`);
    return new TestDatabase(testServer(name));
  }

  open(clock: Clock | null = null): Promise<SyncDatabase> {
    return openSqlServer(this.config, clock);
  }

  /** Close all connections to it first. */
  async drop(): Promise<void> {
    await onServer(`DROP DATABASE ${this.config.database}`);
  }
}

async function onServer(text: string): Promise<void> {
  const server = await openSqlServer(testServer());
  try {
    await server.run({ name: 'test', text });
  } finally {
    await server.close();
  }
}

/** A test's statement, written with the embedded engine's quoted names, as the engine spells it. */
export function forEngine(engine: Engine, text: string): string {
  return engine === 'sqlite' ? text : text.replace(/"(dbo|queue|etl)\.(\w+)"/g, '$1.$2');
}
