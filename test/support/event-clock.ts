import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';

/** Turns of the event loop after which nothing moves any more that waits for no timer of this clock. */
const IDLE_TURNS = 3;

/**
 * A clock for simulations of many tasks at once: a sleeper wakes when its time has come, and time goes on only when
 * nobody has anything left to do. No real time passes.
 */
export class EventClock implements Clock {
  private readonly sleepers: { readonly due: number; readonly order: number; readonly wake: () => void }[] =
    [];
  private order = 0;

  constructor(private ms = Date.parse('2026-11-21T03:00:00Z')) {}

  now(): number {
    return this.ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { due: this.ms + ms, order: this.order++, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Lets time pass until the work is done; fails when it waits for something that no timer brings. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = work.finally(() => {
      done = true;
    });
    end.catch(() => undefined);
    for (;;) {
      for (let i = 0; i < IDLE_TURNS && !done; i++) await turn();
      if (done) return end;
      this.step();
    }
  }

  private step(): void {
    const [first] = this.sleepers.sort((a, b) => a.due - b.due || a.order - b.order);
    if (first === undefined)
      throw new InvariantError('the simulation stands still: nobody sleeps, nothing is done');
    this.sleepers.shift();
    this.ms = Math.max(this.ms, first.due);
    first.wake();
  }
}
