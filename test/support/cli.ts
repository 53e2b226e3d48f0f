import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/app/config/load.js';
import { init } from '../../src/app/init.js';
import { makeContext, openDatabase } from '../../src/app/runtime.js';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import type { Config } from '../../src/core/config.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';

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
  ) {}

  static async open(options: { readonly api?: boolean; readonly clock?: Clock } = {}): Promise<CliSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
    const clock = options.clock ?? systemClock;
    init(folder);
    const file = join(folder, 'config', 'orderferry.yaml');
    const database = await openDatabase(loadConfig(file, {}), clock);
    const standinDatabase = await openDatabase(loadConfig(file, {}), clock);
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
    await migrate(database);
    await loadSampleTenant(database, clock);
    return new CliSite(folder, loadConfig(file, CLI_SECRETS), database, standin, standinDatabase);
  }

  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return runCli(this.folder, args, environment);
  }

  context(clock: Clock = systemClock): EngineContext {
    return makeContext({ config: this.config, database: this.database, clock });
  }

  async close(): Promise<void> {
    await this.standin.close();
    await this.standinDatabase.close();
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
