import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/app/config/load.js';
import { ownPipelines } from '../../src/app/own-pipelines.js';
import { assertPipelineNames } from '../../src/app/pipeline-names.js';
import { findPipeline, handOverPipeline, pipelineHere, pipelinesFor } from '../../src/app/pipelines.js';
import { openDatabase } from '../../src/app/runtime.js';
import { makeSampleDatabase } from '../../src/app/sample-tenant.js';
import { startProject } from '../../src/app/starter/starter.js';
import { systemClock } from '../../src/core/clock.js';
import { ConfigurationError } from '../../src/core/errors.js';
import { migrate } from '../../src/db/migrate.js';
import { monitoringOf } from '../../src/engine/health.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-own-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('a starter project passes doctor and run as it is, its own pipeline included', async () => {
  startProject(folder, { engine: 'sqlite', threePls: ['north'], godatafeed: false });
  const database = await openDatabase(loadConfig(join(folder, 'config/orderferry.yaml'), {}));
  await migrate(database);
  await makeSampleDatabase(database, systemClock);
  await database.close();
  const looked = await runCli(folder, ['doctor', '--json']);
  expect([looked.code, looked.json()]).toEqual([0, expect.objectContaining({ ok: true })]);
  expect(looked.stdout).toContain('orders-to-bi, 1 pipeline of the project');
  const own = await runCli(folder, ['run', 'orders-to-bi', '--json']);
  expect([own.code, own.json()]).toEqual([0, expect.objectContaining({ pipeline: 'orders-to-bi' })]);
  const files = (await readdir(join(folder, 'var/out/tables'))).filter((name) => name.endsWith('.csv'));
  expect(files).toEqual(['orders-to-bi_OrderDetails_000001.csv', 'orders-to-bi_Orders_000001.csv']);
}, 180_000);

/** Without an import: the runner of these tests resolves modules by itself. The one above imports the package. */
const pipeline = (name: string, aggregate: string, kind: string) =>
  `export default { name: '${name}', source: { kind: 'exigo-queue', aggregate: '${aggregate}' },
     transform: () => ({ verdict: 'load', target: null }), load: [{ kind: '${kind}', step: 'files' }] };`;
const tables = (name: string) => pipeline(name, 'table', 'table-csv');

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'pipelines'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'pipelines', name), text);
}

it.each([
  ['has the name of one of ours', tables('exigo-snapshot-to-csv'), /is named "exigo-snapshot-to-csv"/],
  ['has the name of another one', tables('first'), /another file beside it is named "first"/],
  ['is none', 'export const x = 1;', /own\.mjs exports no pipeline: write "export default definePipeline/],
  ['cannot be loaded', 'export default {', /own\.mjs cannot be loaded: /],
  ['is described wrongly', tables('Own'), /a name is lower-case words/],
])('a file of pipelines/ that %s is refused and named', async (_what, text, message) => {
  await put({ 'first.mjs': tables('first'), 'own.mjs': text, 'notes.txt': 'no code' });
  const loading = ownPipelines(folder);
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toBeInstanceOf(ConfigurationError);
});

it('the schedule runs pipelines of the project by their names, and a wrong name is an error at the start', async () => {
  startProject(folder, { engine: 'sqlite', threePls: ['north'], godatafeed: false });
  await put({ 'my-orders.mjs': pipeline('my-orders-to-3pl', 'order', '3pl-file') });
  const file = join(folder, 'config/orderferry.yaml');
  const before = await readFile(file, 'utf8');
  const entry = (names: string) =>
    writeFile(
      file,
      `${before.replace(/^schedule:[\s\S]*?(?=^\S)/m, '')}\nschedule: { entries: [{ name: own, cron: '* * * * *', zone: UTC, pipelines: [${names}] }] }\n`,
    );
  const database = await openDatabase(loadConfig(file, {}));
  await migrate(database);
  await makeSampleDatabase(database, systemClock);
  const at = new Date(Date.now() - 5 * 60_000).toISOString().replace('T', ' ').slice(0, 23);
  await database.transaction((session) =>
    session.run(
      { name: 'test', text: 'INSERT INTO "etl.schedule" (entry, decided_utc) VALUES (@entry, @at)' },
      { entry: 'own', at },
    ),
  );
  await database.close();
  await entry('orders-to-bi, my-order-to-3pl');
  const fault =
    'schedule.entries[0].pipelines[1]: there is no pipeline "my-order-to-3pl"; did you mean "my-orders-to-3pl"?';
  for (const command of [['schedule', '--once'], ['doctor']]) {
    const { code, stdout, stderr } = await runCli(folder, command);
    expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(fault)]);
  }
  await entry('orders-to-bi, my-orders-to-3pl');
  const { code, stdout } = await runCli(folder, ['schedule', '--once']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/orders-to-bi done; my-orders-to-3pl done/)]);
}, 180_000);

it('the monitoring names pipelines of the project, too', async () => {
  await put({ 'own.js': pipeline('my-orders-to-3pl', 'order', '3pl-file') });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const own = await ownPipelines(folder);
  const watched = (pipeline: string) => ({
    monitoring: { ...monitoringOf({}), flows: [{ pipeline, watch: true }] },
  });
  expect(() => assertPipelineNames(watched('my-orders-to-3pl'), own)).not.toThrow();
  expect(() => assertPipelineNames(watched('my-order-to-3pl'), own)).toThrow(
    'monitoring.flows[0].pipeline: there is no pipeline "my-order-to-3pl"; did you mean "my-orders-to-3pl"?',
  );
});

it('one that hands orders over takes the place of ours, where its source is the one here', async () => {
  await put({ 'own.js': pipeline('my-orders-to-3pl', 'order', '3pl-file'), '.hidden.mjs': 'nonsense(' });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const own = await ownPipelines(folder);
  const queue = { godatafeed: { stores: [] }, source: { orders: 'queue' as const } };
  const here = pipelinesFor(queue, own);
  expect(here.map(({ name }) => name)).toEqual(['exigo-snapshot-to-csv', 'my-orders-to-3pl']);
  expect(() => pipelineHere(here, findPipeline('exigo-orders-to-3pl'))).toThrow(
    'exigo-orders-to-3pl: here my-orders-to-3pl of the project takes its place',
  );
  expect(() => findPipeline('my-order-to-3pl', own)).toThrow(/did you mean "my-orders-to-3pl"\?/);
  const api = pipelinesFor({ ...queue, source: { orders: 'api' } }, own);
  expect(api.map(({ name }) => name)).toEqual(['exigo-api-orders-to-3pl']);
  expect(await ownPipelines(join(folder, 'nowhere'))).toEqual([]);
  expect(here).toContain(own[0]);
  expect(handOverPipeline({ source: { ...SOURCE, orders: 'queue' } }, here).name).toBe('my-orders-to-3pl');
});

const SOURCE = {
  overlapMs: 0,
  settleMs: 0,
  firstRunMs: 0,
  tableLagMs: 0,
  sweepHorizonMs: 0,
  allowSensitive: [],
  oldOrderMs: 0,
};
