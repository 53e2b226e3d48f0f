import { UsageError } from '../core/errors.js';
import {
  type NoticeKind,
  type OrderFile,
  RenderError,
  type RenderedOrder,
  type ThreePl,
} from '../core/hand-over.js';
import type { Order } from '../core/order.js';
import type { EngineContext } from '../engine/context.js';
import { newestVersion } from '../queue/reads/orders.js';

/** How an order would be written for a 3PL. */
export interface WrittenOrder {
  readonly orderId: number;
  /** The first rule that brings it to this 3PL; null: none does. */
  readonly route: string | null;
  readonly rows: RenderedOrder;
  /** Why it would be held; null: it would go. */
  readonly held: Held | null;
  /** What the 3PL would be told of it: that it is canceled, or, of a return order, that goods come back. */
  readonly notices: readonly WrittenNotice[];
}

interface Held {
  readonly code: string;
  readonly reason: string;
}

export interface WrittenNotice {
  readonly section: NoticeKind;
  readonly rows: RenderedOrder;
  readonly held: Held | null;
}

/** The newest frozen version of an order, by a template as it is now. */
export async function writeOrder(
  { database, orders }: EngineContext,
  threePl: ThreePl,
  orderId: number,
): Promise<WrittenOrder> {
  const changeSetId = await newestVersion(database, orderId);
  if (changeSetId === undefined) {
    throw new UsageError(
      `order ${orderId} has no frozen version; a run freezes it, or a backfill (--start-date)`,
    );
  }
  return orders.read([{ changeSetId, orderId }], ([order]): WrittenOrder => {
    if (order === undefined) throw new UsageError(`the frozen version of order ${orderId} was pruned`);
    const section = order.type === 'ReturnOrder' ? 'returns' : 'cancellations';
    const notice = threePl.notices[section];
    return {
      orderId,
      route: threePl.matches(order),
      ...written(threePl, order),
      notices: notice === null ? [] : [{ section, ...written(notice, order) }],
    };
  });
}

function written(file: OrderFile, order: Order): Pick<WrittenOrder, 'rows' | 'held'> {
  try {
    return { rows: file.render(order), held: null };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { rows: [], held: { code: error.code, reason: error.message } };
  }
}
