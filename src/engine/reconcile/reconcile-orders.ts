import { DAY } from '../../core/clock.js';
import { toExigoText, toUtcText } from '../../core/time.js';
import type { ShownOrder } from '../../core/views.js';
import { marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import { ordersLinked, ordersWorked } from '../../queue/reads/reconcile-ledger.js';
import { ordersModified, ordersOfSameKey } from '../../queue/reads/reconcile-sync.js';
import { assertGoingOn } from '../stop.js';
import { compareOrder, type OrderFacts } from './compare-order.js';
import { differsOnlyIfOurs } from './findings.js';
import { grouped } from './groups.js';
import { type IdPages, mergedIds } from './merge.js';
import { judgeOrders, orderFacts } from './order-facts.js';
import type { Part } from './part.js';
import { compareLateReports } from './reconcile-marketplaces.js';
import type { Scope } from './scope.js';

const CHUNK = 500;

/**
 * Compares every order that some system or the ledger says has changed in the window, by ascending id. Returns the keys
 * of marketplace orders that were found different on the way.
 */
export async function reconcileOrders(scope: Scope): Promise<Set<string>> {
  const { context, tally, orderRules } = scope;
  const told = new Map<number, ShownOrder>();
  const twins = await findTwins(scope);
  const lateReports = new Set<string>();
  for await (const ids of mergedIds(streamsOf(scope, told, twins), CHUNK)) {
    assertGoingOn(context.signal);
    const facts = await orderFacts(scope, ids, told, twins);
    for (const one of await judged(scope, facts)) {
      tally.add('order', String(one.orderId), compareOrder(one, orderRules));
    }
    for (const key of await compareLateReports(scope, facts)) lateReports.add(key);
    for (const id of ids) told.delete(id);
  }
  return lateReports;
}

/** Rules are asked only about orders that would be wrong if they were our business. */
async function judged(scope: Scope, facts: readonly OrderFacts[]): Promise<OrderFacts[]> {
  const suspects = facts.filter((one) => differsOnlyIfOurs(compareOrder(one, scope.orderRules)));
  const rule = await judgeOrders(
    scope,
    suspects.map(({ orderId }) => orderId),
  );
  const ids = new Set(suspects.map(({ orderId }) => orderId));
  return facts.map((one) => (ids.has(one.orderId) ? { ...one, rule: rule(one.orderId) } : one));
}

function streamsOf(
  scope: Scope,
  told: Map<number, ShownOrder>,
  twins: ReadonlyMap<number, unknown>,
): IdPages[] {
  const { state, sync, syncPart, apiPart, views, request } = scope;
  const { from, to } = request;
  const modified = ordersModified(sync, toExigoText(from), toExigoText(to));
  const streams: IdPages[] = [
    ordersWorked(state, toUtcText(from), toUtcText(to)),
    ordersLinked(state, toUtcText(from), toUtcText(to)),
    syncPart === null ? modified : syncPart.stream(modified),
    onePage([...twins.keys()].sort((a, b) => a - b)),
  ];
  if (views.api !== null && apiPart !== null) {
    streams.push(changedInApi(apiPart, views.api.changedAfter(from - 1), to, told));
  }
  return streams;
}

/** Ids of a page; the orders themselves are kept until their turn comes, a page at most. */
async function* changedInApi(
  part: Part,
  pages: AsyncIterable<readonly ShownOrder[]>,
  to: number,
  told: Map<number, ShownOrder>,
): AsyncGenerator<number[]> {
  for await (const page of part.stream(pages)) {
    const within = page.filter(({ modifiedAt }) => modifiedAt < to);
    for (const order of within) told.set(order.orderId, order);
    yield within.map(({ orderId }) => orderId);
  }
}

async function* onePage(ids: readonly number[]): AsyncGenerator<readonly number[]> {
  yield ids;
}

/**
 * Orders of Exigo that were made for the same marketplace order. Of each group those are named that are not linked; the
 * key's column may have another use in this tenant, so one of the group must be linked.
 */
async function findTwins(scope: Scope): Promise<Map<number, readonly number[]>> {
  const { context, state, sync, syncPart, request } = scope;
  const twins = new Map<number, readonly number[]>();
  const columns = new Set(context.config.godatafeed.stores.flatMap(({ orders }) => orders?.keyField ?? []));
  if (context.config.godatafeed.stores.length > 0) columns.add('other20');
  for (const column of columns) {
    const read = () => ordersOfSameKey(sync, column, toExigoText(request.from - DAY));
    const rows = syncPart === null ? await read() : await syncPart.ask(read);
    if (rows === 'not asked') continue;
    for (const group of grouped(rows, ({ order_key }) => order_key).values()) {
      const ids = group.map(({ order_id }) => order_id);
      const linked = await marketplaceOrdersOfExigo(state, ids);
      if (linked.size === 0) continue;
      const others = ids.filter((id) => !linked.has(id));
      for (const id of others.length > 0 ? others : ids.slice(-1)) {
        twins.set(
          id,
          ids.filter((one) => one !== id),
        );
      }
    }
  }
  return twins;
}
