import { TransientError } from '../../src/core/errors.js';
import type { Priority, RateGate } from '../../src/core/rate.js';
import { take } from '../../src/rate/bucket.js';
import type { BucketStore } from '../../src/rate/store.js';
import { VendorBucket } from '../../src/standins/godatafeed/bucket.js';
import type { EventClock } from './event-clock.js';

export const LIMITS = { size: 50, perSecond: 2 };

/** Asks a bucket for one call so many times; how often there was room. */
export async function takeOften(store: BucketStore, times: number): Promise<number> {
  const one = { shipment: 0, acknowledgement: 0, status: 1, backfill: 0 };
  let got = 0;
  for (let i = 0; i < times; i++) {
    got += await store.update((bucket, now) => {
      const taken = take(bucket, LIMITS, now, one, 1);
      return [taken.bucket, taken.granted.length];
    });
  }
  return got;
}

export interface Latency {
  /** Milliseconds each way, the shortest and the longest. */
  readonly from: number;
  readonly to: number;
}

/** A vendor over a wire with delays, on a simulated clock; what it took is in `arrivals`. */
export class SimulatedVendor {
  readonly bucket = new VendorBucket(50, 2);
  readonly arrivals: { readonly at: number; readonly priority: Priority }[] = [];
  /** Calls of ours that were answered 429. */
  refused = 0;
  private seed = 7;

  constructor(
    private readonly clock: EventClock,
    private readonly latency: Latency = { from: 20, to: 20 },
    private readonly retryAfter = true,
  ) {}

  /** One call through the gate; resolves when it is answered. */
  call(gate: RateGate, priority: Priority): Promise<void> {
    return gate.pass(priority, async () => {
      await this.clock.sleep(this.delay());
      const at = this.clock.now();
      const fits = this.bucket.take(at);
      const wait = this.bucket.retryAfter(at);
      if (fits) this.arrivals.push({ at, priority });
      else this.refused++;
      await this.clock.sleep(this.delay());
      if (fits) return;
      const retryAfterMs = this.retryAfter ? wait * 1_000 : undefined;
      throw new TransientError('HTTP_429', 'too many requests', { retryAfterMs });
    });
  }

  async calls(gate: RateGate, priority: Priority, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.call(gate, priority)));
  }

  /** Another client that nobody told us of: a call every so often, which tries again when there is no room. */
  async foreign(count: number, everyMs: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.bucket.take(this.clock.now())) left--;
      await this.clock.sleep(everyMs);
    }
  }

  /** Repeatable, evenly spread: Lehmer's generator. */
  private delay(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.latency.from + (this.seed % (this.latency.to - this.latency.from + 1));
  }
}

/** The shortest time (ms) in which N calls fit when M others come, and the time that is allowed. */
export function bound(calls: number, foreign = 0): { readonly least: number; readonly most: number } {
  const least = (Math.max(0, calls + foreign - 50) / 2) * 1_000;
  return { least, most: least * 1.01 + 2_000 };
}
