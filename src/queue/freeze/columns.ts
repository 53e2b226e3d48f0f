import { ConfigurationError, FreezeError } from '../../core/errors.js';
import type { QueueTable } from '../../core/exigo-tables.js';
import { QUEUE_TABLE_NAMES } from '../../core/exigo-tables.js';
import type { Answer, CatalogueColumn, Engine, Session } from '../../db/database.js';
import { askSourceCatalogue, readSourceCatalogue } from '../../db/source-catalogue.js';
import { quoteName, tableText } from '../../db/sql.js';
import { isSensitive } from './sensitive.js';

/** Columns without which an aggregate cannot be frozen, compared or judged complete. */
const NEEDED: Readonly<Record<QueueTable, readonly string[]>> = {
  Orders: ['OrderID', 'CustomerID', 'OrderStatusID', 'OrderTypeID', 'SubTotal', 'ModifiedDate'],
  OrderDetails: ['OrderID', 'OrderLine', 'ItemCode', 'Quantity', 'PriceEach', 'PriceTotal'],
  Payments: ['PaymentID', 'OrderID', 'Amount', 'ModifiedDate'],
  Customers: ['CustomerID', 'ModifiedDate'],
  CustomerAccounts: ['CustomerID', 'ModifiedDate'],
  CustomerSites: ['CustomerID', 'ModifiedDate'],
};

const OURS = new Set(['change_set_id', 'queued', 'settled', 'row_stamp']);

/** What the catalogue shows of each table now. */
export type SourceColumns = Readonly<Record<QueueTable, readonly CatalogueColumn[]>>;
/** Names of the columns that are frozen. */
export type FrozenColumns = Readonly<Record<QueueTable, readonly string[]>>;

/** Reads which columns each table has. Throws as {@link sourceColumns}. */
export async function readSourceColumns(session: Session): Promise<SourceColumns> {
  const [answer] = await session.several([askSourceCatalogue(session.engine)]);
  return sourceColumns(session.engine, answer);
}

/** From an answer of the catalogue. Throws ConfigurationError when one is missing that no freeze can do without. */
export function sourceColumns(engine: Engine, answer: Answer | undefined): SourceColumns {
  const tables = readSourceCatalogue(engine, answer ?? { rows: [], changes: 0 });
  const found: Partial<Record<QueueTable, readonly CatalogueColumn[]>> = {};
  for (const table of QUEUE_TABLE_NAMES) {
    const source = tables.get(table) ?? [];
    const names = new Set(source.map((column) => column.name));
    const missing = NEEDED[table].filter((name) => !names.has(name));
    if (missing.length > 0) {
      throw new ConfigurationError(
        `dbo.${table}: ${names.size === 0 ? 'the table is missing' : `column ${missing.join(', ')} is missing`}; ` +
          'switch it on in Sync Management for this destination, nothing was frozen' +
          (engine === 'sqlite'
            ? ''
            : ' (a login without SELECT does not see it: sql/sqlserver/grants/sync.sql)'),
      );
    }
    found[table] = source;
  }
  return found as SourceColumns;
}

/**
 * Leaves the sensitive columns out and gives our frozen tables the columns they lack. So a destination with
 * fewer columns than documented works, and a column this product has never heard of is kept. Runs inside the
 * freeze's transaction.
 */
export async function alignFrozenColumns(
  session: Session,
  source: SourceColumns,
  allowSensitive: readonly string[],
): Promise<FrozenColumns> {
  const found: Partial<Record<QueueTable, readonly string[]>> = {};
  for (const table of QUEUE_TABLE_NAMES) {
    const kept = source[table].filter((column) => !isSensitive(table, column.name, allowSensitive));
    const clash = kept.find((column) => OURS.has(column.name.toLowerCase()));
    if (clash !== undefined) {
      throw new FreezeError(
        'COLUMN_NAME',
        `dbo.${table}.${clash.name}: the name is taken by a column of Orderferry's own`,
      );
    }
    const frozen = new Set(
      (await session.columns(`etl.frozen_${table}`)).map((column) => column.name.toLowerCase()),
    );
    await addColumns(
      session,
      table,
      kept.filter(({ name }) => !frozen.has(name.toLowerCase())),
    );
    found[table] = kept.map((column) => column.name);
  }
  return found as FrozenColumns;
}

/** In one batch: the first freeze adds some 360 columns. */
async function addColumns(
  session: Session,
  table: QueueTable,
  columns: readonly CatalogueColumn[],
): Promise<void> {
  if (columns.length === 0) return;
  const frozen = tableText(session.engine, `etl.frozen_${table}`);
  const text = columns
    .map(({ name, type }) => `ALTER TABLE ${frozen} ADD ${quoteName(session.engine, name)} ${type};`)
    .join('\n');
  await session.run({ name: `freeze/add_columns ${table}`, text });
}
