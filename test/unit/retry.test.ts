import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  FreezeError,
  InvariantError,
  LeaseLostError,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
} from '../../src/core/errors.js';
import { CALL_RETRY, classOf, MOST_ASKED, retryDelay } from '../../src/core/retry.js';

const attempt = fc.integer({ min: 1, max: 10_000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const limits = fc
  .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e8 }))
  .map(([firstMs, more]) => ({ firstMs, mostMs: firstMs + more }));
const asking = (retryAfterMs: number) => new TransientError('HTTP_503', 'busy', { retryAfterMs });

describe('the pause between two tries', () => {
  it('grows with every try, whatever the chance of it', () => {
    fc.assert(
      fc.property(attempt, limits, chance, (tries, within, by) => {
        const [now, next] = [tries, tries + 1].map((one) => retryDelay(one, within, () => by));
        expect(next).toBeGreaterThanOrEqual(now ?? 0);
      }),
    );
  });

  it('stays within its limits: at most a quarter is taken off', () => {
    fc.assert(
      fc.property(attempt, limits, chance, (tries, within, by) => {
        const delay = retryDelay(tries, within, () => by);
        const grown = Math.min(within.firstMs * 2 ** Math.min(tries - 1, 30), within.mostMs);
        expect(delay).toBeLessThanOrEqual(grown);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(grown * 0.75));
      }),
    );
  });

  it('spreads what failed together', () => {
    const delays = [0, 0.25, 0.5, 0.75].map((by) => retryDelay(3, CALL_RETRY, () => by));
    expect(delays).toEqual([8_000, 7_500, 7_000, 6_500]);
  });

  it('is never shorter than what the server asks for, up to a day', () => {
    fc.assert(
      fc.property(attempt, limits, chance, fc.integer({ min: 0, max: 1e12 }), (tries, within, by, asked) => {
        const delay = retryDelay(tries, within, () => by, asking(asked));
        expect(delay).toBe(Math.min(asked, MOST_ASKED));
      }),
    );
  });

  it('is the same for the same chance, and asks for one number alone', () => {
    fc.assert(
      fc.property(attempt, limits, chance, (tries, within, by) => {
        let asked = 0;
        const random = () => {
          asked++;
          return by;
        };
        expect(retryDelay(tries, within, random)).toBe(retryDelay(tries, within, () => by));
        expect(asked).toBe(1);
      }),
    );
  });
});

describe('the class of an error', () => {
  it.each([
    [new TransientError('BUSY', ''), 'transient'],
    [new UnreachableError(''), 'transient'],
    [new UnknownOutcomeError('CUT', ''), 'unknown'],
    [new TerminalError('NO', ''), 'terminal'],
    [new ConfigurationError(''), 'configuration'],
    [new FreezeError('REFRESH_SHORT', ''), 'transient'],
    [new StoppedError(), 'ours'],
    [new LeaseLostError(''), 'ours'],
    [new InvariantError(''), 'bug'],
    [new TypeError(''), 'bug'],
  ])('%o', (error, expected) => {
    expect(classOf(error)).toBe(expected);
  });
});
