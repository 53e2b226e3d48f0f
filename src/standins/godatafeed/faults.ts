import type { FeedStandinOperation } from './journal.js';

export type FeedFaultKind =
  /** Too many requests; nothing is done. `retryAfter` is the header as it is sent, default `1`; null: none. */
  | { readonly kind: 'status-429'; readonly retryAfter?: string | null }
  | { readonly kind: 'status-503'; readonly retryAfter?: string | null }
  | { readonly kind: 'status-500-before' }
  | { readonly kind: 'status-500-after' }
  /** The effect happens, then the reply drips, one byte per `everyMs` (default 20). */
  | { readonly kind: 'slow-body'; readonly everyMs?: number }
  /** The request was read whole, nothing is done, the connection is cut. */
  | { readonly kind: 'cut-before' }
  /** The effect happens, the connection is cut instead of an answer. */
  | { readonly kind: 'cut-after' }
  /** The effect shows `afterMs` of the clock later; the call was answered, or cut. */
  | { readonly kind: 'late'; readonly afterMs: number; readonly answer?: 'success' | 'cut' }
  /** HTTP 200 with `Success: false`; nothing is done. */
  | { readonly kind: 'success-false'; readonly message?: string }
  /** Every token there is ends with this call. */
  | { readonly kind: 'expired-token' }
  /** 401 with a `Message` alone, as for a key without the scope. */
  | { readonly kind: 'missing-scope' }
  /** 401, as from an address that is not on the key's list. */
  | { readonly kind: 'ip-refused' }
  /** A list without rows, whatever there is. */
  | { readonly kind: 'empty-list' }
  /** A count that is wrong by so many. */
  | { readonly kind: 'count-off'; readonly by: number };

export type FeedFault = FeedFaultKind & {
  /** Default: every operation but Authorize. */
  readonly operation?: FeedStandinOperation;
  /** Default: every order. */
  readonly orderNumber?: string;
  /** The first matching call it strikes, counted from now; default 1, the next one. */
  readonly nth?: number;
  /** How many matching calls in a row; default 1. */
  readonly times?: number;
};

/** Faults waiting for their calls. A call takes the first that is due; each counts its matching calls. */
export class FeedFaultQueue {
  private waiting: { readonly fault: FeedFault; seen: number }[] = [];

  add(fault: FeedFault): void {
    this.waiting.push({ fault, seen: 0 });
  }

  clear(): void {
    this.waiting = [];
  }

  next(operation: FeedStandinOperation, orderNumber: string | null): FeedFault | undefined {
    let struck: FeedFault | undefined;
    for (const entry of this.waiting) {
      const { fault } = entry;
      if (fault.operation === undefined ? operation === 'Authorize' : fault.operation !== operation) continue;
      if (fault.orderNumber !== undefined && fault.orderNumber !== orderNumber) continue;
      entry.seen++;
      if (entry.seen >= (fault.nth ?? 1)) struck ??= fault;
    }
    this.waiting = this.waiting.filter(({ fault, seen }) => seen < (fault.nth ?? 1) + (fault.times ?? 1) - 1);
    return struck;
  }
}
