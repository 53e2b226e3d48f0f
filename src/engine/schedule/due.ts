import { MINUTE } from '../../core/clock.js';
import { duesBetween } from '../../core/cron.js';
import type { ScheduleEntry } from '../../core/schedule.js';
import { fromUtcText } from '../../core/time.js';
import type { CycleRow, ScheduleRow } from '../../queue/ledger/cycles.js';

/** What has to be done about an entry now. Pure. */
export type Due =
  | { readonly act: 'nothing' }
  /** A clock was ahead of this one: what it decided would keep the entry from running until then. */
  | { readonly act: 'set-back' }
  | {
      readonly act: 'cycle';
      /** Instants (ms) that are due and not decided, oldest first; may be empty. */
      readonly dues: readonly number[];
      readonly asked: boolean;
      /** Cycles that were left: stopped, or perhaps running. */
      readonly left: readonly CycleRow[];
    };

/** Clocks of several hosts may differ by so much and mean nothing. */
const CLOCK_SLACK = 10 * MINUTE;

export function dueNow(
  entry: ScheduleEntry,
  row: ScheduleRow,
  left: readonly CycleRow[],
  nowMs: number,
): Due {
  const decided = fromUtcText(row.decided_utc);
  if (decided > nowMs + CLOCK_SLACK) return { act: 'set-back' };
  const dues = duesBetween(entry.cron, decided, nowMs);
  const asked = row.asked_utc !== null;
  return dues.length === 0 && !asked && left.length === 0
    ? { act: 'nothing' }
    : { act: 'cycle', dues, asked, left };
}
