import { isDeepStrictEqual } from 'node:util';
import type { Confirmations } from './confirmation.js';
import type { LabelRule } from './label.js';
import type { Order } from './order.js';
import type { Place } from './places.js';
import type { HandedLine } from './shipment.js';

/** When the hand-over files of a 3PL are made. */
export interface WaveRule {
  /** Local times `HH:mm`; the first run at or after a cut-off makes the wave. Empty: every run makes one. */
  readonly cutOffs: readonly string[];
  /** Zone of the cut-offs, `America/Chicago`. */
  readonly zone: string;
  /** An order is left alone for this long after it was frozen. 0: none. */
  readonly coolingOffMs: number;
  /** Most orders of one file; a wave with more becomes several files. */
  readonly maxOrders: number;
}

/** What is fixed about a file before its first byte: everything that may appear in names and file-level columns. */
export interface FileContext {
  /** Counter of the 3PL, from 1, without gaps caused by roll-backs. */
  readonly number: number;
  /** Instant (ms) at which the wave was planned. */
  readonly plannedAt: number;
}

/** One order as the 3PL would see it: the cells of its rows by column name, file-level columns left out. */
export type RenderedOrder = readonly Readonly<Record<string, string>>[];

/** Sections of a template for files that tell a 3PL of orders after or beside the hand-over. */
export const NOTICES = ['cancellations', 'returns'] as const;
export type NoticeKind = (typeof NOTICES)[number];

/** How the records of its files look: what another program's files in the same format are read by. */
export interface FileShape {
  readonly delimiter: string;
  readonly encoding: 'utf-8' | 'windows-1252';
  /** Whether the first record names the columns. */
  readonly header: boolean;
  readonly kinds: readonly RecordKind[];
}

/** A kind of record. */
export interface RecordKind {
  /** What its first cell says, where a file has several kinds. */
  readonly marker: string | null;
  readonly columns: readonly string[];
  /** Those of them whose cells make a difference: not what is of the file, nor what the template leaves out. */
  readonly compared: readonly string[];
  /** The column that has the order's id in Exigo; null: the record belongs to the one before it. */
  readonly key: string | null;
}

/**
 * A kind of file that a 3PL takes: the hand-over file, or a notice. Everything here is pure: same order, same context,
 * same bytes, on any day, in any zone and locale.
 */
export interface OrderFile {
  readonly wave: WaveRule;
  /** Where files go; what is relative or from the environment has been resolved by the loader. */
  readonly delivery: Place;
  /** Whether the manifest is written before the file (usual) or after it (when it is the 3PL's trigger). */
  readonly manifest: 'before' | 'after' | 'none';
  /**
   * The order as rows of cells. Throws {@link RenderError} when the template cannot take the order
   * (a value too long with policy `hold`, an unmapped ship method, too many lines ...).
   */
  render(order: Order): RenderedOrder;
  /** The same with every column, those of the file and those that do not count as a change included. */
  preview(order: Order, context: FileContext): RenderedOrder;
  /** Null: no labels go with its files. */
  readonly labels: LabelRule | null;
  readonly shape: FileShape;
  fileName(context: FileContext): string;
  /** The number in the name of a file of this kind; null for the name of another file. */
  fileNumber(name: string): number | null;
  /** Bytes of a file, in pieces; `orders` is called with the orders in file order, any number at a time. */
  open(context: FileContext): FileEncoder;
}

/** A file that tells a 3PL of orders; it has no labels. */
export interface NoticeFile extends OrderFile {
  /** How long the 3PL has to answer (ms), before it is shown that it has not. */
  readonly answerWithinMs: number;
}

/** A warehouse as the engine sees it; made from its template by `transform/three-pl`. As a file it is its hand-over file. */
export interface ThreePl extends OrderFile {
  readonly name: string;
  /**
   * Null: an order counts as Printed when it was handed over. Else when the 3PL has accepted it, which it should within
   * this time (ms).
   */
  readonly answerWithinMs: number | null;
  /** What it sends back; null: nothing is read. */
  readonly confirmations: Confirmations | null;
  /** The lines of the order that its files have, whatever their columns say of them. */
  handed(order: Order): readonly HandedLine[];
  /** First routing rule of this 3PL that the order matches, described for `explain`, or null. */
  matches(order: Order): string | null;
  /** What else it is told by file; null: it takes no such file. */
  readonly notices: Readonly<Record<NoticeKind, NoticeFile | null>>;
}

/** The file of that section; of none: the hand-over file. Null where the 3PL takes no such file. */
export function fileOf(threePl: ThreePl, section: NoticeKind | null): OrderFile | null {
  return section === null ? threePl : threePl.notices[section];
}

export interface FileEncoder {
  /** First bytes: BOM and header, if the template has them. */
  head(): Uint8Array;
  orders(orders: readonly Order[]): EncodedRows;
}

export interface EncodedRows {
  readonly bytes: Uint8Array;
  /** Records written (not counting the header). */
  readonly rows: number;
}

/** Where its files go and come from. */
export function placesOf({
  delivery,
  confirmations,
  notices,
}: Pick<ThreePl, 'delivery' | 'confirmations' | 'notices'>): Place[] {
  return [
    delivery,
    ...(confirmations === null ? [] : [confirmations.inbox]),
    ...NOTICES.flatMap((kind) => {
      const own = notices[kind]?.delivery;
      return own === undefined || isDeepStrictEqual(own, delivery) ? [] : [own];
    }),
  ];
}

/** Thrown by {@link ThreePl.render}; the order is held with this code and reason. */
export class RenderError extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'RenderError';
    this.code = code;
  }
}
