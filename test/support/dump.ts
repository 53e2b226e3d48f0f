import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { House } from './house.js';

/** Everything that is stored anywhere: each table with its rows, each file with its hash, the journal. */
export async function dumpOf(house: House): Promise<object> {
  const tables = await house.all<{ name: string; sql: string | null }>(
    `SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY type, name`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name, sql } of tables) {
    if (sql?.startsWith('CREATE TABLE') === true || name === 'sqlite_sequence') {
      rows[name] = await house.all(`SELECT * FROM "${name}"`);
    }
  }
  return { schema: tables, rows, files: await filesBelow(house.folder), journal: [...house.standin.journal] };
}

async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (/^orderferry\.db(-wal|-shm)?$/.test(name)) continue; // dumped as tables
    files[name] = entry.isDirectory() ? 'folder' : await hashOf(path);
  }
  return files;
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
