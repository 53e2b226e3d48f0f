import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { init } from '../../src/app/init.js';
import { migrate } from '../../src/db/migrate.js';
import type { SqlServerConfig } from '../../src/db/sqlserver/pool.js';
import { createSampleSyncDatabase } from '../../src/db/sqlserver/sample.js';
import { runCli } from '../support/cli.js';
import { hasSqlServer, reportMissingEngine, TestDatabase } from '../support/engines.js';

reportMissingEngine();

describe.runIf(hasSqlServer())('a SQL Server that is not as it should be', () => {
  let folder: string;
  let made: TestDatabase;
  let hangsUp: Server;
  let hangsUpPort: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-faults-'));
    init(folder);
    made = await TestDatabase.create();
    hangsUp = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => hangsUp.listen(0, '127.0.0.1', resolve));
    const address = hangsUp.address();
    hangsUpPort = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(async () => {
    hangsUp.close();
    await made.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(changes: Partial<SqlServerConfig> = {}) {
    const config = { ...made.config, ...changes };
    const file = join(folder, 'config', 'orderferry.yaml');
    const text = await readFile(file, 'utf8');
    const lines = (['host', 'port', 'database', 'user', 'encrypt', 'trustServerCertificate'] as const).map(
      (name) => `    ${name}: ${config[name]}\n`,
    );
    const section = `database:\n  sqlserver:\n${lines.join('')}    password: \${SQLSERVER_PASSWORD}\n`;
    await writeFile(file, text.replace(/^database:\n(?: +.*\n)+/m, section));
    return runCli(folder, ['run', 'exigo-orders-to-3pl'], { SQLSERVER_PASSWORD: config.password });
  }

  /** Runs statements on the database, each its own batch. */
  async function alter(...texts: readonly string[]): Promise<void> {
    const database = await made.open();
    try {
      for (const text of texts) await database.run({ name: 'test', text });
    } finally {
      await database.close();
    }
  }

  async function expectOneLine(result: Awaited<ReturnType<typeof run>>, code: number, advice: RegExp) {
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(advice);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  }

  it.each([
    ['a host that is not there', { host: 'no-such-host.invalid' }, 3, /host and port/],
    ['a port where nobody listens', { port: 1 }, 3, /host and port/],
    ['a wrong user', { user: 'nobody' }, 2, /user, password/],
    [
      'a database that is not there',
      { database: 'orderferry_not_there' },
      2,
      /check database\.sqlserver.*database/,
    ],
  ] as const)('%s: one line that says what to mend', async (_name, changes, code, advice) => {
    await expectOneLine(await run(changes), code, advice);
  });

  it('hangs up at once: one line, exit code 3', async () => {
    await expectOneLine(await run({ port: hangsUpPort }), 3, /host and port/);
  });

  it('has not been migrated, then no sync tables, no procedure, no table, no column: each says which', async () => {
    await expectOneLine(await run(), 2, /orderferry migrate/);
    const database = await made.open();
    try {
      await migrate(database);
      await expectOneLine(await run(), 2, /dbo\.\w+: the table is missing/);
      await createSampleSyncDatabase(database);
    } finally {
      await database.close();
    }
    await alter('DROP PROCEDURE queue.Refresh');
    await expectOneLine(await run(), 2, /queue.refresh/i);
    await alter('ALTER TABLE dbo.Payments DROP COLUMN ModifiedDate');
    await expectOneLine(await run(), 2, /dbo\.Payments: column ModifiedDate is missing/);
    await alter('DROP TABLE dbo.CustomerSites');
    await expectOneLine(await run(), 2, /dbo\.\w+: /);
    const other = await made.open();
    try {
      expect(await other.all({ name: 'test', text: 'SELECT change_set_id FROM etl.change_set' })).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
