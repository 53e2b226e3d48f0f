import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { PIPELINES } from '../src/app/pipelines.js';
import { makeContext } from '../src/app/runtime.js';
import { HOUR, MINUTE } from '../src/core/clock.js';
import { InvariantError } from '../src/core/errors.js';
import { setFaultHook } from '../src/core/fault-points.js';
import { toExigoText } from '../src/core/time.js';
import type { EngineContext } from '../src/engine/context.js';
import { runPipeline } from '../src/engine/run.js';
import { forEngine } from '../test/support/place.js';
import { clockFrom, install, NOW } from './install.js';
import { countOf, expectCount, type Measured, type Milliseconds, measured, time } from './measured.js';
import { openSite, type Site } from './site.js';
import { watch } from './watch.js';

/** How long after the crossing the later cycles happen. */
const LATER = { takeBack: 3 * HOUR, ship: 6 * HOUR, shipBack: 9 * HOUR, idle: 10 * HOUR };

/**
 * The whole crossing: freeze, verdicts, files, Printed against the stand-in in a process of its own. Replies
 * are whole orders, as the vendor's are, or have the status alone.
 */
export async function run(site: Site, orders: number, replies: 'full' | 'head'): Promise<Measured> {
  const standin = fork(
    new URL('./standin.js', import.meta.url),
    [JSON.stringify(site), String(NOW), replies],
    {
      execArgv: [],
    },
  );
  const { url } = await answerOf<{ readonly url: string }>(standin);
  const cpuBefore = await cpuOf(standin);
  const marks = new Map<string, number>();
  const began = performance.now();
  setFaultHook((point) => {
    if (!marks.has(point)) marks.set(point, performance.now() - began);
  });
  const { ms, counts, top } = await cycle(site, NOW, url);
  const standinCpu = (await cpuOf(standin)) - cpuBefore;
  standin.disconnect();
  const printed = await countOf(site, 'SELECT COUNT(*) AS n FROM "dbo.Orders" WHERE OrderStatusID = 8');
  expectCount('orders printed', printed, orders);
  const stages = [
    'freeze/after-commit',
    'transform/after-batch',
    'status/before-claim',
    'close/before-commit',
  ];
  const [frozen = 0, decided = 0, sent = 0, done = 0] = stages.map((point) => marks.get(point));
  return {
    ms: {
      ...ms,
      freeze: frozen,
      transform: decided - frozen,
      files: sent - decided,
      status: done - sent,
      standinCpu,
    },
    counts,
    top,
  };
}

/** The next cycle with anything new: all our own status changes come back. */
export async function takeBack(site: Site): Promise<Measured> {
  await touchOne(site, NOW + LATER.takeBack);
  return cycle(site, NOW + LATER.takeBack, null);
}

/** The warehouses ship all but 2,000 orders; the cycle that freezes them. */
export async function ship(site: Site): Promise<Measured> {
  await change(
    site,
    NOW + LATER.ship,
    `UPDATE "dbo.Orders" SET OrderStatusID = 9, ModifiedDate = @now
     WHERE OrderID <= (SELECT MAX(OrderID) FROM "dbo.Orders") - 2000`,
  );
  const result = await cycle(site, NOW + LATER.ship, null);
  await touchOne(site, NOW + LATER.shipBack);
  await cycle(site, NOW + LATER.shipBack, null);
  return result;
}

/** Cycles in which nothing has changed: the first one of a process, and the median of ten later ones. */
export async function idle(site: Site): Promise<Measured> {
  const clock = clockFrom(NOW + LATER.idle);
  const config = await install(site, null);
  const watched = watch(await openSite(site, clock));
  const all: Pick<Milliseconds, 'total' | 'processor'>[] = [];
  for (let i = 0; i < 11; i++) {
    watched.reset();
    all.push(await time(() => crossOnce(makeContext({ config, database: watched.database, clock }))));
    clock.advance(MINUTE);
  }
  const [cold, ...warm] = all;
  const median = warm.sort((a, b) => a.total - b.total)[Math.floor(warm.length / 2)];
  const result = measured(
    { ...median, cold: cold?.total ?? 0 },
    {
      statements: watched.statements(),
      transactions: watched.transactions.count,
      printed: await countOf(site, 'SELECT COUNT(*) AS n FROM "etl.aggregate_version" WHERE status_id = 8'),
      known: await countOf(site, 'SELECT COUNT(*) AS n FROM "etl.aggregate_version"'),
    },
    watched,
  );
  await watched.database.close();
  return result;
}

async function cycle(site: Site, now: number, apiUrl: string | null): Promise<Measured> {
  const clock = clockFrom(now);
  const config = await install(site, apiUrl);
  const watched = watch(await openSite(site, clock));
  const context = makeContext({ config, database: watched.database, clock });
  const ms = await time(() => crossOnce(context));
  const counts = { statements: watched.statements(), transactions: watched.transactions.count };
  const result = measured(ms, counts, watched);
  await watched.database.close();
  return result;
}

async function crossOnce(context: EngineContext): Promise<void> {
  const pipeline = PIPELINES.find(({ name }) => name === 'exigo-orders-to-3pl');
  if (pipeline === undefined) throw new InvariantError('the pipeline is gone');
  const report = await runPipeline(context, { pipeline, slices: [] });
  if (report.error !== null) throw report.error;
  if (report.heldBy !== null) throw new InvariantError('the lease is taken');
}

/** Moves the watermark on: the stamps before it leave the overlap, as they do in life. */
async function touchOne(site: Site, now: number): Promise<void> {
  await change(
    site,
    now,
    'UPDATE "dbo.Orders" SET ModifiedDate = @now WHERE OrderID = (SELECT MAX(OrderID) FROM "dbo.Orders")',
  );
}

async function change(site: Site, now: number, text: string): Promise<void> {
  const database = await openSite(site, clockFrom(now));
  const values = { now: toExigoText(now - MINUTE) };
  await database.transaction((session) =>
    session.run({ name: 'change', text: forEngine(session.engine, text) }, values),
  );
  await database.close();
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

async function cpuOf(standin: ChildProcess): Promise<number> {
  standin.send('cpu');
  return (await answerOf<{ readonly cpuMs: number }>(standin)).cpuMs;
}
