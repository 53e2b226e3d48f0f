import { DateTime, IANAZone } from 'luxon';
import { MINUTE } from '../../core/clock.js';
import { formatDecimal, parseDecimal } from '../../core/decimal.js';
import { ORDER_STATUSES, type OrderStatus, statusName } from '../../core/exigo.js';
import { EXIGO_ZONE, fromExigoText, toUtcText } from '../../core/time.js';
import type { Json } from '../../http/json.js';

/** Instant (ms) as Exigo writes dates in requests: US Central with its offset, `2024-11-13T00:00:00-06:00`. */
export function toExigoDate(ms: number): string {
  const date = DateTime.fromMillis(ms, { zone: EXIGO_ZONE, locale: 'en-US' });
  return date.toISO({ suppressMilliseconds: true }) ?? '';
}

/**
 * A date of a reply to an instant (ms). With an offset it says so itself; without one it is US Central
 * (the earlier of the two in the repeated autumn hour). Null for none, also for the year 1 that .NET
 * writes for an empty date, and for text that is no date.
 */
export function fromExigoDate(value: Json | undefined): number | null {
  if (typeof value !== 'string' || value.startsWith('0001-')) return null;
  const text = value.trim().replace(' ', 'T');
  const ms = HAS_OFFSET.test(text) ? DateTime.fromISO(text).toMillis() : fromExigoText(text);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * A date of a reply as the sync database has it, US Central text. Null for none; undefined for text that is no date.
 * With an offset the instant counts, so either pass of the repeated autumn hour reads as it did there.
 */
export function centralText(value: Json): string | null | undefined {
  if (value === null || value === '' || String(value).startsWith('0001-')) return null;
  const match = typeof value === 'string' ? DATE_FORM.exec(value.trim()) : null;
  if (match === null) return undefined;
  const [, day = '', time = '00:00:00', fraction = '', offset] = match;
  const local = `${day} ${time}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const wall = Date.parse(`${local.replace(' ', 'T')}Z`);
  if (Number.isNaN(wall)) return undefined;
  if (offset === undefined) return local;
  // Within an hour the clocks of US Central do not change, unless the offset is a broken one.
  const whole = /(:00|z)$/i.test(offset);
  const shift = shiftOf(whole ? `${local.slice(0, 13)}:00` : local.slice(0, 16), offset);
  if (shift === 0) return local;
  return Number.isNaN(shift) ? undefined : toUtcText(wall + shift);
}

const shifts = new Map<string, number>();
const MOST_SHIFTS = 50_000;

/** From a minute with this offset to US Central, in milliseconds; remembered. */
function shiftOf(minute: string, offset: string): number {
  const key = `${minute}${offset}`;
  let shift = shifts.get(key);
  if (shift === undefined) {
    if (shifts.size >= MOST_SHIFTS) shifts.clear();
    const local = minute.replace(' ', 'T');
    const instant = Date.parse(`${local}:00${offset.toUpperCase()}`);
    shift = instant - Date.parse(`${local}:00Z`) + CENTRAL.offset(instant) * MINUTE;
    shifts.set(key, shift);
  }
  return shift;
}

const DATE_FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?)?$/i;
const CENTRAL = IANAZone.create(EXIGO_ZONE);

const HAS_OFFSET = /T.*(Z|[+-]\d\d:?\d\d)$/i;

/** Status of a reply: by name in any case and either spelling of Canceled, or by number. */
export function statusOf(value: Json | undefined): OrderStatus | string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = String(value);
  if (/^\d+$/.test(text)) return statusName(Number(text));
  const lower = text.toLowerCase().replace('cancelled', 'canceled');
  return ORDER_STATUSES.find((name) => name.toLowerCase() === lower) ?? text;
}

const EXPONENT_FORM = /^(-?\d+(?:\.\d+)?)[eE]([+-]?\d{1,2})$/;

/** An amount of a reply as plain decimal text, digits unchanged; null when it is none. */
export function amountOf(value: Json | undefined): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  const match = EXPONENT_FORM.exec(text);
  if (match === null) return parseDecimal(text) === null ? null : text;
  const mantissa = parseDecimal(match[1] ?? '');
  if (mantissa === null) return null;
  const scale = mantissa.scale - Number(match[2]);
  return formatDecimal(
    scale >= 0
      ? { units: mantissa.units, scale }
      : { units: mantissa.units * 10n ** BigInt(-scale), scale: 0 },
  );
}

export function integerOf(value: Json | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}
