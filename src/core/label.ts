import type { Order } from './order.js';

/** What a shipping label is, by its first bytes. */
export type LabelKind = 'pdf' | 'html' | 'zpl';

/** The shipping label of an order, decoded. */
export interface Label {
  readonly kind: LabelKind;
  readonly bytes: Uint8Array;
}

/** Millimetres. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** Where the labels of a 3PL's orders come from and how their files are called; made from its template. Pure. */
export interface LabelRule {
  /** Most pages of a PDF, or labels of ZPL. */
  readonly maxPages: number;
  /** Of a page that is made of HTML. */
  readonly page: PageSize;
  /** Null: labels are in a column of the order. */
  readonly folder: LabelFolder | null;
  /**
   * The label in the order's column. Null: the order has none, and needs none. Throws RenderError: `NO_LABEL`, `BAD_LABEL` (no Base64, neither PDF,
   * HTML nor ZPL, cut short), `LABEL_TOO_LARGE`.
   */
  of(order: Order): Label | null;
  /** A name of its own in every file of the 3PL. */
  fileName(
    order: Order,
    kind: 'pdf' | 'zpl',
    file: { readonly number: number; readonly plannedAt: number },
  ): string;
  /** Null: labels are files beside the hand-over file. */
  readonly mail: LabelMail | null;
}

/** Labels that another system leaves in a folder, a file each. */
export interface LabelFolder {
  /** Absolute. */
  readonly path: string;
  /** A file is whole when it has not been written to for this long (ms). */
  readonly readyMs: number;
  /** False: an order whose file is not there goes without. */
  readonly required: boolean;
  /** In bytes. */
  readonly maxBytes: number;
  /**
   * A name in this folder and no path, whatever the order has. Throws RenderError `BAD_LABEL_NAME` for values that would
   * lead elsewhere or are empty.
   */
  nameOf(order: Order): string;
  /** What the file has. Throws RenderError `BAD_LABEL`, `LABEL_TOO_LARGE`. */
  read(bytes: Uint8Array): Label;
}

/** Labels that go by mail, one each, before the hand-over file. */
export interface LabelMail {
  /** Addresses of the 3PL. */
  readonly to: readonly string[];
  subject(order: Order, file: { readonly number: number }): string;
}

/** Makes PDFs of HTML. What it is given gets no network, no scripts and no local files. */
export interface LabelPrinter {
  /** Throws RenderError `NO_CHROMIUM` where there is none, `BAD_LABEL` for what it cannot print. */
  print(html: string, page: PageSize): Promise<Uint8Array>;
  close(): Promise<void>;
}
