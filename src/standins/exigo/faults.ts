import { FaultQueue, type Strikes } from '../fault-queue.js';
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
  /** Transactions with a line of this item fail, as those with an item that Exigo does not know. */
  | { readonly kind: 'refuse-item'; readonly itemCode: string }
  /** Credentials that have expired: 401; nothing is done. */
  | { readonly kind: 'unauthorized' };

export type Fault = FaultKind &
  Strikes & {
    /** Default: every operation. */
    readonly operation?: ExigoOperation;
  };

/** A refusal of orders or of an item lasts; any other fault strikes once. */
export function exigoFaults(): FaultQueue<Fault> {
  return new FaultQueue(({ kind }) => (kind.startsWith('refuse-') ? Number.POSITIVE_INFINITY : 1));
}

/** Whether a call of that operation, on those orders and with that body, is one that the fault is for. */
export function strikes(
  fault: Fault,
  operation: ExigoOperation,
  orderIds: readonly number[],
  body = '',
): boolean {
  if ((fault.operation ?? operation) !== operation) return false;
  if (fault.kind === 'refuse-item') return body.includes(JSON.stringify(fault.itemCode));
  return fault.kind !== 'refuse-orders' || fault.orderIds.some((id) => orderIds.includes(id));
}
