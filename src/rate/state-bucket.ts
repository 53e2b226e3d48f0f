import { InvariantError } from '../core/errors.js';
import { fromUtcText, toUtcText } from '../core/time.js';
import { type Database, isDuplicateKey, type Parameters, type Session } from '../db/database.js';
import { sql } from '../db/sql.js';
import { type Bucket, newBucket } from './bucket.js';
import type { BucketStore } from './store.js';

interface BucketRow {
  /** Null when the account has no row yet. */
  readonly version: number | null;
  readonly level: number;
  readonly level_utc: string;
  readonly reserve: number;
  readonly closed_until_utc: string;
  readonly owed: number;
  readonly shipment_utc: string;
  readonly acknowledgement_utc: string;
  readonly status_utc: string;
  readonly backfill_utc: string;
  readonly now_utc: string;
}

/** Changes that came between read and write before something must be wrong. */
const MOST_TRIES = 100;

/**
 * A bucket as a row of the state database: processes share it, and a restart finds it as it was. Time is the
 * database's, so machines whose clocks differ agree on the level. Each change is one short transaction.
 */
export function stateBucket(database: Database, account: string): BucketStore {
  return {
    async update(change) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const outcome = await tryUpdate(database, account, change);
        if (outcome !== null) return outcome.result;
      }
      throw new InvariantError(`rate bucket ${account}: changed by others ${MOST_TRIES} times in a row`);
    },
  };
}

/** Null when another process was faster. */
async function tryUpdate<T>(
  database: Database,
  account: string,
  change: (bucket: Bucket, now: number) => readonly [Bucket, T],
): Promise<{ readonly result: T } | null> {
  try {
    return await database.transaction(async (session) => {
      const row = await session.get<BucketRow>(sql(session.engine, 'rate/read'), { account });
      if (row === undefined) throw new InvariantError('rate/read gave no row');
      const now = fromUtcText(row.now_utc);
      const [bucket, result] = change(row.version === null ? newBucket(now) : bucketOf(row), now);
      return (await write(session, account, row.version, bucket)) ? { result } : null;
    });
  } catch (error) {
    // Two first calls at once.
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

async function write(
  session: Session,
  account: string,
  version: BucketRow['version'],
  bucket: Bucket,
): Promise<boolean> {
  const values: Parameters = {
    account,
    level: Math.round(bucket.level),
    level_utc: toUtcText(bucket.at),
    reserve: Math.round(bucket.reserve),
    closed_until_utc: toUtcText(bucket.closedUntil),
    owed: bucket.owed,
    shipment_utc: toUtcText(bucket.waiting.shipment),
    acknowledgement_utc: toUtcText(bucket.waiting.acknowledgement),
    status_utc: toUtcText(bucket.waiting.status),
    backfill_utc: toUtcText(bucket.waiting.backfill),
  };
  if (version === null) return (await session.run(sql(session.engine, 'rate/create'), values)) === 1;
  return (await session.run(sql(session.engine, 'rate/write'), { ...values, version })) === 1;
}

function bucketOf(row: BucketRow): Bucket {
  return {
    level: row.level,
    at: fromUtcText(row.level_utc),
    reserve: row.reserve,
    closedUntil: fromUtcText(row.closed_until_utc),
    owed: row.owed,
    waiting: {
      shipment: fromUtcText(row.shipment_utc),
      acknowledgement: fromUtcText(row.acknowledgement_utc),
      status: fromUtcText(row.status_utc),
      backfill: fromUtcText(row.backfill_utc),
    },
  };
}
