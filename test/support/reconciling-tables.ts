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
