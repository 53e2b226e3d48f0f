import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../core/errors.js';
import type { Engine, Statement } from './database.js';

/** The folder that contains `sql/` and `package.json`, from the sources as from the build. */
export const PACKAGE_ROOT = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new InvariantError('package.json not found above the program');
  return findPackageRoot(parent);
}

const cache = new Map<string, Statement>();

/**
 * A statement by its path below `sql/`, without ending: `sql('sqlite', 'ledger/close_batch')`.
 * Looks in `sql/<engine>/` first, then in `sql/shared/`, where statements live that both engines run
 * unchanged. Table names are written `dbo.Orders`, `queue.Orders`, `etl.batch` in all of them; in the
 * embedded engine they are single identifiers (`"etl.batch"`), because its ATTACH does not commit
 * atomically across files. JSON lists are opened with `OPENJSON(@ids)`, SQLite's `json_each`.
 */
export function sql(engine: Engine, name: string): Statement {
  const id = `${engine}/${name}`;
  let statement = cache.get(id);
  if (statement === undefined) {
    const file = [
      join(PACKAGE_ROOT, 'sql', engine, `${name}.sql`),
      join(PACKAGE_ROOT, 'sql', 'shared', `${name}.sql`),
    ].find(existsSync);
    if (file === undefined) throw new InvariantError(`no SQL file for ${id}`);
    statement = { name, text: dialect(engine, readFileSync(file, 'utf8')) };
    cache.set(id, statement);
  }
  return statement;
}

/**
 * A statement whose column lists come from the catalogue: `{columns}` in the file is replaced by the
 * quoted names. Nothing else is ever put into the text.
 */
export function sqlWithColumns(
  engine: Engine,
  name: string,
  lists: Readonly<Record<string, string>>,
): Statement {
  const { text } = sql(engine, name);
  return {
    name,
    text: text.replace(/\{(\w+)\}/g, (whole, list: string) => lists[list] ?? whole),
  };
}

/** Quotes a column name for both engines. */
export function quoteName(engine: Engine, name: string): string {
  return engine === 'sqlite' ? `"${name.replaceAll('"', '""')}"` : `[${name.replaceAll(']', ']]')}]`;
}

/** `dbo.Orders` as the engine spells it: one quoted identifier in the embedded engine. */
export function tableText(engine: Engine, table: string): string {
  return engine === 'sqlite' ? `"${table}"` : table;
}

function dialect(engine: Engine, text: string): string {
  if (engine !== 'sqlite') return text;
  return text
    .replace(/(?<!["\w.])(dbo|queue|etl)\.(\{\w+\}|\w+)/g, '"$1.$2"')
    .replaceAll('OPENJSON(', 'json_each(');
}
