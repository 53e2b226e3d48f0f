import { UsageError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { linksOfOrders, linkWords } from '../../queue/ledger/adopted.js';
import type { Session } from '../../queue/ledger/session.js';
import { itemsOfOrder, type OrderItem } from '../../queue/reads/orders.js';

/** Why an order waits for no decision, and what can be done instead. */
export async function nothingToDecide(
  session: Session,
  pipeline: AnyPipeline,
  orderId: number,
): Promise<UsageError> {
  const items = (await itemsOfOrder(session, orderId)).filter((item) => item.pipeline === pipeline.name);
  const see = `see "orderferry explain ${orderId}"`;
  const sent = items.findLast((item) => item.file_name !== null);
  const [link] = (await linksOfOrders(session, [orderId])).get(orderId) ?? [];
  if (sent === undefined && link !== undefined && items.at(-1)?.settled_utc !== null) {
    return new UsageError(
      `order ${orderId} does not wait for a decision: ${linkWords(link)}; not to have it shipped, tell ${link.system} yourself; ${see}`,
    );
  }
  if (items.length === 0) {
    return new UsageError(`order ${orderId} was never frozen for ${pipeline.name}; ${see}`);
  }
  const newest = items.at(-1);
  return new UsageError(
    `order ${orderId} does not wait for a decision: ${stateOf(orderId, newest, sent)}; ${see}`,
  );
}

function stateOf(orderId: number, newest: OrderItem | undefined, sent: OrderItem | undefined): string {
  const again = `"orderferry release ${orderId} --as resend" sends it once more`;
  if (newest?.code === 'CANCELED_BY_PERSON') return `a person has canceled it already; ${again}`;
  if (newest?.code === 'CANCELED_AT_MARKETPLACE') return `its marketplace has canceled it; ${again}`;
  switch (newest?.state) {
    case 'new':
      return 'the next run gives it its verdict';
    case 'ready':
      return `it is ready for ${newest.target} and has not left; "--as cancel" takes it out`;
    case 'loading':
      return `it is on its way to ${newest.target} in file ${newest.file_name}`;
    default:
      if (sent !== undefined)
        return `it was handed over to ${sent.target} in file ${sent.file_name}; ${again}`;
      return `it is ${newest?.state} as ${newest?.resolution ?? newest?.code}`;
  }
}
