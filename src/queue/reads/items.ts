import { InvariantError } from '../../core/errors.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** The configuration that an item was judged with: its hash and JSON. */
export async function configurationOfItem(
  session: Session,
  itemId: number,
): Promise<{ readonly hash: string; readonly json: string }> {
  const statement = sql(session.engine, 'reads/configuration_of_item');
  const row = await session.get<{ hash: string | null; json: string | null }>(statement, { item_id: itemId });
  if (row?.hash == null || row.json === null) {
    throw new InvariantError(`item ${itemId}: the configuration of its batch is not kept any more`);
  }
  return { hash: row.hash, json: row.json };
}
