import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/app/config/load.js';
import { init } from '../../src/app/init.js';
import { openDatabase } from '../../src/app/runtime.js';
import { migrate } from '../../src/db/migrate.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { CLI_SECRETS, exigoApiSection, runCli } from '../support/cli.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const cli = (...args: string[]) => runCli(folder, args);

it('goes from an empty folder to a first run', async () => {
  const made = await cli('init');
  expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('wrote config/orderferry.yaml')]);

  const early = await cli('status');
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('run "orderferry migrate"')]);

  const migrated = await cli('migrate');
  expect([migrated.code, migrated.stdout]).toEqual([0, expect.stringContaining('applied 001_ledger')]);
  const again = await cli('migrate');
  expect([again.code, again.stdout]).toEqual([0, 'the state schema is up to date\n']);

  const looked = await cli('doctor', '--json');
  expect(looked.json()).toMatchObject({ ok: true });
  expect(looked.code).toBe(0);

  const status = await cli('status');
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/exigo-orders-to-3pl\n {2}last success never\n {2}nothing waits\n/);
  expect(status.stdout).toContain('3PL atlas: a wave with every run');

  const run = await cli('run', 'exigo-orders-to-3pl');
  expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining('orderferry:')]);
});

it('shows the digest line by line', async () => {
  init(folder);
  const database = await openDatabase(loadConfig(join(folder, 'config/orderferry.yaml'), CLI_SECRETS));
  await migrate(database);
  await database.close();
  const digest = await cli('digest');
  expect([digest.code, digest.stdout]).toEqual([
    0,
    expect.stringMatching(/UTC: all is well\n\nIncidents\n {2}none\n\nFlows.*\n {2}pipeline /),
  ]);
});

it('ends with 3 when the doctor finds the Exigo API down, and says what to do', async () => {
  init(folder);
  const file = join(folder, 'config/orderferry.yaml');
  await appendFile(file, exigoApiSection('http://127.0.0.1:9/3.0'));
  const database = await openDatabase(loadConfig(file, CLI_SECRETS));
  await migrate(database);
  await database.transaction((session) => createSyncSchema(session));
  await database.close();
  const looked = await cli('doctor');
  expect(looked.code).toBe(3);
  expect(looked.stdout).toMatch(/^FAIL {2}.*Exigo/m);
});
