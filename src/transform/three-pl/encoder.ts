import { type Options, stringify } from 'csv-stringify/sync';
import type { FileContext, FileEncoder } from '../../core/hand-over.js';
import type { FileFormat } from './file-format.js';
import type { Row, Rows } from './rows.js';
import { encodeText } from './text-cell.js';

/** Rows of one csv-stringify call: its set-up is paid once per page, and a page stays a small string. */
const PAGE = 1_000;

const BOM = new Uint8Array([0xef, 0xbb, 0xbf]);

/** csv-stringify decides by JavaScript type what `quoted_string` quotes; a number cell travels as this. */
class Bare {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The encoder of one file. */
export function openFile(rows: Rows, format: FileFormat, context: FileContext): FileEncoder {
  const options = csvOptions(format, rows.single);
  const encode = (records: readonly unknown[][]) =>
    encodeText(stringify(records as unknown[][], options), format.encoding);
  const fields = format.quoting === 'text' ? withBare : ({ cells }: Row) => cells;
  return {
    head() {
      const head: Uint8Array[] = format.bom ? [BOM] : [];
      if (format.header && rows.names !== null) head.push(encode([[...rows.names]]));
      return Buffer.concat(head);
    },
    orders(orders) {
      const pages: Uint8Array[] = [];
      let page: unknown[][] = [];
      let count = 0;
      for (const order of orders) {
        for (const row of rows.make(order, context)) page.push(fields(row));
        if (page.length >= PAGE) {
          pages.push(encode(page));
          count += page.length;
          page = [];
        }
      }
      if (page.length > 0) pages.push(encode(page));
      const [only] = pages;
      const bytes = only !== undefined && pages.length === 1 ? only : Buffer.concat(pages);
      return { bytes, rows: count + page.length };
    },
  };
}

function withBare({ columns, cells }: Row): unknown[] {
  return cells.map((text, i) => (columns[i]?.bare === true ? new Bare(text) : text));
}

function csvOptions(format: FileFormat, single: boolean): Options {
  const all = format.quoting === 'all';
  return {
    header: false,
    delimiter: format.delimiter,
    record_delimiter: format.lineEnds === 'crlf' ? '\r\n' : '\n',
    quoted: all,
    ...(all || single ? { quoted_empty: true } : {}),
    quoted_string: format.quoting === 'text',
    cast: { object: (value) => (value instanceof Bare ? value.text : '') },
  };
}
