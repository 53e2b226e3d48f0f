import type { CatalogueColumn, Engine, LoadColumn } from './database.js';
import { quoteName } from './sql.js';

const WHOLE = new Set(['int', 'smallint', 'tinyint', 'bit']);
const BYTES = new Set(['binary', 'varbinary', 'image']);

/**
 * The type that keeps a column of a SQL Server in a state database of another engine, or on another server: text
 * of a code page becomes Unicode there, since the other database may have another code page.
 */
export function carriedType(type: string, engine: Engine): string {
  const base = baseOf(type);
  if (engine === 'sqlite') {
    if (WHOLE.has(base)) return 'INTEGER';
    if (BYTES.has(base)) return 'BLOB';
    return base === 'float' || base === 'real' ? 'REAL' : 'TEXT';
  }
  if (base === 'text' || base === 'ntext') return 'nvarchar(max)';
  if (base === 'image') return 'varbinary(max)';
  if (base !== 'varchar' && base !== 'char') return type;
  const length = lengthOf(type, 4_000);
  return `nvarchar(${length})`;
}

/** How a column's values, in the form of `readableColumns`, are loaded into a work table. */
export function loadColumn({ name, type }: CatalogueColumn): LoadColumn {
  const base = baseOf(type);
  if (BYTES.has(base))
    return { name, kind: 'bytes', length: base === 'image' ? 'max' : lengthOf(type, 8_000) };
  if (/^n?(var)?char$/.test(base)) return { name, kind: 'text', length: lengthOf(type, 4_000) };
  return { name, kind: 'text', length: /^(n?text|xml|sql_variant)$/.test(base) ? 'max' : 50 };
}

/**
 * The loaded text of a column as its own type again. Text to datetime goes by the login's language, to datetime2 by
 * its form alone; CONVERT with a style would do the same, and takes 20 ms a row on Babelfish for PostgreSQL.
 */
export function unloaded({ name, type }: CatalogueColumn): string {
  const column = quoteName('sqlserver', name);
  const base = baseOf(type);
  if (base === 'datetime' || base === 'smalldatetime')
    return `CAST(CAST(${column} AS DATETIME2(3)) AS ${type})`;
  return /^nvarchar$|^nchar$|^varbinary$/.test(base) ? column : `CAST(${column} AS ${type})`;
}

function baseOf(type: string): string {
  return type.split('(')[0] ?? type;
}

function lengthOf(type: string, most: number): number | 'max' {
  const digits = /\((\d+)\)/.exec(type)?.[1];
  return digits === undefined || Number(digits) > most ? 'max' : Number(digits);
}
