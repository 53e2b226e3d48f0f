import { type Clock, MINUTE, SECOND } from '../core/clock.js';
import { codeOf, StoppedError, TransientError } from '../core/errors.js';
import { type BucketLimits, PRIORITIES, type Priority, type RateGate } from '../core/rate.js';
import { describeDuration } from '../core/time.js';
import { closed, overflowed, type Taken, take, type Wanted } from './bucket.js';
import type { BucketStore } from './store.js';

export interface GateOptions {
  /** The bucket that all processes share. */
  readonly store: BucketStore;
  readonly limits: BucketLimits;
  readonly clock: Clock;
  /** Once aborted, what waits is rejected with StoppedError; what has left is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that is answered 429 this many times is the caller's problem. */
const MAX_TRIES = 5;
/** A server that asks to wait longer than this is left to the next run: a run must not stand still for an hour. */
const LONGEST_PAUSE = 2 * MINUTE;
/** Calls on their way, up to which every good answer doubles what may be on its way; then one more per round. */
const DOUBLING = 4;

interface Entry {
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Lets calls pass at the pace of the bucket. Slow start: what other clients have put into the bucket is not known, so
 * a process begins with one call on its way and opens as answers come; a 429 halves that, half a minute of silence
 * begins anew.
 */
export function rateGate(options: GateOptions): RateGate {
  return new Gate(options);
}

class Gate implements RateGate {
  private readonly queues: Record<Priority, Entry[]> = {
    shipment: [],
    acknowledgement: [],
    status: [],
    backfill: [],
  };
  private onTheWay = 0;
  private window = 1;
  private lastAnswer = Number.NEGATIVE_INFINITY;
  private working = false;
  private wake: () => void = () => undefined;

  constructor(private readonly options: GateOptions) {}

  pass<T>(priority: Priority, call: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let tries = 0;
      const entry: Entry = {
        refuse: reject,
        start: () => {
          tries++;
          this.send(call).then(resolve, (error: unknown) => {
            if (codeOf(error) !== 'HTTP_429' || tries >= MAX_TRIES) return reject(error);
            this.queues[priority].unshift(entry);
            this.work();
          });
        },
      };
      this.queues[priority].push(entry);
      this.work();
    });
  }

  private async send<T>(call: () => Promise<T>): Promise<T> {
    this.onTheWay++;
    try {
      const answer = await call();
      this.open();
      return answer;
    } catch (error) {
      await this.learn(error);
      throw error;
    } finally {
      this.onTheWay--;
      this.lastAnswer = this.options.clock.now();
      this.wake();
    }
  }

  /** An answer that is no 429 had room, whatever else it says. */
  private open(): void {
    const step = this.window < DOUBLING ? 1 : 1 / this.window;
    this.window = Math.min(this.options.limits.size, this.window + step);
  }

  private async learn(error: unknown): Promise<void> {
    const { store, limits } = this.options;
    const wait = error instanceof TransientError ? error.retryAfterMs : undefined;
    if (codeOf(error) === 'HTTP_429') {
      this.window = Math.max(1, Math.floor(this.window / 2));
      await store.update((bucket, now) => [overflowed(bucket, limits, now, wait), null]);
    } else if (wait !== undefined) {
      await store.update((bucket, now) => [closed(bucket, limits, now, wait), null]);
    } else this.open();
  }

  /** One loop per gate, as long as something waits. */
  private work(): void {
    if (this.working) return;
    this.working = true;
    this.loop().then(
      () => {
        this.working = false;
        // A call that came after the loop had looked for the last time.
        if (this.hasWaiting()) this.work();
      },
      (error: unknown) => {
        this.working = false;
        const waiting = PRIORITIES.flatMap((one) => this.queues[one].splice(0));
        for (const entry of waiting) entry.refuse(this.options.signal?.aborted ? new StoppedError() : error);
      },
    );
  }

  private async loop(): Promise<void> {
    const { clock, store, limits, signal } = this.options;
    while (this.hasWaiting()) {
      if (signal?.aborted) throw new StoppedError();
      const silence = clock.now() - this.lastAnswer;
      if (this.onTheWay === 0 && silence > (limits.size / limits.perSecond) * SECOND) this.window = 1;
      const room = Math.floor(this.window) - this.onTheWay;
      if (room <= 0) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      const { granted, waitMs, bucket } = await store.update<Taken>((bucket, now) => {
        const taken = take(bucket, limits, now, this.wanted(), room);
        return [taken.bucket, taken];
      });
      for (const priority of granted) this.queues[priority].shift()?.start();
      if (waitMs > LONGEST_PAUSE && bucket.closedUntil >= bucket.at + waitMs) throw longPause(waitMs);
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }

  private hasWaiting(): boolean {
    return PRIORITIES.some((one) => this.queues[one].length > 0);
  }

  private wanted(): Wanted {
    const { shipment, acknowledgement, status, backfill } = this.queues;
    return {
      shipment: shipment.length,
      acknowledgement: acknowledgement.length,
      status: status.length,
      backfill: backfill.length,
    };
  }
}

function longPause(waitMs: number): TransientError {
  return new TransientError(
    'RATE_PAUSED',
    `the server asked to wait ${describeDuration(waitMs)} more; nothing was sent, it goes on after that`,
    { retryAfterMs: waitMs },
  );
}
