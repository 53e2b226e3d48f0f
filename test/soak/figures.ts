import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { House } from '../support/house.js';

/** How much there is at midnight. */
export interface Figures {
  /** Rows of all tables of the state. */
  readonly rows: number;
  /** Of the heap after a collection. */
  readonly heapMib: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function measure(house: House): Promise<Figures> {
  const tables = await house.all<{ name: string }>(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'etl.%' ORDER BY name`,
  );
  let rows = 0;
  for (const { name } of tables) {
    const [row] = await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`);
    rows += row?.n ?? 0;
  }
  collect();
  return { rows, heapMib: process.memoryUsage().heapUsed / 2 ** 20 };
}
