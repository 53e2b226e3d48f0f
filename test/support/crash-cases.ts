import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import type { PointPass } from './crash-protocol.js';

/** Every pair instead of a sample. */
export const ALL = process.env.ORDERFERRY_CRASH_PAIRS === 'all';
/** Of the samples. */
export const SEED = Number(process.env.ORDERFERRY_CRASH_SEED ?? 20_260_311);

const COMMIT = / commit\/(before|after)$/;
/** Of the commits, which are many and mostly have a named point beside them, every 24th is tried. */
const EVERY_COMMIT = 24;

/** How many kills: `each` named point once, `some` more of the passes, or `all` that tell something. */
export type Kills = 'each' | 'some' | 'all';

/**
 * The single kills: first and last pass of every named point, whichever pipeline passes it, and some commits.
 * `all`: first and last pass in each pipeline, and all commits. `each`: the first pass of every named point.
 */
export function singleKills(points: readonly string[], kills: Kills): PointPass[] {
  const all = kills === 'all';
  const passes = new Map<string, PointPass[]>();
  for (const { point, pass } of passesOf(points)) {
    const key = all || COMMIT.test(point) ? point : nameOf(point);
    passes.set(key, [...(passes.get(key) ?? []), { point, pass }]);
  }
  return [...passes].flatMap(([key, passed]) => {
    if (kills === 'each') return passed.slice(0, 1);
    if (COMMIT.test(key)) return all ? passed : passed.filter((_, i) => i % EVERY_COMMIT === 0);
    return passed.filter((_, i) => i === 0 || i === passed.length - 1);
  });
}

/** Each pass of a point in its turn. */
export function passesOf(points: readonly string[]): { readonly point: string; readonly pass: number }[] {
  const counts = new Map<string, number>();
  return points.map((point) => {
    const pass = (counts.get(point) ?? 0) + 1;
    counts.set(point, pass);
    return { point, pass };
  });
}

/** Every named point, at its first and last pass, and then every other, when the process that recovers passes it. */
export function killPairs(points: readonly string[]): PointPass[][] {
  const named = points.filter((point) => !COMMIT.test(point));
  const seconds = [...new Set(named)].map((point) => ({ point, pass: 1 }));
  return singleKills(named, 'all').flatMap((first) => seconds.map((second) => [first, second]));
}

/** A life with trouble, killed and killed again while it recovers. */
export type TroubledCase<Trouble> = readonly [name: string, trouble: Trouble, kills: readonly PointPass[]];

/** `count` cases, drawn by a seed: each trouble with each pair of kills can be among them. */
export function troubledPairs<Trouble>(
  lives: Readonly<Record<string, Trouble>>,
  points: readonly string[],
  count: number,
  seed: number,
): TroubledCase<Trouble>[] {
  const pairs = killPairs(points);
  const all = Object.entries(lives).flatMap(([life, trouble]) =>
    pairs.map((kills) => ({ life, trouble, kills })),
  );
  return sample(all, count, seed).map(({ life, trouble, kills }) => [
    `${life}: ${kills.map(describeKill).join(', then ')}`,
    trouble,
    kills,
  ]);
}

/** `exigo-orders-to-3pl send/rendered` to `send/rendered`. */
export function nameOf(point: string): string {
  return point.slice(point.indexOf(' ') + 1);
}

/** `count` of them, drawn by a seed: the same every time (mulberry32). */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const left = [...all];
  const drawn: T[] = [];
  for (let state = seed; drawn.length < count && left.length > 0; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const random = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    drawn.push(...left.splice(Math.floor(random * left.length), 1));
  }
  return drawn;
}

/** Names of all fault points in the product's source. */
export function pointsInSource(): string[] {
  const root = join(PACKAGE_ROOT, 'src');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...readFileSync(join(root, name), 'utf8').matchAll(/\b(?:faultPoint|point)\('([^']+)'\)/g),
    ])
    .map(([, name = '']) => name);
  return [...new Set(names)].sort();
}

export function describeKill({ point, pass }: PointPass): string {
  return `${point}, pass ${pass}`;
}

/** Lets `limit` works run at a time. */
export function limiter(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
