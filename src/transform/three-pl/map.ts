import { z } from 'zod';
import { ORDER_STATUSES, ORDER_TYPES } from '../../core/exigo.js';
import type { FrozenValue } from '../../core/order.js';
import { comparable } from './condition.js';
import { type Faults, oneOf, type Path } from './faults.js';
import { type Field, fieldText } from './fields.js';
import { checkFixedText, type FileFormat } from './file-format.js';
import { canonicalNumber } from './number-format.js';

export const SCALAR = z.union([z.string(), z.number()], {
  error: 'expected a text or a number (put true, false and dates in quotes)',
});

/** A map of values to what the 3PL calls them. */
export interface CodeMap {
  readonly codes: ReadonlyMap<string | null, string>;
  /** For values the map lacks; null holds the order. */
  readonly otherwise: string | null;
}

/** The 3PL's code for a value; null when the map lacks it and holds the order. */
export function codeFor(map: CodeMap, field: Field, value: FrozenValue): string | null {
  return map.codes.get(comparable(value, field)) ?? map.otherwise;
}

/** Reads `map` and `otherwise` (`hold`, the default, or a value). */
export function readCodeMap(
  raw: Readonly<Record<string, string | number>>,
  otherwise: string | number | undefined,
  field: Field,
  path: Path,
  { faults, file }: { readonly faults: Faults; readonly file: FileFormat },
): CodeMap {
  const codes = new Map<string | null, string>();
  if (field.type === 'date')
    faults.add([...path, 'map'], `${fieldText(field)} is a date and cannot be mapped`);
  for (const [key, code] of Object.entries(raw)) {
    const at = [...path, 'map', key];
    const form = keyForm(key, field);
    if (typeof form === 'object' && form !== null) faults.add(at, form.fault);
    else if (codes.has(form)) faults.add(at, 'names the same value as an entry before it');
    else codes.set(form, String(code));
    checkFixedText(String(code), file, at, faults);
  }
  if (codes.size === 0 && Object.keys(raw).length === 0) faults.add([...path, 'map'], 'is empty');
  if (otherwise !== undefined) checkFixedText(String(otherwise), file, [...path, 'otherwise'], faults);
  return { codes, otherwise: otherwise === undefined || otherwise === 'hold' ? null : String(otherwise) };
}

function keyForm(key: string, field: Field): string | null | { readonly fault: string } {
  if (key.trim() === '') return null;
  switch (field.type) {
    case 'number':
      return canonicalNumber(key) ?? { fault: `${fieldText(field)} is a number, "${key}" is none` };
    case 'bit':
      return BITS[key.toLowerCase()] ?? { fault: `${fieldText(field)} is 0 or 1, not "${key}"` };
    case 'status':
      return ORDER_STATUSES.some((one) => one === key)
        ? key.toLowerCase()
        : { fault: oneOf(key, ORDER_STATUSES) };
    case 'type':
      return ORDER_TYPES.some((one) => one === key) ? key.toLowerCase() : { fault: oneOf(key, ORDER_TYPES) };
    default:
      return comparable(key, field);
  }
}

const BITS: Readonly<Record<string, string>> = { '0': '0', '1': '1', false: '0', true: '1' };
