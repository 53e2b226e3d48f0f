import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { fromExigoText, toExigoText } from '../../src/core/time.js';
import { freezeStart } from '../../src/queue/freeze/start.js';

const RULE = { overlapMs: 15 * MINUTE, tableLagMs: 2 * HOUR, firstRunMs: 24 * HOUR };
const at = (text: string) => `${text}:00.000`;
const start = (watermarks: Readonly<Record<string, string>>, now: string, rule = RULE) =>
  freezeStart(
    new Map(Object.entries(watermarks).map(([table, value]) => [table, at(value)])),
    at(now),
    rule,
  ).slice(0, 16);

describe('the start of a refresh', () => {
  it('is 24 hours ago on the first run', () => {
    expect(start({}, '2026-11-20 12:00')).toBe('2026-11-19 12:00');
  });

  it('is 24 real hours ago, or more, when a clock change lies between', () => {
    expect(start({}, '2026-03-08 12:00')).toBe('2026-03-07 11:00');
    expect(start({}, '2026-11-01 12:00')).toBe('2026-10-31 12:00');
  });

  it('is the oldest watermark of the tables, minus the overlap', () => {
    expect(start({ Orders: '2026-11-20 12:00', Payments: '2026-11-20 11:20' }, '2026-11-20 12:10')).toBe(
      '2026-11-20 11:05',
    );
  });

  it('waits for an idle table no longer than the table lag', () => {
    expect(start({ Orders: '2026-11-20 12:00', CustomerSites: '2025-01-01 00:00' }, '2026-11-20 12:10')).toBe(
      '2026-11-20 09:45',
    );
  });

  it('stays where it is while nothing moves', () => {
    expect(start({ Orders: '2026-11-20 12:00' }, '2027-11-20 12:00')).toBe('2026-11-20 11:45');
  });

  it('takes a watermark in the future for now', () => {
    expect(start({ Orders: '2099-01-01 00:00' }, '2026-11-20 12:00')).toBe('2026-11-20 11:45');
    expect(start({ Orders: '2099-01-01 00:00', Payments: '2026-11-20 11:00' }, '2026-11-20 12:00')).toBe(
      '2026-11-20 10:45',
    );
  });
});

describe('when clocks go forward', () => {
  it.each([
    ['2026-03-08 03:05', '2026-03-08 01:50'],
    ['2026-03-08 03:00', '2026-03-08 01:45'],
    ['2026-03-08 03:20', '2026-03-08 03:05'],
    ['2026-03-08 01:59', '2026-03-08 01:44'],
  ])('at %s the overlap is still 15 minutes of time', (now, expected) => {
    expect(start({ Orders: now }, now)).toBe(expected);
  });

  it('waits for a table that stalled across the change as long as at other times', () => {
    expect(start({ Orders: '2026-03-08 04:00', Payments: '2026-03-08 00:30' }, '2026-03-08 04:00')).toBe(
      '2026-03-08 00:45',
    );
  });
});

describe('when clocks go back', () => {
  it.each([
    ['2026-11-01 00:59', '2026-11-01 00:44'],
    ['2026-11-01 01:00', '2026-11-01 00:45'],
    ['2026-11-01 01:40', '2026-11-01 00:45'],
    ['2026-11-01 02:00', '2026-11-01 00:45'],
    ['2026-11-01 02:14', '2026-11-01 00:45'],
    ['2026-11-01 02:15', '2026-11-01 02:00'],
  ])('at %s the whole repeated hour is taken while it can be meant', (now, expected) => {
    expect(start({ Orders: now }, now)).toBe(expected);
  });

  it('does not trust a watermark of the first pass in the second', () => {
    expect(start({ Orders: '2026-11-01 01:55' }, '2026-11-01 01:05')).toBe('2026-11-01 00:45');
  });

  it('goes past the repeated hour with a long overlap', () => {
    expect(
      start({ Orders: '2026-11-01 02:20' }, '2026-11-01 02:20', { ...RULE, overlapMs: 90 * MINUTE }),
    ).toBe('2026-11-01 00:50');
  });

  it.each(['2026-10-31 23:00:00.000', '2026-03-07 23:00:00.000'])(
    'never begins later than the overlap before any moment of the night from %s on',
    (evening) => {
      const begin = fromExigoText(evening);
      for (let minute = 0; minute < 6 * 60; minute++) {
        const now = begin + minute * MINUTE;
        const text = toExigoText(now).slice(0, 16);
        // A row written 15 minutes ago, by the clock on the wall of then.
        expect(start({ Orders: text }, text) <= toExigoText(now - 15 * MINUTE).slice(0, 16)).toBe(true);
      }
    },
  );
});
