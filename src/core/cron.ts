import { IANAZone } from 'luxon';
import { DAY, HOUR, MINUTE } from './clock.js';
import { ConfigurationError } from './errors.js';
import { didYouMean } from './text.js';

/** When something is due: five fields of cron text, read on the clocks of a zone. */
export interface Cron {
  readonly text: string;
  /** IANA. */
  readonly zone: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'weekday', from: 0, to: 7, words: WEEKDAYS },
] as const satisfies readonly Field[];

/** 29 February may be eight years away (2096 to 2104). */
const LONGEST_WAIT = 9 * 366;

/** Why a cron text cannot be used, or null. */
export function cronFault(text: string): string | null {
  try {
    parseCron(text, 'UTC');
    return null;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

/** Why a zone cannot be used, or null. */
export function zoneFault(zone: string): string | null {
  if (/\//.test(zone) || zone === 'UTC' ? IANAZone.isValidZone(zone) : false) return null;
  const hint = didYouMean(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return `"${zone}" is no IANA zone such as America/Chicago or UTC${hint}`;
}

/** Throws ConfigurationError with the field that is wrong, and for a date that never comes. */
export function parseCron(text: string, zone: string): Cron {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length || parts[0] === '') {
    const given = parts[0] === '' ? 0 : parts.length;
    throw new ConfigurationError(
      `"${text}" has ${given} fields; cron text has five: minute hour day month weekday, such as "*/15 * * * *"`,
    );
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, i) =>
    parseField(text, field, parts[i] ?? ''),
  );
  const cron: Cron = {
    text: parts.join(' '),
    zone,
    minutes,
    hours,
    days: new Set(days),
    months: new Set(months),
    weekdays: new Set(weekdays.map((day) => day % 7)),
  };
  if (nextDue({ ...cron, zone: 'UTC' }, Date.UTC(2026, 0, 1)) === null) {
    throw new ConfigurationError(`"${text}" names a date that no year has`);
  }
  return cron;
}

function parseField(text: string, field: Field, part: string): number[] {
  const values = new Set<number>();
  for (const one of part.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/([0-9]+))?$/.exec(one) ?? [];
    const [first, last = first, ...more] = range.split('-');
    if (first === undefined || range === '' || more.length > 0 || step === '0') {
      throw fault(text, field, `"${one}" is no value, list, range or step`);
    }
    const all = range === '*';
    const from = all ? field.from : numberOf(text, field, first);
    const to = all ? field.to : numberOf(text, field, last ?? first);
    if (from > to) throw fault(text, field, `"${one}" ends before it begins`);
    const end = step !== undefined && !range.includes('-') ? field.to : to;
    for (let value = from; value <= end; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, field: Field, word: string): number {
  const words = field.words ?? [];
  const named = words.indexOf(word.toUpperCase());
  const value = named >= 0 ? named + field.from : Number(word);
  if (named < 0 && !/^\d{1,2}$/.test(word)) {
    throw fault(text, field, `"${word}" is no ${field.name}${didYouMean(word, words)}`);
  }
  if (value < field.from || value > field.to) {
    throw fault(text, field, `${word} is not between ${field.from} and ${field.to}`);
  }
  return value;
}

function fault(text: string, { name }: Field, what: string): ConfigurationError {
  return new ConfigurationError(`"${text}", ${name}: ${what}`);
}

/** The first due instant (ms) after another one; null when none comes in nine years. */
export function nextDue(cron: Cron, after: number): number | null {
  for (const due of dueAfter(cron, after)) return due;
  return null;
}

/** Due instants (ms) after `from`, up to and with `to`, oldest first. */
export function duesBetween(cron: Cron, from: number, to: number): number[] {
  const dues: number[] = [];
  for (const due of dueAfter(cron, from)) {
    if (due > to) break;
    dues.push(due);
  }
  return dues;
}

/**
 * All due instants after another one. A local time that spring skips counts at the time the clocks show instead
 * (02:30 as 03:30), once, also where that one is due by itself. One that autumn repeats counts the first time
 * alone, but for a pattern of all 24 hours, which goes on through the repeated hour.
 */
function* dueAfter(cron: Cron, after: number): Generator<number> {
  const there = IANAZone.create(cron.zone);
  const local = new Date(after + there.offset(after) * MINUTE);
  const first = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  for (let i = 0; i < LONGEST_WAIT; i++) {
    const midnight = first + i * DAY;
    if (!isDay(cron, new Date(midnight))) continue;
    for (const due of duesOfDay(cron, there, midnight)) if (due > after) yield due;
  }
}

function isDay({ months, days, weekdays }: Cron, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [day, weekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  // As cron has it: when both are restricted, either will do.
  return days.size < 31 && weekdays.size < 7 ? day || weekday : day && weekday;
}

/** `midnight`: what the clocks show at the beginning of the day, as if it were UTC. */
function duesOfDay(cron: Cron, there: IANAZone, midnight: number): number[] {
  const before = there.offset(midnight - DAY) * MINUTE;
  const after = there.offset(midnight + 2 * DAY) * MINUTE;
  const walls = cron.hours.flatMap((hour) =>
    cron.minutes.map((minute) => midnight + hour * HOUR + minute * MINUTE),
  );
  if (before === after) return walls.map((wall) => wall - before);
  const dues = walls.flatMap((wall) => {
    const both = [wall - before, wall - after].filter((one) => one + there.offset(one) * MINUTE === wall);
    const [earlier, later] = [Math.min(...both), Math.max(...both)];
    if (both.length === 0) return [wall - before];
    return cron.hours.length === 24 ? [earlier, later] : [earlier];
  });
  return [...new Set(dues)].sort((a, b) => a - b);
}
