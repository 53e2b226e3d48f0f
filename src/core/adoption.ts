/** A line of a list of what an earlier script did. */
export interface AdoptedLine {
  /** Of the list, from 1. */
  readonly line: number;
  /** In Exigo. */
  readonly orderId: number;
  /** The 3PL that has it; null: the line says only which marketplace order it is. */
  readonly threePl: string | null;
  /** The file that carried it, or what the line says. */
  readonly reference: string;
  /** Instant in ms; null: not known. */
  readonly handedOverAt: number | null;
  /** The marketplace order that it was made from. */
  readonly market: { readonly store: string; readonly orderNumber: string } | null;
}

/** A line as it was read: usable, or why not. */
export type ReadAdoption =
  | { readonly adopted: AdoptedLine }
  | { readonly line: number; readonly fault: string };

/** Something to tell of a line. */
export interface AdoptionRemark {
  readonly line: number;
  readonly orderId: number | null;
  /**
   * `bad`: it cannot be used. `conflict`: the ledger says otherwise, nothing was done. `settled`: something of the order was
   * on its way or waited here, and does no more.
   */
  readonly kind: 'bad' | 'conflict' | 'settled';
  readonly message: string;
}

/** What came of a list. */
export interface Adoption {
  /** Without the header. */
  readonly lines: number;
  readonly adopted: number;
  /** Known before, from this list or an earlier one. */
  readonly known: number;
  /** Marketplace orders that were linked. */
  readonly linked: number;
  readonly settled: number;
  readonly conflicts: number;
  readonly bad: number;
  /** False with a dry run, and with `strict` where a line could not be taken. */
  readonly written: boolean;
}
