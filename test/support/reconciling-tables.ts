import type { Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import type { House } from './house.js';
import { stateTables } from './place.js';

const COLUMNS = [
  'OrderID',
  'OrderStatusID',
  'OrderTypeID',
  'OrderDate',
  'CreatedDate',
  'ModifiedDate',
  'WarehouseID',
  'TrackingNumber1',
  'Other20',
];

/** Tables whose numbers the server gives. */
const NUMBERED = ['run', 'change_set', 'batch', 'item', 'wave', 'event', 'effect'].map(
  (name) => `etl.${name}`,
);

/** What Exigo itself has, when another house plays its sync database: the same orders. */
export async function copyOrders(from: House, to: House): Promise<void> {
  const rows = await from.all<Parameters>(`SELECT ${COLUMNS.join(', ')} FROM "dbo.Orders"`);
  await to.tenant.transaction(async (session) => {
    await putRows(session, 'Orders', rows);
  });
}

/** Everything in the tables of the state but the rate budget, which every call takes from. */
export async function tablesText(house: House): Promise<string> {
  const texts: string[] = [];
  for (const table of await stateTables(house.database)) {
    if (table === 'etl.rate_bucket') continue;
    texts.push(JSON.stringify([table, await house.all(`SELECT * FROM "${table}"`)]));
  }
  return texts.join('\n');
}

/** Keeps what the ledger has; what is returned puts it back, as a restore from a backup does. The world stays. */
export async function keepLedger(house: House): Promise<() => Promise<void>> {
  const kept = new Map<string, Parameters[]>();
  const all = await stateTables(house.database);
  // Frozen rows are never altered: those of the backup are there, newer ones are dropped.
  const frozen = all.filter((table) => table.startsWith('etl.frozen_'));
  const tables = all.filter((table) => table !== 'etl.migration' && !frozen.includes(table));
  for (const table of tables) kept.set(table, await house.all<Parameters>(`SELECT * FROM "${table}"`));
  // Items belong to batches: they go first, and come last.
  const ordered = ['etl.batch', ...tables.filter((table) => table !== 'etl.batch')];
  return async () => {
    for (const table of [...ordered].reverse()) await house.exec(`DELETE FROM "${table}"`);
    for (const table of ordered) await putBack(house, table, kept.get(table) ?? []);
    const known = 'SELECT change_set_id FROM "etl.change_set"';
    for (const table of frozen)
      await house.exec(`DELETE FROM "${table}" WHERE change_set_id NOT IN (${known})`);
  };
}

async function putBack(house: House, table: string, rows: readonly Parameters[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const insert = `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')})
    VALUES (${columns.map((_, i) => `@c${i}`).join(', ')})`;
  const numbered = house.database.engine === 'sqlserver' && NUMBERED.includes(table);
  const set = (value: string) => `SET IDENTITY_INSERT "${table}" ${value}`;
  const text = numbered ? `${set('ON')}; ${insert}; ${set('OFF')}` : insert;
  for (const row of rows) {
    const values = columns.map((name, i) => [`c${i}`, row[name] ?? null] as const);
    await house.exec(text, Object.fromEntries(values));
  }
}
