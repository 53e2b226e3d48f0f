import type { ShownMarketplaceOrder, ShownOrder } from '../../core/views.js';
import { compareEnd } from './compare-end.js';
import { AGREES, type Asked, differs, type Finding, harmless, NOT_COMPARED } from './findings.js';
import { type MarketplaceRules, time } from './rules.js';

/** Everything that is said of one marketplace order. Instants in ms. */
export interface MarketplaceFacts {
  readonly store: string;
  readonly shown: ShownMarketplaceOrder;
  /** What the ledger keeps for good. */
  readonly link: {
    readonly exigoOrderId: number | null;
    readonly frozenAt: number;
    readonly linkedAt: number | null;
    readonly acknowledgedAt: number | null;
    /** A person decided that it is not fulfilled. */
    readonly canceledAt: number | null;
  } | null;
  /** The order in Exigo: the one of the link, else the one it was acknowledged with. */
  readonly exigo: Asked<ShownOrder>;
  /** It is in the error list: as a new order, or as one to be reported. */
  readonly held: boolean;
  /** A verdict or a step of it is under way, since then. */
  readonly openSince: number | null;
  /** The newest update for its marketplace. */
  readonly report: {
    readonly state: 'pending' | 'sending' | 'accepted' | 'done' | 'held' | 'failed';
    readonly at: number;
  } | null;
  /** Why nothing is done about it: a rule lets no update through, or a person has decided. */
  readonly unreported: 'by a rule' | 'by a person' | null;
}

/** Compares what GoDataFeed, Exigo and the ledger say of a marketplace order. Pure. */
export function compareMarketplace(facts: MarketplaceFacts, rules: MarketplaceRules): Finding {
  const { shown, link, exigo, held } = facts;
  if (held) return harmless('HELD');
  const number = shown.destinationNumber?.trim() || null;
  const ours = link?.exigoOrderId ?? null;
  if (ours !== null && number !== null && number !== String(ours)) {
    return differs(
      'LINK_WRONG',
      `GoDataFeed has it acknowledged with ${number}, our link says order ${ours}`,
      `find out which of the two was made for it, and cancel the other in Exigo; what we know: orderferry explain ${ours}`,
    );
  }
  if (shown.status === 'new' && number === null) return notAcknowledged(facts, rules);
  if (ours === null && number === null) {
    return harmless(shown.status === 'canceled' ? 'CANCELED' : 'NOT_OURS');
  }
  if (ours === null && !/^\d{1,15}$/.test(number ?? '')) return harmless('NOT_OURS');
  if (exigo === 'not asked') return NOT_COMPARED;
  if (exigo === null) return notInExigo(facts, ours, number, rules);
  if (ours === null) return linkMissing(facts, exigo, rules);
  return compareEnd(facts, exigo, rules);
}

/** It waits as NEW. */
function notAcknowledged(facts: MarketplaceFacts, rules: MarketplaceRules): Finding {
  const { store, shown, link, openSince } = facts;
  const { now, graceMs, takes } = rules;
  const young = (since: number | null | undefined) => since != null && now - since < graceMs;
  const run = takes === null ? 'acknowledge it in GoDataFeed' : `orderferry run ${takes}`;
  if (link?.canceledAt != null) {
    if (young(link.canceledAt)) return harmless('WAITING');
    return differs(
      'CANCELED_NOT_REPORTED',
      `a person canceled it at ${time(link.canceledAt)}, and GoDataFeed still shows it as NEW`,
      run,
    );
  }
  if (link?.exigoOrderId != null) {
    if (young(link.linkedAt)) return harmless('WAITING');
    return differs(
      'IN_EXIGO_NOT_ACKNOWLEDGED',
      `it is order ${link.exigoOrderId} in Exigo since ${time(link.linkedAt ?? link.frozenAt)}, and GoDataFeed still shows it as NEW: the marketplace may cancel what nobody acknowledges`,
      run,
    );
  }
  if (takes === null) return harmless('NOT_OURS');
  if (young(openSince) || young(link?.frozenAt)) return harmless('WAITING');
  const where =
    link === null ? 'it was never frozen' : `it was frozen at ${time(link.frozenAt)} and not made`;
  return differs(
    'NEW_NOT_TAKEN',
    `it waits in store ${store} as NEW (${shown.marketplaceNumber ?? shown.orderNumber}), and ${where}`,
    run,
  );
}

function notInExigo(
  { shown, link }: MarketplaceFacts,
  ours: number | null,
  number: string | null,
  { now, graceMs, takes }: MarketplaceRules,
): Finding {
  if (shown.status === 'canceled') return harmless('CANCELED');
  if (link?.linkedAt != null && now - link.linkedAt < graceMs) return harmless('TOO_YOUNG');
  const acknowledged = number === null ? 'GoDataFeed shows it as taken' : `it is acknowledged with ${number}`;
  const id = ours ?? number;
  return differs(
    'ACKNOWLEDGED_NOT_IN_EXIGO',
    `${acknowledged}, and Exigo does not know order ${id}: nobody will ship it`,
    `look for it in Exigo by ${shown.marketplaceNumber ?? shown.orderNumber}; deleted there: make it again by hand, or cancel it in GoDataFeed${takes === null ? '' : `; is it the right company: orderferry doctor`}`,
  );
}

/** Acknowledged with an order that there is, but our ledger does not know so. */
function linkMissing(
  { store, shown }: MarketplaceFacts,
  exigo: ShownOrder,
  rules: MarketplaceRules,
): Finding {
  if (rules.reports === null && rules.takes === null) return AGREES;
  if (shown.status === 'canceled' && exigo.status === 'Canceled') return harmless('CANCELED');
  if (shown.status === 'shipped' && exigo.status === 'Shipped') return harmless('NOT_OURS');
  const table = rules.quoted('etl.marketplace_order');
  const values = [store, shown.orderNumber].map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
  return differs(
    'LINK_MISSING',
    `it is acknowledged with order ${exigo.orderId}, which is ${exigo.status} in Exigo, and the ledger has no link: its shipment would never be reported. Usual cause: a ledger restored from a backup`,
    `restore a newer backup, or note the link: INSERT INTO ${table} (store, order_number, frozen_utc, exigo_order_id, linked_utc, acknowledged_utc) VALUES (${values}, '${rules.stamp}', ${exigo.orderId}, '${rules.stamp}', '${rules.stamp}');`,
  );
}
