import type { ExigoOperation } from './journal.js';

export type FaultKind =
  /** Too many requests; nothing is done. `retryAfter` is the header as it is sent, default `1`. */
  | { readonly kind: 'status-429'; readonly retryAfter?: string }
  | { readonly kind: 'status-503'; readonly retryAfter?: string }
  | { readonly kind: 'status-500-before' }
  | { readonly kind: 'status-500-after' }
  /** The effect happens, then the reply drips, one byte per `everyMs` (default 20). */
  | { readonly kind: 'slow-body'; readonly everyMs?: number }
  /** The request was read whole, nothing is done, the connection is cut. */
  | { readonly kind: 'cut-before' }
  /** The effect happens, the connection is cut instead of an answer. */
  | { readonly kind: 'cut-after' }
  /** The effect shows `afterMs` of the clock later; until then the call was answered, or cut. */
  | { readonly kind: 'late'; readonly afterMs: number; readonly answer?: 'success' | 'cut' }
  /** HTTP 200 with a Failure result; nothing is done. */
  | { readonly kind: 'failure'; readonly errors?: readonly string[] }
  /** Calls that contain one of these orders fail with its number, as bad orders do. */
  | { readonly kind: 'refuse-orders'; readonly orderIds: readonly number[] }
  /** Credentials that have expired: 401; nothing is done. */
  | { readonly kind: 'unauthorized' };

export type Fault = FaultKind & {
  /** Default: every operation. */
  readonly operation?: ExigoOperation;
  /** The first matching call it strikes, counted from now; default 1, the next one. */
  readonly nth?: number;
  /** How many matching calls in a row; default 1, for `refuse-orders` all that follow. */
  readonly times?: number;
};

/** Faults waiting for their calls. A call takes the first that is due; each counts its matching calls. */
export class FaultQueue {
  private waiting: { readonly fault: Fault; seen: number }[] = [];

  add(fault: Fault): void {
    this.waiting.push({ fault, seen: 0 });
  }

  clear(): void {
    this.waiting = [];
  }

  next(operation: ExigoOperation, orderIds: readonly number[]): Fault | undefined {
    let struck: Fault | undefined;
    for (const entry of this.waiting) {
      const { fault } = entry;
      if ((fault.operation ?? operation) !== operation) continue;
      if (fault.kind === 'refuse-orders' && !fault.orderIds.some((id) => orderIds.includes(id))) continue;
      entry.seen++;
      if (entry.seen >= (fault.nth ?? 1)) struck ??= fault;
    }
    this.waiting = this.waiting.filter(({ fault, seen }) => seen < lastCall(fault));
    return struck;
  }
}

function lastCall(fault: Fault): number {
  const times = fault.times ?? (fault.kind === 'refuse-orders' ? Number.POSITIVE_INFINITY : 1);
  return (fault.nth ?? 1) + times - 1;
}
