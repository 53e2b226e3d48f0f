import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { messageOf, StoppedError, UnreachableError } from '../../../src/core/errors.js';
import type { Database, Session, Statement } from '../../../src/db/database.js';
import { knownMigrations, migrate } from '../../../src/db/migrate.js';
import { repeatTransient } from '../../../src/db/repeat.js';
import { openSqlServer, type SqlServerConfig } from '../../../src/db/sqlserver/pool.js';
import { acquireLease } from '../../../src/queue/lease/lease.js';
import { TestClock } from '../../support/clock.js';
import { hasSqlServer, reportMissingEngine, TestDatabase, testServer } from '../../support/engines.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { House, NOON } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { sabotaged } from '../../support/sabotage.js';
import { filesWith, placeOrder, readableTemplate } from '../../support/small-orders.js';

reportMissingEngine();

const statement = (text: string): Statement => ({ name: 'test', text });
/** Takes minutes, here and anywhere. */
const LONG = statement(
  'SELECT COUNT(*) AS n FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b CROSS JOIN sys.all_columns AS c',
);

/** An administrator ends the session of a transaction. */
async function kill(session: Session, other: Database): Promise<void> {
  const row = await session.get<{ spid: number }>(statement('SELECT @@SPID AS spid'));
  await other.run(statement(`KILL ${row?.spid}`));
}

describe.runIf(hasSqlServer())('a session that is killed', () => {
  let house: House;
  let other: Database;
  let order = 0;
  beforeAll(async () => {
    house = await House.open({ engine: 'sqlserver', templates: [readableTemplate()] });
    other = await house.openAnother();
  });
  afterAll(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  it.each([
    ['while it takes a lease', 'lease/take_free'],
    ['while it freezes', 'freeze/copy_order_details'],
    ['at the end of a freeze', 'freeze/record_versions'],
    ['while it writes verdicts', 'ledger/insert_item'],
    ['while it fixes what a file will hold', 'ledger/wave_sending'],
    ['before the receipt of a file', 'ledger/wave_delivered'],
    ['before the receipt of a status', 'ledger/effects_done'],
  ])('%s leaves nothing half done, and the next run goes on', async (_when, before) => {
    await house.run(); // leases and versions exist, so that every statement is reached
    order += 1;
    house.clock.advance(MINUTE);
    await placeOrder(house, order);
    let killed = 0;
    const database = sabotaged(house.database, {
      before,
      act: async (session) => {
        killed += 1;
        await kill(session, other);
      },
    });
    const failed = await house
      .run('exigo-orders-to-3pl', { database })
      .catch((error: unknown) => ({ error }));
    expect(killed).toBe(1);
    expect(failed.error).toBeInstanceOf(UnreachableError);
    house.clock.advance(10 * MINUTE);
    expect((await house.run()).error).toBeNull();
    house.clock.advance(MINUTE);
    expect((await house.run()).error).toBeNull();
    expect(await filesWith(house, 'plain', order)).toHaveLength(1);
    expect(
      await house.all(`SELECT order_id FROM "etl.item" WHERE state = 'delivered' AND order_id = ${order}`),
    ).toEqual([{ order_id: order }]);
  });
});

describe.runIf(hasSqlServer())('two sessions in each other’s way', () => {
  const clock = new TestClock(NOON);
  let made: TestDatabase;
  let ours: Database;
  let other: Database;
  beforeAll(async () => {
    made = await TestDatabase.create();
    ours = await made.open(clock);
    other = await made.open(clock);
  });
  afterAll(async () => {
    await ours.close();
    await other.close();
    await made.drop();
  });

  const put = (name: string) =>
    other.run(statement(`INSERT INTO etl.watermark (scope, name, value) VALUES ('test', '${name}', 'old')`));
  const set = (name: string, value: string) =>
    statement(`UPDATE etl.watermark SET value = '${value}' WHERE scope = 'test' AND name = '${name}'`);
  const read = async (name: string) =>
    (await other.get<{ value: string }>(statement(`SELECT value FROM etl.watermark WHERE name = '${name}'`)))
      ?.value;

  it('migrates again after the session of a migration was killed: nothing of the first try is left', async () => {
    const failed = migrate(
      sabotaged(ours, { before: 'migration/record', act: (session) => kill(session, other) }),
    );
    await expect(failed).rejects.toBeInstanceOf(UnreachableError);
    expect(await other.columns('etl.batch')).toEqual([]);
    expect((await migrate(ours)).map(({ version }) => version)).toEqual(
      knownMigrations('sqlserver').map(({ version }) => version),
    );
  });

  it('repeats the whole transaction that a deadlock took back, and loses neither', async () => {
    await migrate(ours);
    await put('a');
    await put('b');
    let tries = 0;
    // Both have their first row before either asks for its second.
    let arrived = 0;
    let open = () => {};
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const meet = async () => {
      arrived += 1;
      if (arrived === 2) open();
      await both;
    };
    // The pause before the victim's second try is long enough for the other to end, as it is outside of a test.
    let end = () => {};
    const oneHasEnded = new Promise<void>((resolve) => {
      end = resolve;
    });
    const pausing = { now: () => clock.now(), sleep: () => oneHasEnded };
    const cross = (database: Database, first: string, second: string, value: string) =>
      repeatTransient(pausing, () =>
        database.transaction(async (session) => {
          tries += 1;
          await session.run(set(first, value));
          await meet();
          await session.run(set(second, value));
        }),
      ).finally(end);
    await Promise.all([cross(ours, 'a', 'b', 'ours'), cross(other, 'b', 'a', 'other')]);
    expect(tries).toBe(3);
    expect(await read('a')).toBe(await read('b'));
  });

  it('waits for a lock for a while only, says so, and leaves nothing; the next one waits twenty seconds', async () => {
    await migrate(ours);
    await put('locked');
    await other.transaction(async (session) => {
      await session.run(set('locked', 'theirs'));
      const waits = ours.transaction(async (mine) => {
        await mine.run(
          statement(`INSERT INTO etl.watermark (scope, name, value) VALUES ('test', 'half', 'x')`),
        );
        await mine.run(statement(`SET LOCK_TIMEOUT 200; ${set('locked', 'ours').text}`));
      });
      await expect(waits).rejects.toMatchObject({ code: 'MSSQL_1222' });
      expect(await ours.transaction((mine) => mine.get(statement('SELECT @@LOCK_TIMEOUT AS ms')))).toEqual({
        ms: 20_000,
      });
    });
    expect(await read('half')).toBeUndefined();
    expect(await read('locked')).toBe('theirs');
  });

  it('takes a lease whose holder is just writing for held', async () => {
    await migrate(ours);
    await put('lease row');
    const options = { name: 'busy', ttlMs: MINUTE, requestDeadlineMs: SECOND };
    await other.transaction(async (session) => {
      await session.run(set('lease row', 'theirs'));
      // Stands for the row of the lease, which is locked as well where readers that want to write wait for writers.
      const impatient = sabotaged(ours, {
        before: 'lease/take_free',
        act: (mine) => mine.run(statement(`SET LOCK_TIMEOUT 200; ${set('lease row', 'ours').text}`)),
      });
      expect(await acquireLease(impatient, clock, options)).toMatchObject({
        heldBy: 'another process, which is writing just now',
      });
    });
  });
});

describe.runIf(hasSqlServer())('a server that gives no answer any more', () => {
  let house: House;
  let proxy: FaultProxy;
  let relayed: Database;
  beforeEach(async () => {
    house = await House.open({ engine: 'sqlserver', templates: [readableTemplate()] });
    const { host, port } = testServer();
    proxy = await FaultProxy.open(host, port);
    const config = house.config.database as SqlServerConfig;
    relayed = await openSqlServer({ ...config, host: '127.0.0.1', port: proxy.port }, house.clock);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await relayed.close();
    await proxy.close();
    await house.close();
  });

  /** The statement is under way, is cancelled when its time has passed, and given up when that is not heard. */
  async function givesUpAfter(ms: number): Promise<void> {
    const untilSeen = async (seen: () => boolean) => {
      while (!seen()) await new Promise((resolve) => setImmediate(resolve));
    };
    await untilSeen(() => proxy.met === 1);
    vi.advanceTimersByTime(ms - 1);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.cancelled).toBe(0);
    vi.advanceTimersByTime(1);
    await untilSeen(() => proxy.cancelled === 1);
    vi.advanceTimersByTime(5 * SECOND);
  }

  it.each([
    ['verdicts', 'INSERT INTO etl.item', 5 * MINUTE],
    ['a freeze', 'INSERT INTO etl.frozen_Orders', 30 * MINUTE],
  ])(
    'is waited for with %s for its time, then nothing is left, and the next run goes on',
    async (_what, text, limit) => {
      await placeOrder(house, 1);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      proxy.plan(text, { kind: 'silence' });
      const failed = house
        .run('exigo-orders-to-3pl', { database: relayed })
        .catch((error: unknown) => ({ error }));
      await givesUpAfter(limit);
      vi.useRealTimers();
      const { error } = await failed;
      expect(error).toBeInstanceOf(UnreachableError);
      expect((error as Error).message).toContain(`no answer within ${limit / MINUTE} minutes`);
      house.clock.advance(10 * MINUTE);
      expect((await house.run()).error).toBeNull();
      await expectPromisesKept(house);
      expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    },
  );

  it('is waited for with a lease for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    proxy.plan('UPDATE etl.lease', { kind: 'silence' });
    const options = { name: 'silent', ttlMs: MINUTE, requestDeadlineMs: 0 };
    const taken = acquireLease(relayed, house.clock, options).catch(messageOf);
    await givesUpAfter(MINUTE);
    expect(await taken).toContain('no answer within 1 minute;');
  });
});

describe.runIf(hasSqlServer())('asked to stop', () => {
  it('cancels a statement that goes on for too long, rolls back, and closes within its bound', async () => {
    const made = await TestDatabase.create();
    const stop = new AbortController();
    const ours = await openSqlServer(made.config, null, stop.signal);
    const other = await made.open();
    let spid: number | undefined;
    try {
      await ours.run(statement('CREATE TABLE dbo.t (i INT)'));
      const work = ours.transaction(async (session) => {
        await session.run(statement('INSERT INTO dbo.t (i) VALUES (1)'));
        spid = (await session.get<{ spid: number }>(statement('SELECT @@SPID AS spid')))?.spid;
        setTimeout(() => stop.abort(), 100);
        await session.run(LONG);
      });
      const began = performance.now();
      await expect(work).rejects.toBeInstanceOf(StoppedError);
      expect(performance.now() - began).toBeLessThan(20_000);
      expect(await ours.all(statement('SELECT i FROM dbo.t'))).toEqual([]);
    } finally {
      // A server that ignores a cancelled statement's end goes on with it; the others no longer know the session.
      await other.run(statement(`KILL ${spid}`)).catch(() => 0);
      await ours.close();
      await other.close();
      await made.drop();
    }
  });
});
