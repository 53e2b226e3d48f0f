import type { Clock } from '../../core/clock.js';
import { type ExigoApiConfig, LIST_STYLES, type ListStyle } from '../../core/config.js';
import { ConfigurationError, messageOf, TerminalError } from '../../core/errors.js';
import { createExigoClient } from '../../load/exigo-api/client.js';
import { EXIT } from '../process.js';
import { type Check, failed, passed } from './check.js';

/** Reads of GetOrders that tell a form that is understood from one that is ignored; they change nothing. */
export interface ExigoForms {
  /** Ids of the orders that GetOrders answers with, at most {@link FEW}: of these ids in this form, or (null) of the first. */
  orderIds(ids: readonly number[] | null, style: ListStyle): Promise<readonly number[]>;
}

/** A server that ignores the list answers with its first orders: of three, the two that are asked for are not the first. */
const FEW = 3;

/** The two points on which the vendor's papers disagree: one can be found out by reading, the other only by a change. */
export async function checkExigoForms(config: ExigoApiConfig, forms: ExigoForms): Promise<Check[]> {
  return [await checkListStyle(config.listStyle ?? 'comma', forms), batchStatusField(config)];
}

async function checkListStyle(configured: ListStyle, forms: ExigoForms): Promise<Check> {
  const name = 'Exigo API listStyle';
  const [first, ...asked] = await forms.orderIds(null, configured);
  if (first === undefined || asked.length < FEW - 1) {
    return passed(name, `${configured}, not tried: Exigo shows fewer than ${FEW} orders; look again later`);
  }
  const tried: string[] = [];
  for (const style of [configured, ...LIST_STYLES.filter((one) => one !== configured)]) {
    const fault = await faultOf(asked, style, forms);
    if (fault === null && style === configured) return passed(name, `${style} is understood`);
    if (fault === null) {
      return failed(name, tried.join('\n'), `set exigoApi.listStyle: ${style}`, EXIT.usage);
    }
    tried.push(`${style}: ${fault}`);
  }
  const detail = ['no known form is understood', ...tried].join('\n');
  return failed(name, detail, 'ask Exigo how GetOrders takes a list of order ids', EXIT.usage);
}

/** Null when exactly these orders came. A server that cannot be reached is no answer, so that is thrown. */
async function faultOf(
  asked: readonly number[],
  style: ListStyle,
  forms: ExigoForms,
): Promise<string | null> {
  try {
    const got = await forms.orderIds(asked, style);
    const others = got.filter((id) => !asked.includes(id));
    if (others.length > 0) return `ignored: it answered with order ${others[0]}, which was not asked for`;
    const missing = asked.filter((id) => !got.includes(id));
    return missing.length === 0
      ? null
      : `${missing.length} of ${asked.length} orders that are there did not come`;
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof TerminalError) return messageOf(error);
    throw error;
  }
}

/** There is no harmless form of the batch call: even the status that an order has is a change to whoever listens. */
function batchStatusField({ batchStatusField: field = 'orderStatus' }: ExigoApiConfig): Check {
  const other = field === 'orderStatus' ? 'orderStatusTy' : 'orderStatus';
  return passed(
    'Exigo API batchStatusField',
    [
      `${field}, not tried: it would change an order`,
      `instead, on the first day: orderferry run <pipeline> --limit 1, and look at that order in Exigo; when it is refused (STATUS_REFUSED), set exigoApi.batchStatusField: ${other}, then: orderferry errors retry --code STATUS_REFUSED`,
    ].join('\n'),
  );
}

/** The real API, one client for each form. */
export function exigoForms(config: ExigoApiConfig, clock: Clock): ExigoForms {
  return {
    async orderIds(ids, style) {
      const client = createExigoClient({ ...config, listStyle: style }, { clock });
      try {
        const orders = await client.getOrders({
          ...(ids === null ? {} : { orderIDs: ids }),
          batchSize: FEW,
        });
        return orders.map(({ orderID }) => orderID).slice(0, FEW);
      } finally {
        client.close();
      }
    },
  };
}
