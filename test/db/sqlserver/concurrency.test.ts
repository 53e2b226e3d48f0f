import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { ConfigurationError } from '../../../src/core/errors.js';
import type { Database, Statement } from '../../../src/db/database.js';
import { knownMigrations, migrate } from '../../../src/db/migrate.js';
import { openSqlServer } from '../../../src/db/sqlserver/pool.js';
import { acquireLease, Lease } from '../../../src/queue/lease/lease.js';
import { TestClock } from '../../support/clock.js';
import { hasSqlServer, reportMissingEngine, TestDatabase, testServer } from '../../support/engines.js';
import { NOON } from '../../support/house.js';

reportMissingEngine();

const statement = (text: string): Statement => ({ name: 'test', text });

describe.runIf(hasSqlServer())('two connections to SQL Server', () => {
  const clock = new TestClock(NOON);
  let made: TestDatabase;
  let one: Database;
  let two: Database;

  beforeAll(async () => {
    made = await TestDatabase.create();
    one = await made.open(clock);
    two = await made.open(clock);
  });
  afterAll(async () => {
    await one.close();
    await two.close();
    await made.drop();
  });

  it('migrate at once: each migration is applied by one of them, and both end well', async () => {
    const applied = await Promise.all([migrate(one), migrate(two)]);
    expect(applied.flat().map(({ version }) => version)).toEqual(
      knownMigrations('sqlserver').map(({ version }) => version),
    );
    expect(await migrate(one)).toEqual([]);
  });

  it('want a lease nobody ever had: one gets it, the other is told who has it', async () => {
    for (let round = 0; round < 5; round++) {
      const options = { name: `new-${round}`, ttlMs: MINUTE, requestDeadlineMs: 5 * SECOND };
      const got = await Promise.all([acquireLease(one, clock, options), acquireLease(two, clock, options)]);
      expect(got.filter((lease) => lease instanceof Lease)).toHaveLength(1);
    }
  });

  it('want a lease that was given back: one gets it, with the next token', async () => {
    for (let round = 0; round < 5; round++) {
      const options = { name: 'returned', ttlMs: MINUTE, requestDeadlineMs: 5 * SECOND };
      const got = await Promise.all([acquireLease(one, clock, options), acquireLease(two, clock, options)]);
      const [lease, ...more] = got.filter((answer) => answer instanceof Lease);
      expect(more).toEqual([]);
      expect(lease?.token).toBe(round + 1);
      await lease?.release();
    }
  });

  it('count in turn: no number twice, none left out', async () => {
    const next = statement(
      `UPDATE etl.counter WITH (UPDLOCK, SERIALIZABLE) SET value = value + 1 WHERE name = 'race';
       SELECT value FROM etl.counter WHERE name = 'race'`,
    );
    await one.run(statement(`INSERT INTO etl.counter (name, value) VALUES ('race', 0)`));
    const take = (database: Database) =>
      database.transaction((session) => session.get<{ value: number }>(next));
    const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => take(i % 2 === 0 ? one : two)));
    expect(taken.map((row) => row?.value).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('leave nothing of a transaction that was rolled back, statements begun at once included', async () => {
    const insert = statement(
      `INSERT INTO etl.watermark (scope, name, value) VALUES ('rollback', @name, 'x')`,
    );
    for (let round = 0; round < 10; round++) {
      const busy = Promise.all(Array.from({ length: 10 }, () => two.all(statement('SELECT 1 AS one'))));
      const failed = one.transaction(async (session) => {
        await Promise.all([0, 1, 2].map((n) => session.run(insert, { name: `${round}-${n}` })));
        throw new RangeError('stop');
      });
      await expect(failed).rejects.toThrow('stop');
      await busy;
    }
    expect(await two.all(statement(`SELECT name FROM etl.watermark WHERE scope = 'rollback'`))).toEqual([]);
  });

  it('leave nothing when a statement of it fails, and the connection is good for the next', async () => {
    const failed = one.transaction(async (session) => {
      await session.run(
        statement(`INSERT INTO etl.watermark (scope, name, value) VALUES ('half', 'a', 'x')`),
      );
      await session.run(
        statement(`INSERT INTO etl.watermark (scope, name, value) VALUES ('half', 'a', 'y')`),
      );
    });
    await expect(failed).rejects.toMatchObject({ code: 'MSSQL_2627' });
    expect(await one.all(statement(`SELECT name FROM etl.watermark WHERE scope = 'half'`))).toEqual([]);
    await one.transaction((session) => session.run(statement('SELECT 1 AS one')));
  });
});

describe.runIf(hasSqlServer())('a SQL Server that does not let us in', () => {
  it('says that the database is not there', async () => {
    const failed = openSqlServer(testServer('orderferry_test_not_there'));
    await expect(failed).rejects.toBeInstanceOf(ConfigurationError);
    await expect(failed).rejects.toThrow(/check database\.sqlserver.*database/);
  });

  it('says that nobody listens there', async () => {
    const failed = openSqlServer({ ...testServer(), host: '127.0.0.1', port: 1 });
    await expect(failed).rejects.toThrow(
      /^SQL Server 127\.0\.0\.1:1\/.*check database\.sqlserver\.host and port/,
    );
  });

  it('says to migrate a database without our schema', async () => {
    const database = await openSqlServer(testServer());
    try {
      const failed = database.all(statement('SELECT * FROM etl.no_such_table'));
      await expect(failed).rejects.toThrow(/has "orderferry migrate" been run\?/);
    } finally {
      await database.close();
    }
  });
});
