import type { Place } from './places.js';
import type { ReturnPolicy } from './returned.js';

/**
 * What a 3PL says on the way back, row by row of its files. `accepted` and `rejected` answer the hand-over, `shipped` says
 * what left, `short` what will never come of a line, `canceled` and `not-canceled` answer a cancellation, `returned`
 * says what came back to the warehouse.
 */
export const ANSWERS = [
  'accepted',
  'rejected',
  'shipped',
  'short',
  'canceled',
  'not-canceled',
  'returned',
] as const;
export type Answer = (typeof ANSWERS)[number];

/** How the number in a 3PL's file names an order. */
export const REFERENCES = ['exigo-order', 'marketplace-order'] as const;
export type Reference = (typeof REFERENCES)[number];

/** A row that could be read. Text is cleaned as in hand-over files; what is empty is null. */
export interface ConfirmationRow {
  /** In the file, from 1, with the header counted; of a record over several lines its first one. */
  readonly line: number;
  readonly answer: Answer;
  /** The order's number, after the template's pattern. */
  readonly reference: string;
  /** Null: the row is about the whole order. */
  readonly itemCode: string | null;
  /** Exact decimal as text; null: all of the line, or of the order. */
  readonly quantity: string | null;
  /** In the order of the file; none where the 3PL gives none. */
  readonly tracking: readonly string[];
  /** A carrier by Exigo's name (`UPS`, exigo.md section 3.4). */
  readonly carrier: string | null;
  readonly shipMethodId: number | null;
  /** When it shipped, was accepted, came back ...: instant (ms); `bare`: the file has only the date. */
  readonly happened: { readonly at: number; readonly bare: boolean } | null;
  /** The 3PL's words. */
  readonly reason: string | null;
}

/** A row that could not: reported by file and line, while the others go through. */
export interface FaultyRow {
  readonly line: number;
  readonly code: string;
  readonly fault: string;
  /** As it stands in the file, cut after 4,000 characters. */
  readonly raw: string;
}

export type ReadRow =
  | { readonly row: ConfirmationRow; readonly raw: string }
  | { readonly faulty: FaultyRow };

/** When a file in an inbox counts as whole. */
export type ReadyRule =
  /** Its size and time have not moved for this long (ms), by two looks. */
  | { readonly kind: 'settled'; readonly afterMs: number }
  /** A file of the same name with this ending is beside it; it is taken away with it. */
  | { readonly kind: 'trigger'; readonly ending: string };

/** Which of several parcels Exigo and the marketplace are told of, once all lines are accounted for. */
export const PARCEL_POLICIES = ['first', 'last', 'joined'] as const;
export type ParcelPolicy = (typeof PARCEL_POLICIES)[number];

/** The policy of a 3PL, and where marketplaces want another. */
export interface ParcelRules {
  /** For what has no rule of its own, and for orders of no marketplace. */
  readonly otherwise: ParcelPolicy;
  /** By store of GoDataFeed, as the configuration names it. */
  readonly stores: Readonly<Record<string, ParcelPolicy>>;
  /** By marketplace, as GoDataFeed names it; capitals do not count. */
  readonly marketplaces: Readonly<Record<string, ParcelPolicy>>;
}

/** The marketplace's policy goes before the store's, and that before the one for all. Pure. */
export function parcelPolicy(
  { otherwise, stores, marketplaces }: ParcelRules,
  origin: { readonly store: string; readonly marketplace: string | null } | undefined,
): ParcelPolicy {
  if (origin === undefined) return otherwise;
  const name = origin.marketplace?.trim().toLowerCase();
  const own = Object.entries(marketplaces).find(([key]) => key.trim().toLowerCase() === name);
  return own?.[1] ?? (Object.hasOwn(stores, origin.store) ? stores[origin.store] : undefined) ?? otherwise;
}

/** One kind of file that a 3PL sends, as its template has it. Pure. */
export interface ConfirmationFile {
  /** Of the kind: `shipments`, `answers`. */
  readonly name: string;
  readonly ready: ReadyRule;
  /** Whether a file of this name is of this kind. Never one that ends in `.part` or is being taken by us. */
  matches(fileName: string): boolean;
  /** Tried in this order. */
  readonly references: readonly Reference[];
  /**
   * The rows of a file, as its bytes come (gz is known by its first bytes), a few hundred at a time. A file that is no CSV
   * of this kind at all throws {@link NotReadable}; what is wrong with single rows, or with the end of the file, is a
   * faulty row.
   */
  read(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly ReadRow[], void, undefined>;
}

/** Thrown by {@link ConfirmationFile.read}: the file is set aside with this code and reason. */
export class NotReadable extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'NotReadable';
    this.code = code;
  }
}

/** What a template says of the way back. */
export interface Confirmations {
  /** Where the 3PL puts its files: a folder here or on a server, as `delivery` of the template. */
  readonly inbox: Place;
  readonly files: readonly ConfirmationFile[];
  readonly parcels: ParcelRules;
  /** What becomes of goods that came back. */
  readonly returned: ReturnPolicy;
  /** Whether its files speak of shipments at all. */
  readonly saysShipped: boolean;
}
