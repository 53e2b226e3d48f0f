import { statusId } from '../../core/exigo.js';
import type { Session } from '../../db/database.js';
import { fetchAll, from } from '../../db/query.js';
import { linkedOrders } from './orders.js';

export interface OldOrders {
  readonly count: number;
  /** The first twenty, oldest first. */
  readonly orders: readonly OldOrder[];
}

export interface OldOrder {
  readonly OrderID: number;
  /** US Central text. */
  readonly ModifiedDate: string;
}

const PAGE = 1_000;
const SHOWN = 20;

/** Those of these orders that no 3PL ever got, by `state`. */
export async function oldUndelivered(
  state: Session,
  pages: AsyncIterable<readonly OldOrder[]>,
): Promise<OldOrders> {
  let count = 0;
  let oldest: OldOrder[] = [];
  for await (const page of pages) {
    const linked = await linkedOrders(
      state,
      page.map(({ OrderID }) => OrderID),
    );
    const open = page.filter(({ OrderID }) => !linked.has(OrderID));
    count += open.length;
    oldest = [...oldest, ...open].sort(byAge).slice(0, SHOWN);
  }
  return { count, orders: oldest };
}

/** Accepted orders of the sync tables in a range of ModifiedDate (US Central text, end excluded), in pages. */
export async function* acceptedInSync(
  sync: Session,
  startAt: string,
  endAt: string,
): AsyncGenerator<OldOrder[]> {
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
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.OrderID;
  }
}

function byAge(a: OldOrder, b: OldOrder): number {
  if (a.ModifiedDate === b.ModifiedDate) return a.OrderID - b.OrderID;
  return a.ModifiedDate < b.ModifiedDate ? -1 : 1;
}
