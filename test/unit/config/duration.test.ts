import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationHint, durationText, parseDuration } from '../../../src/app/config/duration.js';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['400d', 34_560_000_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '15', '-5m', '1.5h', '15 m', '15M', '1h30m', 'm', '1e3s', '9999999999d'])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  test('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
        // Nine digits of milliseconds are as many as a duration may have.
        fc.pre(ms < 1e9 || ms % 1_000 === 0);
        expect(parseDuration(durationText(ms))).toBe(ms);
      }),
    );
  });
});

test.each([
  ['15 min', '; did you mean "15m"?'],
  ['24 Hours', '; did you mean "24h"?'],
  ['30days', '; did you mean "30d"?'],
  ['2sec', '; did you mean "2s"?'],
  ['soon', ''],
  ['15', ''],
])('durationHint(%s)', (text, hint) => {
  expect(durationHint(text)).toBe(hint);
});
