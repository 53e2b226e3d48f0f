import { DateTime, IANAZone } from 'luxon';
import { MINUTE } from '../../core/clock.js';
import { didYouMean } from '../../core/text.js';
import { EXIGO_ZONE, fromExigoText, toUtcText } from '../../core/time.js';

export interface DateFormat {
  /** Tokens of {@link DATE_TOKENS}; other characters stand for themselves, `'text'` for any text. */
  readonly format: string;
  readonly zone: string;
}

/** Luxon's tokens without those whose output depends on the machine's language data. */
export const DATE_TOKENS = [
  ...['yyyy', 'yy', 'MMMM', 'MMM', 'MM', 'M', 'dd', 'd', 'EEEE', 'EEE', 'HH', 'H', 'hh', 'h', 'a'],
  ...['mm', 'm', 'ss', 's', 'SSS', 'ZZZ', 'ZZ', 'ooo', 'o', 'WW', 'kkkk', 'X', 'x'],
];

/** Why the format or zone cannot be used, or null. */
export function dateFormatFault(format: string): string | null {
  if (format.trim() === '') return 'a date format cannot be empty';
  if ((format.match(/'/g)?.length ?? 0) % 2 === 1) return `"${format}": a quote ' is not closed`;
  for (const piece of pieces(format)) {
    if (!piece.literal && !DATE_TOKENS.includes(piece.text)) {
      const slip = CASE_SLIPS[piece.text];
      const nearest = slip === undefined ? didYouMean(piece.text, DATE_TOKENS) : `; did you mean "${slip}"?`;
      return `"${piece.text}" in "${format}" is no date token${nearest || "; put plain text in '...'"}`;
    }
  }
  return null;
}

export function zoneFault(zone: string): string | null {
  if (IANAZone.isValidZone(zone)) return null;
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return `no time zone "${zone}"${didYouMean(zone, names) || '; write it as America/Chicago'}`;
}

/** An instant in the format's zone. */
export function instantFormatter({ format, zone }: DateFormat): (ms: number) => string {
  return (ms) => DateTime.fromMillis(ms, { zone, locale: 'en-US' }).toFormat(format);
}

/**
 * Formats the source's US Central text; null when it is no date. Formats of digits alone take a path
 * without luxon (0.6 against 25 microseconds), because a file of 500,000 rows has as many dates.
 */
export function sourceDateFormatter(format: DateFormat): (text: string) => string | null {
  const digits = digitsFormatter(format.format);
  if (digits === null) {
    const write = instantFormatter(format);
    return (text) => {
      const wall = parseWall(text);
      return wall === null ? null : write(fromExigoText(toUtcText(wall)));
    };
  }
  const shift = wallShift(format.zone);
  return (text) => {
    const wall = parseWall(text);
    return wall === null ? null : digits(new Date(wall + shift(wall)));
  };
}

const WALL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?)?$/;

/** Local text as if it were UTC, in ms; null when it is no date. */
function parseWall(text: string): number | null {
  const match = WALL.exec(text.trim());
  if (match === null) return null;
  const [, day = '', minute = '00:00', second = ':00', fraction = ''] = match;
  const ms = Date.parse(`${day}T${minute}${second}${fraction}Z`);
  // Date.parse takes February 30 for March 2.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? null : ms;
}

const QUARTER = 15 * MINUTE;
const MOST_QUARTERS = 10_000;

/**
 * What has to be added to a US Central wall time to get the wall time of the zone. Zones change their
 * offset at quarters of an hour, so one conversion serves all times within one.
 */
function wallShift(zone: string): (wall: number) => number {
  const known = new Map<number, number>();
  return (wall) => {
    if (zone === EXIGO_ZONE && !inSpringGap(wall)) return 0;
    const quarter = Math.floor(wall / QUARTER) * QUARTER;
    let shift = known.get(quarter);
    if (shift === undefined) {
      const local = DateTime.fromMillis(fromExigoText(toUtcText(quarter)), { zone });
      shift = local.toMillis() + local.offset * MINUTE - quarter;
      if (known.size >= MOST_QUARTERS) known.clear();
      known.set(quarter, shift);
    }
    return shift;
  };
}

/** Cheap guess that is never wrong the other way: the gap is 02:00 to 03:00 of a day in spring. */
function inSpringGap(wall: number): boolean {
  const date = new Date(wall);
  return date.getUTCHours() === 2 && date.getUTCMonth() < 5;
}

const pad = (value: number, width: number) => String(value).padStart(width, '0');

const DIGITS: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => pad(date.getUTCFullYear(), 4),
  yy: (date) => pad(date.getUTCFullYear() % 100, 2),
  MM: (date) => pad(date.getUTCMonth() + 1, 2),
  dd: (date) => pad(date.getUTCDate(), 2),
  HH: (date) => pad(date.getUTCHours(), 2),
  mm: (date) => pad(date.getUTCMinutes(), 2),
  ss: (date) => pad(date.getUTCSeconds(), 2),
  SSS: (date) => pad(date.getUTCMilliseconds(), 3),
};

function digitsFormatter(format: string): ((date: Date) => string) | null {
  const writers: (string | ((date: Date) => string))[] = [];
  for (const piece of pieces(format)) {
    const writer = piece.literal ? piece.text : DIGITS[piece.text];
    if (writer === undefined) return null;
    writers.push(writer);
  }
  return (date) => {
    let text = '';
    for (const writer of writers) text += typeof writer === 'string' ? writer : writer(date);
    return text;
  };
}

/** Tokens that mean another thing, or nothing, in the case in which other tools write them. */
const CASE_SLIPS: Readonly<Record<string, string>> = {
  YYYY: 'yyyy',
  YY: 'yy',
  DD: 'dd',
  D: 'd',
  SS: 'ss',
  S: 's',
  A: 'a',
  fff: 'SSS',
};

/** A format taken apart: quoted text, runs of one letter, and what stands between. */
function pieces(format: string): { readonly literal: boolean; readonly text: string }[] {
  return Array.from(format.matchAll(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+/g), (match) =>
    match[1] !== undefined
      ? { literal: true, text: match[1] }
      : { literal: match[2] === undefined, text: match[0] },
  );
}
