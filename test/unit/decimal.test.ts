import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecimals, formatDecimal, parseDecimal, rescale } from '../../src/core/decimal.js';

describe('decimals', () => {
  it('rounds half away from zero without a binary float', () => {
    const round = (text: string) => formatDecimal(rescale(parseDecimal(text) ?? { units: 0n, scale: 0 }, 2));
    expect(['1.005', '-1.005', '8.3265', '0.004', '-0.004', '999999999999999.9999'].map(round)).toEqual([
      '1.01',
      '-1.01',
      '8.33',
      '0.00',
      '0.00',
      '1000000000000000.00',
    ]);
  });

  it('refuses what is no plain decimal', () => {
    expect(['', '.', '1e5', '1,000', 'NaN', '--1'].map(parseDecimal)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('adds exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.nat(6), fc.nat(6), (a, b, s, t) => {
        const sum = addDecimals({ units: a, scale: s }, { units: b, scale: t });
        const scale = Math.max(s, t);
        expect(sum.units).toBe(a * 10n ** BigInt(scale - s) + b * 10n ** BigInt(scale - t));
      }),
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(8), (units, scale) => {
        expect(parseDecimal(formatDecimal({ units, scale }))).toEqual({ units, scale });
      }),
    );
  });
});
