import { StoppedError } from '../core/errors.js';

/** Call before every act and page: ends the run when the process was asked to stop. */
export function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new StoppedError();
}
