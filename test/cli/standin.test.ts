import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { init } from '../../src/app/init.js';
import { exigoApiSection, runCli, startCli } from '../support/cli.js';
import { composeFile, dockerHealthCheck, inContainer } from '../support/compose.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
  init(folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const { services } = composeFile();
const cli = (...args: string[]) => runCli(folder, args);
const configure = (baseUrl: string) =>
  appendFile(join(folder, 'config/orderferry.yaml'), exigoApiSection(baseUrl));

// Each command is a process of its own: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe('orderferry standin exigo', () => {
  it('is a tenant to try everything with, until it is told to stop', async () => {
    const port = await freePort();
    await configure(`http://127.0.0.1:${port}/3.0`);
    expect((await cli('migrate')).code).toBe(0);
    expect((await cli('sample', '--if-empty')).stdout).toContain('a tenant of 25 orders');
    expect((await cli('sample', '--if-empty')).stdout).toBe('the database has orders: left as it is\n');
    const twice = await cli('sample');
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('has orders already')]);

    const standin = startCli(folder, ['standin', 'exigo']);
    await saysItListens(standin.child);
    expect((await cli('doctor', '--json')).json()).toMatchObject({ ok: true });
    const run = await cli('run', 'exigo-orders-to-3pl', '--json');
    expect(run.json()).toMatchObject({ totals: { delivered: 17, held: 3, failed: 0 } });

    const taken = await cli('standin', 'exigo');
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('another program listens there')]);

    standin.child.kill('SIGTERM');
    const ended = await standin.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^a stand-in of the Exigo API listens on http:\/\/127\.0\.0\.1:\d+\/3\.0$/m);
    expect(ended.stdout).toContain('nothing at Exigo');
  });

  it('refuses the configuration of a real tenant, and one without an API', async () => {
    const without = await cli('standin', 'exigo');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('exigoApi is missing')]);
    await configure('https://example-api.exigo.com/3.0');
    const real = await cli('standin', 'exigo', '--port', '8089');
    expect(real.code).toBe(2);
    expect(real.stderr).toContain('exigoApi.baseUrl names example-api.exigo.com: that is a real tenant');
  });

  it('refuses an address that other machines reach, unless that is meant', async () => {
    const port = await freePort();
    await configure(`http://127.0.0.1:${port}/3.0`);
    const open = await cli('standin', 'exigo', '--listen', '0.0.0.0');
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('add --on-network')]);
    const meant = startCli(folder, ['standin', 'exigo', '--listen', '0.0.0.0', '--on-network']);
    await saysItListens(meant.child);
    meant.child.kill('SIGTERM');
    expect(await meant.ended).toMatchObject({ code: 0 });
  });
});

describe('orderferry standin godatafeed', () => {
  const KEY = { GODATAFEED_KEY: 'a-key-of-the-test' };
  const feed = (...args: string[]) => runCli(folder, args, KEY);
  const configureStore = (port: number) =>
    appendFile(
      join(folder, 'config/orderferry.yaml'),
      `\ngodatafeed: { stores: [{ name: main, consumerKey: '\${GODATAFEED_KEY}', baseUrl: 'http://127.0.0.1:${port}/v1' }] }\n`,
    );

  it('is a store with orders, in the form that is configured, until it is told to stop', async () => {
    const without = await feed('standin', 'godatafeed');
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('godatafeed.stores is empty'),
    ]);
    const port = await freePort();
    await configureStore(port);
    await feed('migrate');
    const other = await feed('standin', 'godatafeed', '--store', 'outlet');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('no store "outlet"')]);
    const standin = startCli(folder, ['standin', 'godatafeed'], KEY);
    await saysItListens(standin.child);
    expect((await feed('doctor')).stdout).toContain('3 new orders');
    const test = services['godatafeed-standin']?.healthcheck?.test ?? [];
    expect(await exitCode(test.slice(1).map((word) => word.replace(':8090/', `:${port}/`)))).toBe(0);
    const run = await feed('run', 'godatafeed-orders-to-exigo', '--json');
    expect(run.json()).toMatchObject({ totals: { frozen: 3, held: 3 } }); // there are no maps yet
    standin.child.kill('SIGTERM');
    expect(await standin.ended).toMatchObject({ code: 0 });
  });
});

describe('the health checks of the containers, as plain processes', () => {
  it('of Orderferry: well on a migrated installation, not before', async () => {
    const [, ...words] = dockerHealthCheck();
    expect((await runCli(folder, words)).code).toBe(2);
    await cli('migrate');
    expect((await runCli(folder, words)).code).toBe(0);
  });

  it('of the stand-in: well while it listens', async () => {
    const port = await freePort();
    await configure(`http://127.0.0.1:${port}/3.0`);
    await cli('migrate');
    const test = services['exigo-standin']?.healthcheck?.test ?? [];
    expect(test[0]).toBe('CMD');
    const check = () => exitCode(test.slice(1).map((word) => word.replace(':8089/', `:${port}/`)));
    expect(await check()).toBe(1);
    const standin = startCli(folder, ['standin', 'exigo']);
    await saysItListens(standin.child);
    expect(await check()).toBe(0);
    standin.child.kill('SIGTERM');
    await standin.ended;
  });

  it.each([0, 1])(
    'of SQL Server: asks with the tool that is there, no password in sight; says %i',
    async (code) => {
      const [kind, shell = ''] = services.sqlserver?.healthcheck?.test ?? [];
      expect(kind).toBe('CMD-SHELL');
      const asked = await withRecordedTool(shell, { MSSQL_SA_PASSWORD: 'a "quoted" $ecret' }, code);
      expect(asked).toEqual({
        code,
        arguments: ['-S', 'localhost', '-U', 'sa', '-C', '-b', '-l', '5', '-Q', 'SELECT 1'],
        password: 'a "quoted" $ecret',
      });
    },
  );

  it('and the one that makes the database hands its script to the same tool', async () => {
    const { entrypoint, command } = services.database ?? {};
    expect(entrypoint).toEqual(['/bin/sh', '-c']);
    const asked = await withRecordedTool(command?.[0] ?? '', { SQLCMDPASSWORD: 'secret' }, 0);
    expect(asked).toMatchObject({ code: 0, password: 'secret' });
    expect(asked.arguments.slice(-2)).toEqual(['-i', '/ferry/database.sql']);
    expect(services.database?.volumes).toContain(
      './sql/sqlserver/sample/database.sql:/ferry/database.sql:ro',
    );
  });
});

/** Runs a shell text of docker-compose.yml with a `sqlcmd` that writes down how it was called. */
async function withRecordedTool(shell: string, environment: Record<string, string>, code: number) {
  const tool = join(folder, 'sqlcmd');
  await writeFile(
    tool,
    `#!/bin/sh\nprintf '%s\\n' "$SQLCMDPASSWORD" "$@" >"${folder}/called"\nexit ${code}\n`,
  );
  await chmod(tool, 0o755);
  const path = `${folder}:${process.env.PATH}`;
  const got = await exitCode(['/bin/sh', '-c', inContainer(shell)], { PATH: path, ...environment });
  const [password, ...words] = (await readFile(join(folder, 'called'), 'utf8')).trimEnd().split('\n');
  return { code: got, arguments: words, password };
}

async function exitCode(
  [program = '', ...args]: readonly string[],
  environment: Record<string, string | undefined> = { PATH: process.env.PATH },
): Promise<number | null> {
  const child = spawn(program, args, { stdio: 'ignore', env: environment });
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

/** Resolves when the process has said so; a test's own time-out ends the waiting. */
async function saysItListens(child: ReturnType<typeof startCli>['child']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (piece: string) => {
      if (piece.includes('listens on')) resolve();
    });
    child.once('close', reject);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
