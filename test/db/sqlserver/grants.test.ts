import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabase } from '../../../src/app/doctor/check-database.js';
import { PIPELINES } from '../../../src/app/pipelines.js';
import { makeContext } from '../../../src/app/runtime.js';
import { loadSampleTenant } from '../../../src/app/sample-tenant.js';
import type { SqlServerConfig } from '../../../src/core/config.js';
import { ConfigurationError, messageOf } from '../../../src/core/errors.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import type { Database, SyncDatabase } from '../../../src/db/database.js';
import { migrate } from '../../../src/db/migrate.js';
import { assertGrants } from '../../../src/db/sqlserver/grants.js';
import { openSqlServer } from '../../../src/db/sqlserver/pool.js';
import { runPipeline } from '../../../src/engine/run.js';
import { TestClock } from '../../support/clock.js';
import { hasSqlServer, reportMissingEngine, testServer } from '../../support/engines.js';
import { House, NOON } from '../../support/house.js';

reportMissingEngine();

const PASSWORD = 'Grants-Test-1';
const clock = new TestClock(NOON);

/** The statements of a shipped script, one by one: servers that lack a kind of grant (Babelfish) skip it. */
async function runScript(database: Database, name: string): Promise<void> {
  const text = readFileSync(new URL(`../../../sql/sqlserver/grants/${name}.sql`, import.meta.url), 'utf8');
  const statements = text.replace(/^--.*$/gm, '').split(/;\s*$/m);
  for (const statement of statements.filter((one) => one.trim() !== '')) {
    try {
      await database.run({ name, text: statement });
    } catch (error) {
      if (!messageOf(error).includes('is not currently supported')) throw error;
    }
  }
}

describe.runIf(hasSqlServer())('a login with the grants of the scripts', () => {
  const prefix = `ferry_${randomBytes(4).toString('hex')}`;
  let house: House;
  let state: Database;
  let sync: Database;
  const opened: Database[] = [];

  async function exec(database: Database, text: string): Promise<void> {
    await database.run({ name: 'test', text });
  }

  async function makeLogin(name: string): Promise<void> {
    await exec(state, `CREATE LOGIN ${prefix}_${name} WITH PASSWORD = '${PASSWORD}'`);
    for (const database of [state, sync])
      await exec(database, `CREATE USER ${prefix}_${name} FOR LOGIN ${prefix}_${name}`);
  }

  const as = (name: string, config: SqlServerConfig): SqlServerConfig => ({
    ...config,
    user: `${prefix}_${name}`,
    password: PASSWORD,
  });

  async function openAs(name: string, config: SqlServerConfig | null): Promise<SyncDatabase> {
    if (config === null) throw new RangeError('no such database');
    const database = await openSqlServer(as(name, config), clock);
    opened.push(database);
    return database;
  }

  const stateConfig = () => house.config.database as SqlServerConfig;
  const syncConfig = () => house.config.syncDatabase as SqlServerConfig;

  beforeAll(async () => {
    house = await House.open({ engine: 'sqlserver', hosted: true, api: false, migrated: false });
    state = house.database;
    sync = house.tenant;
    await loadSampleTenant(sync, clock);
    await makeLogin('reader');
    await makeLogin('runner');
    await makeLogin('migrator');
  });

  afterAll(async () => {
    for (const database of opened) await database.close();
    await house.close();
    const server = await openSqlServer(testServer());
    for (const name of ['reader', 'runner', 'migrator']) await exec(server, `DROP LOGIN ${prefix}_${name}`);
    await server.close();
  });

  it('migrate: is told what is missing without them, and needs nothing else with them', async () => {
    const migrator = await openAs('migrator', stateConfig());
    const refused = migrate(migrator);
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
    await expect(refused).rejects.toThrow(/permission denied.*the login lacks a grant: .*migrate\.sql/i);
    await runScript(state, 'migrate');
    await exec(state, `ALTER ROLE orderferry_migrate ADD MEMBER ${prefix}_migrator`);
    expect(await migrate(migrator)).not.toEqual([]);
    await expect(exec(migrator, 'CREATE TABLE dbo.not_ours (a INT)')).rejects.toThrow(/denied/);
  });

  it('run: is told what is missing without them', async () => {
    const runner = await openAs('runner', stateConfig());
    const reader = await openAs('reader', syncConfig());
    await expect(assertGrants(runner, 'database', ['run'])).rejects.toThrow(
      /lacks SELECT on etl\.lease, .*UPDATE on etl\.item.*sql\/sqlserver\/grants\/run\.sql/,
    );
    await expect(assertGrants(reader, 'syncDatabase', ['sync'])).rejects.toThrow(
      /lacks SELECT on dbo\..*EXECUTE on queue\.Refresh.*sql\/sqlserver\/grants\/sync\.sql/,
    );
  });

  it('doctor: says the same', async () => {
    const unseen = await checkDatabase(as('runner', stateConfig()), null, (config) =>
      openSqlServer(config as SqlServerConfig, clock),
    );
    expect(unseen.find(({ name }) => name === 'state schema')?.remedy).toContain('on the schema etl');
    await exec(state, `GRANT SELECT ON SCHEMA::etl TO ${prefix}_runner`);
    const checks = await checkDatabase(as('runner', stateConfig()), as('reader', syncConfig()), (config) =>
      openSqlServer(config as SqlServerConfig, clock),
    );
    const bad = checks.filter(({ ok }) => !ok);
    expect(bad.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['grants of the database', 'grants of the sync database']),
    );
    const details = bad.map(({ detail }) => detail).join('\n');
    expect(details).toContain('DELETE on etl.effect');
    expect(details).not.toContain('SELECT on etl.effect');
    expect(details).toContain('SELECT on dbo.Customers');
    expect(details).toContain('EXECUTE on queue.Refresh');
    expect(bad.map(({ remedy }) => remedy).join('\n')).toContain('sql/sqlserver/grants/sync.sql');
  });

  it('run: needs nothing else with them, writes nothing there, and one that is taken away is named', async () => {
    await refreshWithoutDefinition(sync);
    await runScript(state, 'run');
    await exec(state, `ALTER ROLE orderferry_run ADD MEMBER ${prefix}_runner`);
    await runScript(sync, 'sync');
    await exec(sync, `ALTER ROLE orderferry_sync ADD MEMBER ${prefix}_reader`);
    // A server whose procedures run as their caller (Babelfish) asks of the caller what the procedure does.
    await exec(sync, 'GRANT INSERT, DELETE ON SCHEMA::queue TO orderferry_sync');
    // The frozen tables get their columns once; on a server without GRANT ALTER their owner must.
    await alignFrozenTables(house);

    const runner = await openAs('runner', stateConfig());
    const reader = await openAs('reader', syncConfig());
    await assertGrants(runner, 'database', ['run']);
    await assertGrants(reader, 'syncDatabase', ['sync']);
    const context = makeContext({ config: house.config, database: runner, sync: reader, clock });
    const [pipeline] = PIPELINES as readonly [AnyPipeline];
    const report = await runPipeline(context, { pipeline, slices: [] });
    expect(report.error).toBeNull();
    expect(report.changeSets.map(({ ordersFrozen }) => ordersFrozen)).toEqual([25]);
    context.close();

    for (const text of [
      'UPDATE dbo.Orders SET Notes = 1',
      'DELETE FROM dbo.Orders',
      'CREATE TABLE dbo.x (a INT)',
    ]) {
      await expect(exec(reader, text)).rejects.toThrow(/denied/);
    }
    const checks = await checkDatabase(as('runner', stateConfig()), as('reader', syncConfig()), (config) =>
      openSqlServer(config as SqlServerConfig, clock),
    );
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);

    await exec(sync, 'REVOKE SELECT ON OBJECT::dbo.Payments FROM orderferry_sync');
    await expect(assertGrants(reader, 'syncDatabase', ['sync'])).rejects.toThrow(
      /the login lacks SELECT on dbo\.Payments, or/,
    );
  });
});

/** The queue as a procedure keeps it that neither drops nor makes tables. */
async function refreshWithoutDefinition(sync: Database): Promise<void> {
  const tables = ['Orders', 'Customers', 'Payments', 'CustomerAccounts', 'CustomerSites'];
  const exec = (text: string) => sync.run({ name: 'test', text });
  for (const table of [...tables, 'OrderDetails'])
    await exec(`SELECT * INTO queue.${table} FROM dbo.${table} WHERE 1 = 0`);
  await exec('DROP PROCEDURE queue.Refresh');
  const refill = tables.map(
    (table) =>
      `DELETE FROM queue.${table}; INSERT INTO queue.${table} SELECT * FROM dbo.${table} WHERE ModifiedDate >= @from;`,
  );
  await exec(`CREATE PROCEDURE queue.Refresh @from DATETIME AS
    BEGIN
      SET NOCOUNT ON;
      ${refill.join('\n')}
      DELETE FROM queue.OrderDetails;
      INSERT INTO queue.OrderDetails SELECT d.* FROM dbo.OrderDetails AS d JOIN queue.Orders AS o ON o.OrderID = d.OrderID;
    END`);
}

/** What the first freeze does with GRANT ALTER. */
async function alignFrozenTables(house: House): Promise<void> {
  for (const table of [
    'Orders',
    'OrderDetails',
    'Payments',
    'Customers',
    'CustomerAccounts',
    'CustomerSites',
  ]) {
    const known = new Set((await house.database.columns(`etl.frozen_${table}`)).map(({ name }) => name));
    for (const { name, type } of await house.tenant.columns(`dbo.${table}`)) {
      if (!known.has(name))
        await house.database.run({
          name: 'test',
          text: `ALTER TABLE etl.frozen_${table} ADD ${name} ${type}`,
        });
    }
  }
}
