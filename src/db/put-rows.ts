import type { Parameters, Session } from './database.js';
import { quoteName, sqlWithColumns } from './sql.js';

/**
 * Writes rows of a table of the embedded sync database; one with the same key is replaced as a whole.
 * Columns that are not named get the table's defaults. All rows name the same columns as the first.
 */
export async function putRows(session: Session, table: string, rows: readonly Parameters[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const statement = sqlWithColumns('sqlite', 'dbo/put_row', {
    table,
    columns: names.map((name) => quoteName('sqlite', name)).join(', '),
    values: names.map((name) => `@${name}`).join(', '),
  });
  await session.runMany(statement, rows);
}
