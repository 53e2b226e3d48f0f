import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { boundHeapGrowth } from '../src/app/memory.js';
import { PIPELINES } from '../src/app/pipelines.js';
import { makeContext } from '../src/app/runtime.js';
import { MINUTE } from '../src/core/clock.js';
import { ConfigurationError, InvariantError } from '../src/core/errors.js';
import { toUtcText } from '../src/core/time.js';
import { migrate } from '../src/db/migrate.js';
import { takeInboxes } from '../src/engine/inbox/take-inboxes.js';
import { acquireLease, Lease } from '../src/queue/lease/lease.js';
import { clockFrom, install, NOW } from './install.js';
import { openSite } from './site.js';

/**
 * Takes one file of a 3PL, from claim to change set, on the embedded engine, and says how long it took and how much memory
 * at most: `node var/bench/bench/inbox.js --megabytes 200`. Two sizes show whether memory is flat.
 */
const { values: flags } = parseArgs({ options: { megabytes: { type: 'string', default: '200' } } });
const MEGABYTES = Number(flags.megabytes);
if (!Number.isSafeInteger(MEGABYTES) || MEGABYTES < 1) {
  throw new ConfigurationError(`--megabytes ${flags.megabytes}: give a whole number from 1`);
}
/** Rows of one order. */
const LINES = 20;

boundHeapGrowth(); // as the command line does
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
  const inbox = config.threePls[0]?.confirmations?.inbox.path;
  if (inbox === undefined) throw new InvariantError('the template has no inbox');
  for (const threePl of config.threePls)
    await mkdir(threePl.confirmations?.inbox.path ?? folder, { recursive: true });
  const path = join(inbox, 'ATL_SHIP_1.csv');
  const rows = await writeSample(path);
  const database = await openSite(site, clock);
  await migrate(database);
  await database.transaction(async (session) => {
    const text =
      "INSERT INTO \"etl.order_link\" (exigo_order_id, system, reference, linked_utc) VALUES (@id, 'atlas', 'bench', @now)";
    const now = toUtcText(NOW);
    for (let id = 1; id <= rows / LINES; id++) await session.run({ name: 'bench', text }, { id, now });
  });
  clock.advance(5 * MINUTE);
  await utimes(path, NOW / 1_000, NOW / 1_000);
  const context = makeContext({ config, database, clock, pipelines: PIPELINES });
  const options = { name: 'pipeline/bench', ttlMs: 60 * MINUTE, requestDeadlineMs: 0 };
  const own = await acquireLease(database, clock, options);
  if (!(own instanceof Lease)) throw new InvariantError('the lease is held');
  const begin = performance.now();
  const { changeSets, problems } = await takeInboxes(context, own);
  const seconds = (performance.now() - begin) / 1_000;
  context.close();
  await database.close();
  const peak = process.resourceUsage().maxRSS / 1_024;
  const orders = changeSets[0]?.ordersFrozen ?? 0;
  process.stdout.write(
    `${MEGABYTES} MB, ${rows} rows, ${orders} orders, ${problems.length} problems: ${seconds.toFixed(1)} s, ` +
      `${Math.round(rows / seconds)} rows/s, peak memory ${peak.toFixed(0)} MiB\n`,
  );
}

async function writeSample(path: string): Promise<number> {
  const out = createWriteStream(path);
  out.write('ORDER_NO,STATUS,SKU,QTY,CARRIER,SERVICE,TRACKING,TRACKING_2,SHIP_DATE,SHIP_TIME,NOTE\r\n');
  let rows = 0;
  for (let bytes = 0; bytes < MEGABYTES * 1_000_000; rows++) {
    const order = Math.floor(rows / LINES) + 1;
    const line = `${order},SHIPPED,SKU-${rows % LINES},1,UPS,UPS-GROUND,1Z${rows},,03/0${1 + (rows % 9)}/2026,12:30,"left at the door, ${rows}"\r\n`;
    bytes += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return rows;
}
