import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipelinesFor } from '../src/app/pipelines.js';
import { makeContext } from '../src/app/runtime.js';
import { MINUTE } from '../src/core/clock.js';
import { InvariantError } from '../src/core/errors.js';
import { setFaultHook } from '../src/core/fault-points.js';
import { migrate } from '../src/db/migrate.js';
import { openSqlite } from '../src/db/sqlite.js';
import { freezeApi } from '../src/engine/api/freeze-api.js';
import { subscribersOf } from '../src/engine/freeze-source.js';
import { acquireLease, Lease } from '../src/queue/lease/lease.js';
import { clockFrom, install, NOW } from './install.js';
import { expectCount, type Measured, measured, time } from './measured.js';
import type { Site } from './site.js';

/**
 * The freeze of the orders that the API lists, from the stand-in in a process of its own, into a state without sync
 * tables. `freeze` is what comes after the last page.
 */
export async function listing(site: Site, orders: number): Promise<Measured> {
  const standin = fork(
    new URL('./standin.js', import.meta.url),
    [JSON.stringify(site), String(NOW), 'full'],
    {
      execArgv: [],
    },
  );
  const [{ url }] = (await once(standin, 'message')) as [{ readonly url: string }];
  const clock = clockFrom(NOW);
  const { source, ...rest } = await install(site, url);
  const config = { ...rest, source: { ...source, orders: 'api' as const } };
  const database = openSqlite(join(site.folder, 'state.db'), clock);
  await migrate(database);
  const context = makeContext({ config, database, clock });
  const leases: Lease[] = [];
  for (const name of ['pipeline/bench', 'source/exigo-api']) {
    const lease = await acquireLease(database, clock, { name, ttlMs: MINUTE, requestDeadlineMs: 0 });
    if (!(lease instanceof Lease)) throw new InvariantError('the lease is taken');
    leases.push(lease);
  }
  const [own, lease] = leases as [Lease, Lease];
  let listedAt = 0;
  setFaultHook((point) => {
    if (point === 'api/listed') listedAt = performance.now();
  });
  let frozen = 0;
  const began = performance.now();
  const ms = await time(async () => {
    const { changeSet, problem } = await freezeApi(context, own, lease, subscribersOf(pipelinesFor(config)));
    if (problem !== null) throw problem;
    frozen = changeSet.ordersFrozen;
  });
  expectCount('orders frozen', frozen, orders);
  standin.disconnect();
  context.close();
  await database.close();
  return measured({ ...ms, freeze: ms.total - (listedAt - began) });
}
