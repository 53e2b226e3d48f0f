import { expect, it } from 'vitest';
import { fileNamer, fileNumberReader } from '../../../src/transform/three-pl/file-format.js';

const PLANNED = Date.parse('2026-11-20T23:30:00Z');

it.each([
  'ATL_{date:yyyyMMdd}_{number:000000}.csv',
  'w1-{number:0000}-{date:yyyyMMdd}.csv',
  '{date:yyyyMMdd}{number:000}.txt',
  'orders ({number}).csv',
  "{date:d MMM yyyy}'s {number}.csv",
])('reads the number out of %s', (pattern) => {
  const name = fileNamer(pattern, 'America/Chicago');
  const number = fileNumberReader(pattern, 'America/Chicago');
  for (const one of [1, 57, 1_234_567]) expect(number(name({ number: one, plannedAt: PLANNED }))).toBe(one);
});

it.each(['ATL_20261120_000001.csv.part', 'ATL_2026_000001.csv', 'BOR_20261120_000001.csv', 'notes.txt'])(
  'leaves %s alone',
  (name) => {
    expect(fileNumberReader('ATL_{date:yyyyMMdd}_{number:000000}.csv', 'UTC')(name)).toBeNull();
  },
);
