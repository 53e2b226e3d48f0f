/**
 * What a SQL Server does when its log is full or its database is taken offline, which a test server cannot be asked
 * for: a relay in between answers as Microsoft documents it, and the real server takes the transaction back.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliSite } from '../support/cli.js';
import { hasSqlServer, reportMissingEngine, testServer } from '../support/engines.js';
import { FaultProxy } from '../support/fault-proxy.js';

reportMissingEngine();

const RUN = ['run', 'exigo-orders-to-3pl'];
const LOG_FULL = [9002, "The transaction log for database 'ferry' is full due to 'LOG_BACKUP'."] as const;
const FILE_FULL = [
  1105,
  "Could not allocate space for object 'etl.item' in database 'ferry' because the 'PRIMARY' filegroup is full.",
] as const;
const OFFLINE = [
  [4060, 'Cannot open database "ferry" requested by the login. The login failed.'],
  [18456, "Login failed for user 'ferry'."],
] as const;
const NOW_OFFLINE = [942, "Database 'ferry' cannot be opened because it is offline."] as const;

describe.runIf(hasSqlServer())('while a run is under way', () => {
  let site: CliSite;
  let proxy: FaultProxy;
  beforeEach(async () => {
    site = await CliSite.open({ engine: 'sqlserver' });
    const { host, port } = testServer();
    proxy = await FaultProxy.open(host, port);
    const file = join(site.folder, 'config', 'orderferry.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace(/^ {4}host: .*\n {4}port: .*$/m, `    host: 127.0.0.1\n    port: ${proxy.port}`),
    );
  });
  afterEach(async () => {
    await proxy.close();
    await site.close();
  });

  const count = async (table: string) => {
    const text = `SELECT COUNT(*) AS n FROM ${table}`;
    return (await site.database.get<{ n: number }>({ name: 'test', text }))?.n;
  };

  /** The run that follows does all of it, once. */
  async function expectNextRunDoesAll() {
    const next = await site.run(RUN);
    expect([next.code, next.stderr]).toEqual([0, '']);
    expect(await count(`etl.batch WHERE state = 'closed' AND pipeline = '${RUN[1]}'`)).toBe(1);
    expect(await count(`etl.effect WHERE state <> 'done'`)).toBe(0);
    expect(await count(`etl.wave WHERE state = 'delivered'`)).toBe(2);
    const moves = site.standin.journal.flatMap(({ changes }) => changes.map(({ orderId }) => orderId));
    expect([moves.length, new Set(moves).size]).toEqual([17, 17]);
  }

  it.each([
    ['the log is full while it freezes', LOG_FULL, 'INSERT INTO etl.frozen_Orders', 'etl.change_set'],
    ['the log is full while it writes verdicts', LOG_FULL, 'INSERT INTO etl.item', 'etl.item'],
    ['its files are full while it plans files', FILE_FULL, 'INSERT INTO etl.wave', 'etl.wave'],
    ['its database is shut while it freezes', NOW_OFFLINE, 'INSERT INTO etl.frozen_Orders', 'etl.change_set'],
  ] as const)(
    '%s: one line, nothing half done, and the next run goes on',
    async (_name, error, text, table) => {
      proxy.plan(text, { kind: 'error', error });
      const failed = await site.run(RUN);
      expect(proxy.met).toBe(1);
      expect([failed.code, failed.stderr]).toEqual([3, expect.stringContaining(error[1])]);
      expect(failed.stderr.trim().split('\n')).toHaveLength(1);
      expect(await count(table)).toBe(0);
      await expectNextRunDoesAll();
    },
  );

  it.each([
    ['freezes', 'INSERT INTO etl.frozen_Orders', 'etl.change_set'],
    ['writes verdicts', 'INSERT INTO etl.item', 'etl.item'],
  ])('is offline while it %s: says so, also the next time, then goes on', async (_when, text, table) => {
    proxy.plan(text, { kind: 'offline', refusal: OFFLINE });
    const failed = await site.run(RUN);
    expect(proxy.met).toBe(1);
    expect([failed.code, failed.stderr]).toEqual([3, expect.stringMatching(/^orderferry: .*lost.*\n$/)]);
    const offline = await site.run(RUN);
    expect([offline.code, offline.stderr]).toEqual([
      2,
      expect.stringMatching(/^orderferry: .*Cannot open database "ferry".*whether it is online\n$/),
    ]);
    expect(await count(table)).toBe(0);
    proxy.online();
    await expectNextRunDoesAll();
  });
});
