import type { MarketplaceDocument } from '../../core/feed-store.js';
import { fromUtcText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import {
  type MarketplaceOrder,
  marketplaceKey,
  marketplaceOrdersOfStore,
  ofMarketplaceKey,
} from '../ledger/marketplace-orders.js';

/** Which frozen version of which marketplace order. */
export interface DocumentKey {
  readonly changeSetId: number;
  readonly key: string;
}

/** A frozen document with what is known of its order; null where it was pruned. */
export interface ReadDocument {
  readonly document: MarketplaceDocument | null;
  readonly link: MarketplaceOrder | undefined;
}

/** Keys of the documents of a change set above `after`, ascending. */
export async function documentKeys(
  session: Session,
  changeSetId: number,
  after: string,
  limit: number,
): Promise<string[]> {
  const statement = sql(session.engine, 'reads/document_keys');
  const rows = await session.all<{ item_key: string }>(statement, {
    change_set_id: changeSetId,
    after,
    limit,
  });
  return rows.map(({ item_key }) => item_key);
}

/** The documents of these keys, in their order. */
export async function readDocuments(session: Session, keys: readonly DocumentKey[]): Promise<ReadDocument[]> {
  const links = await linksOf(
    session,
    keys.map(({ key }) => key),
  );
  const statement = sql(session.engine, 'reads/document');
  const answers = await session.several(
    keys.map(({ changeSetId, key }) => ({
      statement,
      parameters: { change_set_id: changeSetId, item_key: key },
    })),
  );
  return keys.map(({ key }, i) => {
    const json = answers[i]?.rows[0]?.json;
    const link = links.get(key);
    return { link, document: typeof json === 'string' ? documentOf(key, json, link) : null };
  });
}

/** What is known of these orders, by their key. */
export async function linksOf(
  session: Session,
  keys: readonly string[],
): Promise<Map<string, MarketplaceOrder>> {
  const byStore = new Map<string, string[]>();
  for (const key of keys) {
    const { store, order_number } = ofMarketplaceKey(key);
    byStore.set(store, [...(byStore.get(store) ?? []), order_number]);
  }
  const found = new Map<string, MarketplaceOrder>();
  for (const [store, numbers] of byStore) {
    const orders = await marketplaceOrdersOfStore(session, store, numbers);
    for (const order of orders.values()) found.set(marketplaceKey(order), order);
  }
  return found;
}

function documentOf(key: string, json: string, link: MarketplaceOrder | undefined): MarketplaceDocument {
  const { store, order_number } = ofMarketplaceKey(key);
  const purchased = link?.purchased_utc ?? null;
  return {
    store,
    orderNumber: order_number,
    marketplace: link?.marketplace ?? null,
    marketplaceNumber: link?.marketplace_number ?? null,
    purchasedAt: purchased === null ? null : fromUtcText(purchased),
    json,
  };
}
