import { DAY } from '../../core/clock.js';
import { toUtcText } from '../../core/time.js';
import {
  type MarketplaceOrder,
  marketplaceKey,
  marketplaceOrdersOfExigo,
  marketplaceOrdersOfStore,
} from '../../queue/ledger/marketplace-orders.js';
import { updateLinks } from '../../queue/ledger/updates.js';
import { assertGoingOn } from '../stop.js';
import { compareMarketplace } from './compare-marketplace.js';
import type { OrderFacts } from './compare-order.js';
import { NOT_COMPARED, said } from './findings.js';
import { marketplaceFacts } from './marketplace-facts.js';
import { workOf } from './order-facts.js';
import type { MarketplaceRules } from './rules.js';
import type { Scope } from './scope.js';

/**
 * Compares the orders that each store imported in the window, page by page. Those imported less than the grace ago are
 * too young to be asked for. `done` are keys that were found different already.
 */
export async function reconcileMarketplaces(scope: Scope, done: ReadonlySet<string>): Promise<void> {
  const { context, views, state, storeParts, tally, request, marketplaceRules } = scope;
  const to = Math.min(request.to, marketplaceRules.now - request.graceMs);
  if (to <= request.from) return;
  for (const view of views.stores) {
    const { store } = view;
    const part = storeParts.get(store);
    if (part === undefined) continue;
    const rules = rulesOf(scope, store);
    for await (const page of part.stream(view.imported(request.from, to))) {
      assertGoingOn(context.signal);
      const orders = page.filter(
        ({ orderNumber }) => !done.has(marketplaceKey({ store, order_number: orderNumber })),
      );
      const links = await marketplaceOrdersOfStore(
        state,
        store,
        orders.map(({ orderNumber }) => orderNumber),
      );
      for (const facts of await marketplaceFacts(scope, store, orders, links)) {
        const id = marketplaceKey({ store, order_number: facts.shown.orderNumber });
        tally.add('marketplace order', id, compareMarketplace(facts, rules));
      }
    }
  }
}

/** New orders of a store without maps are not ours to take. */
function rulesOf({ context, marketplaceRules }: Scope, store: string): MarketplaceRules {
  const { stores } = context.config.godatafeed;
  const maps = stores.find(({ name }) => name === store)?.orders ?? null;
  return maps === null ? { ...marketplaceRules, takes: null } : marketplaceRules;
}

/**
 * Orders that are over in Exigo, came from a marketplace before the window, and whose report the ledger does not know:
 * their store is asked one by one. Returns the keys of those that differ.
 */
export async function compareLateReports(scope: Scope, facts: readonly OrderFacts[]): Promise<string[]> {
  const { views, storeParts, tally } = scope;
  if (views.stores.length === 0) return [];
  const different: string[] = [];
  for (const link of await unreported(scope, facts)) {
    const view = views.stores.find(({ store }) => store === link.store);
    const shown = await storeParts.get(link.store)?.ask(async () => view?.find(link.order_number) ?? null);
    const id = marketplaceKey(link);
    if (shown === 'not asked' || shown == null) {
      tally.add('marketplace order', id, NOT_COMPARED);
      continue;
    }
    const links = new Map([[shown.orderNumber, link]]);
    for (const one of await marketplaceFacts(scope, link.store, [shown], links)) {
      const finding = compareMarketplace(one, rulesOf(scope, link.store));
      tally.add('marketplace order', id, finding);
      if (finding.verdict === 'differs') different.push(id);
    }
  }
  return different;
}

async function unreported(scope: Scope, facts: readonly OrderFacts[]): Promise<MarketplaceOrder[]> {
  const { state, reports, request } = scope;
  const over = facts.flatMap(({ orderId, api, sync }) => {
    const status = (said(api) ?? said(sync))?.status;
    return status === 'Shipped' || status === 'Canceled' ? [orderId] : [];
  });
  if (over.length === 0) return [];
  // A day of overlap with what the list gives: an order is frozen a little after it was imported.
  const before = toUtcText(request.from + DAY);
  const links = [...(await marketplaceOrdersOfExigo(state, over)).values()].filter(
    ({ frozen_utc }) => frozen_utc < before,
  );
  const ids = links.flatMap(({ exigo_order_id }) => exigo_order_id ?? []);
  const targets = await updateLinks(state, ids);
  const work = await workOf(scope, ids);
  return links.filter(({ exigo_order_id: id }) => {
    if (id === null || targets.get(id)?.some(({ reported }) => reported !== null)) return false;
    const updates = work.effects.get(id) ?? [];
    return !updates.some(
      ({ pipeline, state: at }) => pipeline === reports?.name && (at === 'accepted' || at === 'done'),
    );
  });
}
