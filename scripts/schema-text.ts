import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.js';
import { InvariantError } from '../src/core/errors.js';
import type { Engine } from '../src/db/database.js';
import { knownMigrations, migrate } from '../src/db/migrate.js';
import { PACKAGE_ROOT } from '../src/db/sql.js';
import { openSqlite } from '../src/db/sqlite.js';

/** A statement of a migration, with the comment lines above it. */
interface Statement {
  readonly comment: string;
  readonly text: string;
}

interface Table {
  comment: string;
  /** `CREATE TABLE etl.batch (` */
  readonly head: string;
  /** Columns and constraints with their comments, without the commas between them. */
  items: string[];
  readonly indexes: Map<string, Statement>;
}

const head = (
  engine: string,
  origin: string,
  times: string,
) => `-- The schema etl in ${engine}, as it stands after all migrations.
-- Made ${origin} by "npm run schema", for people to read. What "orderferry migrate" runs is in migrations/.
-- Private: read the tables with plain queries, never write them.
--
-- source ─freeze─► change_set + frozen_* ─► batch (one per pipeline) ─► item ─► effect (grouped in wave | call)
--
-- Names end in _utc for instants (${times}, UTC); *_at columns are the source's own local time (US Central).
-- CHECKs are named as the sentence they enforce; the state machine they guard is drawn in ARCHITECTURE.md.
`;

/** The embedded engine's schema.sql, from the catalogue of a database that was just migrated. */
export async function sqliteSchema(): Promise<string> {
  const database = openSqlite(':memory:', systemClock);
  try {
    await migrate(database);
    const objects = await database.all<{ tbl_name: string; name: string; type: string; sql: string }>({
      name: 'schema/catalogue',
      text: `SELECT tbl_name, name, type, sql FROM sqlite_master WHERE tbl_name LIKE 'etl.%' AND sql IS NOT NULL
        ORDER BY (SELECT t.rowid FROM sqlite_master AS t WHERE t.name = sqlite_master.tbl_name), type DESC, rowid`,
    });
    const comments = new Map(
      migrationStatements('sqlite').map(({ comment, text }) => [nameOf(text), comment]),
    );
    const parts = objects.map(
      ({ name, type, sql }) =>
        `${type === 'table' ? '\n' : ''}${comments.get(name.replace('etl.', '')) ?? ''}${sql};\n`,
    );
    return `${head('the embedded engine', 'from its catalogue', 'text')}${parts.join('')}`;
  } finally {
    await database.close();
  }
}

/**
 * SQL Server's schema.sql. Its catalogue keeps no comments and writes expressions in its own way, each server another
 * one, so the words come from the migrations; test/db/schema.test.ts compares the result with the catalogue of
 * a migrated database. Throws InvariantError for a statement of a migration that this does not understand.
 */
export function sqlServerSchema(statements: readonly Statement[] = migrationStatements('sqlserver')): string {
  const tables = new Map<string, Table>();
  let preamble = '';
  for (const { comment, text } of statements) {
    if (/^IF SCHEMA_ID\(/.test(text)) preamble = `\n${text};\n`;
    else if (!/^(UPDATE|INSERT|DELETE|DECLARE)\b/.test(text)) apply(tables, comment, text);
  }
  const parts = [...tables.values()].map(
    ({ comment, head, items, indexes }) =>
      `\n${comment}${head}\n${joined(items)}\n);\n${[...indexes.values()].map((one) => `${one.comment}${one.text};\n`).join('')}`,
  );
  return `${head('SQL Server', 'from the migrations', 'datetime2(3)')}${preamble}${parts.join('')}`;
}

function apply(tables: Map<string, Table>, comment: string, text: string): void {
  const tableOf = (name: string): Table => {
    const table = tables.get(name);
    if (table === undefined) throw new InvariantError(`schema: no table etl.${name} for: ${text}`);
    return table;
  };
  const [, created, body] = /^CREATE TABLE etl\.(\w+) \(\n([\s\S]*)\n\)$/.exec(text) ?? [];
  if (created !== undefined && body !== undefined) {
    tables.set(created, {
      comment,
      head: `CREATE TABLE etl.${created} (`,
      items: itemsOf(body),
      indexes: new Map(),
    });
    return;
  }
  const [, index, indexed] = /^CREATE (?:UNIQUE )?INDEX (\w+) ON etl\.(\w+) /.exec(text) ?? [];
  if (index !== undefined && indexed !== undefined) {
    tableOf(indexed).indexes.set(index, { comment, text });
    return;
  }
  const [, altered, added] = /^ALTER TABLE etl\.(\w+) ADD ([\s\S]+)$/.exec(text) ?? [];
  if (altered !== undefined && added !== undefined) {
    tableOf(altered).items.push(...itemsOf(added).map((item) => `  ${item.trim()}`));
    return;
  }
  const [, shrunk, dropped] = /^ALTER TABLE etl\.(\w+) DROP (?:CONSTRAINT|COLUMN) (\w+)$/.exec(text) ?? [];
  if (shrunk !== undefined && dropped !== undefined) {
    const table = tableOf(shrunk);
    table.items = table.items.filter((item) => !new RegExp(`^\\s*(CONSTRAINT )?${dropped}\\b`).test(item));
    return;
  }
  const [, loosened] =
    /^IF @reference IS NOT NULL EXEC\('ALTER TABLE etl\.(\w+) DROP CONSTRAINT ' /.exec(text) ?? [];
  if (loosened !== undefined) {
    const table = tableOf(loosened);
    table.items = table.items.map((item) => item.replace(/ REFERENCES etl\.\w+ \(\w+\)/, ''));
    return;
  }
  const [, gone, of] = /^DROP INDEX (\w+) ON etl\.(\w+)$/.exec(text) ?? [];
  if (gone !== undefined && of !== undefined) tableOf(of).indexes.delete(gone);
  else throw new InvariantError(`schema: this statement of a migration is not understood: ${text}`);
}

/** Table or index that a statement makes. */
function nameOf(text: string): string {
  return /^CREATE (?:TABLE etl\.|(?:UNIQUE )?INDEX )(\w+)/.exec(text)?.[1] ?? '';
}

export function migrationStatements(engine: Engine): Statement[] {
  return knownMigrations(engine).flatMap(({ name }) =>
    statementsOf(readFileSync(join(PACKAGE_ROOT, 'sql', engine, 'migrations', `${name}.sql`), 'utf8')),
  );
}

/** Cuts a migration at its semicolons; those of comments and texts do not count. */
export function statementsOf(migration: string): Statement[] {
  return cut(migration, ';').flatMap((piece) => {
    const [, above = '', text = ''] = /^\s*((?:--[^\n]*\n|\s*\n)*)([\s\S]*)$/.exec(piece) ?? [];
    // Only the block right above it speaks of the statement.
    const comment = /((?:^--[^\n]*\n)*)$/m.exec(above.split('\n\n').at(-1) ?? '')?.[1] ?? '';
    return text.trim() === '' ? [] : [{ comment, text: text.trim() }];
  });
}

/** Columns and constraints of a table; a comment behind the comma belongs to the one before it. */
function itemsOf(body: string): string[] {
  const pieces = cut(body, ',');
  return pieces.map((piece, i) => {
    const own = i === 0 ? piece : piece.replace(/^ *(?:--[^\n]*)?\n/, '');
    const [behind = ''] = /^ *--[^\n]*(?=\n)/.exec(pieces[i + 1] ?? '') ?? [];
    return `${own}${behind}`;
  });
}

/** Puts the commas back, before the comment behind an item. */
function joined(items: readonly string[]): string {
  return items
    .map((item, i) =>
      i === items.length - 1 ? item : item.replace(/( *--[^\n]*)?$/, (behind) => `,${behind}`),
    )
    .join('\n');
}

/** Splits at a character outside of parentheses, texts and comments. */
function cut(text: string, at: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/--[^\n]*|'(?:[^']|'')*'|[\s\S]/g)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === at && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] += token;
  }
  return pieces;
}
