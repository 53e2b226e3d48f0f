import type { Clock } from '../core/clock.js';
import { TransientError } from '../core/errors.js';
import { type Random, READ_RETRY, retryDelay } from '../core/retry.js';

const TIMES = 3;

/**
 * Does work again that failed for a passing reason, each time after a longer pause. Only for a whole transaction, which
 * the server has rolled back, and only for work that may be done again: it acts on nothing but the database and
 * keeps nothing in memory of the time before. An outcome that is unknown is never repeated here.
 */
export async function repeatTransient<T>(
  clock: Clock,
  work: () => Promise<T>,
  random: Random = Math.random,
): Promise<T> {
  for (let time = 1; ; time++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError) || time === TIMES) throw error;
      await clock.sleep(retryDelay(time, READ_RETRY, random, error));
    }
  }
}
