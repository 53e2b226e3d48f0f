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
      return `CONVERT(VARCHAR(23), ${column}, 121)`;
    case 'smalldatetime':
      return `CONVERT(VARCHAR(23), CAST(${column} AS DATETIME), 121)`;
    case 'datetime2':
      return withDigits(column, Number(/\d+/.exec(type.slice(base.length))?.[0] ?? 7));
    case 'date':
    case 'datetimeoffset':
    case 'time':
      return `CONVERT(VARCHAR(34), ${column}, 121)`;
    default:
      return column;
  }
}

/** All digits of the fraction: servers other than SQL Server leave zeros at the end out. */
function withDigits(column: string, digits: number): string {
  const text = `CONVERT(VARCHAR(27), ${column}, 121)`;
  if (digits === 0) return `LEFT(${text}, 19)`;
  return `LEFT(${text} + CASE WHEN LEN(${text}) = 19 THEN '.' ELSE '' END + '0000000', ${20 + digits})`;
}
