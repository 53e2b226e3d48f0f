import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/app/config/load.js';
import { init } from '../../src/app/init.js';
import { makeContext } from '../../src/app/runtime.js';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import type { Config, DatabaseConfig } from '../../src/core/config.js';
import type { Database, Engine } from '../../src/db/database.js';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { createTables, makePlace, type Place } from './place.js';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the one object it must be. */
  json<T = Record<string, unknown>>(): T;
}

/** The environment of a command. */
export const CLI_SECRETS = { EXIGO_LOGIN: 'ferry', EXIGO_PASSWORD: 'not-a-secret' };

/** Starts the command line from its sources in a process of its own; `ended` has what it said. */
export function startCli(
  cwd: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<CliResult> } {
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--import', tsx, join(PACKAGE_ROOT, 'src/app/cli.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...CLI_SECRETS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      out[name] += piece;
    });
  }
  const ended = once(child, 'close').then(
    ([code]): CliResult => ({ code, ...out, json: <T>() => JSON.parse(out.stdout) as T }),
  );
  return { child, ended };
}

/** The same, to its end. */
export function runCli(
  cwd: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return startCli(cwd, args, environment).ended;
}

/** The part of the configuration that names the Exigo API. */
export function exigoApiSection(baseUrl: string): string {
  return `\nexigoApi:\n  company: sample\n  login: \${EXIGO_LOGIN}\n  password: \${EXIGO_PASSWORD}\n  baseUrl: ${baseUrl}\n`;
}

/** A folder as `init` makes it, migrated, with the sample tenant and the Exigo stand-in. */
export class CliSite {
  private constructor(
    readonly folder: string,
    readonly config: Config,
    readonly database: Database,
    readonly standin: ExigoStandin,
    private readonly standinDatabase: Database,
    private readonly place: Place,
    private readonly secrets: Readonly<Record<string, string>>,
  ) {}

  static async open(
    options: { readonly engine?: Engine; readonly api?: boolean; readonly clock?: Clock } = {},
  ): Promise<CliSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
    const clock = options.clock ?? systemClock;
    init(folder);
    const file = join(folder, 'config', 'orderferry.yaml');
    const place = await makePlace(options.engine ?? 'sqlite', join(folder, 'var', 'orderferry.db'));
    const secrets = { ...CLI_SECRETS, ...(await configureDatabase(file, place.config)) };
    const database = await place.open(clock);
    const standinDatabase = await place.open(clock);
    const standin = await startExigoStandin({
      database: standinDatabase,
      clock,
      login: CLI_SECRETS.EXIGO_LOGIN,
      password: CLI_SECRETS.EXIGO_PASSWORD,
      company: 'sample',
    });
    if (options.api !== false) {
      await appendFile(file, exigoApiSection(standin.url));
    }
    await createTables(database);
    await loadSampleTenant(database, clock);
    const config = loadConfig(file, secrets);
    return new CliSite(folder, config, database, standin, standinDatabase, place, secrets);
  }

  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return runCli(this.folder, args, { ...this.secrets, ...environment });
  }

  context(clock: Clock = systemClock): EngineContext {
    return makeContext({ config: this.config, database: this.database, clock });
  }

  async close(): Promise<void> {
    await this.standin.close();
    await this.standinDatabase.close();
    await this.database.close();
    await this.place.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Names the server in the configuration, its password in the environment that is returned. */
async function configureDatabase(file: string, database: DatabaseConfig): Promise<Record<string, string>> {
  if (database.engine === 'sqlite') return {}; // as init has it
  const { engine: _engine, password, ...named } = database;
  const reference = `$\{SQLSERVER_PASSWORD}`;
  const lines = Object.entries({ ...named, password: reference }).map(
    ([key, value]) => `    ${key}: ${value}`,
  );
  const section = ['database:', '  sqlserver:', ...lines].join('\n');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('database:\n  sqlite: var/orderferry.db', () => section),
  );
  return { SQLSERVER_PASSWORD: password };
}
