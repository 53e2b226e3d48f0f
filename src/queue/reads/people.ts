import { personalValues } from '../../core/personal.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

const MOST = 500;

/** Names, addresses and notes of the last frozen versions of these orders; of the first some hundred. */
export async function peopleOfOrders(session: Session, orderIds: readonly number[]): Promise<string[]> {
  const rows = await session.all<object>(sql(session.engine, 'reads/people_of_orders'), {
    order_ids: JSON.stringify(orderIds.slice(0, MOST)),
  });
  return personalValues(rows);
}

/** The same of the frozen documents of these marketplace orders, `main/1000123`. */
export async function peopleOfDocuments(session: Session, keys: readonly string[]): Promise<string[]> {
  const rows = await session.all<{ json: string }>(sql(session.engine, 'forget/documents'), {
    item_keys: JSON.stringify(keys.slice(0, MOST)),
  });
  return rows.flatMap(({ json }) => personalValues(JSON.parse(json)));
}
