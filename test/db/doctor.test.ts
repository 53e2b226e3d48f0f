import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config/load.js';
import { checkSkew } from '../../src/app/doctor/check-clock.js';
import { checkDisk } from '../../src/app/doctor/check-disk.js';
import { feedProbe } from '../../src/app/doctor/check-godatafeed.js';
import { checkZones } from '../../src/app/doctor/check-zones.js';
import { type DoctorOptions, doctor, printDoctor } from '../../src/app/doctor.js';
import { init } from '../../src/app/init.js';
import { createOutput } from '../../src/app/output.js';
import { PIPELINES } from '../../src/app/pipelines.js';
import { Redactor } from '../../src/app/redaction.js';
import type { DatabaseConfig } from '../../src/core/config.js';
import { ConfigurationError, TransientError, UnreachableError } from '../../src/core/errors.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import type { Place } from '../../src/core/places.js';
import { describeDuration } from '../../src/core/time.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { refreshQueue } from '../../src/db/queue-refresh.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { TestSftpServer } from '../support/sftp-server.js';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const clock = { now: () => NOW, sleep: async () => undefined };

let root: string;
let configFile: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orderferry-doctor-'));
  init(root);
  configFile = join(root, 'config', 'orderferry.yaml');
});

afterEach(() => rmSync(root, { recursive: true }));

function openDatabase(config: DatabaseConfig): Database {
  if (config.engine !== 'sqlite') throw new UnreachableError(`${config.host}: connection refused`);
  return openSqlite(config.file, clock);
}

function examine(options: Partial<DoctorOptions> = {}, environment: NodeJS.ProcessEnv = {}) {
  return doctor({
    load: () => loadConfig(configFile, environment),
    openDatabase,
    exigoApi: () => async () => ({ date: null }),
    godatafeed: feedProbe(clock, () => undefined),
    clock,
    ...options,
  });
}

async function prepareDatabase(): Promise<void> {
  const database = openSqlite(join(root, 'var/orderferry.db'), clock);
  await database.transaction(createSyncSchema);
  await database.transaction((session) => refreshQueue(session));
  await migrate(database);
  await database.close();
}

async function failures(options?: Partial<DoctorOptions>, environment?: NodeJS.ProcessEnv) {
  const { checks, exitCode } = await examine(options, environment);
  return { exitCode, failed: checks.filter((check) => !check.ok).map((check) => check.name) };
}

describe('a fresh folder', () => {
  test('lacks only the database, and is not changed by looking', async () => {
    const before = readdirSync(root, { recursive: true }).sort();
    expect(await failures()).toEqual({ exitCode: 2, failed: ['database'] });
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  });

  test('is well once the database is prepared', async () => {
    await prepareDatabase();
    const report = await examine();
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.exitCode).toBe(0);
    expect(report.checks.map((check) => check.name)).toEqual([
      'configuration',
      'time zones',
      'pipelines',
      'state folder',
      'table folder',
      'folder of atlas',
      'folder of borealis',
      'inbox of atlas',
      'inbox of borealis',
      'disk',
      'database',
      'sync tables',
      'queue tables',
      'state schema',
      'Exigo API',
    ]);
  });
});

// Linux says of the place of its processes that it has no room at all.
test.skipIf(process.platform !== 'linux')('a disk without room: exit code 2, and what to do', async () => {
  expect(await checkDisk('disk', '/proc', 'orderferry.db')).toMatchObject({
    ok: false,
    detail: '0.0 GiB free beside orderferry.db',
    remedy: expect.stringContaining('free at least 1 GiB'),
    exitCode: 2,
  });
  expect((await checkDisk('disk', join(root, 'not', 'there'), 'it')).detail).toMatch(/GiB free beside it$/);
});

test('before the first refresh the embedded engine has no queue tables, and that is well', async () => {
  const database = openSqlite(join(root, 'var/orderferry.db'), clock);
  await database.transaction(createSyncSchema);
  await migrate(database);
  await database.close();
  const { checks, exitCode } = await examine();
  expect(exitCode).toBe(0);
  expect(checks.find((check) => check.name === 'queue tables')?.detail).toBe(
    'none yet; the first refresh makes them',
  );
});

describe('what is missing', () => {
  test('configuration: one check with every line, exit code 2', async () => {
    writeFileSync(configFile, 'sorce: {}');
    const { checks, exitCode } = await examine();
    expect(exitCode).toBe(2);
    expect(checks.map((check) => check.name)).toEqual(['configuration']);
    expect(checks[0]?.detail).toContain('sorce: unknown key; did you mean "source"?');
  });

  test('tables and columns, by name', async () => {
    await prepareDatabase();
    const database = openSqlite(join(root, 'var/orderferry.db'), clock);
    await database.transaction(async (session) => {
      await session.run({ name: 'a', text: 'DROP TABLE "dbo.Payments"' });
      await session.run({ name: 'b', text: 'DROP TABLE "queue.Orders"' });
      await session.run({
        name: 'c',
        text: 'CREATE TABLE "queue.Orders" (orderid INTEGER, CustomerID INTEGER)',
      });
    });
    await database.close();
    const { checks } = await examine();
    const detail = (name: string) => checks.find((check) => check.name === name)?.detail;
    expect(detail('sync tables')).toBe('dbo.Payments is not there');
    expect(detail('queue tables')).toBe(
      'queue.Orders lacks ModifiedDate, OrderStatusID, OrderTypeID, SubTotal',
    );
  });

  test('the state schema', async () => {
    await prepareDatabase();
    const database = openSqlite(join(root, 'var/orderferry.db'), clock);
    await database.transaction((session) => session.run({ name: 'd', text: 'DELETE FROM "etl.migration"' }));
    await database.close();
    expect(await failures()).toEqual({ exitCode: 2, failed: ['state schema'] });
  });

  test('a delivery folder: never made, since it may be a mount that failed', async () => {
    await prepareDatabase();
    rmSync(join(root, 'var/out/atlas'), { recursive: true });
    const { checks, exitCode } = await examine();
    const check = checks.find((one) => one.name === 'folder of atlas');
    expect(exitCode).toBe(2);
    expect(check?.remedy).toBe(`mount it, or: mkdir -p '${join(root, 'var/out/atlas')}'`);
    expect(existsSync(join(root, 'var/out/atlas'))).toBe(false);
  });

  test('a state folder that a run makes is well; one that is a file is not', async () => {
    await prepareDatabase();
    const text = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, text.replace('stateDirectory: var', 'stateDirectory: new/state'));
    expect((await failures()).failed).toEqual([]);
    expect(existsSync(join(root, 'new'))).toBe(false);
    writeFileSync(join(root, 'new'), '');
    expect((await failures()).failed).toEqual(['state folder']);
  });

  test.skipIf(process.getuid?.() === 0)('permission to write a folder', async () => {
    await prepareDatabase();
    const folder = join(root, 'var/out/atlas');
    chmodSync(folder, 0o500);
    expect((await failures()).failed).toEqual(['folder of atlas']);
    chmodSync(folder, 0o700);
  });

  test('a database file that is none', async () => {
    mkdirSync(join(root, 'var'), { recursive: true });
    writeFileSync(
      join(root, 'var/orderferry.db'),
      'this is a text, and long enough to be read as a header of a file',
    );
    expect(await failures()).toEqual({ exitCode: 3, failed: ['database'] });
  });

  test('SQL Server that cannot be reached: exit code 3', async () => {
    writeFileSync(
      configFile,
      `database: { sqlserver: { host: db.example.net, database: d, user: u, password: '\${PW}' } }`,
    );
    const report = await examine({}, { PW: 'hush hush' });
    const check = report.checks.find((one) => !one.ok);
    expect(report.exitCode).toBe(3);
    expect(check?.detail).toBe('db.example.net: connection refused');
  });
});

describe('the Exigo API', () => {
  const environment = { L: 'api-user', P: 'hush hush' };

  beforeEach(async () => {
    await prepareDatabase();
    writeFileSync(
      configFile,
      `database: { sqlite: var/orderferry.db }\nexigoApi: { company: acme, login: '\${L}', password: '\${P}' }\n`,
    );
  });

  test.each([
    ['Sat, 21 Nov 2026 03:00:00 GMT', 0, []],
    ['Sat, 21 Nov 2026 02:59:31 GMT', 0, []],
    ['Sat, 21 Nov 2026 03:05:00 GMT', 2, ['clock']],
    ['Sat, 21 Nov 2026 02:00:00 GMT', 2, ['clock']],
    ['nonsense', 0, []],
  ])('answers at %s', async (date, exitCode, failed) => {
    expect(await failures({ exigoApi: () => async () => ({ date }) }, environment)).toEqual({
      exitCode,
      failed,
    });
  });

  test.each([
    [new ConfigurationError('401: wrong login'), 2],
    [new TransientError('HTTP_503', '503: down for maintenance'), 3],
    [new UnreachableError('no such host'), 3],
  ])('%s', async (error, exitCode) => {
    const exigoApi = () => async () => {
      throw error;
    };
    expect(await failures({ exigoApi }, environment)).toEqual({ exitCode, failed: ['Exigo API'] });
  });

  test('is not asked when it is not configured', async () => {
    writeFileSync(configFile, 'database: { sqlite: var/orderferry.db }');
    const { checks } = await examine({
      exigoApi: () => {
        throw new ConfigurationError('asked');
      },
    });
    expect(checks.at(-1)).toMatchObject({
      name: 'Exigo API',
      ok: true,
      detail: 'not configured: orders are handed over, but not set to Printed',
    });
  });
});

test('zones that this Node does not know', () => {
  expect(checkZones(['America/Chicago', 'Europe/Paris']).ok).toBe(true);
  expect(checkZones(['Europe/Pris']).detail).toBe('no data for Europe/Pris');
});

test('the report, for people and as one object', async () => {
  const shownBy = async (json: boolean) => {
    let shown = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        shown += String(chunk);
        done();
      },
    });
    printDoctor(await examine(), createOutput(json, stdout, new Redactor()));
    return shown.replaceAll(root, '');
  };
  const shown = await shownBy(false);
  expect(shown).toContain(
    'FAIL  database: /var/orderferry.db is not there yet\n      -> orderferry migrate\n',
  );
  expect(shown).toMatch(/\n\n1 of 11 checks failed\.\n$/);
  const { ok, checks } = JSON.parse(await shownBy(true));
  expect(ok).toBe(false);
  expect(checks[0]).toMatchObject({ name: 'configuration', ok: true, remedy: null });
  expect(checks[9]).toEqual({
    name: 'database',
    ok: false,
    detail: '/var/orderferry.db is not there yet',
    remedy: 'orderferry migrate',
  });
});

describe('the server of a 3PL', () => {
  let server: TestSftpServer;
  beforeEach(async () => {
    server = await TestSftpServer.open();
  });
  afterEach(async () => server.close());

  async function checkOf(delivery: Place = server.place()) {
    const config = loadConfig(configFile, {});
    const threePls = config.threePls.map((one) => (one.name === 'atlas' ? { ...one, delivery } : one));
    const { checks, exitCode } = await examine({ load: () => ({ ...config, threePls }) });
    const check = checks.find(({ name }) => name === 'server of atlas');
    expect(checks.map(({ name }) => name)).not.toContain('folder of atlas');
    return { ...check, code: check?.ok === true ? 0 : exitCode };
  }

  test('is asked for all that a delivery needs, and says what was done there', async () => {
    writeFileSync(join(server.root, 'in', 'a.csv'), '');
    const { ok, detail } = await checkOf();
    expect(ok).toBe(true);
    expect(detail).toContain('1 file there; a file ending in .part was written, renamed and removed');
    expect(readdirSync(join(server.root, 'in'))).toEqual(['a.csv']);
  });

  test('without a pinned key is shown with what it offers: exit code 2', async () => {
    const found = await checkOf(server.place({ hostKeys: [] }));
    expect(found).toMatchObject({ ok: false, code: 2 });
    expect(found.detail).toContain(server.hostKey);
  });

  test('that refuses a rename: exit code 2, and nothing stays there', async () => {
    server.plan({ op: 'RENAME', how: 'refuse' });
    const found = await checkOf();
    expect(found).toMatchObject({ ok: false, code: 2 });
    expect(found.detail).toContain('renaming');
    expect(readdirSync(join(server.root, 'in'))).toEqual([]);
  });

  async function checkOfInbox(inbox: Place = server.place()) {
    const config = loadConfig(configFile, {});
    const threePls = config.threePls.map((one) =>
      one.name === 'atlas'
        ? { ...one, confirmations: one.confirmations && { ...one.confirmations, inbox } }
        : one,
    );
    const { checks } = await examine({ load: () => ({ ...config, threePls }) });
    expect(checks.filter(({ name }) => name.includes('atlas')).map(({ name }) => name)).toEqual([
      'folder of atlas',
      'inbox of atlas',
    ]);
    return checks.find(({ name }) => name === 'inbox of atlas');
  }

  test('that has the inbox is asked for all that is done there', async () => {
    writeFileSync(join(server.root, 'in', 'a.csv'), '');
    expect(await checkOfInbox()).toMatchObject({
      ok: true,
      detail: expect.stringContaining(
        '1 file there; a file ending in .part was written, renamed and removed',
      ),
    });
    server.plan({ op: 'OPEN', how: 'refuse' });
    expect(await checkOfInbox()).toMatchObject({
      ok: true,
      detail: expect.stringContaining('it takes no file of ours, so whether files may be renamed'),
    });
    server.plan({ op: 'RENAME', how: 'refuse' });
    expect(await checkOfInbox()).toMatchObject({
      ok: false,
      exitCode: 2,
      remedy: 'mend confirmations.inbox in the template, or ask the 3PL',
    });
    expect(await checkOfInbox(server.place({ hostKeys: [] }))).toMatchObject({
      ok: false,
      detail: expect.stringContaining(server.hostKey),
    });
    expect(readdirSync(join(server.root, 'in'))).toEqual(['a.csv']);
  });

  test('that is not there: exit code 3', async () => {
    await prepareDatabase();
    await server.close();
    expect(await checkOf()).toMatchObject({ ok: false, code: 3 });
  });
});

describe('pipelines and modes', () => {
  const named = (text: string) => {
    writeFileSync(configFile, `database: { sqlite: var/orderferry.db }\n${text}`);
  };
  const check = async (options: Partial<DoctorOptions> = {}) => {
    const { checks } = await examine(options);
    return checks.filter(({ name }) => name === 'pipelines' || name === 'mode');
  };

  test('are named, and those of the project counted', async () => {
    const own = { ...(PIPELINES[1] as AnyPipeline), name: 'orders-to-bi' };
    const [found] = await check({ ownPipelines: async () => [own] });
    expect(found).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/orders-to-bi, 1 pipeline of the/),
    });
  });

  test('that cannot be loaded are said with their file', async () => {
    const ownPipelines = async () => {
      throw new ConfigurationError('/srv/pipelines/own.mjs exports no pipeline');
    };
    expect(await check({ ownPipelines })).toMatchObject([
      { name: 'pipelines', ok: false, detail: '/srv/pipelines/own.mjs exports no pipeline' },
    ]);
  });

  test('in shadow are said to be', async () => {
    named('modes: { exigo-orders-to-3pl: shadow }');
    expect(await check()).toMatchObject([
      { name: 'pipelines', ok: true },
      { name: 'mode', ok: true, detail: expect.stringMatching(/^exigo-orders-to-3pl runs in shadow/) },
    ]);
    named('modes: { exigo-order-to-3pl: shadow }');
    expect(await check()).toMatchObject([
      {
        ok: false,
        detail: 'modes.exigo-order-to-3pl: no such pipeline; did you mean "exigo-orders-to-3pl"?',
      },
    ]);
  });
});

test.each([
  [0, 0, true],
  [NOW + 31_000, 31_000, false],
  [NOW - 29_000, 29_000, true],
])('a clock that shows %i is %i ms away', (there, skew, ok) => {
  const at = there === 0 ? NOW : there;
  const found = checkSkew('clock', 'that of the database', at, { sentAt: NOW, receivedAt: NOW });
  expect([found.ok, found.detail]).toEqual([ok, expect.stringContaining(describeDuration(skew))]);
});
