import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import { QUEUE_TABLE_NAMES } from '../../src/core/exigo-tables.js';
import { fromExigoText, toExigoText } from '../../src/core/time.js';
import type { Database, Parameters } from '../../src/db/database.js';
import { refreshQueue } from '../../src/db/queue-refresh.js';
import { sql } from '../../src/db/sql.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';

let now: number;
let database: Database;
const clock = { now: () => now, sleep: async () => undefined };

beforeEach(async () => {
  now = fromExigoText('2026-11-20 12:00:00.000');
  database = openSqlite(':memory:', clock);
  await database.transaction(createSyncSchema);
});

afterEach(() => database.close());

const execute = (text: string, parameters: Parameters = {}) =>
  database.transaction((session) => session.run({ name: 'test', text }, parameters));

const refresh = (start?: string) => database.transaction((session) => refreshQueue(session, start));

const ids = async (table: string, column: string) =>
  (await database.rows({ name: 'test', text: `SELECT ${column} FROM "queue.${table}"` })).flat();

const addOrder = (id: number, modified: number) =>
  execute('INSERT INTO "dbo.Orders" (OrderID, ModifiedDate) VALUES (@id, @modified)', {
    id,
    modified: toExigoText(modified),
  });

describe('queue.Refresh', () => {
  it('takes the last 24 hours on its first run', async () => {
    await addOrder(1, now - 24 * HOUR - 1);
    await addOrder(2, now - 24 * HOUR);
    await addOrder(3, now);
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([2, 3]);
  });

  it('takes what changed since the run before, and nothing else', async () => {
    await addOrder(1, now - HOUR);
    await refresh();
    now += HOUR;
    await addOrder(2, now - MINUTE);
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([2]);
    now += HOUR;
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([]);
  });

  it('takes a date for one run; the next plain run goes on from that run', async () => {
    await addOrder(1, fromExigoText('2017-01-01 00:00:00.000'));
    await addOrder(2, now - HOUR);
    await refresh();
    now += HOUR;
    await refresh('2017-01-01 00:00:00.000');
    expect(await ids('Orders', 'OrderID')).toEqual([1, 2]);
    now += HOUR;
    await addOrder(3, now - HOUR);
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([3]);
  });

  it('takes a date on the first run as well', async () => {
    await addOrder(1, now - 48 * HOUR);
    await refresh(toExigoText(now - 48 * HOUR));
    expect(await ids('Orders', 'OrderID')).toEqual([1]);
  });

  it('brings the lines of changed orders, and each other table by its own stamp', async () => {
    const recent = toExigoText(now - HOUR);
    const old = toExigoText(now - 48 * HOUR);
    await addOrder(1, now - HOUR);
    await addOrder(2, now - 48 * HOUR);
    await execute(
      'INSERT INTO "dbo.OrderDetails" (OrderID, OrderLine) VALUES (2, 1), (1, 2), (1, 1), (7, 1)',
    );
    for (const table of ['Customers', 'CustomerAccounts', 'CustomerSites']) {
      await execute(
        `INSERT INTO "dbo.${table}" (CustomerID, ModifiedDate) VALUES (5, @recent), (6, @old), (4, @recent)`,
        { recent, old },
      );
    }
    await execute(
      'INSERT INTO "dbo.Payments" (PaymentID, OrderID, ModifiedDate) VALUES (9, 2, @recent), (8, 1, @old)',
      { recent, old },
    );
    await refresh();
    expect(await ids('OrderDetails', "OrderID || '/' || OrderLine")).toEqual(['1/1', '1/2']);
    expect(await ids('Payments', 'PaymentID')).toEqual([9]);
    for (const table of ['Customers', 'CustomerAccounts', 'CustomerSites']) {
      expect(await ids(table, 'CustomerID')).toEqual([4, 5]);
    }
  });

  it('has the columns of dbo, also one that was added after the run before', async () => {
    await refresh();
    await execute('ALTER TABLE "dbo.Orders" ADD COLUMN GiftText TEXT');
    await addOrder(1, now);
    await execute(`UPDATE "dbo.Orders" SET GiftText = 'Olá'`);
    await refresh();
    expect(await ids('Orders', 'GiftText')).toEqual(['Olá']);
    for (const table of QUEUE_TABLE_NAMES) {
      const names = async (schema: 'dbo' | 'queue') =>
        (await database.columns(`${schema}.${table}`)).map((column) => column.name);
      expect(await names('queue')).toEqual(await names('dbo'));
    }
  });

  it('keeps values as they are: text, nulls, bytes, money', async () => {
    await execute(
      `INSERT INTO "dbo.Customers" (CustomerID, FirstName, PasswordHash, CheckThreshold, ModifiedDate)
       VALUES (1, @name, @hash, '-0.1000', @modified)`,
      { name: 'Zoë 📦', hash: new Uint8Array([0, 255]), modified: toExigoText(now) },
    );
    await refresh();
    const [row] = await database.rows({
      name: 'test',
      text: 'SELECT FirstName, PasswordHash, CheckThreshold, TaxCode FROM "queue.Customers"',
    });
    expect(row).toEqual(['Zoë 📦', Buffer.from([0, 255]), '-0.1000', null]);
  });

  it("is undone with the caller's transaction, also the bookmark", async () => {
    await addOrder(1, now - HOUR);
    await refresh();
    now += HOUR;
    await addOrder(2, now - MINUTE);
    const stopped = database.transaction(async (session) => {
      await refreshQueue(session);
      throw new InvariantError('crash after Refresh');
    });
    await expect(stopped).rejects.toThrow('crash after Refresh');
    expect(await ids('Orders', 'OrderID')).toEqual([1]);
    now += HOUR;
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([2]);
  });

  it('can be undone on the very first run', async () => {
    await addOrder(1, now - HOUR);
    const stopped = database.transaction(async (session) => {
      await refreshQueue(session);
      throw new InvariantError('crash');
    });
    await expect(stopped).rejects.toThrow('crash');
    expect(await database.columns('queue.Orders')).toEqual([]);
    await refresh();
    expect(await ids('Orders', 'OrderID')).toEqual([1]);
  });

  it('refuses a start that would be compared wrongly', async () => {
    await expect(refresh('1/1/2017')).rejects.toThrow('yyyy-MM-dd');
  });

  it.each(['Orders', 'Customers', 'Payments', 'CustomerAccounts', 'CustomerSites'])(
    'finds the changed rows of %s by the index on ModifiedDate',
    async (table) => {
      await refresh();
      const procedure = sql('sqlite', 'queue/refresh').text;
      const select = new RegExp(`SELECT \\* FROM "dbo.${table}"[^;]+`).exec(procedure)?.[0];
      const plan = await database.all<{ detail: string }>({
        name: 'test',
        text: `EXPLAIN QUERY PLAN ${select}`,
      });
      expect(plan.map((row) => row.detail).join('\n')).toContain(`COVERING INDEX IX_${table}_ModifiedDate`);
    },
  );
});
