import { statusId } from '../../core/exigo.js';
import type { Session } from '../../db/database.js';
import { fetchAll, from, joined } from '../../db/query.js';

export interface OldOrders {
  readonly count: number;
  /** The first twenty, oldest first. */
  readonly orders: readonly { readonly OrderID: number; readonly ModifiedDate: string }[];
}

/** Accepted orders of a range of ModifiedDate (US Central text, end excluded) that no 3PL ever got. */
export async function oldUndelivered(session: Session, startAt: string, endAt: string): Promise<OldOrders> {
  const open = () =>
    from(session.engine, 'dbo.Orders', 'o')
      .leftJoin(joined(session.engine, 'etl.order_link', 'l'), 'l.exigo_order_id', 'o.OrderID')
      .where('o.OrderStatusID', statusId('Accepted'))
      .where('o.ModifiedDate', '>=', startAt)
      .where('o.ModifiedDate', '<', endAt)
      .whereNull('l.exigo_order_id');
  const counted = await fetchAll<{ n: number }>(
    session,
    'reads/count_old_orders',
    open().count({ n: 'o.OrderID' }),
  );
  const orders = await fetchAll<{ OrderID: number; ModifiedDate: string }>(
    session,
    'reads/old_orders',
    open().orderBy('o.ModifiedDate').orderBy('o.OrderID').limit(20).select('o.OrderID', 'o.ModifiedDate'),
  );
  return { count: counted[0]?.n ?? 0, orders };
}
