/**
 * In what order calls leave inside a vendor's budget (design section 5): shipments and cancellations, then
 * acknowledgements, then other statuses and reads, then backfills. Acknowledgements are guaranteed a quarter of it.
 */
export const PRIORITIES = ['shipment', 'acknowledgement', 'status', 'backfill'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A vendor's leaky bucket: so many calls at once, and so many more every second. */
export interface BucketLimits {
  readonly size: number;
  readonly perSecond: number;
}

/** Where every call of a rate-limited API passes. */
export interface RateGate {
  /**
   * Makes the call once the budget has room for it, in the order of priorities. A call that is answered 429 was not
   * carried out, so it goes back to the head of its queue, a few times; every other outcome is the caller's.
   * Throws what the call throws; while waiting StoppedError, and TransientError `RATE_PAUSED` when the server wants a
   * pause of more than two minutes.
   */
  pass<T>(priority: Priority, call: () => Promise<T>): Promise<T>;
}
