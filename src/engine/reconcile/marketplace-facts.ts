import { fromUtcText } from '../../core/time.js';
import type { ShownMarketplaceOrder } from '../../core/views.js';
import { type MarketplaceOrder, marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import { type ComparedEffect, type ComparedItem, itemsOfKeys } from '../../queue/reads/reconcile-ledger.js';
import type { MarketplaceFacts } from './compare-marketplace.js';
import { said } from './findings.js';
import { grouped } from './groups.js';
import { shownOrders, type Work, waits, workOf } from './order-facts.js';
import type { Scope } from './scope.js';

const OPEN: readonly string[] = ['new', 'ready', 'loading'];
const BY_PERSON: readonly (string | null)[] = ['IGNORED_BY_PERSON', 'CANCELED_BY_PERSON'];

/** Everything that is said of these marketplace orders of one store; `links` are ours, by GoDataFeed's number. */
export async function marketplaceFacts(
  scope: Scope,
  store: string,
  orders: readonly ShownMarketplaceOrder[],
  links: ReadonlyMap<string, MarketplaceOrder>,
): Promise<MarketplaceFacts[]> {
  const idOf = (shown: ShownMarketplaceOrder) =>
    links.get(shown.orderNumber)?.exigo_order_id ?? idIn(shown.destinationNumber);
  const ids = [...new Set(orders.flatMap((shown) => idOf(shown) ?? []))];
  const exigo = await shownOrders(scope, ids, new Map());
  const work = await workOf(scope, ids);
  const keys = orders.map(({ orderNumber }) => marketplaceKey({ store, order_number: orderNumber }));
  const taken = grouped(await itemsOfKeys(scope.state, keys), ({ item_key }) => item_key);
  return orders.map((shown, i) => {
    const id = idOf(shown);
    const key = keys[i] ?? '';
    const { sync, api } = id === null ? { sync: null, api: null } : exigo(id);
    return {
      store,
      shown,
      link: linkFacts(links.get(shown.orderNumber)),
      // What the sync database lacks may only not have arrived; what the API lacks is not there.
      exigo: api === 'not asked' ? (said(sync) ?? 'not asked') : api,
      ...workFacts(scope, key, taken.get(key) ?? [], id, work),
    };
  });
}

/** An Exigo id in what GoDataFeed was given as the seller's number. */
function idIn(number: string | null): number | null {
  const text = number?.trim() ?? '';
  return /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647 ? Number(text) : null;
}

function linkFacts(row: MarketplaceOrder | undefined): MarketplaceFacts['link'] {
  if (row === undefined) return null;
  const at = (text: string | null) => (text === null ? null : fromUtcText(text));
  return {
    exigoOrderId: row.exigo_order_id,
    frozenAt: fromUtcText(row.frozen_utc),
    linkedAt: at(row.linked_utc),
    acknowledgedAt: at(row.acknowledged_utc),
    canceledAt: at(row.canceled_utc),
  };
}

function workFacts(
  { reports, ends }: Scope,
  key: string,
  taken: readonly ComparedItem[],
  id: number | null,
  work: Work,
): Pick<MarketplaceFacts, 'held' | 'openSince' | 'report' | 'unreported'> {
  const items = id === null ? [] : (work.items.get(id) ?? []);
  const told = items.filter(({ pipeline }) => pipeline === reports?.name);
  const ended = items.filter(({ pipeline }) => pipeline === ends?.name);
  const updates = (id === null ? [] : (work.effects.get(id) ?? [])).filter(
    ({ pipeline, item_key }) => pipeline === reports?.name && item_key === key,
  );
  const newest = told.at(-1);
  const open = [taken.at(-1), newest, ended.at(-1)].find(
    (item) => item !== undefined && OPEN.includes(item.state),
  );
  const decided = [newest, ended.at(-1)].some(
    (item) => item !== undefined && (BY_PERSON.includes(item.code) || item.resolution === 'IGNORED'),
  );
  return {
    held: [...taken, ...told, ...ended].some(waits),
    openSince: open === undefined ? null : fromUtcText(open.created_utc),
    report: reportFacts(updates.at(-1)),
    unreported: decided ? 'by a person' : newest?.code === 'NOT_PUBLISHED' ? 'by a rule' : null,
  };
}

function reportFacts(update: ComparedEffect | undefined): MarketplaceFacts['report'] {
  if (update === undefined) return null;
  const { state, accepted_utc, done_utc, created_utc } = update;
  return { state, at: fromUtcText(accepted_utc ?? done_utc ?? created_utc) };
}
