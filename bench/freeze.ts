import { dirname } from 'node:path';
import { PIPELINES } from '../src/app/pipelines.js';
import { MINUTE } from '../src/core/clock.js';
import { InvariantError } from '../src/core/errors.js';
import { toExigoText } from '../src/core/time.js';
import { refreshQueue } from '../src/db/queue-refresh.js';
import { openSqlite } from '../src/db/sqlite.js';
import { subscribersOf } from '../src/engine/run.js';
import { alignFrozenColumns, readSourceColumns } from '../src/queue/freeze/columns.js';
import { freezeLive } from '../src/queue/freeze/freeze.js';
import { freezeStart } from '../src/queue/freeze/start.js';
import { acquireLease, Lease } from '../src/queue/lease/lease.js';
import { clockFrom, install, NOW } from './install.js';
import { expectCount, type Measured, measured, time } from './measured.js';
import { watch } from './watch.js';

const KEYS = {
  Orders: 'OrderID',
  OrderDetails: 'OrderID, OrderLine',
  Payments: 'PaymentID',
  Customers: 'CustomerID',
};

/** The baseline of the freeze: the same rows into tables with the same primary keys, in one transaction. */
export async function copy(file: string): Promise<Measured> {
  const database = openSqlite(file, clockFrom(NOW));
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

/**
 * The whole freeze transaction without `queue.Refresh`, which is the vendor's: the snapshot is made and
 * committed before, and the statement is left out of what is measured. So are the columns that the frozen
 * tables are given once per installation (some 360, 0.2 s).
 */
export async function freeze(file: string, orders: number): Promise<Measured> {
  const clock = clockFrom(NOW);
  const { source } = await install(dirname(file), null);
  const watched = watch(openSqlite(file, clock), new Set(['queue/refresh']));
  const start = freezeStart(new Map(), toExigoText(NOW), source);
  const refresh = await time(() => makeSnapshot(file, start));
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
    frozen = (await freezeLive(lease, source, subscribersOf(PIPELINES))).ordersFrozen;
  });
  expectCount('orders frozen', frozen, orders);
  const result = measured({ ...ms, refresh: refresh.total }, { statements: watched.statements() }, watched);
  await watched.database.close();
  return result;
}

async function makeSnapshot(file: string, start: string): Promise<void> {
  const database = openSqlite(file, clockFrom(NOW));
  await database.transaction((session) => refreshQueue(session, start));
  await database.close();
}
