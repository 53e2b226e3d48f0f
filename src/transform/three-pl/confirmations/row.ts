import type { Answer, ConfirmationRow, FaultyRow, ReadRow } from '../../../core/confirmation.js';
import { parseDecimal } from '../../../core/decimal.js';
import { canonicalNumber } from '../number-format.js';
import { cleanText, truncateText } from '../text-cell.js';
import type { ColumnRef } from './column-ref.js';
import type { ConfirmationColumns, Mapped } from './columns.js';
import { wordOf } from './record-kinds.js';
import type { ConfirmationFormat } from './section.js';
import { dateReader } from './when.js';

/** Where a column is in the fields of a record. */
export type Places = (column: ColumnRef) => number;

export interface Fault {
  readonly code: string;
  readonly fault: string;
}

/** Widths of the columns of `etl.inbox_row`; tracking numbers as Exigo's `nvarchar(50)`. */
const MOST = { order: 200, item: 200, tracking: 50 } as const;
/** Whole digits and digits after the point that a quantity can have. */
const DIGITS = [15, 8] as const;
const MOST_REASON = 1_000;
const MOST_RAW = 4_000;

/** Characters that no cell of ours has, and what bytes become that the encoding does not know. */
const UNDECODABLE = /(?![\t\n\r])[\p{Cc}\ufffd]/u;

/** What not every database keeps in a text. */
const UNKEPT = /[\0\p{Cs}]/gu;

/** What a row says, or what is wrong with it, all of it. Null: the template ignores rows that say this. */
export type RowReader = (
  fields: readonly string[],
  line: number,
  raw: string,
  places: Places,
) => ReadRow | null;

export function faultyRow(
  line: number,
  faults: readonly Fault[],
  raw: string,
): { readonly faulty: FaultyRow } {
  const code = faults[0]?.code ?? 'MALFORMED';
  const fault = faults.map((one) => one.fault).join('; ');
  return { faulty: { line, code, fault, raw: truncateText(raw.replace(UNKEPT, '\ufffd'), MOST_RAW) } };
}

/** Compiles the columns of a kind of file. What comes out is pure. */
export function rowReader(columns: ConfirmationColumns, format: ConfirmationFormat): RowReader {
  const { order, date, tracking } = columns;
  const timeFormat = date?.time === null || date?.time === undefined ? '' : ` ${date.time.format}`;
  const bareDates = date === null ? null : dateReader(date.format, format.zone);
  const dates = date === null ? null : dateReader(`${date.format}${timeFormat}`, format.zone);

  return (fields, line, raw, places) => {
    const faults: Fault[] = [];
    const cell = (column: ColumnRef | null): string => {
      if (column === null) return '';
      const text = fields[places(column)] ?? '';
      if (!UNDECODABLE.test(text)) return cleanText(text, 'space');
      faults.push({
        code: 'UNDECODABLE',
        fault: `${shown(column)} has bytes that are no ${format.encoding} text: ${quoted(text)}`,
      });
      return '';
    };
    const mapped = <T>(map: Mapped<T>, code: string, what: string): T | null => {
      if (map.column === null) return map.otherwise;
      const before = faults.length;
      const text = cell(map.column);
      const found = map.map.get(wordOf(text));
      if (found !== undefined) return found;
      if (map.otherwise !== null && text !== '') return map.otherwise;
      if (faults.length === before && (text !== '' || code === 'UNMAPPED_ANSWER')) {
        faults.push({
          code,
          fault: `the template has no ${what} for ${quoted(text)} of ${shown(map.column)}`,
        });
      }
      return null;
    };

    const answer = mapped<Answer | 'ignore'>(columns.answer, 'UNMAPPED_ANSWER', 'answer');
    if (answer === 'ignore') return null;
    const reference = referenceOf(cell(order.column), order, faults);
    const itemCode = cell(columns.item);
    if (itemCode.length > MOST.item) faults.push(tooLong(columns.item, itemCode, MOST.item));
    const quantity = columns.quantity === null ? null : cell(columns.quantity);
    const amount = quantity === null || quantity === '' ? null : quantityOf(quantity, format.point);
    if (quantity !== null && quantity !== '' && amount === null) {
      faults.push({
        code: 'BAD_QUANTITY',
        fault: `${shown(columns.quantity)}: ${quoted(quantity)} is no quantity`,
      });
    }
    const numbers: string[] = [];
    for (const column of tracking?.columns ?? []) {
      const text = cell(column);
      const parts = tracking?.separator == null ? [text] : text.split(tracking.separator);
      for (const part of parts.map((one) => one.trim())) {
        if (part.length > MOST.tracking) faults.push(tooLong(column, part, MOST.tracking));
        else if (part !== '' && !numbers.includes(part)) numbers.push(part);
      }
    }
    const carrier = columns.carrier === null ? null : mapped(columns.carrier, 'UNMAPPED_CARRIER', 'carrier');
    const shipMethodId = columns.shipMethod === null ? null : shipMethod(columns.shipMethod, cell, mapped);
    const day = date === null ? '' : cell(date.column);
    const time = date?.time == null ? '' : cell(date.time.column);
    const happened =
      day === '' ? null : time === '' ? (bareDates?.(day) ?? null) : (dates?.(`${day} ${time}`) ?? null);
    if (date !== null && (day !== '' || time !== '') && happened === null) {
      const form = time === '' ? date.format : `${date.format}${timeFormat}`;
      faults.push({
        code: 'BAD_DATE',
        fault: `${shown(date.column)}: ${quoted(`${day} ${time}`.trim())} is no date of the form ${form}`,
      });
    }
    const reason = cell(columns.reason);
    if (faults.length > 0 || answer === null) return faultyRow(line, faults, raw);
    const row: ConfirmationRow = {
      line,
      answer,
      reference,
      itemCode: itemCode === '' ? null : itemCode,
      quantity: amount,
      tracking: numbers,
      carrier,
      shipMethodId,
      happened,
      reason: reason === '' ? null : truncateText(reason, MOST_REASON),
    };
    return { row, raw };
  };
}

/** Without a map the cell is the id itself. */
function shipMethod(
  map: Mapped<number>,
  cell: (column: ColumnRef | null) => string,
  mapped: (map: Mapped<number>, code: string, what: string) => number | null,
): number | null {
  if (map.map.size > 0 || map.column === null) return mapped(map, 'UNMAPPED_SHIP_METHOD', 'ship method');
  const text = cell(map.column);
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : mapped(map, 'UNMAPPED_SHIP_METHOD', 'ship method');
}

function referenceOf(text: string, order: ConfirmationColumns['order'], faults: Fault[]): string {
  const reference = order.pattern === null ? text : (order.pattern.exec(text)?.[1] ?? '');
  if (text === '') {
    if (!faults.some(({ code }) => code === 'UNDECODABLE')) {
      faults.push({ code: 'NO_ORDER_NUMBER', fault: `${shown(order.column)} is empty` });
    }
  } else if (reference === '') {
    faults.push({
      code: 'NO_ORDER_NUMBER',
      fault: `${shown(order.column)}: ${quoted(text)} is no order number of the form ${order.pattern?.source}`,
    });
  } else if (reference.length > MOST.order) faults.push(tooLong(order.column, reference, MOST.order));
  return reference;
}

/** Exact, not negative, without zeros at its end; null for anything else. */
function quantityOf(text: string, point: '.' | ','): string | null {
  if (point === ',' && text.includes('.')) return null;
  const plain = point === ',' ? text.replace(',', '.') : text;
  const decimal = parseDecimal(plain);
  if (decimal === null || decimal.units < 0n || decimal.scale > DIGITS[1]) return null;
  const canonical = canonicalNumber(plain);
  return canonical === null || (canonical.split('.')[0] ?? '').length > DIGITS[0] ? null : canonical;
}

function tooLong(column: ColumnRef | null, text: string, most: number): Fault {
  return {
    code: 'TOO_LONG',
    fault: `${shown(column)}: ${quoted(text)} has ${text.length} characters, at most ${most} can be kept`,
  };
}

export function shown(column: ColumnRef | null): string {
  return typeof column === 'number' ? `column ${column}` : `column "${column}"`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
