import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSqlite } from '../src/db/sqlite.js';
import { idle, run, ship, takeBack } from './crossing.js';
import { copy, freeze } from './freeze.js';
import { clockFrom, NOW } from './install.js';
import { type Measured, measured, time } from './measured.js';
import { plainScript } from './script.js';
import { makeTenant } from './tenant.js';

/** Every case gets the database file it works on, and how many orders that has. */
export const CASES = {
  tenant,
  copy,
  freeze,
  script,
  run: (file: string, orders: number) => run(file, orders, 'full'),
  'run, short replies': (file: string, orders: number) => run(file, orders, 'head'),
  'take back': takeBack,
  ship,
  idle,
} as const;

export type CaseName = keyof typeof CASES;

async function tenant(file: string, orders: number): Promise<Measured> {
  const database = openSqlite(file, clockFrom(NOW));
  const ms = await time(() => makeTenant(database, orders, NOW));
  await database.close();
  return measured(ms);
}

async function script(file: string): Promise<Measured> {
  const output = join(dirname(file), 'script.csv');
  const ms = await time(() => plainScript(file, output));
  await rm(output);
  return measured(ms);
}
