import { DAY } from '../../src/core/clock.js';
import { Book } from './book.js';
import { Calls } from './calls.js';
import { type Figures, growth, measure } from './figures.js';
import { Operators } from './operators.js';
import { type OutageKind, Outages } from './outages.js';
import { Person } from './person.js';
import { Random } from './random.js';
import { Receiver } from './receiver.js';
import { type Mishap, Trouble } from './trouble.js';
import { findings } from './verdict.js';
import { alertFindings } from './verdict-alerts.js';
import { CYCLE, World } from './world.js';

export interface SoakOptions {
  /** Of trouble; some more follow in which the world comes to rest. */
  readonly days: number;
  readonly seed: number;
  /** Instant (ms) of the first cycle. */
  readonly from: number;
  onDay?(day: number, figures: Figures): void;
}

export interface Soak {
  readonly cycles: number;
  readonly orders: number;
  readonly sales: number;
  readonly outages: ReadonlyMap<OutageKind, number>;
  readonly mishaps: ReadonlyMap<Mishap, number>;
  readonly incidents: number;
  readonly alerts: number;
  /** What is not as it must be; empty when all is well. */
  readonly findings: readonly string[];
  /** By day, at midnight. */
  readonly figures: readonly Figures[];
}

/** Days of rest at the end. */
const REST = 2;
const PER_DAY = DAY / CYCLE;

/**
 * Cycles of a quarter of an hour for days, on a clock that is passed in, with faults drawn by a seed; a person looks at
 * the error list once a day. Ends with days without faults, and says what is not as it must be.
 */
export async function soak({ days, seed, from, onDay }: SoakOptions): Promise<Soak> {
  const random = new Random(seed);
  const receiver = await Receiver.start();
  const world = await World.open(random, from, receiver);
  const outages = new Outages(world, receiver);
  const trouble = new Trouble(world, outages, random);
  const operators = await Operators.start(world, outages, random);
  const book = new Book(world.house, from);
  const person = new Person(world.house);
  const calls = new Calls(world);
  const figures: Figures[] = [];
  try {
    // The first start of a schedule begins nothing.
    await operators.work(null);
    for (let cycle = 1; cycle <= (days + REST) * PER_DAY; cycle++) {
      const busy = cycle <= days * PER_DAY;
      if (busy) await trouble.next();
      else await trouble.over();
      await world.live(busy);
      await operators.work(busy ? trouble : null);
      if (cycle % PER_DAY !== 0) continue;
      await book.write();
      calls.read();
      world.forgetEnded();
      // What is tried again needs another cycle.
      if (cycle < (days + REST) * PER_DAY) await person.lookAtErrors();
      figures.push(await measure(world.house));
      onDay?.(cycle / PER_DAY, figures.at(-1) as Figures);
    }
    const incidents = [...book.incidents.values()];
    return {
      cycles: book.made,
      orders: world.placed.size,
      sales: world.sold.size,
      outages: counted(outages.made.map(({ kind }) => kind)),
      mishaps: operators.mishaps,
      incidents: incidents.length,
      alerts: receiver.told.length,
      findings: [
        ...(await findings(world, person)),
        ...calls.findings,
        ...(await book.findings()),
        ...growth(figures.slice(0, days)),
        ...alertFindings(incidents, receiver.told, outages.made),
      ],
      figures,
    };
  } finally {
    await trouble.over();
    await operators.end();
    await world.market.close();
    receiver.close();
  }
}

function counted<T>(all: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
