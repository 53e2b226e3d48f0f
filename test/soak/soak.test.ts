/** Days of quarter-hourly cycles with outages, lost answers, kills, a full disk and a clock change: nothing lost, nothing twice. */
import { describe, expect, it } from 'vitest';
import { soak } from './soak.js';

const DAYS = 7;

describe('a week without a hand', () => {
  // The first has the repeated hour of autumn in it, the second the hour that spring leaves out.
  it.each([['2026-10-28T05:00:00Z', 1]])(
    `${DAYS} days from %s: every order once, or held with the truth (seed %i)`,
    async (from, seed) => {
      const result = await soak({
        days: DAYS,
        seed,
        from: Date.parse(from),
        onDay: (d, f) => process.stderr.write(`${d} ${JSON.stringify(f)}\n`),
      });
      process.stderr.write(
        JSON.stringify({ ...result, outages: [...result.outages], findings: result.findings.length }) + '\n',
      );
      expect(result.findings).toEqual([]);
    },
    600_000,
  );
});
