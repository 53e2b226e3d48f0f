import type { Clock } from '../core/clock.js';
import { type Bucket, newBucket } from './bucket.js';

/** Where a bucket is kept. */
export interface BucketStore {
  /** Reads, changes and writes it in one act; `now` is the clock of whoever keeps it. */
  update<T>(change: (bucket: Bucket, now: number) => readonly [Bucket, T]): Promise<T>;
}

/** A bucket of this process alone, for a check that changes nothing. */
export function memoryBucket(clock: Clock): BucketStore {
  let bucket = newBucket(clock.now());
  return {
    async update(change) {
      const [next, result] = change(bucket, clock.now());
      bucket = next;
      return result;
    },
  };
}
