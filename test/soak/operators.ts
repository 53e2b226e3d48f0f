import { type Clock, MINUTE } from '../../src/core/clock.js';
import { parseCron } from '../../src/core/cron.js';
import type { ScheduleEntry } from '../../src/core/schedule.js';
import { Host } from './host.js';
import type { Outages } from './outages.js';
import type { Random } from './random.js';
import type { Mishap, Trouble } from './trouble.js';
import { CYCLE, type World } from './world.js';

/** As docs/schedule.md has it: in, back, taken back, out, told; the tables by themselves. */
export const ENTRIES: readonly ScheduleEntry[] = [
  {
    name: 'orders',
    cron: parseCron('*/15 * * * *', 'America/Chicago'),
    pipelines: [
      'godatafeed-orders-to-exigo',
      '3pl-shipments-to-exigo',
      '3pl-returns-to-exigo',
      'godatafeed-cancellations-to-exigo',
      'exigo-orders-to-3pl',
      'exigo-cancellations-to-3pl',
      'exigo-status-to-godatafeed',
    ],
  },
  { name: 'tables', cron: parseCron('5 * * * *', 'UTC'), pipelines: ['exigo-snapshot-to-csv'] },
];
/** How often a host is away for a while, how long at most, and how far its clock may be off. */
const AWAY = 0.02;
const AWAY_FOR = 20;
const OFF = 3 * MINUTE;

interface Place {
  host: Host;
  awayUntil: number;
  off: number;
}

/** Two hosts that run the same schedule. What ends is started again, as a service manager does. */
export class Operators {
  readonly mishaps = new Map<Mishap, number>();
  private cycle = 0;

  private constructor(
    private readonly world: World,
    private readonly outages: Outages,
    private readonly random: Random,
    private readonly places: ReadonlyMap<string, Place>,
  ) {}

  static async start(world: World, outages: Outages, random: Random): Promise<Operators> {
    const places = new Map<string, Place>();
    const operators = new Operators(world, outages, random, places);
    for (const name of ['one', 'two']) {
      const place = { awayUntil: 0, off: 0 };
      const host = await operators.boot(name, () => place.off);
      places.set(name, Object.assign(place, { host }));
    }
    return operators;
  }

  /** Every host that is there looks what is due; without `trouble` all are there, and nothing befalls them. */
  async work(trouble: Trouble | null): Promise<void> {
    this.cycle++;
    for (const [name, place] of this.places) {
      if (trouble === null) Object.assign(place, { awayUntil: 0, off: 0 });
      else this.comeAndGo(place);
      if (place.awayUntil > this.cycle) continue;
      trouble?.lieInWait((mishap) => this.befall(name, mishap));
      await place.host.beat();
      trouble?.letBe();
      if (place.host.isDead || place.host.isStopped) await this.bootAgain(name);
    }
  }

  async end(): Promise<void> {
    for (const { host } of this.places.values()) await host.end();
  }

  private comeAndGo(place: Place): void {
    if (place.awayUntil > this.cycle || !this.random.chance(AWAY)) return;
    place.awayUntil = this.cycle + 1 + this.random.upTo(AWAY_FOR);
    place.off = this.random.upTo(2 * OFF) - OFF;
  }

  private async befall(name: string, mishap: Mishap): Promise<void> {
    const place = this.placeOf(name);
    const { host } = place;
    if (mishap === 'held-up' && !host.isBetweenTransactions) return;
    this.mishaps.set(mishap, (this.mishaps.get(mishap) ?? 0) + 1);
    if (mishap === 'killed') return host.kill();
    if (mishap === 'stopped') return host.stop();
    // It wakes up after the others have taken its work for dead.
    for (let i = this.random.upTo(2); i >= 0; i--) {
      this.world.house.clock.advance(CYCLE);
      for (const [other, there] of this.places) if (other !== name) await there.host.beat();
    }
  }

  private async bootAgain(name: string): Promise<void> {
    const place = this.placeOf(name);
    await place.host.end();
    place.host = await this.boot(name, () => place.off);
  }

  private async boot(name: string, off: () => number): Promise<Host> {
    const { house } = this.world;
    const clock: Clock = {
      now: () => house.clock.now() + off(),
      sleep: (ms, signal) => house.clock.sleep(ms, signal),
    };
    return Host.start({ name, house, clock, entries: ENTRIES, disks: this.outages.disks });
  }

  private placeOf(name: string): Place {
    const place = this.places.get(name);
    if (place === undefined) throw new TypeError(`no host ${name}`);
    return place;
  }
}
