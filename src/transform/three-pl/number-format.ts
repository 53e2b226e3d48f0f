import { formatDecimal, parseDecimal, rescale } from '../../core/decimal.js';

export interface NumberFormat {
  /** Digits after the point, rounded half away from zero. */
  readonly digits: number;
  /** Drops zeros at the end of the fraction, and the point with the last of them. */
  readonly trim: boolean;
  /** Least digits before the point, filled with zeros. */
  readonly width: number;
  readonly point: '.' | ',';
  /** `none`: written without it. */
  readonly sign: 'keep' | 'none';
}

/** Formats a decimal given as text or number with exact arithmetic; null when it is no plain decimal. */
export function formatNumber(value: string | number, format: NumberFormat): string | null {
  const decimal = parseDecimal(String(value));
  if (decimal === null) return null;
  const text = formatDecimal(rescale(decimal, format.digits));
  const below = text.startsWith('-');
  const sign = below && format.sign === 'keep' ? '-' : '';
  const [whole = '0', fraction = ''] = text.slice(below ? 1 : 0).split('.');
  const kept = format.trim ? fraction.replace(/0+$/, '') : fraction;
  return sign + whole.padStart(format.width, '0') + (kept === '' ? '' : format.point + kept);
}

/** The same text for equal values (`1`, `1.0000`, `+1`), for comparing; null when it is no plain decimal. */
export function canonicalNumber(value: string | number): string | null {
  if (Number.isSafeInteger(value)) return String(value);
  const decimal = parseDecimal(String(value));
  if (decimal === null) return null;
  const text = formatDecimal(decimal);
  return decimal.scale === 0 ? text : text.replace(/0+$/, '').replace(/\.$/, '');
}
