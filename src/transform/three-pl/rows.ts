import { type FileContext, RenderError } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import { type CellContext, type CompiledColumn, compileColumn } from './cell.js';
import type { Column } from './column.js';
import { holds } from './condition.js';
import type { Layout } from './layout.js';
import type { Template } from './template.js';

/** What rows are made by: a template, or a section of it for a notice. */
export type RowFormat = Pick<Template, 'name' | 'lines' | 'file' | 'layout'>;

/** One record of a file. */
export interface Row {
  readonly columns: readonly CompiledColumn[];
  readonly cells: string[];
}

/** The records of an order; `file` null leaves file-level cells empty. Throws RenderError when held. */
export type RowMaker = (order: Order, file: FileContext | null) => Row[];

export interface Rows {
  readonly make: RowMaker;
  /** Names for the header row; null where records differ. */
  readonly names: readonly string[] | null;
  /** A record with a single column: an empty cell would be an empty line. */
  readonly single: boolean;
}

export function compileRows(template: RowFormat): Rows {
  const compile = (columns: readonly Column[]) =>
    columns.map((column) => compileColumn(column, template.file));
  const { kinds, write } = compileLayout(template.layout, compile);
  const [only, ...others] = kinds;
  return {
    make: (order, file) => {
      const lines = linesOf(order, template);
      return write({ order, line: null, lineNumber: 0, lineCount: lines.length, file }, lines);
    },
    names: only !== undefined && others.length === 0 ? only.map((column) => column.name) : null,
    single: kinds.some((columns) => columns.length === 1),
  };
}

function linesOf(order: Order, { lines, name }: RowFormat): Order['lines'] {
  const kept = lines === null ? order.lines : order.lines.filter((line) => holds(lines, order, line));
  if (kept.length > 0) return kept;
  const reason = lines === null ? 'the order has no lines' : `none of its lines matches ${lines.text}`;
  throw new RenderError('NO_LINES', `${reason}: nothing to hand over to ${name}`);
}

interface CompiledLayout {
  readonly kinds: readonly (readonly CompiledColumn[])[];
  readonly write: (at: CellContext, lines: Order['lines']) => Row[];
}

function compileLayout(
  layout: Layout,
  compile: (columns: readonly Column[]) => CompiledColumn[],
): CompiledLayout {
  if (layout.row === 'line') {
    const columns = compile(layout.columns);
    return { kinds: [columns], write: lineWriter(columns) };
  }
  if (layout.row === 'header-details') {
    const header = compile(layout.header);
    const details = compile(layout.details);
    const write = lineWriter(details);
    return { kinds: [header, details], write: (at, lines) => [headRow(header, at), ...write(at, lines)] };
  }
  const shared = compile(layout.columns);
  const { items } = layout;
  if (items === null) return { kinds: [shared], write: (at) => [headRow(shared, at)] };
  const item = compile(items.columns);
  const numbered = Array.from({ length: items.max }, (_, i) =>
    item.map((column) => ({ ...column, name: column.name.replaceAll('{n}', String(i + 1)) })),
  );
  const columns = [...shared, ...numbered.flat()];
  const write = (at: CellContext, lines: Order['lines']): Row[] => {
    if (lines.length > items.max) {
      throw new RenderError(
        'TOO_MANY_LINES',
        `the order has ${lines.length} lines, a row takes ${items.max}`,
      );
    }
    const { cells } = headRow(shared, at);
    for (const line of lines) {
      at.line = line;
      at.lineNumber++;
      for (const { cell } of item) cells.push(cell(at));
    }
    while (cells.length < columns.length) cells.push('');
    return [{ columns, cells }];
  };
  return { kinds: [columns], write };
}

function headRow(columns: readonly CompiledColumn[], at: CellContext): Row {
  return { columns, cells: columns.map(({ cell }) => cell(at)) };
}

/** One row per line; cells that do not depend on the line are computed once per order. */
function lineWriter(columns: readonly CompiledColumn[]): CompiledLayout['write'] {
  const perLine = columns.flatMap(({ perLine, cell }, index) => (perLine ? [{ index, cell }] : []));
  return (at, lines) => {
    const shared = columns.map(({ perLine, cell }) => (perLine ? '' : cell(at)));
    return lines.map((line, i) => {
      at.line = line;
      at.lineNumber = i + 1;
      const cells = shared.slice();
      for (const { index, cell } of perLine) cells[index] = cell(at);
      return { columns, cells };
    });
  };
}
