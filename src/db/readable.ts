import type { CatalogueColumn, Engine } from './database.js';
import { quoteName } from './sql.js';

/**
 * A select list that gives every column in the form our rows have: amounts and decimals as exact text, dates
 * as `2017-01-31 13:05:00.000` (with as many digits as the type has). The embedded engine stores them so;
 * SQL Server's driver would read amounts as binary floats and cut dates to milliseconds.
 */
export function readableColumns(engine: Engine, alias: string, columns: readonly CatalogueColumn[]): string {
  return columns
    .map(({ name, type }) => {
      const column = `${alias}.${quoteName(engine, name)}`;
      return engine === 'sqlite' ? column : readable(column, type);
    })
    .join(', ');
}

function readable(column: string, type: string): string {
  const [base = ''] = type.split('(');
  switch (base) {
    case 'money':
    case 'smallmoney':
      // money as text has two digits after the point, decimal(19, 4) all four.
      return `CAST(CAST(${column} AS DECIMAL(19, 4)) AS VARCHAR(41))`;
    case 'decimal':
    case 'numeric':
    case 'bigint':
      return `CAST(${column} AS VARCHAR(41))`;
    case 'datetime':
    case 'smalldatetime':
      return `CONVERT(VARCHAR(23), CAST(${column} AS DATETIME2(3)), 121)`;
    case 'date':
    case 'datetime2':
    case 'datetimeoffset':
    case 'time':
      return `CONVERT(VARCHAR(34), ${column}, 121)`;
    default:
      return column;
  }
}
