import { InvariantError } from '../src/core/errors.js';
import { forEngine } from '../test/support/place.js';
import { clockFrom, NOW } from './install.js';
import { openSite, type Site } from './site.js';
import type { WatchedDatabase } from './watch.js';

/** By stage; 0 where a case has none of that name. */
export interface Milliseconds {
  readonly total: number;
  /** Processor time of this process in `total`: what else the machine does shows less in it. */
  readonly processor: number;
  readonly refresh: number;
  readonly freeze: number;
  readonly transform: number;
  readonly files: number;
  readonly status: number;
  /** Processor time of the stand-in. */
  readonly standinCpu: number;
  /** The first cycle of a process. */
  readonly cold: number;
}

/** What a case found. */
export interface Measured {
  readonly ms: Milliseconds;
  readonly counts: Readonly<Record<string, number>>;
  /** The statements that took longest, with their times. */
  readonly top: readonly string[];
}

const NO_TIME: Milliseconds = {
  total: 0,
  processor: 0,
  refresh: 0,
  freeze: 0,
  transform: 0,
  files: 0,
  status: 0,
  standinCpu: 0,
  cold: 0,
};

export function measured(
  ms: Partial<Milliseconds>,
  counts: Measured['counts'] = {},
  watched?: WatchedDatabase,
): Measured {
  return { ms: { ...NO_TIME, ...ms }, counts, top: watched === undefined ? [] : longest(watched) };
}

export async function time(work: () => Promise<unknown>): Promise<Pick<Milliseconds, 'total' | 'processor'>> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const total = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { total, processor: (user + system) / 1_000 };
}

/** A number is only worth printing when the work was done. */
export function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new InvariantError(`${what}: ${found}, expected ${expected}`);
}

export async function countOf(site: Site, text: string): Promise<number> {
  const database = await openSite(site, clockFrom(NOW));
  const row = await database.get<{ n: number }>({ name: 'count', text: forEngine(database.engine, text) });
  await database.close();
  return row?.n ?? 0;
}

function longest({ times, transactions }: WatchedDatabase): string[] {
  const list = [...times].map(([name, one]) => ({ name, ...one })).sort((a, b) => b.ms - a.ms);
  return [
    `${transactions.count} transactions, ${transactions.ms.toFixed(0)} ms`,
    ...list
      .slice(0, 14)
      .map(({ name, statements, ms }) => `${name}: ${statements} times, ${ms.toFixed(1)} ms`),
  ];
}
