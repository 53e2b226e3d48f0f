/**
 * How long to wait before attempt number `attempt + 1`: doubles from `firstMs`, at most `mostMs`. Pure; the
 * jitter (up to a tenth less) comes from the attempt itself, so that a replay waits alike. A server's own
 * `Retry-After` goes before this.
 */
export function retryDelay(
  attempt: number,
  limits: { readonly firstMs: number; readonly mostMs: number },
): number {
  const doublings = Math.min(Math.max(attempt - 1, 0), 30);
  const grown = Math.min(limits.firstMs * 2 ** doublings, limits.mostMs);
  const jitter = ((attempt * 2_654_435_761) % 1_000) / 10_000;
  return Math.round(grown * (1 - jitter));
}
