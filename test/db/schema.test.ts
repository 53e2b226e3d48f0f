import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import type { Database, Engine } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { sql } from '../../src/db/sql.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { engines, reportMissingEngine, TestDatabase } from '../support/engines.js';

reportMissingEngine();

describe.each(engines())('schema.sql on %s', (engine) => {
  it('makes what the migrations make: columns, keys, CHECKs, indexes', async () => {
    const migrated = await inNewDatabase(engine, async (database) => {
      await migrate(database);
      return listing(database);
    });
    const made = await inNewDatabase(engine, async (database) => {
      await database.transaction((session) => session.run(sql(engine, 'schema')));
      return listing(database);
    });
    expect(migrated.length).toBeGreaterThan(150);
    expect(made).toEqual(migrated);
  });
});

async function inNewDatabase<T>(engine: Engine, work: (database: Database) => Promise<T>): Promise<T> {
  const place = engine === 'sqlite' ? null : await TestDatabase.create();
  const database = place === null ? openSqlite(':memory:', systemClock) : await place.open();
  try {
    return await work(database);
  } finally {
    await database.close();
    await place?.drop();
  }
}

/** One line per column, key column, CHECK and reference; names the server made up are left out. */
async function listing(database: Database): Promise<string[]> {
  const lines: string[] = [];
  for (const text of database.engine === 'sqlite' ? SQLITE : SQL_SERVER) {
    const rows = await database.rows({ name: 'catalogue', text });
    lines.push(...rows.map((row) => row.join(' ')));
  }
  return lines.sort();
}

const SQLITE = [
  `SELECT 'column', t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk
    FROM sqlite_master AS t JOIN pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'`,
  `SELECT 'index', t.name, CASE WHEN i.origin = 'c' THEN i.name ELSE 'key' END, i."unique", i.partial, c.seqno, c.name
    FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c
    WHERE t.type = 'table'`,
  `SELECT 'reference', t.name, f."from", f."table", f."to"
    FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'`,
  // CHECKs and filters are in no pragma: the text of the object.
  `SELECT 'text', name, sql FROM sqlite_master WHERE sql IS NOT NULL`,
];

const SQL_SERVER = [
  `SELECT 'column', TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, DATETIME_PRECISION, IS_NULLABLE,
      CASE WHEN COLUMN_DEFAULT IS NULL THEN '' ELSE 'default' END
    FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'etl'`,
  `SELECT 'identity', t.name, c.name FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id
    WHERE t.schema_id = SCHEMA_ID('etl') AND c.is_identity = 1`,
  `SELECT 'index', t.name, CASE WHEN i.is_primary_key = 1 THEN 'key' ELSE i.name END, i.is_unique, i.has_filter, k.key_ordinal, c.name
    FROM sys.indexes AS i
    JOIN sys.tables AS t ON t.object_id = i.object_id
    JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
    JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = k.column_id
    WHERE t.schema_id = SCHEMA_ID('etl')`,
  `SELECT 'check', t.name, k.name, k.definition FROM sys.check_constraints AS k JOIN sys.tables AS t ON t.object_id = k.parent_object_id
    WHERE t.schema_id = SCHEMA_ID('etl')`,
  `SELECT 'reference', t.name, r.name FROM sys.foreign_keys AS f
    JOIN sys.tables AS t ON t.object_id = f.parent_object_id
    JOIN sys.tables AS r ON r.object_id = f.referenced_object_id
    WHERE t.schema_id = SCHEMA_ID('etl')`,
];
