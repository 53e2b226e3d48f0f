import { type Options, stringify } from 'csv-stringify/sync';
import type { Value } from '../db/database.js';

/** The bytes of a CSV file with a table's rows, in pieces. */
export interface TableCsvEncoder {
  /** The header row. */
  head(): Uint8Array;
  /** Rows in the order of the columns, any number at a time. */
  rows(rows: readonly (readonly Value[])[]): Uint8Array;
}

const OPTIONS: Options = {
  header: false,
  delimiter: ',',
  record_delimiter: '\r\n',
  // An empty text is written "", NULL as nothing: the two stay apart.
  quoted_match: /^$/,
};

/**
 * Raw tables for accounting and BI: UTF-8 without byte order mark, comma, CRLF (RFC 4180), header row.
 * NULL is empty, empty text `""`, binary `0x0A1B`. Text stays as it is, with newlines, quotes and
 * spaces; only NUL is dropped, which readers stop at, and lone surrogates, which UTF-8 lacks, become
 * U+FFFD.
 */
export function tableCsvEncoder(columns: readonly string[]): TableCsvEncoder {
  const encode = (records: unknown[][]) => Buffer.from(stringify(records, OPTIONS), 'utf8');
  return {
    head: () => encode([columns.map(field)]),
    rows: (rows) => encode(rows.map((row) => row.map(field))),
  };
}

const UNSAFE = /\0|\p{Cs}/u;

function field(value: Value): string | null {
  if (value === null) return null;
  if (typeof value === 'number') return String(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex').toUpperCase()}`;
  if (!UNSAFE.test(value)) return value;
  return value.replaceAll('\0', '').replace(/\p{Cs}/gu, '\ufffd');
}
