import { statusId } from '../../core/exigo.js';
import type { Session } from '../../db/database.js';
import { fetchAll, from } from '../../db/query.js';
import { linkedOrders } from './orders.js';

export interface OldOrders {
  readonly count: number;
  /** The first twenty, oldest first. */
  readonly orders: readonly OldOrder[];
}

interface OldOrder {
  readonly OrderID: number;
  readonly ModifiedDate: string;
}

const PAGE = 1_000;
const SHOWN = 20;

/**
 * Accepted orders of a range of ModifiedDate (US Central text, end excluded) that no 3PL ever got. Pages of `sync`,
 * where the sync tables are, are compared with `state`, where ours are: they may be two databases.
 */
export async function oldUndelivered(
  state: Session,
  sync: Session,
  startAt: string,
  endAt: string,
): Promise<OldOrders> {
  let count = 0;
  let oldest: OldOrder[] = [];
  for (let after = -1; ; ) {
    const page = await fetchAll<OldOrder>(
      sync,
      'reads/old_orders',
      from(sync.engine, 'dbo.Orders', 'o')
        .where('o.OrderStatusID', statusId('Accepted'))
        .where('o.ModifiedDate', '>=', startAt)
        .where('o.ModifiedDate', '<', endAt)
        .where('o.OrderID', '>', after)
        .orderBy('o.OrderID')
        .limit(PAGE)
        .select('o.OrderID', 'o.ModifiedDate'),
    );
    const linked = await linkedOrders(
      state,
      page.map(({ OrderID }) => OrderID),
    );
    const open = page.filter(({ OrderID }) => !linked.has(OrderID));
    count += open.length;
    oldest = [...oldest, ...open].sort(byAge).slice(0, SHOWN);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return { count, orders: oldest };
    after = last.OrderID;
  }
}

function byAge(a: OldOrder, b: OldOrder): number {
  if (a.ModifiedDate === b.ModifiedDate) return a.OrderID - b.OrderID;
  return a.ModifiedDate < b.ModifiedDate ? -1 : 1;
}
