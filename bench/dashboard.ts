import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_DASHBOARD } from '../src/app/dashboard/access.js';
import { createDashboard } from '../src/app/dashboard/server.js';
import { makeContext } from '../src/app/runtime.js';
import { ConfigurationError } from '../src/core/errors.js';
import { migrate } from '../src/db/migrate.js';
import { createSyncSchema } from '../src/db/sync-schema.js';
import { planOf, recorded } from '../test/support/recorded.js';
import { clockFrom, install, NOW } from './install.js';
import { fillLedger } from './ledger.js';
import { openSite } from './site.js';

/**
 * Fills a ledger on the embedded engine and says how long each page of the dashboard takes, what its statements cost, and
 * how the engine answers those: `node var/bench/bench/dashboard.js --items 1000000 --plans`.
 */
const { values: flags } = parseArgs({
  options: { items: { type: 'string', default: '1000000' }, plans: { type: 'boolean', default: false } },
});
const ITEMS = Number(flags.items);
if (!Number.isSafeInteger(ITEMS) || ITEMS < 10_000) {
  throw new ConfigurationError(`--items ${flags.items}: give a whole number from 10000`);
}
/** Times each page is asked for, after once that warms it. */
const TIMES = 9;
const ORDER = 1_000_000 + Math.floor(ITEMS / 4);
const PAGES = [
  '/',
  '/errors',
  '/errors?pipeline=exigo-orders-to-3pl&code=NO_ROUTE',
  '/errors?older=1d&target=atlas',
  '/errors?older=7d',
  '/errors?store=main&older=1h',
  `/order?key=${ORDER}`,
  `/search?q=${ORDER}`,
  `/search?q=1Z${ORDER - 1_000_000}`,
  `/search?q=2Z${ORDER - 1_000_000}`,
  `/search?q=REF-${ORDER - 1_000_000}`,
  '/search?q=nothing-like-it',
  '/batches',
  `/batches?pipeline=exigo-orders-to-3pl&before=${Math.floor(ITEMS / 40)}`,
  `/batches/${Math.floor(ITEMS / 40)}`,
  '/files',
  '/files?target=borealis',
  `/files/${Math.floor(ITEMS / 400)}`,
  '/metrics',
  '/readyz',
];

const folder = await mkdtemp(join(tmpdir(), 'orderferry-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const clock = clockFrom(NOW);
  const site = { folder, server: null };
  const config = await install(site, null);
  const opened = await openSite(site, clock);
  await migrate(opened);
  await opened.transaction((session) => createSyncSchema(session));
  const began = performance.now();
  await fillLedger(opened, ITEMS, clock.now());
  print(
    `${ITEMS} items, as many effects and events: filled in ${((performance.now() - began) / 1_000).toFixed(0)} s`,
  );
  const { database, asked } = recorded(opened);
  const context = makeContext({ config, database, clock });
  const app = await createDashboard({ context, settings: DEFAULT_DASHBOARD });
  for (const url of PAGES) {
    const times: number[] = [];
    let status = 0;
    for (let i = 0; i <= TIMES; i++) {
      asked.length = 0;
      const start = performance.now();
      status = (await app.inject({ url, headers: { host: 'localhost' } })).statusCode;
      if (i > 0) times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    const slowest = [...asked].sort((a, b) => b.ms - a.ms)[0];
    print(
      `${url.padEnd(58)} ${status}  median ${median.toFixed(1).padStart(6)} ms  worst ${(times.at(-1) ?? 0).toFixed(1).padStart(6)} ms  ${String(asked.length).padStart(3)} statements, slowest ${slowest?.statement.name ?? 'none'} ${(slowest?.ms ?? 0).toFixed(1)} ms`,
    );
    if (flags.plans !== true) continue;
    for (const one of asked) {
      print(`    ${one.statement.name}  ${one.ms.toFixed(1)} ms`);
      for (const line of await planOf(opened, one)) print(`        ${line}`);
    }
  }
  await app.close();
  await context.close();
  await opened.close();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
