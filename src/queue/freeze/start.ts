import { fromExigoText, repeatedHourStart, shiftLocalText, toExigoText } from '../../core/time.js';

export interface StartRule {
  readonly overlapMs: number;
  readonly tableLagMs: number;
  readonly firstRunMs: number;
}

/**
 * The typed start given to `queue.Refresh`, in US Central text. Pure.
 *
 * Each table has its own watermark, the greatest stamp seen in it, because tables replicate one by one; the
 * start is the oldest of them. A table that does not move (CustomerSites, most days) would hold it back for
 * ever, so it does so by at most `tableLagMs`; what a table that stalled longer brings is found by the sweep.
 */
export function freezeStart(
  watermarks: ReadonlyMap<string, string>,
  exigoNow: string,
  rule: StartRule,
): string {
  const known = [...watermarks.values()].map((value) => (value < exigoNow ? value : exigoNow));
  const newest = known.reduce((a, b) => (a > b ? a : b), '');
  if (newest === '') return earlier(exigoNow, rule.firstRunMs);
  const floor = earlier(newest, rule.tableLagMs);
  const oldest = known.map((value) => (value > floor ? value : floor)).reduce((a, b) => (a < b ? a : b));
  return beforeOverlap(oldest, rule.overlapMs);
}

/**
 * The overlap before a watermark, in US Central text. While the time lies in the repeated autumn hour, stamps
 * of its two passes cannot be told apart: then it is the overlap before the beginning of that hour.
 */
export function beforeOverlap(watermark: string, overlapMs: number): string {
  const start = earlier(watermark, overlapMs);
  const repeated = repeatedHourStart(watermark) ?? repeatedHourStart(start);
  return repeated === null ? start : earlier(repeated, overlapMs);
}

/**
 * At least so much earlier both by the clock on the wall and in elapsed time. At 03:05 after the spring change
 * 15 minutes earlier by the wall is 02:50, which leaves out 01:50 to 02:00, the last real minutes before it.
 */
function earlier(text: string, ms: number): string {
  const wall = shiftLocalText(text, -ms);
  const elapsed = toExigoText(fromExigoText(text) - ms);
  return wall < elapsed ? wall : elapsed;
}
