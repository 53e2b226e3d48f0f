import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Clock } from '../../src/core/clock.js';

/**
 * One time for several processes: eight bytes in a file. Sleeping moves it, for all of them, and returns at
 * once; a process that is stopped meanwhile finds later that time has gone on.
 */
export class SharedClock implements Clock {
  private readonly file: number;
  private readonly bytes = Buffer.alloc(8);

  private constructor(path: string, flags: string) {
    this.file = openSync(path, flags);
  }

  static make(path: string, ms: number): SharedClock {
    const clock = new SharedClock(path, 'w+');
    clock.set(ms);
    return clock;
  }

  static open(path: string): SharedClock {
    return new SharedClock(path, 'r+');
  }

  now(): number {
    readSync(this.file, this.bytes, 0, 8, 0);
    return this.bytes.readDoubleLE(0);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw signal.reason;
    this.advance(ms);
  }

  advance(ms: number): void {
    this.set(this.now() + ms);
  }

  set(ms: number): void {
    this.bytes.writeDoubleLE(ms, 0);
    writeSync(this.file, this.bytes, 0, 8, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}
