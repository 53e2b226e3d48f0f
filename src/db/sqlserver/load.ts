import sql from 'mssql';
import type { LoadColumn, Value } from '../database.js';

/**
 * Rows for the driver's bulk load, all as text or bytes: its own numbers are binary floats, and a bulk load of
 * decimals of less than 38 digits is not read alike by every server. The statement that takes the rows on
 * converts them.
 */
export function loadTable(name: string, columns: readonly LoadColumn[], rows: readonly Value[][]): sql.Table {
  const table = new sql.Table(name);
  table.create = false;
  for (const { name: column, kind, length } of columns) {
    const size = length === 'max' ? sql.MAX : length;
    table.columns.add(column, kind === 'bytes' ? sql.VarBinary(size) : sql.NVarChar(size), {
      nullable: true,
    });
  }
  for (const row of rows) table.rows.add(...row.map(carried));
  return table;
}

function carried(value: Value): string | Buffer | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value) : String(value);
}
