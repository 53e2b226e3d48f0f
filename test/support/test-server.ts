import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/core/clock.js';
import { ConfigurationError, messageOf } from '../../src/core/errors.js';
import type { Database, SyncDatabase } from '../../src/db/database.js';
import { openSqlServer, type SqlServerConfig } from '../../src/db/sqlserver/pool.js';

export const SERVER_VARIABLE = 'ORDERFERRY_TEST_SQLSERVER';
/** Set for a whole run of the tests, so that its end knows which databases were its own. */
export const RUN_VARIABLE = 'ORDERFERRY_TEST_RUN';

/** The server that `ORDERFERRY_TEST_SQLSERVER` names: `mssql://user:pass@host:port/db?encrypt=false`. */
export function testServer(database?: string): SqlServerConfig {
  const url = new URL(process.env[SERVER_VARIABLE] ?? '');
  if (url.protocol !== 'mssql:') throw new ConfigurationError(`${SERVER_VARIABLE} begins with mssql://`);
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
    const name = `${prefix()}${randomBytes(6).toString('hex')}`;
    await onServer((server) => runAlone(server, `CREATE DATABASE ${name}`));
    return new TestDatabase(testServer(name));
  }

  open(clock: Clock | null = null): Promise<SyncDatabase> {
    return openSqlServer(this.config, clock);
  }

  async drop(): Promise<void> {
    await onServer((server) => drop(server, this.config.database));
  }
}

/**
 * Drops what a test of this run left behind that never came to its own end, and what a run that was killed left
 * more than a day ago; returns the names.
 */
export async function dropLeftovers(): Promise<string[]> {
  return onServer(async (server) => {
    const text = `SELECT name FROM sys.databases
      WHERE LEFT(name, LEN(@prefix)) = @prefix
         OR (LEFT(name, 16) = 'orderferry_test_' AND DATEDIFF(HOUR, create_date, GETDATE()) > 24)`;
    const left = await server.all<{ name: string }>({ name: 'test', text }, { prefix: prefix() });
    for (const { name } of left) await drop(server, name);
    return left.map(({ name }) => name);
  });
}

function prefix(): string {
  const run = process.env[RUN_VARIABLE];
  return run === undefined ? 'orderferry_test_' : `orderferry_test_${run}_`;
}

/** Babelfish refuses one of two that are made or dropped at the same moment: "tuple concurrently updated". */
async function runAlone(server: Database, text: string): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      await run(server, text);
      return;
    } catch (error) {
      if (left === 0 || !messageOf(error).includes('concurrently')) throw error;
    }
  }
}

/** A process that was killed may still be connected as far as the server knows. */
async function drop(server: Database, name: string): Promise<void> {
  const sessions = await server.all<{ id: number }>(
    {
      name: 'test',
      text: 'SELECT session_id AS id FROM sys.dm_exec_sessions WHERE database_id = DB_ID(@name)',
    },
    { name },
  );
  for (const { id } of sessions) await run(server, `KILL ${id}`).catch(() => undefined); // it has ended meanwhile
  // One that was refused for another that went on beside it may have been done all the same.
  await runAlone(server, `DROP DATABASE IF EXISTS ${name}`);
}

function run(server: Database, text: string): Promise<number> {
  return server.run({ name: 'test', text });
}

async function onServer<T>(work: (server: Database) => Promise<T>): Promise<T> {
  const server = await openSqlServer(testServer());
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
