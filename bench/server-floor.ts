import type { CatalogueColumn, Database, Session } from '../src/db/database.js';
import { clockFrom, NOW } from './install.js';
import { type Measured, measured, time } from './measured.js';
import { openSite, type Site } from './site.js';

const KEYS = {
  Orders: ['OrderID'],
  OrderDetails: ['OrderID', 'OrderLine'],
  Payments: ['PaymentID'],
  Customers: ['CustomerID'],
} as const;

/** The indexes of the frozen tables beside their keys, as in sql/sqlserver/schema.sql. */
const INDEXES = {
  Orders: ['OrderID, change_set_id'],
  OrderDetails: [],
  Payments: ['change_set_id, OrderID', 'PaymentID, ModifiedDate'],
  Customers: ['CustomerID, ModifiedDate'],
} as const;

/**
 * What a freeze cannot do without on a server: one `INSERT ... SELECT` per table, in one transaction, into empty tables
 * without an index (`heap`), with the keys of the frozen tables (`keyed`), with all of their indexes (`indexed`).
 */
export async function insertInto(site: Site, kind: 'heap' | 'keyed' | 'indexed'): Promise<Measured> {
  const database = await openSite(site, clockFrom(NOW));
  const tables = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const columns = new Map<string, readonly CatalogueColumn[]>();
  await database.transaction(async (session) => {
    for (const table of tables) columns.set(table, await makeTable(session, table, kind));
  });
  const ms = await time(() =>
    database.transaction(async (session) => {
      for (const table of tables) {
        const names = (columns.get(table) ?? []).map(({ name }) => `[${name}]`).join(', ');
        const text = `INSERT INTO dbo.${kind}_${table} (change_set_id, ${names}) SELECT 1, ${names} FROM dbo.${table}`;
        await session.run({ name: kind, text });
      }
    }),
  );
  await dropCopies(database, kind);
  await database.close();
  return measured(ms);
}

/** The catalogue of `dbo`, which a freeze reads, shows the tenant's own tables again. */
export async function dropCopies(database: Database, prefix: string): Promise<void> {
  await database.transaction(async (session) => {
    for (const table of Object.keys(KEYS)) {
      await session.run({ name: 'floor', text: `DROP TABLE dbo.${prefix}_${table}` });
    }
  });
}

async function makeTable(
  session: Session,
  table: keyof typeof KEYS,
  kind: 'heap' | 'keyed' | 'indexed',
): Promise<readonly CatalogueColumn[]> {
  const run = (text: string) => session.run({ name: 'floor', text });
  const keys: readonly string[] = KEYS[table];
  const found = await session.columns(`dbo.${table}`);
  const columns = found.map(({ name, type }) => `[${name}] ${type}${keys.includes(name) ? ' NOT NULL' : ''}`);
  const key = kind === 'heap' ? '' : `, PRIMARY KEY (change_set_id, ${keys.join(', ')})`;
  await run(`CREATE TABLE dbo.${kind}_${table} (change_set_id INT NOT NULL, ${columns.join(', ')}${key})`);
  if (kind === 'indexed') {
    for (const [i, on] of INDEXES[table].entries()) {
      await run(`CREATE INDEX floor_${table}_${i} ON dbo.${kind}_${table} (${on})`);
    }
  }
  return found;
}
