import type { Answer, CatalogueColumn, Engine, Request } from './database.js';
import { sql } from './sql.js';
import { type CatalogueRow, declaredType } from './sqlserver/catalogue.js';

/** Asks for the columns of all tables of `dbo` at once; {@link readSourceCatalogue} reads the answer. */
export function askSourceCatalogue(engine: Engine): Request {
  return { statement: sql(engine, 'freeze/catalogue') };
}

/** Columns by table name, in order. */
export function readSourceCatalogue(engine: Engine, { rows }: Answer): Map<string, CatalogueColumn[]> {
  const tables = new Map<string, CatalogueColumn[]>();
  for (const row of rows) {
    const { table_name, name } = row as { readonly table_name: string; readonly name: string };
    const type = engine === 'sqlite' ? String(row.type) : declaredType(row as unknown as CatalogueRow);
    const columns = tables.get(table_name) ?? [];
    columns.push({ name, type });
    tables.set(table_name, columns);
  }
  return tables;
}
