import type { Command } from 'commander';
import type { Config } from '../../core/config.js';
import { ConfigurationError, UsageError } from '../../core/errors.js';
import { startExigoStandin } from '../../standins/exigo/server.js';
import { isLoopback } from '../config/values.js';
import { createOutput } from '../output.js';
import type { Shell } from '../program.js';
import { openDatabase } from '../runtime.js';
import { readConfig, wholeNumber } from './open.js';

interface StandinOptions {
  readonly port?: number;
  readonly listen: string;
  readonly onNetwork?: boolean;
}

/** `standin exigo`: the server that demo and tests use, as a service, until it is asked to stop. */
export function addStandin(program: Command, shell: Shell): void {
  program
    .command('standin')
    .description('a server that stands in for an API, to try Orderferry without a tenant')
    .command('exigo')
    .description('the Exigo API, on the sync tables of the configured database; never for a real tenant')
    .option('--port <number>', 'default: the port of exigoApi.baseUrl', wholeNumber('port'))
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .option('--on-network', 'allow an address that other machines reach')
    .action(async (options: StandinOptions, command: Command) => {
      const output = createOutput(false, process.stdout, shell.frame.redactor);
      refuseNetwork(options);
      const config = readConfig(command, shell);
      const { api, port } = servedApi(config);
      const database = await openDatabase(config, shell.clock);
      try {
        const standin = await startExigoStandin({
          database,
          clock: shell.clock,
          login: api.login,
          company: api.company,
          password: api.password,
          host: options.listen,
          port: options.port ?? port,
          keepJournal: false,
        });
        output.line(`a stand-in of the Exigo API listens on ${standin.url}`);
        output.line('it changes dbo.Orders of this database and nothing at Exigo; SIGTERM or Ctrl-C ends it');
        await stopped(shell.signal);
        await standin.close();
      } finally {
        await database.close();
      }
    });
}

/** Its calls are plain HTTP with credentials, and whoever has them changes orders. */
function refuseNetwork({ listen, onNetwork }: StandinOptions): void {
  if (isLoopback(listen) || onNetwork === true) return;
  throw new UsageError(
    `--listen ${listen}: other machines could reach the stand-in, over plain HTTP; add --on-network if that is meant`,
  );
}

/** Refuses a configuration that speaks of a real tenant: the stand-in would set statuses in its sync tables. */
function servedApi({ exigoApi: api }: Config): { api: NonNullable<Config['exigoApi']>; port: number } {
  if (api === null) {
    throw new ConfigurationError(
      'exigoApi is missing: the stand-in takes login, company, password and port from it; add it with baseUrl: http://127.0.0.1:8089/3.0',
    );
  }
  const { hostname, host, port } = new URL(api.baseUrl);
  if (!isLoopback(hostname)) {
    throw new ConfigurationError(
      `exigoApi.baseUrl names ${host}: that is a real tenant, whose sync tables the stand-in must not change; it serves addresses of this machine only`,
    );
  }
  return { api, port: Number(port || 80) };
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
