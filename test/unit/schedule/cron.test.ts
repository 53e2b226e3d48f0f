import { createRequire } from 'node:module';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { cronFault, duesBetween, nextDue, parseCron, zoneFault } from '../../../src/core/cron.js';

// The parser inside node-schedule, which decides when its timers ring.
const require = createRequire(import.meta.url);
const inner = createRequire(require.resolve('node-schedule'))('cron-parser') as {
  parseExpression(
    text: string,
    options: { currentDate: Date; tz: string },
  ): { next(): { getTime(): number } };
};

function dues(text: string, zone: string, from: string, to: string): string[] {
  return duesBetween(parseCron(text, zone), Date.parse(from), Date.parse(to)).map((due) =>
    new Date(due).toISOString().slice(0, 16),
  );
}

describe('cron text', () => {
  it.each([
    ['', '"" has 0 fields; cron text has five: minute hour day month weekday, such as "*/15 * * * *"'],
    [
      '*/15 * * *',
      '"*/15 * * *" has 4 fields; cron text has five: minute hour day month weekday, such as "*/15 * * * *"',
    ],
    ['61 * * * *', '"61 * * * *", minute: 61 is not between 0 and 59'],
    ['0 6 * * MOM', '"0 6 * * MOM", weekday: "MOM" is no weekday; did you mean "MON"?'],
    ['0 6 1 JUNE *', '"0 6 1 JUNE *", month: "JUNE" is no month; did you mean "JUN"?'],
    ['*/0 * * * *', '"*/0 * * * *", minute: "*/0" is no value, list, range or step'],
    ['0 18-6 * * *', '"0 18-6 * * *", hour: "18-6" ends before it begins'],
    ['0 0 31 2 *', '"0 0 31 2 *" names a date that no year has'],
    ['1-2-3 * * * *', '"1-2-3 * * * *", minute: "1-2-3" is no value, list, range or step'],
  ])('%s is refused with what is wrong', (text, message) => {
    expect(cronFault(text)).toBe(message);
  });

  it('takes lists, ranges, steps and names', () => {
    const cron = parseCron('5,10-20/5 8-9 1 jan-mar Mon,7', 'UTC');
    expect(cron.minutes).toEqual([5, 10, 15, 20]);
    expect([...cron.months]).toEqual([1, 2, 3]);
    expect([...cron.weekdays].sort()).toEqual([0, 1]);
    expect(cronFault('0 0 29 2 *')).toBeNull();
  });

  it.each([
    [
      'America/Chicgo',
      '"America/Chicgo" is no IANA zone such as America/Chicago or UTC; did you mean "America/Chicago"?',
    ],
    ['local', '"local" is no IANA zone such as America/Chicago or UTC'],
    ['UTC+3', expect.stringContaining('is no IANA zone')],
  ])('the zone %s is refused', (zone, message) => {
    expect(zoneFault(zone)).toEqual(message);
    expect(zoneFault('America/Chicago')).toBeNull();
    expect(zoneFault('UTC')).toBeNull();
  });
});

describe('clock changes, America/Chicago', () => {
  const SPRING = ['2026-03-08T05:59:59Z', '2026-03-09T04:59:59Z'] as const;
  const AUTUMN = ['2026-11-01T04:59:59Z', '2026-11-02T05:59:59Z'] as const;

  it.each([
    ['*/15 * * * *', 92],
    ['7 * * * *', 23],
    ['30 2 * * *', 1],
    ['*/15 2 * * *', 4],
    ['0 3 * * *', 1],
  ])('in spring, a day of 23 hours, %s runs %i times', (text, times) => {
    expect(dues(text, 'America/Chicago', ...SPRING)).toHaveLength(times);
  });

  it.each([
    ['*/15 * * * *', 100],
    ['7 * * * *', 25],
    ['30 1 * * *', 1],
    ['*/15 1 * * *', 4],
    ['0 3 * * *', 1],
  ])('in autumn, a day of 25 hours, %s runs %i times', (text, times) => {
    expect(dues(text, 'America/Chicago', ...AUTUMN)).toHaveLength(times);
  });

  it('a skipped time counts when the clocks show it instead, a repeated one the first time', () => {
    expect(dues('30 2 * * *', 'America/Chicago', ...SPRING)).toEqual(['2026-03-08T08:30']);
    expect(dues('30 1 * * *', 'America/Chicago', ...AUTUMN)).toEqual(['2026-11-01T06:30']);
  });

  it('holds where half an hour is repeated (Lord Howe)', () => {
    const day = ['2026-04-04T12:59:59Z', '2026-04-05T13:29:59Z'] as const;
    expect(dues('*/30 * * * *', 'Australia/Lord_Howe', ...day)).toHaveLength(49);
  });
});

const field = (from: number, to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 2, max: 20 }).map((n) => `*/${n}`),
    fc.integer({ min: from, max: to }).map(String),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
const pattern = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((fields) => fields.join(' '))
  // Theirs takes 0-6 for a restriction, so that "0 0 1 * 0-6" would be due every day.
  .filter((text) => !text.endsWith(' 0-6'));
const ZONES = ['UTC', 'America/Chicago', 'Europe/Paris', 'Asia/Kolkata', 'Australia/Sydney'];
const instant = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });

describe('against the parser that node-schedule has', () => {
  it('both name the same instants, away from the clock changes', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...ZONES), instant, (text, zone, from) => {
        const own = nextDue(parseCron(text, zone), from);
        fc.pre(own !== null && steady(zone, from) && steady(zone, own));
        const theirs = inner
          .parseExpression(text, { currentDate: new Date(from), tz: zone })
          .next()
          .getTime();
        fc.pre(own === theirs || steady(zone, theirs));
        expect([text, zone, new Date(own ?? 0)]).toEqual([text, zone, new Date(theirs)]);
      }),
      { numRuns: 300 },
    );
  });

  it('instants grow, none comes twice, and a pieced interval has those of the whole', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...ZONES), instant, fc.nat(30), (text, zone, from, hours) => {
        const cron = parseCron(text, zone);
        const [middle, to] = [from + hours * HOUR, from + 31 * HOUR];
        const whole = duesBetween(cron, from, to);
        expect(whole).toEqual([...new Set(whole)].sort((a, b) => a - b));
        expect([...duesBetween(cron, from, middle), ...duesBetween(cron, middle, to)]).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

/** No clock change within two days. */
function steady(zone: string, at: number): boolean {
  const offset = (ms: number) => DateTime.fromMillis(ms, { zone }).offset;
  return offset(at - 2 * DAY) === offset(at + 2 * DAY);
}
