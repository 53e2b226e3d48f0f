import { repeatedHourStart, shiftLocalText } from '../../core/time.js';

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
 * While the time lies in the repeated autumn hour, stamps of its two passes cannot be told apart: the start
 * is the beginning of that hour, minus the overlap.
 */
export function freezeStart(
  watermarks: ReadonlyMap<string, string>,
  exigoNow: string,
  rule: StartRule,
): string {
  const known = [...watermarks.values()].map((value) => (value < exigoNow ? value : exigoNow));
  const newest = known.reduce((a, b) => (a > b ? a : b), '');
  if (newest === '') return shiftLocalText(exigoNow, -rule.firstRunMs);
  const floor = shiftLocalText(newest, -rule.tableLagMs);
  const oldest = known.map((value) => (value > floor ? value : floor)).reduce((a, b) => (a < b ? a : b));
  const start = shiftLocalText(oldest, -rule.overlapMs);
  const repeated = repeatedHourStart(oldest) ?? repeatedHourStart(start);
  return repeated === null ? start : shiftLocalText(repeated, -rule.overlapMs);
}
