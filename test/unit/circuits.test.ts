import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, type Circuit, CLOSED, mayCall, probing, verdictOn } from '../../src/core/circuits.js';
import { MINUTE } from '../../src/core/clock.js';
import {
  ConfigurationError,
  LeaseLostError,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';

const RULE = { failures: 3, firstMs: 5 * MINUTE, mostMs: 30 * MINUTE };
const none = () => 0;

describe('a circuit', () => {
  it('opens at the third failure in a row, lets one call through after the pause, and closes with an answer', () => {
    let circuit: Circuit = CLOSED;
    for (let i = 0; i < 3; i++) {
      expect(mayCall(circuit, 0)).toBe('yes');
      circuit = afterFailure(circuit, RULE, 0, none);
    }
    expect(circuit).toEqual({ state: 'open', failures: 3, pauses: 1, openedAt: 0, probeAt: 5 * MINUTE });
    expect(mayCall(circuit, 5 * MINUTE - 1)).toBe('no');
    expect(mayCall(circuit, 5 * MINUTE)).toBe('probe');
    const half = probing(circuit, RULE, 5 * MINUTE);
    expect([half.state, mayCall(half, 5 * MINUTE)]).toEqual(['half-open', 'no']);
    // Who had the probe was killed: another one may.
    expect(mayCall(half, 10 * MINUTE)).toBe('probe');
    const again = afterFailure(half, RULE, 6 * MINUTE, none);
    expect(again).toMatchObject({ state: 'open', pauses: 2, openedAt: 0, probeAt: 16 * MINUTE });
  });

  it('never calls more than one time per pause while a system is down, and the pauses are clamped', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 * MINUTE }), { maxLength: 200 }), (steps) => {
        let circuit: Circuit = CLOSED;
        let now = 0;
        let lastProbe: number | null = null;
        for (const step of steps) {
          now += step;
          const may = mayCall(circuit, now);
          if (may === 'no') continue;
          if (may === 'probe') {
            if (lastProbe !== null) expect(now - lastProbe).toBeGreaterThanOrEqual(RULE.firstMs);
            lastProbe = now;
            circuit = probing(circuit, RULE, now);
          }
          circuit = afterFailure(circuit, RULE, now, none);
          if (circuit.probeAt !== null) expect(circuit.probeAt - now).toBeLessThanOrEqual(RULE.mostMs);
        }
      }),
    );
  });
});

describe('what an outcome says of a system', () => {
  it.each([
    [new TransientError('NOT_CONNECTED', ''), 'failed'],
    [new UnknownOutcomeError('TIMEOUT', ''), 'failed'],
    [new TerminalError('HTTP_400', ''), 'answered'],
    [new TransientError('HTTP_429', ''), 'nothing'],
    [new TransientError('RATE_PAUSED', ''), 'nothing'],
    [new TransientError('SYSTEM_DOWN', ''), 'nothing'],
    [new TransientError('MSSQL_1205', ''), 'nothing'],
    [new ConfigurationError(''), 'nothing'],
    [new StoppedError(), 'nothing'],
    [new LeaseLostError(''), 'nothing'],
    [new TypeError(''), 'nothing'],
  ])('%o', (error, verdict) => {
    expect(verdictOn(error)).toBe(verdict);
  });
});
