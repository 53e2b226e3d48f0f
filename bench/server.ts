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
  options: {
    orders: { type: 'string', default: '100000' },
    detail: { type: 'boolean', default: false },
    /** Leaves the whole runs out. */
    'freeze-only': { type: 'boolean', default: false },
  },
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
/** What a copy of the four tables costs without anything else, from the cheapest on. */
const FLOORS = ['copy', 'heap', 'keyed', 'indexed'] as const;

const folder = await mkdtemp(join(tmpdir(), 'orderferry-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  say(`${ORDERS.toLocaleString('en-US')} orders on a SQL Server, Node ${process.version}\n`);
  const floors: Record<(typeof FLOORS)[number], Result[]> = { copy: [], heap: [], keyed: [], indexed: [] };
  const freezes: Result[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const [copied, ...inserted] = await onTenant(ORDERS, [...FLOORS, 'freeze']);
    const [heaped, keyed, indexed, frozen] = inserted;
    if (!copied || !heaped || !keyed || !indexed || !frozen) return;
    floors.copy.push(copied);
    floors.heap.push(heaped);
    floors.keyed.push(keyed);
    floors.indexed.push(indexed);
    freezes.push(frozen);
  }
  const copy = fastest(floors.copy);
  const freeze = fastest(freezes);
  const rows: Row[] = [
    row('freeze without Refresh / SELECT INTO', freeze, { baseline: copy, aim: 1.5 }),
    row('  / INSERT into tables without index', freeze, { baseline: fastest(floors.heap) }),
    row('  / INSERT into tables with our keys', freeze, { baseline: fastest(floors.keyed) }),
    row('  / INSERT into tables with our indexes', freeze, { baseline: fastest(floors.indexed) }),
  ];
  if (!flags['freeze-only']) rows.push(...(await wholeRuns()));
  say(table(rows));
}

async function wholeRuns(): Promise<Row[]> {
  const [small] = await onTenant(FEW, ['run']);
  const [script, run, idle] = await onTenant(ORDERS, ['script', 'run', 'idle']);
  if (small === undefined || script === undefined || run === undefined || idle === undefined) return [];
  const own = run.ms.total - run.ms.standinCpu;
  say(
    `\nMemory: ${small.peakMib.toFixed(0)} MiB for ${FEW} orders, ${run.peakMib.toFixed(0)} MiB for ${ORDERS}: ` +
      `${percent(run.peakMib / small.peakMib - 1)} (at most 256 MiB).\n\n`,
  );
  return [
    row('whole run / the script', run, { baseline: script, aim: 1.5 }),
    row('  without the time of the stand-in', run, { baseline: script, aim: 1.5, ms: own }),
    row(`whole run of ${FEW.toLocaleString('en-US')} orders`, small),
    row('idle cycle', idle),
  ];
}

/** Cases one after the other on a tenant of their own, in a database of its own. */
async function onTenant(orders: number, names: readonly CaseName[]): Promise<Result[]> {
  const database = await TestDatabase.create();
  try {
    // A folder of its own, too: files that an earlier tenant's run left there would hold those of the next one.
    const site = { folder: await mkdtemp(join(folder, 'site-')), server: database.config.database };
    await runCase('tenant', site, orders, flags.detail);
    const results: Result[] = [];
    for (const name of names) results.push(await runCase(name, site, orders, flags.detail));
    return results;
  } finally {
    await database.drop();
  }
}
