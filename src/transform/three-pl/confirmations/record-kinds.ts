import { z } from 'zod';
import type { Path } from '../faults.js';
import { COLUMN, type ColumnRef, type ColumnScope, checkColumn } from './column-ref.js';

/** Which records are rows, by the word in a column. */
export interface RecordKinds {
  readonly column: ColumnRef;
  /** Words of records that are rows, in lower case. */
  readonly take: readonly string[];
  /** Words of records that say nothing of an order. */
  readonly skip: readonly string[];
}

/** What the last record of a whole file looks like. */
export interface EndRecord {
  readonly column: ColumnRef;
  /** In lower case. */
  readonly is: string;
  /** Where the number of rows or records is; null: it has none. */
  readonly count: ColumnRef | null;
  /** `rows`: records that are rows; `records`: all, the header and the end included. */
  readonly counts: 'rows' | 'records';
}

const WORD = z.union([z.string(), z.number()], { error: 'expected a text or a number' });
const WORDS = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(WORD).min(1));

const RECORDS = z.strictObject({ column: COLUMN, take: WORDS, skip: WORDS.optional() });

const END = z.strictObject({
  column: COLUMN,
  is: WORD,
  count: COLUMN.optional(),
  counts: z.enum(['rows', 'records']).default('rows'),
});

/** As words are compared. */
export function wordOf(text: string | number): string {
  return String(text).trim().toLowerCase();
}

export function readRecords(raw: unknown, path: Path, scope: ColumnScope): RecordKinds | undefined {
  const records = scope.faults.read(RECORDS, raw, path);
  if (records === undefined) return undefined;
  checkColumn(records.column, [...path, 'column'], scope);
  const { column, take, skip = [] } = records;
  const both = take.map(wordOf).find((word) => skip.map(wordOf).includes(word));
  if (both !== undefined) scope.faults.add([...path, 'skip'], `"${both}" is under take, too`);
  return { column, take: take.map(wordOf), skip: skip.map(wordOf) };
}

export function readEnd(raw: unknown, path: Path, scope: ColumnScope): EndRecord | undefined {
  const end = scope.faults.read(END, raw, path);
  if (end === undefined) return undefined;
  checkColumn(end.column, [...path, 'column'], { ...scope, header: false });
  if (end.count !== undefined) checkColumn(end.count, [...path, 'count'], { ...scope, header: false });
  return { column: end.column, is: wordOf(end.is), count: end.count ?? null, counts: end.counts };
}
