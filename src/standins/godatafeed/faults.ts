import type { Strikes } from '../fault-queue.js';
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

export type FeedFault = FeedFaultKind &
  Strikes & {
    /** Default: every operation but Authorize. */
    readonly operation?: FeedStandinOperation;
    /** Default: every order. */
    readonly orderNumber?: string;
  };

/** Whether a call of that operation, on that order, is one that the fault is for. */
export function strikes(
  fault: FeedFault,
  operation: FeedStandinOperation,
  orderNumber: string | null,
): boolean {
  if (fault.operation === undefined ? operation === 'Authorize' : fault.operation !== operation) return false;
  return fault.orderNumber === undefined || fault.orderNumber === orderNumber;
}
