import { z } from 'zod';
import { ORDER_STATUSES, ORDER_TYPES } from '../../core/exigo.js';
import { columnOf, type FrozenValue, type Order } from '../../core/order.js';
import { type Faults, kindOf, oneOf, type Path } from './faults.js';
import { type Field, type FieldTable, namedField, parseField } from './fields.js';
import { canonicalNumber } from './number-format.js';

/** One entry of a `when` or `lines` map. */
interface Test {
  readonly field: Field;
  readonly label: string;
  readonly kind: 'in' | 'not' | 'prefix';
  /** Comparable forms; null stands for an empty value. */
  readonly values: readonly (string | null)[];
  /** `WarehouseID 2 or 3`. */
  readonly text: string;
}

/** A `when` or `lines` map: all of its entries must hold. */
export interface Condition {
  readonly tests: readonly Test[];
  /** For `explain` and reasons: `WarehouseID 2 or 3, Country not US`; `every order` when empty. */
  readonly text: string;
}

type Row = object | null;

/** The value a condition looks at. */
export function valueFor(field: Field, order: Order, line: Row): FrozenValue {
  if (field.own) return field.column === 'status' ? order.status : order.type;
  if (field.table === 'line') return columnOf(line, field.column);
  return columnOf(field.table === 'customer' ? order.customer : order.row, field.column);
}

export function holds(condition: Condition, order: Order, line: Row): boolean {
  return condition.tests.every((test) => passes(test, valueFor(test.field, order, line)));
}

function passes({ field, kind, values }: Test, raw: FrozenValue): boolean {
  const value = comparable(raw, field);
  if (kind === 'prefix') return value !== null && values.some((one) => one !== null && value.startsWith(one));
  const found =
    field.type === 'date' && value !== null
      ? values.some((one) => one !== null && value.startsWith(one))
      : values.includes(value);
  return found === (kind === 'in');
}

/** Equal values in equal form: numbers by value, text trimmed and in lower case, empty as null. */
export function comparable(value: FrozenValue, field: Field): string | null {
  if (value === null || value instanceof Uint8Array) return null;
  if (typeof value === 'number') return canonicalNumber(value) ?? String(value);
  const text = value.trim();
  if (text === '') return null;
  if (field.type === 'date') return text.replace('T', ' ');
  const numeric = field.type === 'number' || field.type === 'bit' || field.type === 'unknown';
  return (numeric ? canonicalNumber(text) : null) ?? text.toLowerCase();
}

/** Reads a `when` map (`home` order) or a `lines` map (`home` line); undefined after noting its faults. */
export function readCondition(
  raw: unknown,
  path: Path,
  home: 'order' | 'line',
  faults: Faults,
): Condition | undefined {
  const map = faults.read(z.record(z.string(), z.unknown()), raw, path);
  if (map === undefined) return undefined;
  const entries = Object.entries(map).map(([key, value]) =>
    readTest(key, value, [...path, key], home, faults),
  );
  const tests = entries.filter((test) => test !== undefined);
  if (tests.length < entries.length) return undefined;
  const text = tests.length === 0 ? `every ${home}` : tests.map((test) => test.text).join(', ');
  return { tests, text };
}

function readTest(
  key: string,
  raw: unknown,
  path: Path,
  home: 'order' | 'line',
  faults: Faults,
): Test | undefined {
  const named = conditionField(key, home);
  const asked = askedFor(raw);
  if (typeof named === 'string') faults.add(path, named);
  if (typeof asked === 'string') faults.add(path, asked);
  if (typeof named === 'string' || typeof asked === 'string') return undefined;
  const field = named.type === 'unknown' ? { ...named, type: guessType(asked) } : named;
  const before = faults.count;
  if (asked.kind === 'prefix' && field.type !== 'text') {
    faults.add(path, `prefix compares text, and ${key} is no text column`);
  }
  const values = asked.scalars.map((scalar) => {
    const value = expected(scalar, field, asked.kind);
    if ('fault' in value) faults.add(path, value.fault);
    return 'fault' in value ? null : value.form;
  });
  if (faults.count > before) return undefined;
  const label = field.table === home ? field.column : key;
  return {
    field,
    label,
    kind: asked.kind,
    values,
    text: `${label} ${WORDS[asked.kind]}${list(asked.scalars)}`,
  };
}

/** A column of the user's own has no declared type: unquoted numbers compare by value, all else as text. */
function guessType(asked: Asked): 'number' | 'text' {
  const numeric = asked.scalars.every((one) => typeof one === 'number' || one === null);
  return numeric && asked.scalars.some((one) => one !== null) ? 'number' : 'text';
}

const WORDS = { in: '', not: 'not ', prefix: 'beginning with ' } as const;

function list(scalars: readonly unknown[]): string {
  return scalars.map((one) => (one === null || one === '' ? 'empty' : String(one))).join(' or ');
}

const ALLOWED: Readonly<Record<'order' | 'line', readonly FieldTable[]>> = {
  order: ['order', 'customer'],
  line: ['line'],
};

function conditionField(key: string, home: 'order' | 'line'): Field | string {
  const field = /^\w+$/.test(key) ? namedField(home, key) : parseField(key);
  if (typeof field === 'string') return field;
  if (!ALLOWED[home].includes(field.table))
    return `a condition here looks at ${ALLOWED[home].join(' or ')} columns`;
  if (field.own && field.type === 'number')
    return `${key} cannot be compared; only columns, status and type can`;
  return field;
}

interface Asked {
  readonly kind: Test['kind'];
  readonly scalars: readonly unknown[];
}

const SHAPE = 'expected a value, a list of values, { not: ... } or { prefix: ... }';

function askedFor(raw: unknown): Asked | string {
  if (raw === undefined) return SHAPE;
  if (raw === null || typeof raw !== 'object') return { kind: 'in', scalars: [raw] };
  if (Array.isArray(raw))
    return raw.length > 0 ? { kind: 'in', scalars: raw } : 'an empty list matches nothing';
  const [entry, ...more] = Object.entries(raw);
  if (entry === undefined || more.length > 0) return SHAPE;
  const [kind, inner] = entry;
  if (kind !== 'not' && kind !== 'prefix') return `${oneOf(kind, ['not', 'prefix'])}`;
  const scalars: unknown[] = Array.isArray(inner) ? inner : [inner];
  return scalars.length > 0 ? { kind, scalars } : 'an empty list matches nothing';
}

type Expected = { readonly form: string | null } | { readonly fault: string };

function expected(scalar: unknown, field: Field, kind: Test['kind']): Expected {
  if (scalar === null || scalar === '') {
    return kind === 'prefix' ? { fault: 'a prefix cannot be empty' } : { form: null };
  }
  if (typeof scalar === 'object') return { fault: `expected a value, got ${kindOf(scalar)}` };
  switch (field.type) {
    case 'number':
      return numberForm(scalar, field);
    case 'bit':
      return bitForm(scalar, field);
    case 'date':
      return typeof scalar === 'string' && DATE.test(scalar)
        ? { form: scalar.replace('T', ' ') }
        : { fault: `${notA('a date', scalar, field)}; write it as 2026-11-21 or "2026-11-21 13:05"` };
    case 'status':
      return nameForm(scalar, ORDER_STATUSES, 'OrderStatusID');
    case 'type':
      return nameForm(scalar, ORDER_TYPES, 'OrderTypeID');
    case 'text':
    case 'unknown':
      return typeof scalar === 'string'
        ? { form: scalar.trim().toLowerCase() }
        : {
            fault: `${field.column} is text: put ${String(scalar)} in quotes (unquoted, 01234 is the number 1234)`,
          };
  }
}

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?$/;

function numberForm(scalar: unknown, field: Field): Expected {
  const form = canonicalNumber(String(scalar));
  return form === null ? { fault: notA('a number', scalar, field) } : { form };
}

function bitForm(scalar: unknown, field: Field): Expected {
  if (scalar === true || scalar === 1 || scalar === '1') return { form: '1' };
  if (scalar === false || scalar === 0 || scalar === '0') return { form: '0' };
  return { fault: notA('true or false', scalar, field) };
}

function nameForm(scalar: unknown, names: readonly string[], column: string): Expected {
  if (typeof scalar !== 'string')
    return { fault: `expected a name, got ${kindOf(scalar)}; ids go by ${column}` };
  return names.includes(scalar) ? { form: scalar.toLowerCase() } : { fault: oneOf(scalar, names) };
}

function notA(what: string, scalar: unknown, field: Field): string {
  return `${field.column} takes ${what}, got ${kindOf(scalar)}`;
}
