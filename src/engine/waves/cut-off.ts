import { DateTime } from 'luxon';
import type { WaveRule } from '../../core/hand-over.js';

/**
 * The newest cut-off at or before an instant (ms), or null when the rule has none. A local time that a
 * spring clock change skips moves forward by the gap (02:30 counts as 03:30); one that autumn repeats counts
 * once, the first time.
 */
export function lastCutOff(rule: WaveRule, nowMs: number): number | null {
  const all = cutOffsAround(rule, nowMs).filter((instant) => instant <= nowMs);
  return all.length === 0 ? null : Math.max(...all);
}

/** The next cut-off after an instant (ms), or null when the rule has none. For `status` and `explain`. */
export function nextCutOff(rule: WaveRule, nowMs: number): number | null {
  const all = cutOffsAround(rule, nowMs).filter((instant) => instant > nowMs);
  return all.length === 0 ? null : Math.min(...all);
}

function cutOffsAround(rule: WaveRule, nowMs: number): number[] {
  const today = DateTime.fromMillis(nowMs, { zone: rule.zone, locale: 'en-US' }).startOf('day');
  return [-1, 0, 1].flatMap((days) =>
    rule.cutOffs.map((time) => {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      return today.plus({ days }).set({ hour, minute }).toMillis();
    }),
  );
}
