import { setFaultHook } from '../../src/core/fault-points.js';

export interface Stopped {
  /** Resolves when the process that is to stop has come there. */
  readonly reached: Promise<void>;
  /** It goes on. */
  resume(): void;
}

/**
 * Stops whoever comes first to the n-th pass of a fault point, as SIGSTOP or a paused machine does; everybody
 * after that passes freely. For points outside transactions: one that stops inside keeps the write lock.
 */
export function stopAt(point: string, pass = 1): Stopped {
  let seen = 0;
  let resume = () => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  let arrive = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  setFaultHook(async (passed) => {
    if (passed !== point || ++seen !== pass) return;
    arrive();
    await resumed;
  });
  return { reached, resume: () => resume() };
}
