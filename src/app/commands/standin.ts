import type { Command } from 'commander';
import type { Config } from '../../core/config.js';
import { ConfigurationError, UsageError } from '../../core/errors.js';
import type { GoDataFeedStore } from '../../core/godatafeed.js';
import { startExigoStandin } from '../../standins/exigo/server.js';
import { startGoDataFeedStandin } from '../../standins/godatafeed/server.js';
import { isLoopback } from '../config/values.js';
import { createOutput } from '../output.js';
import type { Shell } from '../program.js';
import { openDatabase } from '../runtime.js';
import { sampleMarketOrders } from '../sample-market.js';
import { readConfig, wholeNumber } from './open.js';

interface StandinOptions {
  readonly port?: number;
  readonly listen: string;
  readonly onNetwork?: boolean;
}

/** The servers that demo and tests use, as services, until they are asked to stop. */
export function addStandin(program: Command, shell: Shell): void {
  const standin = program
    .command('standin')
    .description('a server that stands in for an API, to try Orderferry without a tenant');
  withAddress(
    standin
      .command('exigo')
      .description('the Exigo API, on the sync tables of the configured database; never for a real tenant'),
    'exigoApi.baseUrl',
  ).action((options: StandinOptions, command: Command) => exigo(options, command, shell));
  withAddress(
    standin
      .command('godatafeed')
      .description('a store of GoDataFeed with three new orders, in memory')
      .option('--store <name>', 'of godatafeed.stores; default: the first'),
    'its baseUrl',
  ).action((options: StandinOptions & { readonly store?: string }, command: Command) =>
    godatafeed(options, command, shell),
  );
}

function withAddress(command: Command, from: string): Command {
  return command
    .option('--port <number>', `default: the port of ${from}`, wholeNumber('port'))
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .option('--on-network', 'allow an address that other machines reach');
}

async function exigo(options: StandinOptions, command: Command, shell: Shell): Promise<void> {
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
}

/** Its calls take the form that the store is configured for. */
async function godatafeed(
  options: StandinOptions & { readonly store?: string },
  command: Command,
  shell: Shell,
): Promise<void> {
  const output = createOutput(false, process.stdout, shell.frame.redactor);
  refuseNetwork(options);
  const { store, consumerKey, port } = servedStore(readConfig(command, shell), options.store);
  const standin = await startGoDataFeedStandin({
    clock: shell.clock,
    consumerKey,
    tokenPlacement: store.tokenPlacement,
    tokenName: store.tokenName,
    keyIn: store.auth.keyIn,
    keyName: store.auth.keyName,
    ackTransport: store.ackTransport,
    bucketSize: store.rate.size,
    leakPerSecond: store.rate.perSecond,
    host: options.listen,
    port: options.port ?? port,
  });
  for (const order of sampleMarketOrders(shell.clock.now())) standin.put(order);
  output.line(`a stand-in of GoDataFeed listens on ${standin.url}`);
  output.line('it has three new orders, and forgets everything when it ends: by SIGTERM or Ctrl-C');
  await stopped(shell.signal);
  await standin.close();
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

function servedStore(
  { godatafeed: { stores } }: Config,
  name: string | undefined,
): { store: GoDataFeedStore; consumerKey: string; port: number } {
  const store = name === undefined ? stores[0] : stores.find((one) => one.name === name);
  if (store === undefined) {
    throw new ConfigurationError(
      name === undefined
        ? 'godatafeed.stores is empty: the stand-in takes key and port from a store; add one with baseUrl: http://127.0.0.1:8090/v1'
        : `godatafeed.stores has no store "${name}" (there are: ${stores.map((one) => one.name).join(', ')})`,
    );
  }
  const { hostname, host, port } = new URL(store.baseUrl);
  if (!isLoopback(hostname)) {
    throw new ConfigurationError(
      `baseUrl of the store ${store.name} names ${host}; the stand-in serves addresses of this machine only`,
    );
  }
  if (store.consumerKey === null) {
    throw new ConfigurationError(`the store ${store.name} has a token; the stand-in needs a consumerKey`);
  }
  return { store, consumerKey: store.consumerKey, port: Number(port || 80) };
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
