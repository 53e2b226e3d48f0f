import type { ShownOrder } from '../../core/views.js';
import { compareHandOver } from './compare-hand-over.js';
import { type Asked, differs, type Finding, harmless, NOT_COMPARED, said } from './findings.js';
import { day, type OrderRules, time } from './rules.js';

/** An item of the pipeline that hands over; instants in ms. */
export interface HandOverItem {
  readonly state: 'new' | 'ready' | 'loading' | 'delivered' | 'excluded' | 'held' | 'failed';
  readonly code: string | null;
  readonly target: string | null;
  readonly createdAt: number;
  readonly resolution: string | null;
}

/** What the ledger knows of an order. */
export interface LedgerFacts {
  /** The version that was frozen last. */
  readonly version: {
    readonly status: string;
    readonly modifiedAt: number;
    readonly frozenAt: number;
  } | null;
  /** Newest item. */
  readonly item: HandOverItem | null;
  /** The newest generation that went, goes or was to go into a file. */
  readonly file: {
    readonly state: 'pending' | 'sending' | 'accepted' | 'done' | 'held' | 'failed';
    readonly waveState: string | null;
    readonly name: string | null;
    readonly target: string | null;
    /** When it was handed over, else when it was planned. */
    readonly at: number;
    readonly canceledByPerson: boolean;
    /** Made in shadow: an earlier script was to send it. */
    readonly shadow?: boolean;
  } | null;
  /** What a 3PL has shipped whole, as far as Exigo was or is to be told; absent: nothing. */
  readonly shipment?: {
    readonly state: 'loading' | 'delivered';
    readonly target: string | null;
    /** When Exigo was told, else when it was planned. */
    readonly at: number;
  };
  /** That a 3PL has it is kept for good, also when everything else is forgotten: by name. */
  readonly linkedTo: string | null;
}

/** Everything that is said of one order of Exigo. */
export interface OrderFacts {
  readonly orderId: number;
  readonly sync: Asked<ShownOrder>;
  readonly api: Asked<ShownOrder>;
  readonly ledger: LedgerFacts;
  /** Other orders in Exigo with the same marketplace key, none of them canceled. */
  readonly twins: readonly number[];
  /** What the pipeline's own rules make of it: a code where they leave it out; asked only where it matters. */
  readonly rule: 'not asked' | 'ours' | { readonly excluded: string };
}

/** A stamp is kept in steps of a minute by some tenants. */
const SAME_STAMP = 60_000;

/**
 * Compares what is said of one order. The root comes first: while the sync database is behind, everything that follows
 * from it looks wrong, too. Pure.
 */
export function compareOrder(facts: OrderFacts, rules: OrderRules): Finding {
  const { sync, api, ledger, orderId, twins } = facts;
  if (sync === 'not asked' && api === 'not asked') return NOT_COMPARED;
  const truth = said(api) ?? said(sync);
  if (truth === null) return gone(facts, rules);
  if (twins.length > 0 && truth.status !== 'Canceled') {
    return differs(
      'TWO_EXIGO_ORDERS',
      `order ${orderId} and ${twins.map((id) => `order ${id}`).join(', ')} have the same marketplace key: the marketplace sold one`,
      `cancel the one in Exigo that the marketplace order is not linked to; to see which: orderferry explain ${orderId}`,
    );
  }
  const lag = compareSystems(facts, rules);
  if (lag !== null) return lag;
  return compareShipment(facts, truth, rules) ?? compareHandOver({ ...facts, truth }, ledger, rules);
}

/** What a 3PL has shipped is Shipped in Exigo; null where there is nothing to compare, or it is. */
function compareShipment(
  { orderId, ledger: { shipment } }: OrderFacts,
  truth: ShownOrder,
  rules: OrderRules,
): Finding | null {
  if (shipment === undefined || truth.status === 'Shipped') return null;
  const { state, target, at } = shipment;
  if (rules.now - at < rules.graceMs) return harmless('TOO_YOUNG');
  const toldOf = state === 'delivered' ? `Exigo was told at ${time(at)}` : 'Exigo is not told yet';
  return differs(
    'SHIPPED_BY_3PL_NOT_IN_EXIGO',
    `${target ?? 'a 3PL'} shipped it, ${toldOf}, and Exigo says ${truth.status}`,
    state === 'delivered'
      ? `somebody moved it in Exigo: set it to Shipped there, or find out why; what was said: orderferry explain ${orderId}`
      : 'orderferry run 3pl-shipments-to-exigo',
  );
}

/** No system shows it, but the ledger has worked on it. */
function gone({ orderId, ledger }: OrderFacts, rules: OrderRules): Finding {
  const { item, file, linkedTo } = ledger;
  const target = file?.target ?? linkedTo;
  const open = item?.state === 'new' || item?.state === 'ready' || item?.state === 'loading';
  if (file?.canceledByPerson === true) return harmless('DECIDED');
  if (file?.state !== 'done' && linkedTo === null && !open) return harmless('CANCELED');
  const since = file === null ? rules.now : file.at;
  return differs(
    'GONE_FROM_EXIGO',
    `${target ?? 'a 3PL'} ${open ? 'is to get it' : `has it since ${time(since)}`}, and Exigo does not know the order (any more)`,
    `look for it in Exigo; deleted there: ${open ? `orderferry release ${orderId} --as cancel` : `tell ${target ?? 'the 3PL'}; what was sent: orderferry explain ${orderId}`}`,
  );
}

/** The sync database against the API; null where they agree, or one was not asked. */
function compareSystems({ sync, api }: OrderFacts, rules: OrderRules): Finding | null {
  if (sync === 'not asked' || api === 'not asked') return null;
  const { now, graceMs } = rules;
  if (api === null) {
    if (sync === null || now - sync.modifiedAt < graceMs) return harmless('SYNC_LAG');
    return differs(
      'UNKNOWN_TO_API',
      `the sync database has it as ${sync.status} since ${time(sync.modifiedAt)}, the Exigo API does not know it: deleted in Exigo, or exigoApi and the sync database are of two companies`,
      'look for it in Exigo; then: orderferry doctor',
    );
  }
  const old = now - api.modifiedAt >= graceMs;
  if (sync === null) {
    if (!old) return harmless('SYNC_LAG');
    return differs(
      'SYNC_BEHIND_API',
      `Exigo has it as ${api.status} since ${time(api.modifiedAt)}, the sync database does not have it: replication is stalled, or this row is lost`,
      stalled(api),
    );
  }
  const later = api.modifiedAt - sync.modifiedAt;
  const otherStatus = api.status !== sync.status;
  if (!otherStatus && later <= SAME_STAMP) return null;
  if (!old || (later < 0 && now - sync.modifiedAt < graceMs)) return harmless('SYNC_LAG');
  if (later >= 0) {
    return differs(
      'SYNC_BEHIND_API',
      `Exigo has it as ${api.status} since ${time(api.modifiedAt)}, the sync database as ${sync.status} of ${time(sync.modifiedAt)}: replication is stalled, or this row is stuck`,
      stalled(api),
    );
  }
  return differs(
    'SYNC_AHEAD_OF_API',
    `the sync database has it as ${sync.status} of ${time(sync.modifiedAt)}, the API as ${api.status} of ${time(api.modifiedAt)}: one of the two was restored, or they are of two companies`,
    'ask Exigo which is right; then: orderferry doctor',
  );
}

function stalled({ modifiedAt }: ShownOrder): string {
  return `ask Exigo about replication since ${day(modifiedAt)}; what arrives is frozen by itself, to see how far it is: orderferry status`;
}
