import type { Clock } from '../../src/core/clock.js';
import type { DatabaseConfig } from '../../src/core/config.js';
import type { Database, Engine, Session, TableName } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { openSqlServer } from '../../src/db/sqlserver/pool.js';
import { createSampleSyncDatabase } from '../../src/db/sqlserver/sample.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { TestDatabase } from './test-server.js';

/** Where the database of a test is: a file, or a database of its own on the test server. */
export interface Place {
  readonly config: DatabaseConfig;
  /** Another connection to it. */
  open(clock: Clock): Promise<Database>;
  /** Close all connections to it first. A file goes with its folder. */
  remove(): Promise<void>;
}

/** `file` is for the embedded engine; `:memory:` has one connection only. */
export async function makePlace(engine: Engine, file: string): Promise<Place> {
  if (engine === 'sqlite') return placeOf({ engine, file }, async () => undefined);
  const made = await TestDatabase.create();
  return placeOf(made.config, () => made.drop());
}

function placeOf(config: DatabaseConfig, remove: () => Promise<void>): Place {
  return { config, open: (clock) => openAt(config, clock), remove };
}

/** A connection whose time is the clock's, on either engine. */
export async function openAt(config: DatabaseConfig, clock: Clock): Promise<Database> {
  return config.engine === 'sqlite' ? openSqlite(config.file, clock) : openSqlServer(config, clock);
}

/** The state schema, and the tables of a tenant without rows. */
export async function createTables(database: Database): Promise<void> {
  await migrate(database);
  await createTenantTables(database);
}

export async function createTenantTables(database: Database): Promise<void> {
  if (database.engine === 'sqlserver') await createSampleSyncDatabase(database);
  else await database.transaction(createSyncSchema);
}

/** A test's statement, written with the embedded engine's quoted names and types, as the engine spells it. */
export function forEngine(engine: Engine, text: string): string {
  if (engine === 'sqlite') return text;
  return text
    .replace(/"(dbo|queue|etl)\.(\w+)"/g, '$1.$2')
    .replace(/^(ALTER TABLE .* ADD .*) TEXT$/, '$1 NVARCHAR(100)');
}

/** Names of our tables, in order: `etl.batch`. */
export async function stateTables(database: Database): Promise<string[]> {
  const text =
    database.engine === 'sqlite'
      ? `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'etl.%'`
      : `SELECT 'etl.' + TABLE_NAME AS name FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'etl'`;
  const tables = await database.all<{ name: string }>({ name: 'test', text });
  return tables.map(({ name }) => name).sort();
}

/** As somebody switches a column off: on SQL Server its default goes first. */
export async function dropColumn(session: Session, table: TableName, column: string): Promise<void> {
  const run = (text: string) => session.run({ name: 'test', text: forEngine(session.engine, text) });
  if (session.engine === 'sqlserver') {
    const defaults = await session.all<{ name: string }>(
      {
        name: 'test',
        text: `SELECT d.name FROM sys.default_constraints AS d
          JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
          WHERE d.parent_object_id = OBJECT_ID(@table) AND c.name = @column`,
      },
      { table, column },
    );
    for (const { name } of defaults) await run(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}`);
  }
  await run(`ALTER TABLE "${table}" DROP COLUMN ${column}`);
}
