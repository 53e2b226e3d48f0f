import { z } from 'zod';
import { type Column, type ColumnScope, readColumn } from './column.js';
import type { Faults, Path } from './faults.js';
import type { FieldTable } from './fields.js';
import type { FileFormat } from './file-format.js';

export const ROW_KINDS = ['line', 'order', 'header-details'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** What the records of an order are. */
export type Layout =
  | { readonly row: 'line'; readonly columns: readonly Column[] }
  | { readonly row: 'order'; readonly columns: readonly Column[]; readonly items: Items | null }
  | {
      readonly row: 'header-details';
      readonly header: readonly Column[];
      readonly details: readonly Column[];
    };

/** Columns that repeat for every line of an order within its one row; `{n}` in a name is the line's number. */
export interface Items {
  readonly max: number;
  readonly columns: readonly Column[];
}

const COLUMN_LIST = z.array(z.unknown()).min(1, 'needs at least one column');

const ITEMS = z.strictObject({
  max: z.int().min(1, 'at least 1').max(200, 'at most 200'),
  columns: COLUMN_LIST,
  more: z.literal('hold').default('hold'),
});

const SECTIONS: Readonly<Record<RowKind, readonly string[]>> = {
  line: ['columns'],
  order: ['columns', 'items'],
  'header-details': ['header', 'details'],
};

const ORDER_TABLES: readonly FieldTable[] = ['order', 'customer', 'payment', 'file'];
const LINE_TABLES: readonly FieldTable[] = [...ORDER_TABLES, 'line'];
const ONE_PER_ORDER = 'have no place in a record that is written once per order; use items or row: line';

/** Reads the column sections that belong to the kind of row; undefined after noting faults. `at`: where `raw` is. */
export function readLayout(
  row: RowKind,
  raw: Readonly<Record<string, unknown>>,
  file: FileFormat,
  faults: Faults,
  at: Path = [],
): Layout | undefined {
  for (const section of ['columns', 'items', 'header', 'details']) {
    if (raw[section] !== undefined && !SECTIONS[row].includes(section)) {
      faults.add([...at, section], `does not go with row: ${row}, which has ${SECTIONS[row].join(' and ')}`);
    }
  }
  const perOrder: ColumnScope = { tables: ORDER_TABLES, why: ONE_PER_ORDER, file, faults };
  const perLine: ColumnScope = { tables: LINE_TABLES, why: '', file, faults };
  if (row === 'line') {
    const columns = readColumns(raw.columns, [...at, 'columns'], perLine);
    checkNames(columns ?? [], [...at, 'columns'], faults);
    return columns && { row, columns };
  }
  if (row === 'order') {
    const columns = readColumns(raw.columns, [...at, 'columns'], perOrder);
    const items = raw.items === undefined ? null : readItems(raw.items, [...at, 'items'], perLine);
    checkNames([...(columns ?? []), ...itemColumns(items ?? null)], [...at, 'columns'], faults);
    return columns && items !== undefined ? { row, columns, items } : undefined;
  }
  const header = readColumns(raw.header, [...at, 'header'], perOrder);
  const details = readColumns(raw.details, [...at, 'details'], perLine);
  checkNames(header ?? [], [...at, 'header'], faults);
  checkNames(details ?? [], [...at, 'details'], faults);
  checkRecordTypes(header?.[0], details?.[0], faults, at);
  return header && details && { row, header, details };
}

/** The columns of all items: SKU1, QTY1, SKU2, QTY2 ... */
export function itemColumns(items: Items | null): Column[] {
  if (items === null) return [];
  return Array.from({ length: items.max }, (_, i) =>
    items.columns.map((column) => ({ ...column, name: column.name.replaceAll('{n}', String(i + 1)) })),
  ).flat();
}

function readColumns(raw: unknown, path: Path, scope: ColumnScope): readonly Column[] | undefined {
  const list = scope.faults.read(COLUMN_LIST, raw, path);
  const columns = list?.map((one, i) => readColumn(one, [...path, i], scope));
  return columns?.every((column) => column !== undefined) ? columns : undefined;
}

function readItems(raw: unknown, at: Path, scope: ColumnScope): Items | undefined {
  const items = scope.faults.read(ITEMS, raw, at);
  if (items === undefined) return undefined;
  const columns = readColumns(items.columns, [...at, 'columns'], scope);
  for (const [i, column] of (columns ?? []).entries()) {
    if (!column.name.includes('{n}')) {
      scope.faults.add([...at, 'columns', i, 'name'], `"${column.name}" needs {n}, the number of the line`);
    }
  }
  return columns && { max: items.max, columns };
}

function checkNames(columns: readonly Column[], path: Path, faults: Faults): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) faults.add(path, `two columns are named "${name}"`);
    seen.add(name);
  }
}

function checkRecordTypes(
  header: Column | undefined,
  details: Column | undefined,
  faults: Faults,
  at: Path,
): void {
  const [a, b] = [header, details].map((column) => column?.source);
  for (const [section, source] of Object.entries({ header: a, details: b })) {
    if (source !== undefined && source.kind !== 'constant') {
      faults.add(
        [...at, section, 0],
        'the first column tells the records apart: give it a constant such as "H" or "D"',
      );
    }
  }
  if (a?.kind === 'constant' && b?.kind === 'constant' && a.text === b.text) {
    faults.add([...at, 'details', 0, 'constant'], `"${b.text}" marks the header records too`);
  }
}
