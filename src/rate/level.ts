import { fromUtcText } from '../core/time.js';
import type { Session } from '../db/database.js';
import { fetchAll, from } from '../db/query.js';

/** What a bucket holds, as it stands in the state database. */
export interface BucketLevel {
  readonly account: string;
  /** Calls in it at `at`. */
  readonly calls: number;
  /** Instant (ms) of the level. */
  readonly at: number;
  /** Nothing leaves before this instant (ms). */
  readonly closedUntil: number;
}

/** The level of every bucket there is; none of them is changed. */
export async function bucketLevels(session: Session): Promise<BucketLevel[]> {
  const rows = await fetchAll<{
    readonly account: string;
    readonly level: number;
    readonly level_utc: string;
    readonly closed_until_utc: string;
  }>(
    session,
    'rate/levels',
    from(session.engine, 'etl.rate_bucket', 'b')
      .orderBy('b.account')
      .select('b.account', 'b.level', 'b.level_utc', 'b.closed_until_utc'),
  );
  return rows.map(({ account, level, level_utc, closed_until_utc }) => ({
    account,
    calls: level / 1_000,
    at: fromUtcText(level_utc),
    closedUntil: fromUtcText(closed_until_utc),
  }));
}
