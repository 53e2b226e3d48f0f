import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { House } from './house.js';

/** Everything that is stored anywhere: each table with its rows, each file with its hash, the journal. */
export async function dumpOf(house: House): Promise<object> {
  const { schema, tables } = await (house.database.engine === 'sqlite' ? sqliteSchema : serverSchema)(house);
  const rows: Record<string, unknown> = {};
  // The engine may give the rows in any order.
  for (const name of tables)
    rows[name] = (await house.all(`SELECT * FROM "${name}"`)).map((row) => JSON.stringify(row)).sort();
  return { schema, rows, files: await filesBelow(house.folder), journal: [...house.standin.journal] };
}

interface Schema {
  readonly schema: readonly object[];
  readonly tables: readonly string[];
}

async function sqliteSchema(house: House): Promise<Schema> {
  const schema = await house.all<{ name: string; sql: string | null }>(
    `SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY type, name`,
  );
  const tables = schema.filter(
    ({ name, sql }) => sql?.startsWith('CREATE TABLE') === true || name === 'sqlite_sequence',
  );
  return { schema, tables: tables.map(({ name }) => name) };
}

/** Counters of identity columns are not in it: a server does not give a number back that was rolled back. */
async function serverSchema(house: House): Promise<Schema> {
  const columns = await house.all<{ name: string }>(
    `SELECT c.TABLE_SCHEMA + '.' + c.TABLE_NAME AS name, c.COLUMN_NAME AS column_name, c.DATA_TYPE AS data_type
     FROM INFORMATION_SCHEMA.COLUMNS AS c
     JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
     WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA IN ('dbo', 'etl', 'queue') ORDER BY 1, 2`,
  );
  const indexes = await house.all<{ name: string }>('SELECT name FROM sys.indexes WHERE name IS NOT NULL');
  const names = indexes.map(({ name }) => name).sort();
  return {
    schema: [...columns, { indexes: names }],
    tables: [...new Set(columns.map(({ name }) => name))],
  };
}

async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (/^(orderferry\.db(-wal|-shm)?|tenant\.db-shm)$/.test(name)) continue; // dumped as tables; locks of readers
    files[name] = entry.isDirectory() ? 'folder' : await hashOf(path);
  }
  return files;
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
