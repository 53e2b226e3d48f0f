/** The vendor's bucket, strict: a call that does not fit is refused. */
export class VendorBucket {
  private level = 0;
  private at = Number.NEGATIVE_INFINITY;
  /** Calls refused so far. */
  refused = 0;
  /** Calls taken so far, of anybody. */
  taken = 0;

  constructor(
    readonly size: number,
    readonly perSecond: number,
  ) {}

  /** Whether a call at this instant (ms) fits; if so it is in the bucket from now on. */
  take(now: number): boolean {
    this.leak(now);
    // A binary float sums 1/500s with a tiny error, which must not decide.
    if (this.level + 1 > this.size + 1e-6) {
      this.refused++;
      return false;
    }
    this.level++;
    this.taken++;
    return true;
  }

  /** Whole seconds until a call fits, for `Retry-After`. */
  retryAfter(now: number): number {
    this.leak(now);
    return Math.max(1, Math.ceil((this.level + 1 - this.size) / this.perSecond));
  }

  private leak(now: number): void {
    if (now > this.at) this.level = Math.max(0, this.level - ((now - this.at) / 1_000) * this.perSecond);
    this.at = Math.max(this.at, now);
  }
}
