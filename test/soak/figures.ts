import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { House } from '../support/house.js';

/** How much there is at midnight. */
export interface Figures {
  /** Rows of the state that the retention deletes some time. */
  readonly rows: number;
  /** Rows that stay for good. */
  readonly keys: number;
  /** Of the heap after a collection. */
  readonly heapMib: number;
}

/** What an order or a file is known by for good, so that neither goes twice: a few rows for each. */
const FOR_GOOD = new Set([
  'etl.aggregate_version',
  'etl.inbox_file',
  'etl.marketplace_customer',
  'etl.marketplace_order',
  'etl.order_link',
]);
/** Until then there is more every day: the ledger of the soak is kept for three. */
const WARM_UP = 4;
/** How much more than before is still flat: days have more orders, or fewer. */
const MORE_ROWS = 1.2;
const MORE_HEAP = 1.1;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function measure(house: House): Promise<Figures> {
  const tables = await house.all<{ name: string }>(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'etl.%' ORDER BY name`,
  );
  const figures = { rows: 0, keys: 0 };
  for (const { name } of tables) {
    const [row] = await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`);
    figures[FOR_GOOD.has(name) ? 'keys' : 'rows'] += row?.n ?? 0;
  }
  collect();
  return { ...figures, heapMib: process.memoryUsage().heapUsed / 2 ** 20 };
}

/** State and memory do not grow: the later half of the days with trouble against the half before it. */
export function growth(days: readonly Figures[]): string[] {
  const warm = days.slice(WARM_UP - 1);
  const middle = Math.floor(warm.length / 2);
  const [before, after] = [warm.slice(0, middle), warm.slice(middle)];
  if (before.length === 0) return [];
  const mean = (all: readonly Figures[], of: (one: Figures) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const grown = (what: string, of: (one: Figures) => number, most: number) => {
    const [first, last] = [mean(before, of), mean(after, of)];
    return last <= first * most ? [] : [`${what} grow from ${first.toFixed(0)} to ${last.toFixed(0)}`];
  };
  return [
    ...grown('rows of the state', ({ rows }) => rows, MORE_ROWS),
    ...grown('MiB of the heap', ({ heapMib }) => heapMib, MORE_HEAP),
  ];
}
