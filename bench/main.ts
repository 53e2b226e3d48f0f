import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../src/core/errors.js';
import type { CaseName } from './cases.js';
import { fastest, percent, type Result, row, runCase, say, seconds } from './process.js';
import { fileOf, type Site } from './site.js';
import { type Row, table } from './table.js';

const { values: flags } = parseArgs({
  options: {
    orders: { type: 'string' },
    quick: { type: 'boolean', default: false },
    detail: { type: 'boolean', default: false },
  },
});
const ORDERS = Number(flags.orders ?? (flags.quick ? 20_000 : 200_000));
if (!Number.isSafeInteger(ORDERS) || ORDERS < 5_000) {
  throw new ConfigurationError(`--orders ${flags.orders}: give a whole number from 5000`);
}
/** Short cases are measured so often, in turn; the fastest counts, because what disturbs only ever adds. */
const REPEATS = 3;
const FEW = Math.min(10_000, ORDERS);
/** A list of so many takes 250 pages. */
const LISTED = Math.min(50_000, ORDERS);

const folder = await mkdtemp(join(tmpdir(), 'orderferry-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  say(
    `${ORDERS.toLocaleString('en-US')} orders on Node ${process.version}, one case at a time in ${folder}\n`,
  );
  const many = await siteOf('many');
  const few = await siteOf('few');
  await runCase('tenant', many, ORDERS, flags.detail);
  await runCase('tenant', few, FEW, flags.detail);

  const copies: Result[] = [];
  const freezes: Result[] = [];
  const scripts: Result[] = [];
  for (let i = 0; i < REPEATS; i++) {
    copies.push(await fresh('copy', many, ORDERS));
    freezes.push(await fresh('freeze', many, ORDERS));
    scripts.push(await fresh('script', many, ORDERS));
  }
  const [copy, freeze, script] = [fastest(copies), fastest(freezes), fastest(scripts)];
  const listed = await siteOf('listed');
  await runCase('tenant', listed, LISTED, flags.detail);
  const list = await fresh('list from the API', listed, LISTED);
  const shortList = await fresh('list from the API', few, FEW);
  const small = await fresh('run', few, FEW);
  const heads = await fresh('run, short replies', many, ORDERS);
  const run = await fresh('run', many, ORDERS);
  // What follows goes on with the installation that the run has left.
  const site = siteFor('run', many);
  const takeBack = await runCase('take back', site, ORDERS, flags.detail);
  const idle = await runCase('idle', site, ORDERS, flags.detail);
  const ship = await runCase('ship', site, ORDERS, flags.detail);
  const shipped = await runCase('idle', site, ORDERS, flags.detail);

  const own = (result: Result) => result.ms.total - result.ms.standinCpu;
  const open = (result: Result) =>
    `${result.counts.printed?.toLocaleString('en-US')} Printed of ${result.counts.known?.toLocaleString('en-US')} known`;
  const rows: Row[] = [
    row('freeze without Refresh / INSERT ... SELECT', freeze, { baseline: copy, aim: 1.5 }),
    row('whole run / the script', run, { baseline: script, aim: 2 }),
    row('  without the time of the stand-in', run, { baseline: script, aim: 2, ms: own(run) }),
    row('  and with replies of the status alone', heads, { baseline: script, aim: 2, ms: own(heads) }),
    row('  up to the files', run, { baseline: script, aim: 2, ms: run.ms.total - run.ms.status }),
    row(`whole run of ${FEW.toLocaleString('en-US')} orders`, small),
    row('cycle that takes our own changes back', takeBack),
    row('cycle that takes shipments back', ship),
    row(`idle cycle, ${open(idle)}`, idle),
    row(`idle cycle, ${open(shipped)}`, shipped),
    row(`freeze of ${LISTED.toLocaleString('en-US')} orders that the API lists`, list),
    row(`  and of ${FEW.toLocaleString('en-US')}`, shortList),
    row('  the INSERT ... SELECT', copy),
    row('  the script', script),
  ];
  say(table(rows));
  const { ms } = run;
  say(
    `\nThe run: freeze ${seconds(ms.freeze)}, verdicts ${seconds(ms.transform)}, files ${seconds(ms.files)}, ` +
      `Printed ${seconds(ms.status)} (in which the stand-in computed for ${seconds(ms.standinCpu)}). ` +
      `queue.Refresh alone: ${seconds(freeze.ms.refresh)}.\n` +
      `Memory: ${small.peakMib.toFixed(0)} MiB for ${FEW} orders, ${run.peakMib.toFixed(0)} MiB for ${ORDERS}: ` +
      `${percent(run.peakMib / small.peakMib - 1)} (at most +20 %, 256 MiB).\n` +
      `Memory of the freeze from the API: ${shortList.peakMib.toFixed(0)} MiB for ${FEW} orders, ` +
      `${list.peakMib.toFixed(0)} MiB for ${LISTED}; after the last page it takes ${seconds(list.ms.freeze)}.\n` +
      [idle, shipped]
        .map(
          (one) =>
            `Idle, ${open(one)}: median ${one.ms.total.toFixed(0)} ms (at most 50), the first of a new process ` +
            `${one.ms.cold.toFixed(0)} ms; ${one.counts.statements} statements in ${one.counts.transactions} transactions.\n`,
        )
        .join(''),
  );
}

/** Runs a case on a copy of a tenant; the copy is removed unless a later case goes on with it. */
async function fresh(name: CaseName, tenant: Site, orders: number): Promise<Result> {
  const site = siteFor(name, tenant);
  await mkdir(site.folder);
  await copyFile(fileOf(tenant), fileOf(site));
  const result = await runCase(name, site, orders, flags.detail);
  if (name !== 'run') await rm(site.folder, { recursive: true });
  return result;
}

async function siteOf(name: string): Promise<Site> {
  const site: Site = { folder: join(folder, name), server: null };
  await mkdir(site.folder);
  return site;
}

function siteFor(name: CaseName, tenant: Site): Site {
  return { folder: `${tenant.folder}-${name.replaceAll(/\W+/g, '-')}`, server: null };
}
