/** An installation without a sync database: everything an operator types, with orders of the API. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { init } from '../../src/app/init.js';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { systemClock } from '../../src/core/clock.js';
import type { Database } from '../../src/db/database.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { type CliResult, exigoApiSection, runCli } from '../support/cli.js';

vi.setConfig({ testTimeout: 240_000 });

const API = 'exigo-api-orders-to-3pl';

let folder: string;
let tenant: Database;
let standin: ExigoStandin;
const cli = (...args: string[]): Promise<CliResult> => runCli(folder, args);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
  init(folder);
  tenant = openSqlite(join(folder, 'tenant.db'), systemClock);
  await tenant.transaction((session) => createSyncSchema(session));
  await loadSampleTenant(tenant, systemClock);
  const credentials = { login: 'ferry', company: 'sample', password: 'not-a-secret' };
  standin = await startExigoStandin({ database: tenant, clock: systemClock, ...credentials });
  const file = join(folder, 'config/orderferry.yaml');
  const text = (await readFile(file, 'utf8')).replace(/^exigoApi:\n(?: .*\n)*/m, '');
  await writeFile(file, `${text}${exigoApiSection(standin.url)}\nsource: { orders: api }\n`);
});
afterEach(async () => {
  await standin.close();
  await tenant.close();
  await rm(folder, { recursive: true, force: true });
});

it('migrate, doctor, dry run, run, status and explain need no sync tables', async () => {
  expect((await cli('migrate')).code).toBe(0);
  const doctor = await cli('doctor');
  expect([doctor.code, doctor.stdout]).toEqual([0, expect.not.stringContaining('sync tables')]);
  const dry = await cli('run', API, '--dry-run', '--json');
  expect([dry.code, dry.stderr]).toEqual([0, expect.any(String)]);
  const run = await cli('run', API, '--json');
  expect(run.json<{ totals: object }>().totals).toMatchObject({ frozen: 25, held: 3, failed: 0 });
  const other = await cli('run', 'exigo-orders-to-3pl');
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining(`source.orders: api: ${API}`)]);
  const status = await cli('status', '--json');
  expect(
    status.json<{ pipelines: { pipeline: string }[] }>().pipelines.map(({ pipeline }) => pipeline),
  ).toEqual([API, '3pl-shipments-to-exigo', '3pl-returns-to-exigo', 'exigo-cancellations-to-3pl']);
  const [first] = (await readdir(join(folder, 'var/out/atlas'))).filter((name) => name.endsWith('.csv'));
  expect(first).toBeDefined();
  const explained = await cli('explain', '1001');
  expect(explained.code).toBe(0);
  const state = openSqlite(join(folder, 'var/orderferry.db'), systemClock);
  const tables = await state.all({
    name: 'test',
    text: `SELECT name FROM sqlite_schema WHERE name LIKE 'dbo.%' OR name LIKE 'queue.%'`,
  });
  await state.close();
  expect(tables).toEqual([]);
});

it('does not hand orders over that the other source has handed over from the same database', async () => {
  await cli('migrate');
  expect((await cli('run', API)).code).toBe(0);
  const file = join(folder, 'config/orderferry.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('{ orders: api }', '{ orders: queue }'));
  const refused = await cli('run', 'exigo-orders-to-3pl');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`${API} has handed orders over from this database`);
});
