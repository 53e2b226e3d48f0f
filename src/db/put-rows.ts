import { QUEUE_TABLES, type QueueTable } from '../core/exigo-tables.js';
import type { Parameters, Session, TableName } from './database.js';
import { quoteName, sqlWithColumns } from './sql.js';

/**
 * Writes rows of a table of a sync database of our own making (the sample tenant, the tests); one with the
 * same key is replaced as a whole. Columns that are not named get the table's defaults. All rows name the same
 * columns as the first.
 */
export async function putRows(session: Session, table: string, rows: readonly Parameters[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const columns = names.map((name) => quoteName(session.engine, name)).join(', ');
  const lists =
    session.engine === 'sqlite'
      ? { table, columns, values: names.map((name) => `@${name}`).join(', ') }
      : { table, columns, ...(await typedValues(session, table, names)) };
  await session.runMany(sqlWithColumns(session.engine, 'dbo/put_row', lists), rows);
}

/** Amounts and dates come as text, each is cast to the column's own type. */
async function typedValues(
  session: Session,
  table: string,
  names: readonly string[],
): Promise<{ readonly values: string; readonly same_key: string }> {
  const types = await typesOf(session, table);
  const keys = table in QUEUE_TABLES ? QUEUE_TABLES[table as QueueTable].key : names.slice(0, 1);
  return {
    values: names.map((name) => `CAST(@${name} AS ${types.get(name) ?? 'nvarchar(max)'})`).join(', '),
    same_key: keys.map((name) => `${quoteName('sqlserver', name)} = @${name}`).join(' AND '),
  };
}

const known = new WeakMap<Session, Map<string, ReadonlyMap<string, string>>>();

/** Asked once per session: the catalogue is slow, and a tenant has many orders. */
async function typesOf(session: Session, table: string): Promise<ReadonlyMap<string, string>> {
  const ofSession = known.get(session) ?? new Map<string, ReadonlyMap<string, string>>();
  known.set(session, ofSession);
  const found =
    ofSession.get(table) ??
    new Map((await session.columns(`dbo.${table}` as TableName)).map(({ name, type }) => [name, type]));
  ofSession.set(table, found);
  return found;
}
