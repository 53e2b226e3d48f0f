import { CUSTOMERS, ORDER_DETAILS, ORDERS, PAYMENTS } from '../../core/exigo-tables.js';
import { didYouMean } from '../../core/text.js';

/**
 * What a template may name. `order`, `line`, `customer` and `payment` are the frozen rows with the
 * vendor's column names, plus a few values of ours ({@link OWN_FIELDS}); `file` is what is fixed about a file.
 */
export type FieldTable = 'order' | 'line' | 'customer' | 'payment' | 'file';

/** How the values of a field compare and format; `unknown` for columns outside the documented list. */
export type FieldType = 'number' | 'bit' | 'text' | 'date' | 'status' | 'type' | 'unknown';

export interface Field {
  readonly table: FieldTable;
  readonly column: string;
  readonly type: FieldType;
  /** Not a column of a row but a value of ours, such as `line.number`. */
  readonly own: boolean;
}

const OWN_FIELDS: Readonly<Record<FieldTable, Readonly<Record<string, FieldType>>>> = {
  order: { status: 'status', type: 'type', lineCount: 'number' },
  line: { number: 'number' },
  customer: {},
  payment: {},
  file: { number: 'number', date: 'date' },
};

const COLUMNS: Readonly<Record<FieldTable, Readonly<Record<string, string>>>> = {
  order: ORDERS,
  line: ORDER_DETAILS,
  customer: CUSTOMERS,
  payment: PAYMENTS,
  file: {},
};

const TABLES = Object.keys(COLUMNS) as FieldTable[];

/** `order.City`, or `order["LoyaltyTier"]` for a column that is not in the documented list. */
const REFERENCE = /^(\w+)(?:\.(\w+)|\[(?:"([^"\]]+)"|'([^'\]]+)')\])$/;

/** The field a reference names, or the reason why it names none. */
export function parseField(reference: string): Field | string {
  const match = REFERENCE.exec(reference.trim());
  if (match === null) return `"${reference}" is not a field${hint(reference)}`;
  const [, tableName = '', plain, quoted, singleQuoted] = match;
  const table = TABLES.find((one) => one === tableName);
  if (table === undefined) {
    return `"${reference}": a field begins with one of ${TABLES.join(', ')}${didYouMean(tableName, TABLES)}`;
  }
  const extra = quoted ?? singleQuoted;
  if (extra !== undefined && table === 'file') return `"${reference}": write file.number or file.date`;
  return namedField(table, plain ?? extra ?? '', extra !== undefined);
}

/** A column of one table; `extra` allows one that is not in the documented list. */
export function namedField(table: FieldTable, column: string, extra = false): Field | string {
  const own = Object.hasOwn(OWN_FIELDS[table], column) ? OWN_FIELDS[table][column] : undefined;
  if (own !== undefined && !extra) return { table, column, type: own, own: true };
  const declared = Object.hasOwn(COLUMNS[table], column) ? COLUMNS[table][column] : undefined;
  if (declared === undefined) {
    if (extra) return { table, column, type: 'unknown', own: false };
    return `no column "${column}" in ${table}${nearestOrExtra(table, column)}`;
  }
  const type = typeOf(declared);
  if (type === null) return `${table}.${column} is binary and cannot be put into a file`;
  return { table, column, type, own: false };
}

/** `order.City`, as the template writes it. */
export function fieldText(field: Field): string {
  return field.type === 'unknown' ? `${field.table}["${field.column}"]` : `${field.table}.${field.column}`;
}

function knownColumns(table: FieldTable): string[] {
  return [...Object.keys(OWN_FIELDS[table]), ...Object.keys(COLUMNS[table])];
}

function nearestOrExtra(table: FieldTable, column: string): string {
  const nearest = didYouMean(column, knownColumns(table));
  if (nearest !== '' || table === 'file') return nearest;
  return `; a column of your own database is written ${table}["${column}"]`;
}

function hint(reference: string): string {
  const column = reference.trim();
  const table = TABLES.find((one) => knownColumns(one).includes(column));
  if (table !== undefined) return `; did you mean "${table}.${column}"?`;
  return '; write order.City, line.ItemCode, customer.Email, payment.Amount or file.number';
}

function typeOf(declared: string): FieldType | null {
  const base = declared.replace(/\?$/, '').replace(/\(.*$/, '');
  if (base === 'int' || base === 'money') return 'number';
  if (base === 'bit') return 'bit';
  if (base === 'datetime') return 'date';
  return base === 'varbinary' ? null : 'text';
}
