import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError, InvariantError } from '../src/core/errors.js';
import type { CaseName } from './cases.js';
import type { Measured } from './measured.js';
import { type Row, table } from './table.js';

type Result = Measured & { readonly peakMib: number };

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
  const many = join(folder, 'many.db');
  const few = join(folder, 'few.db');
  await runCase('tenant', many, ORDERS);
  await runCase('tenant', few, FEW);

  const copies: Result[] = [];
  const freezes: Result[] = [];
  const scripts: Result[] = [];
  for (let i = 0; i < REPEATS; i++) {
    copies.push(await fresh('copy', many, ORDERS));
    freezes.push(await fresh('freeze', many, ORDERS));
    scripts.push(await fresh('script', many, ORDERS));
  }
  const [copy, freeze, script] = [fastest(copies), fastest(freezes), fastest(scripts)];
  const small = await fresh('run', few, FEW);
  const heads = await fresh('run, short replies', many, ORDERS);
  const run = await fresh('run', many, ORDERS);
  // What follows goes on with the installation that the run has left.
  const site = fileOf('run', many);
  const takeBack = await runCase('take back', site, ORDERS);
  const idle = await runCase('idle', site, ORDERS);
  const ship = await runCase('ship', site, ORDERS);
  const shipped = await runCase('idle', site, ORDERS);

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
      [idle, shipped]
        .map(
          (one) =>
            `Idle, ${open(one)}: median ${one.ms.total.toFixed(0)} ms (at most 50), the first of a new process ` +
            `${one.ms.cold.toFixed(0)} ms; ${one.counts.statements} statements in ${one.counts.transactions} transactions.\n`,
        )
        .join(''),
  );
}

function fastest(results: readonly Result[]): Result {
  return results.reduce((best, one) => (one.ms.total < best.ms.total ? one : best));
}

function row(
  name: string,
  result: Result,
  against: { readonly baseline?: Result; readonly aim?: number; readonly ms?: number } = {},
): Row {
  const { baseline, aim, ms = result.ms.total } = against;
  return {
    name,
    ms,
    baseline: baseline?.ms.total,
    aim,
    processor: result.ms.processor,
    baselineProcessor: baseline?.ms.processor,
    peakMib: result.peakMib,
  };
}

/** Runs a case on a copy of a tenant; the copy is removed unless a later case goes on with it. */
async function fresh(name: CaseName, tenant: string, orders: number): Promise<Result> {
  const file = fileOf(name, tenant);
  await mkdir(dirname(file));
  await copyFile(tenant, file);
  const result = await runCase(name, file, orders);
  if (name !== 'run') await rm(dirname(file), { recursive: true });
  return result;
}

function fileOf(name: CaseName, tenant: string): string {
  return join(`${tenant}-${name.replaceAll(/\W+/g, '-')}`, 'orderferry.db');
}

async function runCase(name: CaseName, file: string, orders: number): Promise<Result> {
  const child = fork(new URL('./case.js', import.meta.url), [name, file, String(orders)], { execArgv: [] });
  const answers: Result[] = [];
  child.on('message', (result) => answers.push(result as Result));
  const [code] = (await once(child, 'close')) as [number | null];
  const [answer] = answers;
  if (code !== 0 || answer === undefined) throw new InvariantError(`case "${name}" ended with code ${code}`);
  say(`  ${name}: ${seconds(answer.ms.total)}\n`);
  if (flags.detail) say(answer.top.map((line) => `      ${line}\n`).join(''));
  return answer;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function percent(share: number): string {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(0)} %`;
}

function say(text: string): void {
  process.stdout.write(text);
}
