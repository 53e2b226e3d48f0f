import type { AdoptedLine } from '../../core/adoption.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { waitingOfKeys } from '../../queue/ledger/adopted.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import {
  forgetMarketplaceDocument,
  linkMarketplaceOrder,
  type MarketplaceOrder,
  marketplaceKey,
  marketplaceOrdersOfExigo,
  marketplaceOrdersOfStore,
  noteMarketplaceOrders,
} from '../../queue/ledger/marketplace-orders.js';
import { cancelKey, effectsOfKeys, type KeyEffect } from '../../queue/ledger/singles.js';
import type { AdoptedPage } from './adopt.js';

type MarketLine = AdoptedLine & { readonly market: NonNullable<AdoptedLine['market']> };

/** Fingerprint of a step that an adopted order does not need any more. */
const ADOPTED = 'adopted from an earlier script';

/**
 * Marketplace orders that an earlier script has made in Exigo: linked for good, so that none is made again and each can be
 * reported. One that GoDataFeed still shows as NEW is acknowledged with its number in Exigo, like one of our own.
 */
export async function adoptMarketplace(pipeline: AnyPipeline, page: AdoptedPage): Promise<void> {
  const { session, now, counts, tell } = page;
  const lines = page.lines.filter((line): line is MarketLine => line.market !== null);
  if (lines.length === 0) return;
  const byKey = await knownOrders(page, lines);
  const ids = lines.map(({ orderId }) => orderId);
  const byExigo = await marketplaceOrdersOfExigo(session, ids);
  const keys = [...new Set(lines.map(({ market }) => keyOf(market)))];
  const steps = pipeline.load.map(({ step }) => step);
  const effects = await effectsOfKeys(session, pipeline.name, steps, keys);
  const waiting = await waitingOfKeys(session, pipeline.name, keys);
  for (const line of lines) {
    const { orderId, market } = line;
    const key = keyOf(market);
    if (byKey.get(key)?.exigo_order_id === orderId) continue;
    const conflict = conflictOf(line, byKey.get(key), byExigo.get(orderId), effects.get(key) ?? []);
    if (conflict !== null) {
      counts.conflicts++;
      tell({ line: line.line, orderId, kind: 'conflict', message: `marketplace order ${key}: ${conflict}` });
      continue;
    }
    const own = waiting.filter(({ item_key }) => item_key === key).map(({ item_id }) => item_id);
    await link(pipeline, page, line, own);
    const linked = { ...UNKNOWN, ...storedKey(market), exigo_order_id: orderId };
    byKey.set(key, linked);
    byExigo.set(orderId, linked);
    counts.linked++;
    const message = `adopted: it is order ${orderId} in Exigo, made by an earlier script; it is not made again`;
    await insertEvent(session, { at: now, kind: 'adopted', pipeline: pipeline.name, itemKey: key, message });
  }
}

const UNKNOWN = {
  marketplace: null,
  marketplace_number: null,
  purchased_utc: null,
  frozen_utc: '',
  document_sha256: null,
  linked_utc: null,
  acknowledged_utc: null,
  canceled_utc: null,
};

function storedKey({ store, orderNumber }: MarketLine['market']) {
  return { store, order_number: orderNumber };
}

function keyOf(market: MarketLine['market']): string {
  return marketplaceKey(storedKey(market));
}

async function knownOrders(
  { session }: AdoptedPage,
  lines: readonly MarketLine[],
): Promise<Map<string, MarketplaceOrder>> {
  const known = new Map<string, MarketplaceOrder>();
  for (const store of new Set(lines.map(({ market }) => market.store))) {
    const numbers = lines.flatMap(({ market }) => (market.store === store ? [market.orderNumber] : []));
    const found = await marketplaceOrdersOfStore(session, store, [...new Set(numbers)]);
    for (const order of found.values()) known.set(marketplaceKey(order), order);
  }
  return known;
}

function conflictOf(
  { orderId }: MarketLine,
  known: MarketplaceOrder | undefined,
  other: MarketplaceOrder | undefined,
  effects: readonly KeyEffect[],
): string | null {
  if (known?.exigo_order_id != null) {
    return `it is order ${known.exigo_order_id} in Exigo, not ${orderId}: two orders for one; cancel one of them in Exigo`;
  }
  if (other !== undefined) {
    return `order ${orderId} in Exigo is marketplace order ${marketplaceKey(other)} already`;
  }
  if (known?.canceled_utc != null) return 'a person has canceled it here, and it is reported Canceled';
  if (effects.some(({ state }) => state === 'sending')) {
    return 'it is being made in Exigo just now, with an unknown outcome; adopt it again after the next run';
  }
  return null;
}

/** Its link; what was about to make it, or waits, does no more. Frozen anew while it is NEW, it is acknowledged. */
async function link(
  pipeline: AnyPipeline,
  { session, now }: AdoptedPage,
  { orderId, market }: MarketLine,
  waiting: readonly number[],
): Promise<void> {
  const key = storedKey(market);
  const order = { ...key, marketplace: null, marketplace_number: null, purchased_utc: null };
  await noteMarketplaceOrders(session, [order], now);
  await linkMarketplaceOrder(session, key, orderId, now);
  await forgetMarketplaceDocument(session, key);
  const reason = `it is order ${orderId} in Exigo, adopted from an earlier script`;
  const itemKey = marketplaceKey(key);
  const about = { pipeline: pipeline.name, itemKey, fingerprint: ADOPTED, now };
  await cancelKey(session, { ...about, code: 'ALREADY_IN_EXIGO', reason });
  if (waiting.length > 0) await resolveItems(session, waiting, 'IGNORED', now);
}
