import { z } from 'zod';
import { EXIGO_ZONE } from '../../core/time.js';
import { type DateFormat, dateFormatFault, zoneFault } from './date-format.js';
import { checkedText, type Faults, type Path } from './faults.js';
import { type Field, type FieldTable, fieldText, parseField } from './fields.js';
import { checkFixedText, type FileFormat } from './file-format.js';
import { type CodeMap, readCodeMap, SCALAR } from './map.js';
import type { NumberFormat } from './number-format.js';

/** A column of a template after checking. */
export interface Column {
  readonly name: string;
  readonly source: Part | Join;
  readonly letters: 'upper' | 'lower' | null;
  readonly limit: { readonly max: number; readonly over: 'truncate' | 'hold' } | null;
  readonly required: boolean;
  readonly guard: boolean;
  readonly compare: boolean;
}

export interface Join {
  readonly kind: 'join';
  readonly parts: readonly Part[];
  readonly separator: string;
}

export type Part = Constant | FieldPart;

export interface Constant {
  readonly kind: 'constant';
  readonly text: string;
  /** Written as a number in the template: not quoted with `quoting: text`. */
  readonly bare: boolean;
}

export interface FieldPart {
  readonly kind: 'field';
  readonly field: Field;
  readonly map: CodeMap | null;
  readonly number: NumberFormat | null;
  readonly date: DateFormat | null;
  /** Separator when all payments of the order are put into the cell; null: the first alone. */
  readonly allPayments: string | null;
}

/** What a column may refer to depends on the record it belongs to. */
export interface ColumnScope {
  readonly tables: readonly FieldTable[];
  /** Why other tables are refused, after "line columns ...". */
  readonly why: string;
  readonly file: FileFormat;
  readonly faults: Faults;
}

const NUMBER = z.preprocess(
  (value) => (typeof value === 'number' ? { digits: value } : value),
  z.strictObject({
    digits: z.int().min(0, 'at least 0 digits').max(10, 'at most 10 digits'),
    trim: z.boolean().default(false),
    width: z.int().min(1, 'at least 1').max(20, 'at most 20').default(1),
    point: z.enum(['.', ',']).default('.'),
    sign: z.enum(['keep', 'none']).default('keep'),
  }),
);

const DATE = z.preprocess(
  (value) => (typeof value === 'string' ? { format: value } : value),
  z.strictObject({
    format: checkedText(dateFormatFault),
    zone: checkedText((zone) => (zone === 'source' ? null : zoneFault(zone))).optional(),
  }),
);

const PART = z.strictObject({
  from: checkedText((reference) => {
    const field = parseField(reference);
    return typeof field === 'string' ? field : null;
  }).optional(),
  constant: SCALAR.optional(),
  map: z.record(z.string(), SCALAR).optional(),
  otherwise: SCALAR.optional(),
  number: NUMBER.optional(),
  date: DATE.optional(),
  payments: z.enum(['first', 'join']).optional(),
  separator: z.string().optional(),
});

const JOIN = z.array(z.preprocess((value) => (typeof value === 'string' ? { from: value } : value), PART));

const COLUMN = PART.extend({
  name: z.string().min(1, 'a column needs a name'),
  join: JOIN.min(1, 'a join needs parts').optional(),
  case: z.enum(['upper', 'lower']).optional(),
  limit: z
    .strictObject({ max: z.int().min(1, 'at least 1 character'), over: z.enum(['truncate', 'hold']) })
    .optional(),
  required: z.boolean().default(false),
  guard: z.boolean().default(false),
  compare: z.boolean().default(true),
});

type RawPart = z.output<typeof PART>;
type RawColumn = z.output<typeof COLUMN>;

export const DEFAULT_DATE = 'yyyy-MM-dd HH:mm:ss';

/** Reads one column; undefined after noting its faults. */
export function readColumn(raw: unknown, path: Path, scope: ColumnScope): Column | undefined {
  const column = scope.faults.read(COLUMN, raw, path);
  if (column === undefined) return undefined;
  checkFixedText(column.name, scope.file, [...path, 'name'], scope.faults);
  if (column.name === '__proto__') scope.faults.add([...path, 'name'], 'this name cannot be used');
  const source = readSource(column, path, scope);
  if (source === undefined) return undefined;
  const { name, case: letters = null, limit = null, required, guard, compare } = column;
  const read: Column = { name, source, letters, limit, required, guard, compare };
  checkPolicies(read, path, scope.faults);
  return read;
}

export function partsOf(column: Column): readonly Part[] {
  return column.source.kind === 'join' ? column.source.parts : [column.source];
}

/** Whether the column says something of the file and nothing of the order. */
export function isFileColumn(column: Column): boolean {
  return partsOf(column).some((part) => part.kind === 'field' && part.field.table === 'file');
}

function readSource(column: RawColumn, path: Path, scope: ColumnScope): Part | Join | undefined {
  if (column.join === undefined) return readPart(column, path, scope, 'from, constant or join');
  for (const key of ['from', 'constant', 'map', 'otherwise', 'number', 'date', 'payments'] as const) {
    if (column[key] !== undefined)
      scope.faults.add([...path, key], 'belongs to a part of the join, not beside it');
  }
  const parts = column.join.map((part, i) => readPart(part, [...path, 'join', i], scope, 'from or constant'));
  const separator = column.separator ?? ' ';
  checkFixedText(separator, scope.file, [...path, 'separator'], scope.faults);
  const read = parts.filter((part) => part !== undefined);
  return read.length < parts.length ? undefined : { kind: 'join', parts: read, separator };
}

function readPart(part: RawPart, path: Path, scope: ColumnScope, choices: string): Part | undefined {
  const { faults, file } = scope;
  if ((part.from === undefined) === (part.constant === undefined)) {
    faults.add(path, `needs exactly one of ${choices}`);
    return undefined;
  }
  if (part.constant !== undefined) {
    for (const key of ['map', 'otherwise', 'number', 'date', 'payments', 'separator'] as const) {
      if (part[key] !== undefined) faults.add([...path, key], 'has no meaning for a constant');
    }
    checkFixedText(String(part.constant), file, [...path, 'constant'], faults);
    return { kind: 'constant', text: String(part.constant), bare: typeof part.constant === 'number' };
  }
  const field = parseField(part.from ?? '');
  if (typeof field === 'string') return undefined;
  if (!scope.tables.includes(field.table)) {
    faults.add([...path, 'from'], `${field.table} columns ${scope.why}`);
    return undefined;
  }
  checkFormats(part, field, path, faults);
  if (part.separator !== undefined) checkFixedText(part.separator, file, [...path, 'separator'], faults);
  return {
    kind: 'field',
    field,
    map: part.map === undefined ? null : readCodeMap(part.map, part.otherwise, field, path, scope),
    number: part.number ?? null,
    date: field.type === 'date' || part.date !== undefined ? readDate(part.date, path, scope) : null,
    allPayments: part.payments === 'join' ? (part.separator ?? ', ') : null,
  };
}

function checkFormats(part: RawPart, field: Field, path: Path, faults: Faults): void {
  const { type } = field;
  const named = fieldText(field);
  const given = (['map', 'number', 'date'] as const).filter((key) => part[key] !== undefined);
  for (const key of given.slice(1))
    faults.add([...path, key], `${given[0]} already says how the value is written`);
  if (part.otherwise !== undefined && part.map === undefined) {
    faults.add([...path, 'otherwise'], 'says what happens to values a map lacks, and there is no map');
  }
  if (part.number !== undefined && !['number', 'text', 'unknown'].includes(type)) {
    faults.add([...path, 'number'], `${named} is no number`);
  }
  if (part.date !== undefined && !['date', 'text', 'unknown'].includes(type)) {
    faults.add([...path, 'date'], `${named} is no date`);
  }
  if (part.payments !== undefined && field.table !== 'payment') {
    faults.add([...path, 'payments'], `${named} is no payment column`);
  }
  if (part.separator !== undefined && part.payments !== 'join') {
    faults.add([...path, 'separator'], 'needs a join, or payments: join');
  }
}

function readDate(raw: RawPart['date'], path: Path, { file, faults }: ColumnScope): DateFormat {
  const { format = DEFAULT_DATE, zone = file.zone } = raw ?? {};
  checkFixedText(format, file, [...path, 'date'], faults);
  return { format, zone: zone === 'source' ? EXIGO_ZONE : zone };
}

function checkPolicies(column: Column, path: Path, faults: Faults): void {
  const fields = partsOf(column).flatMap((part) => (part.kind === 'field' ? [part] : []));
  const text = fields.some((part) => part.map === null && part.number === null && isFreeText(part.field));
  if (column.guard && !text) {
    faults.add(
      [...path, 'guard'],
      'is for free text; an apostrophe would spoil numbers and dates such as -5.00',
    );
  }
  if (!isFileColumn(column)) return;
  if (fields.some((part) => part.field.table !== 'file')) {
    faults.add(path, 'file.number and file.date cannot share a cell with columns of an order');
  }
  if (column.required || column.limit?.over === 'hold' || fields.some((part) => part.map !== null)) {
    faults.add(path, 'what belongs to the file is decided after the orders are chosen and cannot hold one');
  }
}

function isFreeText({ type }: Field): boolean {
  return type === 'text' || type === 'unknown';
}
