import { rm } from 'node:fs/promises';
import { afterAll } from 'vitest';
import type { Engine } from '../../src/db/database.js';
import { buildChild } from './crash-build.js';
import { ALL, describeKill, killPairs, limiter, SEED, sample, singleKills } from './crash-cases.js';
import type { Lived } from './crash-child.js';
import type { PointPass } from './crash-protocol.js';
import { engines, reportMissingEngine } from './engines.js';

/** An installation on disk that child processes live in. */
interface Site {
  live(kills: readonly PointPass[]): Promise<Lived>;
  close(): Promise<void>;
}

/** What a crash suite is about. `Trouble`: what else goes wrong in a life, such as answers that are lost. */
export interface CrashPlan<S extends Site, Outcome, Trouble> {
  open(engine: Engine, build: string, trouble: Trouble | undefined): Promise<S>;
  /** What the life came to, without times, attempts and ids, so that it can be compared. */
  outcomeOf(site: S): Promise<Outcome>;
  /** Whether a point, `exigo-orders-to-3pl send/rendered`, is one of those where it is killed. */
  at(point: string): boolean;
  /** Which passes of them, of all points of an undisturbed life; the first of each unless given. */
  kills?(points: readonly string[]): readonly PointPass[];
  /** How many pairs are drawn where not all of them are tried. */
  readonly pairs: number;
}

export interface CrashLife<Outcome> extends Lived {
  readonly outcome: Outcome;
}

/** A case as `it.each` takes it. */
export type CrashCase = readonly [name: string, kills: readonly PointPass[]];

export interface CrashSuite<Outcome, Trouble> {
  readonly engine: Engine;
  readonly undisturbed: CrashLife<Outcome>;
  readonly singles: readonly CrashCase[];
  readonly pairs: readonly CrashCase[];
  /** Two at a time. */
  life(kills: readonly PointPass[], trouble?: Trouble): Promise<CrashLife<Outcome>>;
}

/** A suite for each engine, with the kills that an undisturbed life there gives; to be called at the top of a file. */
export async function crashSuites<S extends Site, Outcome, Trouble = never>(
  plan: CrashPlan<S, Outcome, Trouble>,
): Promise<CrashSuite<Outcome, Trouble>[]> {
  reportMissingEngine();
  const build = await buildChild();
  afterAll(() => rm(build, { recursive: true, force: true }));
  const oneOfTwo = limiter(2);
  const suites: CrashSuite<Outcome, Trouble>[] = [];
  for (const engine of engines()) {
    const life = (kills: readonly PointPass[], trouble?: Trouble) =>
      oneOfTwo(async () => {
        const site = await plan.open(engine, build, trouble);
        try {
          const lived = await site.live(kills);
          return { ...lived, outcome: await plan.outcomeOf(site) };
        } finally {
          await site.close();
        }
      });
    const undisturbed = await life([]);
    const points = undisturbed.points.filter((point) => plan.at(point));
    const pairs = killPairs(points);
    const kills = plan.kills?.(undisturbed.points) ?? singleKills(points, 'each');
    suites.push({
      engine,
      undisturbed,
      singles: kills.map((kill) => caseOf([kill])),
      pairs: (ALL ? pairs : sample(pairs, plan.pairs, SEED)).map(caseOf),
      life,
    });
  }
  return suites;
}

function caseOf(kills: readonly PointPass[]): CrashCase {
  return [kills.map(describeKill).join(', then ') || 'not killed', kills];
}

export const NOT_KILLED: CrashCase = caseOf([]);
