/** A week of quarter-hourly cycles with everything that goes wrong; `npm run soak` has three months. */
import { describe, expect, it } from 'vitest';
import { OUTAGES } from './outages.js';
import { soak } from './soak.js';

const DAYS = 7;

describe('a week without a hand', () => {
  it('has every order once, or held with the truth, and alerts that equal what was out of order', async () => {
    // The hour that autumn repeats is in it.
    const week = await soak({ days: DAYS, seed: 1, from: Date.parse('2026-10-28T05:00:00Z') });
    expect(week.findings).toEqual([]);
    // Otherwise nothing would have been tried.
    expect(week.orders).toBeGreaterThan(200);
    expect(week.sales).toBeGreaterThan(100);
    expect([...week.outages.keys()].sort()).toEqual([...OUTAGES].sort());
    expect([...week.mishaps.keys()].sort()).toEqual(['held-up', 'killed', 'stopped']);
    expect(week.incidents).toBeGreaterThan(5);
    expect(week.alerts).toBeGreaterThanOrEqual(week.incidents);
  }, 1_200_000);
});
