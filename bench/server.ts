import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../src/core/errors.js';
import { SERVER_VARIABLE, TestDatabase } from '../test/support/test-server.js';
import type { CaseName } from './cases.js';
import { fastest, percent, type Result, row, runCase, say } from './process.js';
import { type Row, table } from './table.js';

const { values: flags } = parseArgs({
  options: { orders: { type: 'string', default: '100000' }, detail: { type: 'boolean', default: false } },
});
const ORDERS = Number(flags.orders);
if (!Number.isSafeInteger(ORDERS) || ORDERS < 1_000) {
  throw new ConfigurationError(`--orders ${flags.orders}: give a whole number from 1000`);
}
if (!process.env[SERVER_VARIABLE]) {
  throw new ConfigurationError(
    `${SERVER_VARIABLE} names no server: mssql://user:password@host:port/database`,
  );
}
const FEW = Math.max(1_000, Math.floor(ORDERS / 10));
const REPEATS = 2;

const folder = await mkdtemp(join(tmpdir(), 'orderferry-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  say(`${ORDERS.toLocaleString('en-US')} orders on a SQL Server, Node ${process.version}\n`);
  const copies: Result[] = [];
  const freezes: Result[] = [];
  for (let i = 0; i < REPEATS; i++) {
    copies.push(...(await onTenant(ORDERS, ['copy'])));
    freezes.push(...(await onTenant(ORDERS, ['freeze'])));
  }
  const [small] = await onTenant(FEW, ['run']);
  const [script, run, idle] = await onTenant(ORDERS, ['script', 'run', 'idle']);
  if (small === undefined || script === undefined || run === undefined || idle === undefined) return;
  const copy = fastest(copies);
  const own = run.ms.total - run.ms.standinCpu;
  const rows: Row[] = [
    row('freeze without Refresh / SELECT INTO', fastest(freezes), { baseline: copy, aim: 1.5 }),
    row('whole run / the script', run, { baseline: script, aim: 1.5 }),
    row('  without the time of the stand-in', run, { baseline: script, aim: 1.5, ms: own }),
    row(`whole run of ${FEW.toLocaleString('en-US')} orders`, small),
    row('idle cycle', idle),
    row('  the SELECT INTO', copy),
    row('  the script', script),
  ];
  say(table(rows));
  say(
    `\nMemory: ${small.peakMib.toFixed(0)} MiB for ${FEW} orders, ${run.peakMib.toFixed(0)} MiB for ${ORDERS}: ` +
      `${percent(run.peakMib / small.peakMib - 1)} (at most 256 MiB).\n`,
  );
}

/** Cases one after the other on a tenant of their own, in a database of its own. */
async function onTenant(orders: number, names: readonly CaseName[]): Promise<Result[]> {
  const database = await TestDatabase.create();
  try {
    const site = { folder, server: database.config.database };
    await runCase('tenant', site, orders, flags.detail);
    const results: Result[] = [];
    for (const name of names) results.push(await runCase(name, site, orders, flags.detail));
    return results;
  } finally {
    await database.drop();
  }
}
