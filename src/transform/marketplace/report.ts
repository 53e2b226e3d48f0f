import { createHash } from 'node:crypto';
import type { UpdateRules } from '../../core/godatafeed.js';
import type {
  MarketplaceLink,
  MarketplaceUpdate,
  PlannedUpdate,
  Reported,
  Reporter,
} from '../../core/marketplace.js';
import type { Order } from '../../core/order.js';
import { isPublished, tagsOf } from './publish.js';
import { shipmentOf } from './shipment.js';

/** A store, as far as updates depend on it. */
export interface ReportingStore {
  readonly name: string;
  readonly updates: UpdateRules;
}

/**
 * Says what the marketplaces are told of an order that is Shipped or Canceled. `NOT_A_MARKETPLACE_ORDER` without a
 * link, `NOT_PUBLISHED` where the rules let nothing through; held when one of its updates cannot be made.
 */
export function makeReporter(stores: readonly ReportingStore[]): Reporter {
  const byName = new Map(stores.map(({ name, updates }) => [name, updates]));
  return (order, links) => {
    const origin = links.find((link) => link.origin);
    if (origin === undefined) return { verdict: 'exclude', code: 'NOT_A_MARKETPLACE_ORDER', reason: null };
    const kind = order.status === 'Canceled' ? 'canceled' : 'shipped';
    const updates: PlannedUpdate[] = [];
    for (const link of links) {
      const rules = byName.get(link.store);
      if (rules === undefined) {
        if (link.origin) return unknownStore(link);
        continue;
      }
      const tags = tagsOf(origin, byName.get(origin.store) ?? rules);
      if (!isPublished(kind, link, tags, rules.publish)) continue;
      const update = kind === 'canceled' ? ({ kind } as const) : shipmentOf(order, link, rules);
      if ('verdict' in update) return update;
      updates.push({ link, update, fingerprint: fingerprintOf(order, update) });
    }
    if (updates.length > 0) return { verdict: 'report', updates };
    return { verdict: 'exclude', code: 'NOT_PUBLISHED', reason: notPublished(kind, origin) };
  };
}

function unknownStore({ store, orderNumber }: MarketplaceLink): Reported {
  const reason = `it came from GoDataFeed store ${store} (order ${orderNumber}), which is not configured any more: name it under godatafeed.stores again, then "errors retry"`;
  return { verdict: 'reject', code: 'NO_STORE', reason };
}

function notPublished(kind: MarketplaceUpdate['kind'], { store, marketplace }: MarketplaceLink): string {
  return `updates.publish of store ${store} lets no "${kind}" through to ${marketplace ?? 'its marketplace'}`;
}

/** Readable enough to compare, short enough to keep. */
function fingerprintOf(order: Order, update: MarketplaceUpdate): string {
  if (update.kind === 'canceled') return 'canceled';
  const { tracking, carrier, shipped } = update;
  const told = JSON.stringify([order.status, tracking, carrier]);
  const hash = createHash('sha256').update(told).digest('hex').slice(0, 32);
  return `shipped ${hash}@${shipped === null ? 'now' : new Date(shipped.at).toISOString()}`;
}
