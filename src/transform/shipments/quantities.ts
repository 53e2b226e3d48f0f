import { formatDecimal, parseDecimal, rescale } from '../../core/decimal.js';
import type { HandedLine } from '../../core/shipment.js';

/** Quantities by item, in millionths: whole numbers, so that sums are exact. */
export type Quantities = ReadonlyMap<string, bigint>;

const SCALE = 6;

/** Exact decimal to millionths; what is no number counts as nothing. */
export function unitsOf(quantity: string): bigint {
  const value = parseDecimal(quantity);
  return value === null ? 0n : rescale(value, SCALE).units;
}

/** Item codes are the same in any case, as they are in Exigo. */
export function codeOf(itemCode: string): string {
  return itemCode.trim().toUpperCase();
}

/** What was ordered by item: several lines of one item are one; what has no quantity need not be shipped. */
export function ordered(lines: readonly HandedLine[]): Quantities {
  const sum = new Map<string, bigint>();
  for (const { itemCode, quantity } of lines) {
    const units = unitsOf(quantity);
    if (units > 0n) add(sum, codeOf(itemCode), units);
  }
  return sum;
}

export function add(sum: Map<string, bigint>, code: string, units: bigint): void {
  sum.set(code, (sum.get(code) ?? 0n) + units);
}

export function sumOf(all: readonly Quantities[]): Quantities {
  const sum = new Map<string, bigint>();
  for (const one of all) for (const [code, units] of one) add(sum, code, units);
  return sum;
}

/** What of `all` is not in `part`; never below nothing. */
export function without(all: Quantities, part: Quantities): Quantities {
  const left = new Map<string, bigint>();
  for (const [code, units] of all) {
    const rest = units - (part.get(code) ?? 0n);
    if (rest > 0n) left.set(code, rest);
  }
  return left;
}

export function sameQuantities(one: Quantities, other: Quantities): boolean {
  return one.size === other.size && [...one].every(([code, units]) => other.get(code) === units);
}

/** Whether every quantity of `part` is in `all`. */
export function fitsInto(part: Quantities, all: Quantities): boolean {
  return [...part].every(([code, units]) => units <= (all.get(code) ?? 0n));
}

/** As lines, with the item codes as they were handed over; quantities without trailing zeros. */
export function asLines(quantities: Quantities, lines: readonly HandedLine[]): HandedLine[] {
  const written = new Map(lines.map(({ itemCode }) => [codeOf(itemCode), itemCode]));
  return [...quantities].map(([code, units]) => ({
    itemCode: written.get(code) ?? code,
    quantity: describeUnits(units),
  }));
}

/** `2`, `0.5`. */
export function describeUnits(units: bigint): string {
  return formatDecimal({ units, scale: SCALE }).replace(/\.?0+$/, '');
}

/** `1 of TEA, 2 of CUP`. */
export function describeLines(lines: readonly HandedLine[]): string {
  const named = lines.slice(0, 10).map(({ itemCode, quantity }) => `${quantity} of ${itemCode}`);
  return `${named.join(', ')}${lines.length > 10 ? ` and ${lines.length - 10} more items` : ''}`;
}
