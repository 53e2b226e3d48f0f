import type { SaidRow } from '../../core/shipment.js';
import { add, codeOf, type Quantities, unitsOf } from './quantities.js';

/** What a 3PL says will not come. */
export interface Withdrawn {
  /** By item; within what was not shipped. */
  readonly short: Quantities;
  /** The order as a whole was canceled. */
  readonly whole: boolean;
  readonly rows: readonly SaidRow[];
}

/** Lines that a 3PL reports short or canceled; the row that cannot be true beside what was shipped. */
export function notComing(
  rows: readonly SaidRow[],
  ordered: Quantities | null,
  missing: Quantities | null,
  anyShipped: boolean,
): Withdrawn | { readonly row: SaidRow } {
  const own = rows.filter(({ answer }) => answer === 'short' || answer === 'canceled');
  const wholeRow = own.find(({ answer, itemCode }) => answer === 'canceled' && itemCode === null);
  if (wholeRow !== undefined && anyShipped) return { row: wholeRow };
  const whole = wholeRow !== undefined;
  if (ordered === null || missing === null) return { short: new Map(), whole, rows: own };
  const short = new Map<string, bigint>();
  for (const [code] of ordered) {
    const left = missing.get(code) ?? 0n;
    const about = own.filter(({ itemCode }) => itemCode === null || codeOf(itemCode) === code);
    const stated = about.filter(({ itemCode, quantity }) => itemCode !== null && quantity !== null);
    const units = amount(stated, left);
    const all = about.find((row) => !stated.includes(row));
    const [first] = about;
    if (first === undefined) continue;
    if (units > left) return { row: first };
    // All of a line that has left whole; a row about the whole order speaks of what is missing.
    if (all !== undefined && all.itemCode !== null && left === 0n) return { row: all };
    const gone = all === undefined ? units : left;
    if (gone > 0n) short.set(code, gone);
  }
  return { short, whole, rows: own };
}

/** What several files say of one item: together; where that is more than is left, each says the same once more. */
function amount(rows: readonly SaidRow[], left: bigint): bigint {
  const byFile = new Map<string, bigint>();
  for (const { fileId, quantity } of rows) add(byFile, String(fileId), unitsOf(quantity ?? ''));
  const perFile = [...byFile.values()];
  const together = perFile.reduce((sum, units) => sum + units, 0n);
  return together <= left ? together : perFile.reduce((most, units) => (units > most ? units : most), 0n);
}
