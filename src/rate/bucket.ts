import { type BucketLimits, PRIORITIES, type Priority } from '../core/rate.js';

/**
 * What is known of a vendor's bucket: pure values, as they stand in `etl.rate_bucket`. Levels count thousandths of a
 * call, so that a leak of 2 a second is 2 a millisecond and nothing is rounded.
 */
export interface Bucket {
  /** Thousandths of a call in it at `at`, as far as is known. */
  readonly level: number;
  /** Instant (ms) of the level. */
  readonly at: number;
  /** Nothing leaves before this instant (ms): the server's `Retry-After`. */
  readonly closedUntil: number;
  /** Thousandths of a call kept free at `at` besides, because others were seen to use the bucket. */
  readonly reserve: number;
  /** Calls of higher priority that left while an acknowledgement waited. */
  readonly owed: number;
  /** Until when (ms) somebody, here or in another process, is taken to wait with such a call. */
  readonly waiting: Readonly<Record<Priority, number>>;
}

export type Wanted = Readonly<Record<Priority, number>>;

export interface Taken {
  /** One entry for each call that may leave now, the most urgent first. */
  readonly granted: readonly Priority[];
  /** How long until it is worth asking again for what is left; 0 when nothing is left, or at once. */
  readonly waitMs: number;
  readonly bucket: Bucket;
}

const CALL = 1_000;
/** Kept free: a call that is delayed on its way meets the ones behind it, 2 a second times half a second. */
const MARGIN = CALL;
/** What a 429 adds to the reserve, and how far: the last calls of a burst wait for it, 6 s for a bucket of 50. */
const RESERVE = 4 * CALL;
const MOST_RESERVE = 0.25;
/** A reserve that proves needless is given up within minutes: thousandths of a call per second. */
const RELEASE = 33;
/** After three other calls the next one is an acknowledgement: a quarter. */
const SHARE = 3;
/** A process that has not asked again for this long after its time has gone. */
const GONE_AFTER = 2_000;
/** When others come first: how soon to look again. */
const LOOK_AGAIN = 250;

const NOBODY: Bucket['waiting'] = { shipment: 0, acknowledgement: 0, status: 0, backfill: 0 };

/** A bucket nobody has heard of: taken to be empty, which the gate's slow start finds out to be true or not. */
export function newBucket(now: number): Bucket {
  return { level: 0, at: now, closedUntil: 0, reserve: 0, owed: 0, waiting: NOBODY };
}

/** The level now. A clock that was set back leaks nothing. */
export function levelAt(bucket: Bucket, limits: BucketLimits, now: number): number {
  return Math.max(0, bucket.level - Math.max(0, now - bucket.at) * limits.perSecond);
}

/**
 * Takes room for up to `most` of the wanted calls. Room goes to the most urgent class that anybody waits with, so a
 * process with acknowledgements leaves it to another one that waits with a shipment.
 */
export function take(bucket: Bucket, limits: BucketLimits, now: number, wanted: Wanted, most: number): Taken {
  const reserve = reserveAt(bucket, now);
  const capacity = Math.max(CALL, limits.size * CALL - MARGIN - reserve);
  const left: Record<Priority, number> = { ...wanted };
  const granted: Priority[] = [];
  let level = levelAt(bucket, limits, now);
  let { owed } = bucket;
  let waitMs = 0;
  const waits = (one: Priority) => left[one] > 0 || (wanted[one] === 0 && bucket.waiting[one] > now);

  while (granted.length < most && PRIORITIES.some((one) => left[one] > 0)) {
    if (now < bucket.closedUntil) {
      waitMs = bucket.closedUntil - now;
      break;
    }
    if (level + CALL > capacity) {
      waitMs = Math.ceil((level + CALL - capacity) / limits.perSecond);
      break;
    }
    const acknowledges = waits('acknowledgement');
    const next = acknowledges && owed >= SHARE ? 'acknowledgement' : (PRIORITIES.find(waits) ?? 'backfill');
    if (left[next] === 0) {
      waitMs = LOOK_AGAIN;
      break;
    }
    left[next]--;
    level += CALL;
    granted.push(next);
    if (next === 'acknowledgement') owed = 0;
    else if (acknowledges) owed++;
  }

  const waiting: Record<Priority, number> = { ...bucket.waiting };
  for (const one of PRIORITIES) {
    // What is left waits for room; that of others stays noted until they ask again, or are gone.
    if (left[one] > 0 && waitMs > 0) waiting[one] = now + waitMs + GONE_AFTER;
    else if (wanted[one] > 0) waiting[one] = 0;
  }
  return { granted, waitMs, bucket: { ...bucket, level, at: now, reserve, owed, waiting } };
}

/**
 * The server said 429: whatever was believed, its bucket was full a moment ago. With another client on it, this is the
 * only way to see that one.
 */
export function overflowed(
  bucket: Bucket,
  limits: BucketLimits,
  now: number,
  retryAfterMs: number | undefined,
): Bucket {
  const full = limits.size * CALL;
  const reserve = Math.min(full * MOST_RESERVE, reserveAt(bucket, now) + RESERVE);
  return { ...closed(bucket, limits, now, retryAfterMs), level: full, reserve };
}

function reserveAt(bucket: Bucket, now: number): number {
  const seconds = Math.max(0, now - bucket.at) / 1_000;
  return Math.max(0, Math.round(bucket.reserve - seconds * RELEASE));
}

/** The server asked to wait (429, 503): all processes do. */
export function closed(
  bucket: Bucket,
  limits: BucketLimits,
  now: number,
  retryAfterMs: number | undefined,
): Bucket {
  const closedUntil = Math.max(bucket.closedUntil, now + (retryAfterMs ?? 0));
  return {
    ...bucket,
    level: levelAt(bucket, limits, now),
    at: now,
    reserve: reserveAt(bucket, now),
    closedUntil,
  };
}
