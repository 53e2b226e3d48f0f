import { type FileContext, RenderError } from '../../core/hand-over.js';
import { columnOf, type FrozenValue, type Order } from '../../core/order.js';
import { type Column, DEFAULT_DATE, type FieldPart, isFileColumn, type Part, partsOf } from './column.js';
import { instantFormatter, sourceDateFormatter } from './date-format.js';
import { type Field, fieldText } from './fields.js';
import type { FileFormat } from './file-format.js';
import { codeFor } from './map.js';
import { formatNumber } from './number-format.js';
import { cleanText, fitEncoding, guardFormula, lengthOf, truncateText } from './text-cell.js';

/** What a cell is computed from. One object is reused for all cells of a file, to allocate nothing per cell. */
export interface CellContext {
  order: Order;
  line: object | null;
  /** Number of the line among the lines that are written, from 1. */
  lineNumber: number;
  lineCount: number;
  /** Null while an order is rendered on its own: file-level cells are empty then. */
  file: FileContext | null;
}

export type Cell = (at: CellContext) => string;

export interface CompiledColumn {
  readonly name: string;
  readonly cell: Cell;
  /** Whether the cell depends on the line; the others are computed once per order. */
  readonly perLine: boolean;
  /** Part of what {@link ThreePl.render} returns: no file-level column and not `compare: false`. */
  readonly compared: boolean;
  /** A number as it stands: not quoted with `quoting: text`. */
  readonly bare: boolean;
}

/** Turns a checked column into one function. The function throws {@link RenderError} where a policy holds the order. */
export function compileColumn(column: Column, file: FileFormat): CompiledColumn {
  const parts = partsOf(column);
  const ofFile = isFileColumn(column);
  const cell = finish(column, sourceCell(column, file), file);
  return {
    name: column.name,
    cell: ofFile ? (at) => (at.file === null ? '' : cell(at)) : cell,
    perLine: parts.some((part) => part.kind === 'field' && part.field.table === 'line'),
    compared: column.compare && !ofFile,
    bare: column.source.kind !== 'join' && isBare(column.source),
  };
}

function isBare(part: Part): boolean {
  if (part.kind === 'constant') return part.bare;
  if (part.map !== null || part.allPayments !== null) return false;
  return part.number !== null || part.field.type === 'number' || part.field.type === 'bit';
}

function sourceCell(column: Column, file: FileFormat): Cell {
  const { source } = column;
  if (source.kind !== 'join') return partCell(source, column, file);
  const cells = source.parts.map((part) => partCell(part, column, file));
  return (at) => {
    let text = '';
    for (const cell of cells) {
      const part = cell(at);
      if (part !== '') text = text === '' ? part : text + source.separator + part;
    }
    return text;
  };
}

function partCell(part: Part, column: Column, file: FileFormat): Cell {
  if (part.kind === 'constant') return () => part.text;
  const { field } = part;
  if (field.table === 'file') return fileCell(part, file);
  const write = valueWriter(part, column, file);
  if (field.table !== 'payment') {
    const read = reader(field);
    return (at) => write(read(at));
  }
  const separator = part.allPayments;
  if (separator === null) return ({ order }) => write(columnOf(order.payments[0] ?? null, field.column));
  return ({ order }) =>
    order.payments
      .map((payment) => write(columnOf(payment, field.column)))
      .filter((text) => text !== '')
      .join(separator);
}

function reader({ own, table, column }: Field): (at: CellContext) => FrozenValue {
  if (own) {
    if (table === 'line') return (at) => at.lineNumber;
    if (column === 'lineCount') return (at) => at.lineCount;
    return column === 'status' ? ({ order }) => order.status : ({ order }) => order.type;
  }
  if (table === 'line') return (at) => columnOf(at.line, column);
  return table === 'customer'
    ? ({ order }) => columnOf(order.customer, column)
    : ({ order }) => columnOf(order.row, column);
}

function fileCell(part: FieldPart, file: FileFormat): Cell {
  if (part.field.column === 'number') {
    const { number } = part;
    return (at) => {
      const text = String(at.file?.number ?? '');
      return number === null ? text : (formatNumber(text, number) ?? text);
    };
  }
  const write = instantFormatter(part.date ?? { format: DEFAULT_DATE, zone: file.zone });
  return (at) => (at.file === null ? '' : write(at.file.plannedAt));
}

type Writer = (value: FrozenValue) => string;

function valueWriter(part: FieldPart, column: Column, file: FileFormat): Writer {
  const { field, map, number, date } = part;
  const named = `column "${column.name}" (${fieldText(field)})`;
  if (map !== null) {
    return (value) => {
      const code = codeFor(map, field, value);
      if (code === null)
        throw new RenderError('UNMAPPED', `${named}: no code for ${shown(value)} in its map`);
      return code;
    };
  }
  if (number !== null) {
    return filled(
      remembered((value) => {
        const text = formatNumber(value, number);
        if (text === null) throw new RenderError('BAD_NUMBER', `${named}: the value is no decimal number`);
        return text;
      }),
    );
  }
  if (date !== null) {
    const write = sourceDateFormatter(date);
    return filled((value) => {
      const text = write(String(value));
      if (text === null) throw new RenderError('BAD_DATE', `${named}: the value is no date`);
      return text;
    });
  }
  return (value) => {
    if (typeof value === 'string') return cleanText(value, file.newlines);
    if (value === null) return '';
    return typeof value === 'number' ? String(value) : `0x${Buffer.from(value).toString('hex')}`;
  };
}

/** Leaves empty values empty. */
function filled(write: (value: string | number) => string): Writer {
  return (value) => {
    if (value === null || value instanceof Uint8Array) return '';
    return typeof value === 'string' && value.trim() === '' ? '' : write(value);
  };
}

const MOST_REMEMBERED = 5_000;

/**
 * Remembers the texts of values that come again: quantities, prices and weights mostly do, and exact
 * arithmetic costs 0.8 microseconds each, which was a tenth of a crossing.
 */
function remembered(write: (value: string | number) => string): (value: string | number) => string {
  const known = new Map<string | number, string>();
  return (value) => {
    let text = known.get(value);
    if (text === undefined) {
      text = write(value);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(value, text);
    }
    return text;
  };
}

/** A value of a map's column, for a reason; such columns hold codes, so nothing private is shown. */
function shown(value: FrozenValue): string {
  const text = value === null || value instanceof Uint8Array ? '' : cleanText(String(value), 'space');
  return text === '' ? 'an empty value' : `"${truncateText(text, 40)}"`;
}

/** The policies of a column, in this order: case, encoding, required, formula guard, length. */
function finish(column: Column, cell: Cell, file: FileFormat): Cell {
  const { name, letters, limit, required, guard } = column;
  const { encoding, unencodable } = file;
  const plain = encoding === 'utf-8';
  if (plain && letters === null && limit === null && !required && !guard) return cell;
  return (at) => {
    let text = cell(at);
    if (letters !== null) text = letters === 'upper' ? text.toUpperCase() : text.toLowerCase();
    if (!plain) {
      const fitted = fitEncoding(text, encoding);
      if (fitted.lacking !== null && unencodable === 'hold') {
        const code = fitted.lacking.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
        throw new RenderError('NOT_ENCODABLE', `column "${name}": U+${code} does not exist in ${encoding}`);
      }
      text = fitted.text;
    }
    if (required && text === '')
      throw new RenderError('REQUIRED_EMPTY', `column "${name}" is required and empty`);
    if (guard) text = guardFormula(text);
    if (limit !== null && text.length > limit.max) {
      const length = lengthOf(text);
      if (length > limit.max && limit.over === 'hold') {
        throw new RenderError(
          'TOO_LONG',
          `column "${name}" takes ${limit.max} characters, the value has ${length}`,
        );
      }
      text = truncateText(text, limit.max);
    }
    return text;
  };
}
