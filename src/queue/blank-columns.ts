import type { QueueTable } from '../core/exigo-tables.js';
import type { Session } from '../db/database.js';
import { quoteName } from '../db/sql.js';

/** What tells a row and its version from others; no name, no address. */
const KEPT = new Set([
  'change_set_id',
  'queued',
  'settled',
  'row_stamp',
  'modifieddate',
  'customerid',
  'paymentid',
]);

/**
 * `"FirstName" = NULL, ...` for every column of a frozen table but keys and stamps, for the `{blank}` of a statement; null
 * when there is none, because nothing was frozen yet. The freeze asks whether it has a row by key and stamp, so a row that
 * is emptied is not taken for new, as one that is deleted would be.
 */
export async function blankColumns(session: Session, table: QueueTable): Promise<string | null> {
  const columns = await session.columns(`etl.frozen_${table}`);
  const blank = columns.filter(({ name }) => !KEPT.has(name.toLowerCase()));
  if (blank.length === 0) return null;
  return blank.map(({ name }) => `${quoteName(session.engine, name)} = NULL`).join(', ');
}
