import { MINUTE } from '../../core/clock.js';

/**
 * Of what has no kind below, in milliseconds: a freeze of a million rows, the vendor's queue.Refresh, a migration and
 * the pruning of a year may take minutes, a COMMIT waits for a second copy of the database. Nothing takes longer.
 */
export const LONGEST = 30 * MINUTE;

/**
 * By the folder of the statement. These wait for locks for 20 s at most (settings.ts) and touch few rows: one that
 * takes longer gets no answer any more, and a run that waits for it holds up the next.
 */
const LIMITS: Readonly<Record<string, number>> = {
  /** One row each. */
  lease: MINUTE,
  rate: MINUTE,
  /** Pages of 500 items, or the items of one batch counted. */
  ledger: 5 * MINUTE,
  reads: 5 * MINUTE,
};

/** How long a statement may take until it is cancelled; of joined ones (`lease/renew, ledger/batch`) the longest. */
export function limitOf(name: string): number {
  const limits = name.split(', ').map((one) => LIMITS[one.slice(0, one.indexOf('/'))] ?? LONGEST);
  return Math.max(...limits);
}
