import type { Session } from './database.js';
import { sql } from './sql.js';

const FILES = [
  'orders',
  'order_details',
  'customers',
  'payments',
  'customer_accounts',
  'customer_sites',
  'order_statuses',
  'ship_methods',
  'warehouses',
];

/**
 * The Exigo sync tables of the embedded engine: the six that `queue.Refresh` copies, and the three that
 * give their ids names. Idempotent; columns somebody added stay. On SQL Server the tables are Exigo's own
 * and nothing of ours creates them.
 */
export async function createSyncSchema(session: Session): Promise<void> {
  if (session.engine !== 'sqlite') return;
  for (const file of FILES) await session.run(sql('sqlite', `dbo/${file}`));
}
