import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, OrderferryError, UsageError } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database } from '../../src/db/database.js';
import { makePlace } from '../support/place.js';
import { SERVER_VARIABLE } from '../support/test-server.js';
import { ReplayClock } from './clock.js';
import { type OlistFiles, readOlistFiles } from './files.js';
import { OlistProduct } from './product.js';
import { type ReplayTotals, replay, totalsLine } from './replay.js';

const USAGE = 'npm run olist -- <folder of the sample> [--days N] [--unstamped] [--engine sqlite|sqlserver]';
const CUTS_PER_LINE = 100;
/** A comparison looks a week back, so one a week has every order once. */
const CUTS_PER_COMPARISON = 7;

/** Replays two years of real orders through the pipelines; see the README of the sample for their life. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      days: { type: 'string' },
      unstamped: { type: 'boolean', default: false },
      engine: { type: 'string', default: 'sqlite' },
    },
  });
  const [folder] = positionals;
  const days = values.days === undefined ? undefined : Number(values.days);
  if (folder === undefined || positionals.length > 1) throw new UsageError(USAGE);
  if (days !== undefined && !(Number.isInteger(days) && days > 0)) {
    throw new UsageError(`--days ${values.days}: not a whole number above 0; ${USAGE}`);
  }
  const { engine } = values;
  if (engine !== 'sqlite' && engine !== 'sqlserver') throw new UsageError(`--engine ${engine}: ${USAGE}`);
  if (engine === 'sqlserver' && process.env[SERVER_VARIABLE] === undefined) {
    throw new UsageError(`--engine sqlserver: ${SERVER_VARIABLE} names no server; ${USAGE}`);
  }
  const files = await readOlistFiles(folder);
  const directory = await mkdtemp(join(tmpdir(), 'orderferry-olist-'));
  const clock = new ReplayClock();
  const place = await makePlace(engine, join(directory, 'orderferry.db'));
  const database = await place.open(clock);
  let product: OlistProduct | undefined;
  try {
    product = await OlistProduct.open(place, database, clock, directory);
    const totals = await replayAll(files, { database, clock, product }, values.unstamped, days);
    process.stdout.write(`${totalsLine(totals)}\n`);
  } finally {
    await product?.close();
    await database.close();
    await place.remove();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Stage {
  readonly database: Database;
  readonly clock: ReplayClock;
  readonly product: OlistProduct;
}

async function replayAll(
  files: OlistFiles,
  { database, clock, product }: Stage,
  unstamped: boolean,
  days: number | undefined,
): Promise<ReplayTotals> {
  let cuts = 0;
  let [orders, sales] = [0, 0];
  const compareAll = async () => {
    const compared = await product.reconcile();
    orders += compared.orders;
    sales += compared.sales;
  };
  const totals = await replay({
    files,
    database,
    clock,
    ...(days === undefined ? {} : { days }),
    sales: product.market,
    lateRows: unstamped ? 'unstamped' : 'stamped',
    async runCycle() {
      await product.runCycle();
      if (cuts % CUTS_PER_COMPARISON === 0) await compareAll();
    },
    readSets: () => product.readSets(),
    confirm: (events, exigoId) => product.confirm(events, exigoId),
    onCut(cut, sets) {
      cuts += 1;
      if (cuts % CUTS_PER_LINE !== 0) return;
      process.stderr.write(`${toExigoText(cut).slice(0, 10)}: ${sets.handedOver.size} handed over\n`);
    },
  });
  await compareAll();
  product.market.assertOnce();
  process.stderr.write(
    `reconcile: ${orders} comparisons of an order, ${sales} of a marketplace order, no false alarm\n`,
  );
  return totals;
}

try {
  await main();
} catch (error) {
  const stack = error instanceof Error && !(error instanceof OrderferryError) ? `\n${error.stack}` : '';
  process.stderr.write(`${messageOf(error)}${stack}\n`);
  process.exitCode = 1;
}
