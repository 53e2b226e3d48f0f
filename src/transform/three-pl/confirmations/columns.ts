import { z } from 'zod';
import { ANSWERS, type Answer, REFERENCES, type Reference } from '../../../core/confirmation.js';
import { CARRIERS } from '../../../core/exigo.js';
import { checkedText, oneOf, type Path } from '../faults.js';
import { COLUMN, type ColumnRef, type ColumnScope, checkColumn } from './column-ref.js';
import { wordOf } from './record-kinds.js';
import { readFormatFault } from './when.js';

/** What each column of a kind of file says; null: the file does not have it. */
export interface ConfirmationColumns {
  readonly order: {
    readonly column: ColumnRef;
    /** Its first group is the number; null: all of the cell. */
    readonly pattern: RegExp | null;
    readonly references: readonly Reference[];
  };
  readonly answer: Mapped<Answer | 'ignore'>;
  readonly item: ColumnRef | null;
  readonly quantity: ColumnRef | null;
  readonly tracking: { readonly columns: readonly ColumnRef[]; readonly separator: string | null } | null;
  readonly carrier: Mapped<string> | null;
  readonly shipMethod: Mapped<number> | null;
  readonly date: {
    readonly column: ColumnRef;
    readonly format: string;
    readonly time: { readonly column: ColumnRef; readonly format: string } | null;
  } | null;
  readonly reason: ColumnRef | null;
}

/** A value that is always the same (no column), or what a map makes of a cell's words. */
export interface Mapped<T> {
  /** Null: `otherwise` it is, for every row. */
  readonly column: ColumnRef | null;
  /** By the words in lower case. */
  readonly map: ReadonlyMap<string, T>;
  /** For words that the map lacks; null: the row is faulty. */
  readonly otherwise: T | null;
}

const SCALAR = z.union([z.string(), z.number()], { error: 'expected a text or a number' });
const named = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (typeof value === 'string' || typeof value === 'number' ? { column: value } : value),
    schema,
  );
const MAPPED = z.strictObject({
  column: COLUMN.optional(),
  map: z.record(z.string(), SCALAR).optional(),
  otherwise: SCALAR.optional(),
  constant: SCALAR.optional(),
});

const COLUMNS = z.strictObject({
  order: named(
    z.strictObject({
      column: COLUMN,
      pattern: checkedText(patternFault).optional(),
      is: z.array(z.enum(REFERENCES)).min(1).default(['exigo-order']),
    }),
  ),
  // A bare word is no column here: it is what every row of the file says.
  answer: z.preprocess((value) => (typeof value === 'string' ? { constant: value } : value), MAPPED),
  item: COLUMN.optional(),
  quantity: COLUMN.optional(),
  tracking: z
    .preprocess(
      (value) => (Array.isArray(value) ? { columns: value } : value),
      named(
        z.strictObject({
          column: COLUMN.optional(),
          columns: z.array(COLUMN).min(1).optional(),
          separator: z.string().min(1).optional(),
        }),
      ),
    )
    .optional(),
  carrier: named(MAPPED).optional(),
  shipMethod: named(MAPPED).optional(),
  date: named(
    z.strictObject({
      column: COLUMN,
      format: checkedText(readFormatFault).default('yyyy-MM-dd'),
      time: named(
        z.strictObject({ column: COLUMN, format: checkedText(readFormatFault).default('HH:mm:ss') }),
      ).optional(),
    }),
  ).optional(),
  reason: COLUMN.optional(),
});

type Raw = z.output<typeof COLUMNS>;

/** Reads the `columns` of a kind of file; undefined after noting faults. */
export function readColumns(raw: unknown, path: Path, scope: ColumnScope): ConfirmationColumns | undefined {
  const columns = scope.faults.read(COLUMNS, raw, path);
  if (columns === undefined) return undefined;
  const before = scope.faults.count;
  const { order, item = null, quantity = null, reason = null, date } = columns;
  const read: ConfirmationColumns = {
    order: {
      column: order.column,
      pattern: order.pattern === undefined ? null : new RegExp(order.pattern, 'u'),
      references: order.is,
    },
    answer: readMapped(columns.answer, [...path, 'answer'], scope, answerOf),
    item,
    quantity,
    tracking: readTracking(columns.tracking, [...path, 'tracking'], scope),
    carrier:
      columns.carrier === undefined
        ? null
        : readMapped(
            columns.carrier,
            [...path, 'carrier'],
            scope,
            carrierOf,
            Object.values(CARRIERS).map((name) => [wordOf(name), name]),
          ),
    shipMethod:
      columns.shipMethod === undefined
        ? null
        : readMapped(columns.shipMethod, [...path, 'shipMethod'], scope, shipMethodOf),
    date: date === undefined ? null : { ...date, time: date.time ?? null },
    reason,
  };
  for (const [key, column] of columnsOf(read)) checkColumn(column, [...path, ...key], scope);
  return scope.faults.count > before ? undefined : read;
}

/** Every column that is read, with its place in the section. */
export function columnsOf(columns: ConfirmationColumns): readonly (readonly [Path, ColumnRef])[] {
  const { order, answer, item, quantity, tracking, carrier, shipMethod, date, reason } = columns;
  const all: readonly (readonly [Path, ColumnRef | null | undefined])[] = [
    [['order'], order.column],
    [['answer', 'column'], answer.column],
    [['item'], item],
    [['quantity'], quantity],
    ...(tracking?.columns ?? []).map((column, i) => [['tracking', i], column] as const),
    [['carrier', 'column'], carrier?.column],
    [['shipMethod', 'column'], shipMethod?.column],
    [['date', 'column'], date?.column],
    [['date', 'time'], date?.time?.column],
    [['reason'], reason],
  ];
  return all.flatMap(([path, column]) => (column === null || column === undefined ? [] : [[path, column]]));
}

function readTracking(raw: Raw['tracking'], path: Path, { faults }: ColumnScope) {
  if (raw === undefined) return null;
  if ((raw.column === undefined) === (raw.columns === undefined)) {
    faults.add(path, 'needs exactly one of column and columns');
  }
  const columns = raw.columns ?? (raw.column === undefined ? [] : [raw.column]);
  return { columns, separator: raw.separator ?? null };
}

/** `known`: words that mean something without a map. */
function readMapped<T>(
  raw: z.output<typeof MAPPED>,
  path: Path,
  { faults }: ColumnScope,
  meaning: (value: string | number) => { readonly value: T } | { readonly fault: string },
  known: readonly (readonly [string, T])[] = [],
): Mapped<T> {
  const read = (value: string | number, at: Path): T | null => {
    const found = meaning(value);
    if ('value' in found) return found.value;
    faults.add(at, found.fault);
    return null;
  };
  if ((raw.column === undefined) === (raw.constant === undefined)) {
    faults.add(path, 'needs exactly one of column and constant');
  }
  if (raw.constant !== undefined) {
    for (const key of ['map', 'otherwise'] as const) {
      if (raw[key] !== undefined) faults.add([...path, key], 'has no meaning for a constant');
    }
    return { column: null, map: new Map(), otherwise: read(raw.constant, path) };
  }
  const map = new Map(known);
  for (const [word, value] of Object.entries(raw.map ?? {})) {
    const found = read(value, [...path, 'map', word]);
    if (found !== null) map.set(wordOf(word), found);
  }
  if (raw.map === undefined && known.length === 0 && meaning !== (shipMethodOf as unknown)) {
    faults.add([...path, 'map'], 'is missing: it says what the words of the column mean');
  }
  return {
    column: raw.column ?? null,
    map,
    otherwise: raw.otherwise === undefined ? null : read(raw.otherwise, [...path, 'otherwise']),
  };
}

function answerOf(value: string | number) {
  const choices = [...ANSWERS, 'ignore'] as const;
  const found = choices.find((one) => one === value);
  return found === undefined ? { fault: oneOf(value, choices) } : { value: found };
}

function carrierOf(value: string | number) {
  const names = Object.values(CARRIERS);
  const found = names.find((name) => name === value);
  return found === undefined ? { fault: oneOf(value, names) } : { value: found };
}

function shipMethodOf(value: string | number) {
  const id = Number(value);
  return Number.isInteger(id) && id > 0 && id < 2 ** 31
    ? { value: id }
    : { fault: `"${value}" is no ShipMethodID` };
}

function patternFault(pattern: string): string | null {
  try {
    const groups = new RegExp(`${pattern}|`, 'u').exec('')?.length ?? 1;
    return groups === 2 ? null : `"${pattern}" needs exactly one group: the number of the order`;
  } catch {
    return `"${pattern}" is no regular expression`;
  }
}
