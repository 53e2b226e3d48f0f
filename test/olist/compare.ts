import { InvariantError } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';

const SHOWN = 10;

/** Throws with the cut, the set and the first order numbers that differ. */
export function compareSets(
  cut: number,
  what: string,
  actual: ReadonlySet<number>,
  expected: ReadonlySet<number>,
): void {
  const missing = difference(expected, actual);
  const unexpected = difference(actual, expected);
  if (missing.length === 0 && unexpected.length === 0) return;
  throw new InvariantError(
    `after the cut ${toExigoText(cut)} (US Central), ${what}: expected ${expected.size} orders, found ${actual.size}` +
      `${listed('missing', missing)}${listed('not expected', unexpected)}`,
  );
}

function difference(a: ReadonlySet<number>, b: ReadonlySet<number>): number[] {
  return [...a].filter((number) => !b.has(number)).sort((x, y) => x - y);
}

function listed(what: string, numbers: readonly number[]): string {
  if (numbers.length === 0) return '';
  const more = numbers.length > SHOWN ? ` and ${numbers.length - SHOWN} more` : '';
  return `; ${what}: ${numbers.slice(0, SHOWN).join(', ')}${more}`;
}
