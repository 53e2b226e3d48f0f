import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import type { WaveRule } from '../../src/core/hand-over.js';
import { lastCutOff, nextCutOff } from '../../src/engine/waves/cut-off.js';

const rule = (cutOffs: readonly string[], zone: string): WaveRule => ({
  cutOffs,
  zone,
  coolingOffMs: 0,
  maxOrders: 1,
});
const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

describe('cut-offs', () => {
  const berlin = rule(['11:00', '16:30'], 'Europe/Berlin');

  it('has none when the rule has none', () => {
    expect(lastCutOff(rule([], 'UTC'), 0)).toBeNull();
    expect(nextCutOff(rule([], 'UTC'), 0)).toBeNull();
  });

  it.each([
    ['2026-01-15T09:59:59.999Z', '2026-01-14T15:30:00.000Z', '2026-01-15T10:00:00.000Z'],
    ['2026-01-15T10:00:00.000Z', '2026-01-15T10:00:00.000Z', '2026-01-15T15:30:00.000Z'],
    ['2026-01-15T23:30:00.000Z', '2026-01-15T15:30:00.000Z', '2026-01-16T10:00:00.000Z'],
    ['2026-07-15T09:00:00.000Z', '2026-07-15T09:00:00.000Z', '2026-07-15T14:30:00.000Z'],
  ])('at %s the last was %s and the next is %s', (now, last, next) => {
    expect(iso(lastCutOff(berlin, at(now)))).toBe(last);
    expect(iso(nextCutOff(berlin, at(now)))).toBe(next);
  });

  it('keeps its local time across both clock changes', () => {
    const chicago = rule(['16:30'], 'America/Chicago');
    expect(iso(nextCutOff(chicago, at('2026-03-07T22:30:00Z')))).toBe('2026-03-08T21:30:00.000Z');
    expect(iso(nextCutOff(chicago, at('2026-10-31T21:30:00Z')))).toBe('2026-11-01T22:30:00.000Z');
  });

  it('moves a time that spring skips forward by the gap, once', () => {
    const night = rule(['02:30'], 'America/Chicago');
    expect(iso(nextCutOff(night, at('2026-03-08T06:00:00Z')))).toBe('2026-03-08T08:30:00.000Z'); // 03:30 CDT
    expect(iso(nextCutOff(night, at('2026-03-08T08:30:00Z')))).toBe('2026-03-09T07:30:00.000Z');
  });

  it('takes a time that autumn repeats once, the first time', () => {
    const night = rule(['01:30'], 'America/Chicago');
    const first = at('2026-11-01T06:30:00Z'); // 01:30 CDT
    expect(iso(nextCutOff(night, first - 1))).toBe(iso(first));
    expect(iso(lastCutOff(night, first + HOUR))).toBe(iso(first)); // 01:30 CST
    expect(iso(nextCutOff(night, first))).toBe('2026-11-02T07:30:00.000Z');
  });

  it('finds one around every instant, in every zone, and the next of the last is not before now', () => {
    const zones = [
      'America/Chicago',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Pacific/Apia',
      'America/Santiago',
      'UTC',
    ];
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.uniqueArray(time, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
        (zone, cutOffs, now) => {
          const one = rule(cutOffs, zone);
          const last = lastCutOff(one, now) ?? Number.NaN;
          const next = nextCutOff(one, now) ?? Number.NaN;
          expect(last).toBeLessThanOrEqual(now);
          expect(next).toBeGreaterThan(now);
          expect(next - last).toBeLessThanOrEqual(DAY + HOUR + MINUTE);
          expect(lastCutOff(one, last)).toBe(last);
          expect(nextCutOff(one, last)).toBe(next);
        },
      ),
    );
  });
});
