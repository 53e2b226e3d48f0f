import { SECOND } from './clock.js';
import type { Order } from './order.js';
import type { Verdict } from './pipeline.js';

/** A marketplace order in a store of GoDataFeed, and the order in Exigo that was made for it. */
export interface MarketplaceLink {
  readonly store: string;
  /** GoDataFeed's own number, the key of every call about it. */
  readonly orderNumber: string;
  readonly marketplace: string | null;
  readonly marketplaceNumber: string | null;
  /** Instant (ms); null where GoDataFeed does not say. */
  readonly purchasedAt: number | null;
  /** Whether the order was made from this one; false for the same marketplace order in another store. */
  readonly origin: boolean;
}

/**
 * When a parcel left, as far as Exigo says. `bare`: only the date is known, and `at` is that date with the time of
 * the configuration, so it may lie in the future. Null: nothing is known.
 */
export type ShipTime = { readonly at: number; readonly bare: boolean } | null;

/** What a marketplace is told of an order. */
export type MarketplaceUpdate =
  | { readonly kind: 'canceled' }
  | {
      readonly kind: 'shipped';
      readonly tracking: string;
      /** By the name the marketplace knows; null leaves it to GoDataFeed. */
      readonly carrier: string | null;
      readonly shipped: ShipTime;
    };

/** An update for one marketplace order. */
export interface PlannedUpdate {
  readonly link: MarketplaceLink;
  readonly update: MarketplaceUpdate;
  /** Of what is told, and after `@` of the ship date: see {@link sameUpdate}. */
  readonly fingerprint: string;
}

/** A verdict, and for an order to be reported what goes where. */
export type Reported =
  | { readonly verdict: 'report'; readonly updates: readonly PlannedUpdate[] }
  | Exclude<Verdict, { readonly verdict: 'load' }>;

/** Judges an order by its links. Pure. */
export type Reporter = (order: Order, links: readonly MarketplaceLink[]) => Reported;

/** An update as it is sent: fixed once, so that a repeat is the same. Instants in whole seconds. */
export type FixedUpdate =
  | { readonly kind: 'canceled' }
  | {
      readonly kind: 'shipped';
      readonly tracking: string;
      readonly carrier: string | null;
      readonly shippedAt: number;
    };

/**
 * Fixes what the moment of sending decides: a parcel of unknown time left now; a completed date lies neither in the
 * future nor before the purchase, which a marketplace would refuse.
 */
export function fixUpdate(update: MarketplaceUpdate, purchasedAt: number | null, now: number): FixedUpdate {
  if (update.kind === 'canceled') return update;
  const { tracking, carrier, shipped } = update;
  const at = shipped === null ? now : shipped.bare ? Math.min(shipped.at, now) : shipped.at;
  const earliest = shipped?.bare === false || purchasedAt === null ? at : purchasedAt + SECOND;
  const shippedAt = Math.floor(Math.max(at, earliest) / SECOND) * SECOND;
  return { kind: 'shipped', tracking, carrier, shippedAt };
}

/**
 * Whether two fingerprints are of the same update. A marketplace that has answered needs no better ship date, one that
 * has not, or has refused, may: `exact` compares the date, too.
 */
export function sameUpdate(one: string | null, other: string | null, exact: boolean): boolean {
  if (one === null || other === null) return false;
  return exact ? one === other : one.split('@')[0] === other.split('@')[0];
}
