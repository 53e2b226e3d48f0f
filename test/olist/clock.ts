import type { Clock } from '../../src/core/clock.js';

/** The replay's time: it stands still during a run, but for the waits the run asks for. */
export class ReplayClock implements Clock {
  private time = 0;

  now(): number {
    return this.time;
  }

  set(time: number): void {
    this.time = time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += ms;
  }
}
