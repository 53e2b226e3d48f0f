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
