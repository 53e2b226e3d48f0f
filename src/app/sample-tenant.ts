import type { Clock } from '../core/clock.js';
import { ConfigurationError, InvariantError } from '../core/errors.js';
import { toExigoText } from '../core/time.js';
import type { Database, Session } from '../db/database.js';
import { putRows } from '../db/put-rows.js';
import { sql } from '../db/sql.js';
import { createSampleSyncDatabase } from '../db/sqlserver/sample.js';
import { createSyncSchema } from '../db/sync-schema.js';
import type { SampleOrder } from './sample-tenant-data.js';
import { ADDED, ORDERS, SAMPLE_ORDER } from './sample-tenant-orders.js';
import {
  customerRows,
  lineRows,
  orderRow,
  paymentRows,
  shipMethodRows,
  warehouseRows,
} from './sample-tenant-rows.js';

/**
 * The sync tables, on SQL Server a reference `queue.Refresh`, and the sample tenant, to try Orderferry without an
 * Exigo tenant. Throws ConfigurationError, nothing done, when the database has orders or, on SQL Server, any
 * part of a sync destination.
 */
export async function makeSampleDatabase(database: Database, clock: Clock): Promise<void> {
  if (database.engine === 'sqlserver') await createSampleSyncDatabase(database);
  else {
    await database.transaction((session) => createSyncSchema(session));
    if (await hasOrders(database)) {
      throw new ConfigurationError('the database has orders already; the sample goes into an empty one only');
    }
  }
  await loadSampleTenant(database, clock);
}

/** Whether there are sync tables with at least one order in them. */
export async function hasOrders(database: Database): Promise<boolean> {
  if ((await database.columns('dbo.Orders')).length === 0) return false;
  const row = await database.get<{ orders: number }>(sql(database.engine, 'dbo/count_orders'));
  return row?.orders !== 0;
}

/**
 * Writes the sample tenant into the embedded sync database, its last changes five to one hours before
 * now. Creates the sync tables where they are missing.
 */
export async function loadSampleTenant(database: Database, clock: Clock): Promise<void> {
  await database.transaction(async (session) => {
    await createSyncSchema(session);
    await putRows(session, 'Warehouses', warehouseRows());
    await putRows(session, 'ShipMethods', shipMethodRows());
    const { customers, accounts, sites } = customerRows(clock.now());
    await putRows(session, 'Customers', customers);
    await putRows(session, 'CustomerAccounts', accounts);
    await putRows(session, 'CustomerSites', sites);
    for (const [id, order] of Object.entries(ORDERS)) await putOrder(session, clock.now(), Number(id), order);
  });
}

/**
 * What happens in the tenant between the first and the second cycle: the late lines arrive (without a new
 * stamp on their order, as replication brings them), the street of a handed-over order changes, another
 * one is canceled, and a new order comes in.
 */
export async function advanceSampleTenant(database: Database, clock: Clock): Promise<void> {
  const late = ORDERS[SAMPLE_ORDER.linesLate];
  if (late === undefined) throw new InvariantError('the sample tenant has no order with late lines');
  const modified = toExigoText(clock.now());
  await database.transaction(async (session) => {
    await putRows(session, 'OrderDetails', lineRows(SAMPLE_ORDER.linesLate, late));
    await session.run(sql(session.engine, 'dbo/sample_move_order'), {
      order: SAMPLE_ORDER.addressChanges,
      address: "3 bis, place d'Armes",
      modified,
    });
    await session.run(sql(session.engine, 'dbo/sample_cancel_order'), {
      order: SAMPLE_ORDER.canceledLate,
      modified,
    });
    await putOrder(session, clock.now(), SAMPLE_ORDER.added, ADDED);
  });
}

async function putOrder(session: Session, now: number, id: number, order: SampleOrder): Promise<void> {
  const lines = lineRows(id, order);
  const row = orderRow(now, id, order, lines);
  await putRows(session, 'Orders', [row]);
  if (order.linesLate !== true) await putRows(session, 'OrderDetails', lines);
  await putRows(session, 'Payments', paymentRows(id, order, row));
}
