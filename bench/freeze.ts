import { pipelinesFor } from '../src/app/pipelines.js';
import { MINUTE } from '../src/core/clock.js';
import { InvariantError } from '../src/core/errors.js';
import { toExigoText } from '../src/core/time.js';
import type { Database } from '../src/db/database.js';
import { refreshQueue } from '../src/db/queue-refresh.js';
import { subscribersOf } from '../src/engine/freeze-source.js';
import { alignFrozenColumns, readSourceColumns } from '../src/queue/freeze/columns.js';
import { freezeLive } from '../src/queue/freeze/freeze.js';
import { freezeStart } from '../src/queue/freeze/start.js';
import { acquireLease, Lease } from '../src/queue/lease/lease.js';
import { clockFrom, install, NOW } from './install.js';
import { expectCount, type Measured, measured, time } from './measured.js';
import { dropCopies } from './server-floor.js';
import { openSite, type Site } from './site.js';
import { watch } from './watch.js';

const KEYS = {
  Orders: 'OrderID',
  OrderDetails: 'OrderID, OrderLine',
  Payments: 'PaymentID',
  Customers: 'CustomerID',
};

/**
 * The baseline of the freeze, in one transaction: on the embedded engine the same rows into tables with the same
 * primary keys, on a server `SELECT INTO`.
 */
export async function copy(site: Site): Promise<Measured> {
  const database = await openSite(site, clockFrom(NOW));
  if (database.engine === 'sqlserver') return selectInto(database);
  await database.transaction(async (session) => {
    for (const [table, key] of Object.entries(KEYS)) {
      const found = await session.columns(`dbo.${table}`);
      const columns = found.map(({ name, type }) => `"${name}" ${type}`).join(', ');
      const text = `CREATE TABLE copy_${table} (change_set_id INTEGER NOT NULL, ${columns}, PRIMARY KEY (change_set_id, ${key}))`;
      await session.run({ name: 'create', text });
    }
  });
  const ms = await time(() =>
    database.transaction(async (session) => {
      for (const table of Object.keys(KEYS)) {
        await session.run({
          name: 'copy',
          text: `INSERT INTO copy_${table} SELECT 1, * FROM "dbo.${table}"`,
        });
      }
    }),
  );
  await database.close();
  return measured(ms);
}

async function selectInto(database: Database): Promise<Measured> {
  const ms = await time(() =>
    database.transaction(async (session) => {
      for (const table of Object.keys(KEYS)) {
        await session.run({ name: 'copy', text: `SELECT * INTO dbo.copy_${table} FROM dbo.${table}` });
      }
    }),
  );
  await dropCopies(database, 'copy');
  await database.close();
  return measured(ms);
}

/**
 * The whole freeze transaction without `queue.Refresh`, which is the vendor's: the snapshot is made and
 * committed before, and the statement is left out of what is measured. So are the columns that the frozen
 * tables are given once per installation (some 360, 0.2 s).
 */
export async function freeze(site: Site, orders: number): Promise<Measured> {
  const clock = clockFrom(NOW);
  const { source } = await install(site, null);
  const watched = watch(await openSite(site, clock), new Set(['queue/refresh']));
  const start = freezeStart(new Map(), toExigoText(NOW), source);
  const refresh = await time(() => makeSnapshot(site, start));
  await watched.database.transaction(async (session) =>
    alignFrozenColumns(session, await readSourceColumns(session), []),
  );
  const lease = await acquireLease(watched.database, clock, {
    name: 'source/exigo',
    ttlMs: MINUTE,
    requestDeadlineMs: 0,
  });
  if (!(lease instanceof Lease)) throw new InvariantError('the lease is taken');
  watched.reset();
  let frozen = 0;
  const ms = await time(async () => {
    frozen = (await freezeLive(lease, source, subscribersOf(pipelinesFor({ godatafeed: { stores: [] } }))))
      .ordersFrozen;
  });
  expectCount('orders frozen', frozen, orders);
  const result = measured({ ...ms, refresh: refresh.total }, { statements: watched.statements() }, watched);
  await watched.database.close();
  return result;
}

async function makeSnapshot(site: Site, start: string): Promise<void> {
  const database = await openSite(site, clockFrom(NOW));
  await database.transaction((session) => refreshQueue(session, start));
  await database.close();
}
