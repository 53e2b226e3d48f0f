import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { createProgress, type Progress, pace } from '../../src/app/progress.js';

let shown: string[];
let now: number;

beforeEach(() => {
  shown = [];
  now = Date.parse('2026-11-21T03:00:00Z');
});

function progress(isTTY: boolean, columns = 80): Progress {
  const stderr = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      shown.push(String(chunk));
      done();
    },
  });
  const clock = { now: () => now, sleep: async () => undefined };
  return createProgress(Object.assign(stderr, { isTTY, columns }), clock);
}

const CLEAR = '\r\u001b[2K';

describe('on a terminal', () => {
  test('one line with count, rate and time left, drawn at most ten times a second', () => {
    const one = progress(true);
    one.update('freeze', 0, 40_000);
    for (let i = 1; i <= 20; i++) {
      now += 50;
      one.update('freeze', i * 100, 40_000);
    }
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)).toBe(`${CLEAR}freeze: 2,000 of 40,000, 2,000/s, 19.0 s left`);
  });

  test('disappears at the end', () => {
    const one = progress(true);
    one.update('freeze', 0, null);
    now += 100;
    one.update('freeze', 5, null);
    one.end();
    expect(shown).toEqual([`${CLEAR}freeze: 5, 50/s`, CLEAR]);
  });

  test('a log line is written above it', () => {
    const one = progress(true);
    one.stderr.write('before\n');
    one.update('freeze', 0, null);
    now += 100;
    one.update('freeze', 5, null);
    one.stderr.write('a log line\n');
    expect(shown.join('')).toBe(`before\n${CLEAR}freeze: 5, 50/s${CLEAR}a log line\nfreeze: 5, 50/s`);
  });

  test('never wraps', () => {
    const one = progress(true, 10);
    one.update('a long name', 0, null);
    now += 100;
    one.update('a long name', 5, null);
    expect(shown[0]?.slice(CLEAR.length)).toBe('a long na');
  });
});

describe('elsewhere', () => {
  test('JSON lines, at most one every two seconds', () => {
    const one = progress(false);
    for (let i = 0; i <= 100; i++) {
      one.update('status', i, 100);
      now += 100;
    }
    one.end();
    const records = shown.map((line) => JSON.parse(line));
    expect(records.map((record) => record.done)).toEqual([20, 40, 60, 80, 100]);
    expect(records[0]).toEqual({
      time: '2026-11-21T03:00:02.000Z',
      level: 'info',
      message: 'progress',
      phase: 'status',
      done: 20,
      total: 100,
      perSecond: 10,
      leftMs: 8_000,
    });
  });

  test('what is done within the first interval shows nothing, nor does standing still', () => {
    const one = progress(false);
    one.update('freeze', 0, 10);
    now += 1_999;
    one.update('freeze', 10, 10);
    one.end();
    one.end();
    expect(shown).toEqual([]);
    one.update('status', 1, 10);
    now += 5_000;
    one.update('status', 2, 10);
    now += 5_000;
    one.update('status', 2, 10);
    expect(shown).toHaveLength(1);
  });

  test('a resumed phase does not look fast', () => {
    const one = progress(false);
    one.update('status', 900, 1_000);
    now += 2_000;
    one.update('status', 920, 1_000);
    expect(JSON.parse(shown[0] ?? '')).toMatchObject({ perSecond: 10, leftMs: 8_000 });
  });
});

test('pace says nothing it does not know', () => {
  expect(pace(0, 10, 1_000)).toEqual({ rate: null, leftMs: null });
  expect(pace(5, 10, 0)).toEqual({ rate: null, leftMs: null });
  expect(pace(5, null, 1_000)).toEqual({ rate: 5, leftMs: null });
  expect(pace(5, 4, 1_000)).toEqual({ rate: 5, leftMs: null });
});
