import type sql from 'mssql';
import { SECOND } from '../../core/clock.js';
import { StoppedError } from '../../core/errors.js';

/** What is nearly done may end: a receipt that is written needs no looking up by the next run. */
const GRACE = 5 * SECOND;

/**
 * Cancels a statement that still runs a while after the process was asked to stop; its transaction is then rolled
 * back like after any failure. The timer is the process's own: it bounds how long a process takes to end.
 */
export class StopWatch {
  private timer: NodeJS.Timeout | undefined;
  private cancelled = false;

  constructor(
    private readonly stop: AbortSignal | null,
    private readonly request: sql.Request,
  ) {
    if (stop?.aborted === true) this.begin();
    else stop?.addEventListener('abort', this.begin, { once: true });
  }

  /** What to throw instead of the driver's error: the statement failed because we cancelled it. */
  translate(error: unknown): unknown {
    return this.cancelled ? new StoppedError({ cause: error }) : error;
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop?.removeEventListener('abort', this.begin);
  }

  private readonly begin = (): void => {
    this.timer = setTimeout(() => {
      this.cancelled = true;
      this.request.cancel();
    }, GRACE);
  };
}
