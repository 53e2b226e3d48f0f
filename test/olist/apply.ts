import { toExigoText } from '../../src/core/time.js';
import type { Database, Session, Statement } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import { spelt } from './engine.js';
import type { LifeEvent } from './life.js';
import type { Sales } from './market.js';

/** Whether late lines and payments change the stamp of their order, as the sample's README has it. */
export type LateRows = 'stamped' | 'unstamped';

const STATUS = { accepted: 7, 'pending-inventory': 10, canceled: 4, shipped: 9 } as const;
const PENDING = 1;

const CHANGE: Statement = {
  name: 'olist/change_order',
  text: `UPDATE "dbo.Orders"
    SET OrderStatusID = @status, ModifiedDate = @modified,
        ShippedDate = CASE @status WHEN 9 THEN @modified ELSE ShippedDate END,
        TrackingNumber1 = CASE @status WHEN 9 THEN @tracking ELSE TrackingNumber1 END
    WHERE OrderID = @order`,
};

const TOUCH_ORDER: Statement = {
  name: 'olist/touch_order',
  text: 'UPDATE "dbo.Orders" SET ModifiedDate = @modified WHERE OrderID = @order',
};

const TOUCH_PAYMENTS: Statement = {
  name: 'olist/touch_payments',
  text: 'UPDATE "dbo.Payments" SET ModifiedDate = @modified WHERE OrderID = @order',
};

/**
 * Brings the sync tables to where the events left them, in one transaction. `ModifiedDate` of an order and
 * of its payments is the time of the order's last event; with `unstamped` late rows the header keeps its
 * stamp, and the late payments come with it, older than anything that was seen since: only comparing
 * state finds them. `made` are the orders in Exigo that were made of sales, by the number of the sale.
 */
export async function applyEvents(
  database: Database,
  events: readonly LifeEvent[],
  lateRows: LateRows,
  sales: Sales | undefined,
  made: ReadonlyMap<number, number>,
): Promise<void> {
  if (events.length === 0) return;
  await database.transaction(async (session) => {
    for (const event of events) {
      const { order, kind } = event;
      if (order.sale && kind === 'sold') sales?.put(order);
      else if (order.sale && !made.has(order.number)) sales?.cancel(order);
      else await apply(session, event, lateRows, made.get(order.number) ?? order.number);
    }
  });
}

async function apply(session: Session, event: LifeEvent, lateRows: LateRows, id: number): Promise<void> {
  const { order, kind } = event;
  const modified = toExigoText(event.time);
  const change = { order: id, modified };
  switch (kind) {
    case 'sold':
      return;
    case 'created':
      await putRows(session, 'Customers', [order.customer]);
      await putRows(session, 'Orders', [{ ...order.header, OrderStatusID: PENDING, ModifiedDate: modified }]);
      return;
    case 'rows': {
      const isLate = event.time > order.purchased;
      const stamp =
        isLate && lateRows === 'unstamped' ? toExigoText(order.approved ?? order.purchased) : modified;
      await putRows(session, 'OrderDetails', order.lines);
      await putRows(
        session,
        'Payments',
        order.payments.map((payment) => ({ ...payment, ModifiedDate: stamp })),
      );
      if (stamp === modified) await session.run(spelt(session, TOUCH_ORDER), change);
      return;
    }
    default:
      await session.run(spelt(session, CHANGE), {
        ...change,
        status: STATUS[kind],
        tracking: `BR${id}`,
      });
      await session.run(spelt(session, TOUCH_PAYMENTS), change);
  }
}
