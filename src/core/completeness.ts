import { addDecimals, type Decimal, parseDecimal, rescale } from './decimal.js';
import type { Order } from './order.js';

export type Incompleteness = 'NO_LINES' | 'TOTALS_DIFFER';

const CENT = 2;

/**
 * Whether an order has arrived whole: it has lines, and their totals match `SubTotal` to the cent.
 * Returns null when complete. Replication brings tables one by one (exigo.md section 6, point 5).
 */
export function incompleteness(order: Order): Incompleteness | null {
  if (order.lines.length === 0) return 'NO_LINES';
  const expected = parseDecimal(order.row.SubTotal ?? '');
  if (expected === null) return 'TOTALS_DIFFER';
  let sum: Decimal = { units: 0n, scale: 0 };
  for (const line of order.lines) {
    const total = parseDecimal(line.PriceTotal ?? '');
    if (total === null) return 'TOTALS_DIFFER';
    sum = addDecimals(sum, total);
  }
  return rescale(sum, CENT).units === rescale(expected, CENT).units ? null : 'TOTALS_DIFFER';
}
