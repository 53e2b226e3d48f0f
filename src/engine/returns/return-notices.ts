import type { ThreePl } from '../../core/hand-over.js';
import { columnOf, type Order } from '../../core/order.js';
import { exclude, load, type Verdict } from '../../core/pipeline.js';
import { RETURN_KEY } from '../../core/returned.js';
import type { OrderKey } from '../../core/sources.js';
import { handedTo } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';

/** Where a return order may carry the key that we gave it. */
const KEY_COLUMNS = [
  'OrderKey',
  ...[11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((n) => `Other${n}`),
] as const;

const OWN_KEY = new RegExp(`^${RETURN_KEY}\\d+:[0-9a-f]{12}$`);

/** What {@link returnNotices} needs of the templates. */
export interface NoticeRules {
  readonly threePls: ReadonlyMap<string, ThreePl>;
  route(order: Order): Verdict;
}

/** Where the notice of each return order of a page goes: to the 3PL that has the order it is of, else by the routes. */
export async function returnNotices(
  context: EngineContext,
  keys: readonly OrderKey[],
  { threePls, route }: NoticeRules,
): Promise<(order: Order) => Verdict> {
  const originals = await context.orders.read(keys, (orders) =>
    orders.flatMap((order) => (order.type === 'ReturnOrder' ? (order.row.ReturnOrderID ?? []) : [])),
  );
  const targets = await handedTo(context.database, [...new Set(originals)]);
  return (order) => {
    const key = ownKey(order);
    if (key !== null) return exclude('OWN_RETURN', `made of what came back to its 3PL (${key})`);
    const target = targets.get(order.row.ReturnOrderID ?? -1);
    const verdict = target === undefined ? route(order) : load(target);
    if (verdict.verdict !== 'load') return verdict;
    const threePl = threePls.get(verdict.target ?? '');
    // The template is the word on what a warehouse takes; a 3PL that is not configured at all is another matter.
    return threePl !== undefined && threePl.notices.returns === null
      ? exclude(
          'NO_RETURN_NOTICES',
          `${threePl.name} takes no notices of returns: its template has no "returns"`,
        )
      : verdict;
  };
}

/** Also of one whose receipt is not written yet: the key is in the order itself. */
function ownKey({ row }: Order): string | null {
  for (const name of KEY_COLUMNS) {
    const value = columnOf(row, name);
    if (typeof value === 'string' && OWN_KEY.test(value)) return value;
  }
  return null;
}
