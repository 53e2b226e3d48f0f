import type { Statement } from '../database.js';

export interface CatalogueRow {
  readonly name: string;
  readonly data_type: string;
  readonly length: number | null;
  readonly numeric_precision: number | null;
  readonly numeric_scale: number | null;
  readonly datetime_precision: number | null;
}

/** Columns of one table. In: @schema, @name. */
export const CATALOGUE: Statement = {
  name: 'catalogue/columns',
  text: `SELECT COLUMN_NAME AS name, DATA_TYPE AS data_type, CHARACTER_MAXIMUM_LENGTH AS length,
    NUMERIC_PRECISION AS numeric_precision, NUMERIC_SCALE AS numeric_scale, DATETIME_PRECISION AS datetime_precision
    FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @name ORDER BY ORDINAL_POSITION`,
};

/** The type as `ALTER TABLE ... ADD` takes it. */
export function declaredType(row: CatalogueRow): string {
  const type = row.data_type.toLowerCase();
  // Its values are the server's to give; a copy keeps them as what they are, eight bytes.
  if (type === 'timestamp' || type === 'rowversion') return 'binary(8)';
  if (/^n?(var)?char$|^(var)?binary$/.test(type))
    return `${type}(${row.length === -1 || row.length === null ? 'max' : row.length})`;
  if (type === 'decimal' || type === 'numeric')
    return `${type}(${row.numeric_precision}, ${row.numeric_scale})`;
  if (type === 'datetime2' || type === 'datetimeoffset' || type === 'time')
    return `${type}(${row.datetime_precision ?? 7})`;
  return type;
}
