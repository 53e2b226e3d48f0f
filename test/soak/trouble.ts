import { setFaultHook } from '../../src/core/fault-points.js';
import type { FaultKind } from '../../src/standins/exigo/faults.js';
import type { FeedFaultKind } from '../../src/standins/godatafeed/faults.js';
import { OUTAGES, type OutageKind, type Outages } from './outages.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** How often an outage begins in a cycle, and the most cycles that one lasts. */
const BEGINS = 0.06;
const LASTS = 12;
/** How often a single call goes wrong in a cycle, and how often something befalls the process in it. */
const CALL = 0.2;
const MISHAP = 0.12;
/** A cycle with work to do passes some dozens of named points. */
const POINTS = 60;

/** What may befall a call of either system. Tokens expire by themselves: two refusals in a row would be a fault of the key. */
const ANY_CALL = [
  { kind: 'status-429' },
  { kind: 'status-503' },
  { kind: 'status-500-before' },
  { kind: 'status-500-after' },
  { kind: 'cut-before' },
  { kind: 'cut-after' },
  { kind: 'late', afterMs: 10_000, answer: 'cut' },
] as const;

const EXIGO: readonly [FaultKind, ...FaultKind[]] = [
  ...ANY_CALL,
  { kind: 'late', afterMs: 10_000, answer: 'success' },
];
const FEED: readonly [FeedFaultKind, ...FeedFaultKind[]] = [...ANY_CALL, { kind: 'empty-list' }];

/** What befalls a process at a point: it is killed, told to stop, or held up while the other host goes on. */
export type Mishap = 'killed' | 'stopped' | 'held-up';
const MISHAPS: readonly [Mishap, ...Mishap[]] = ['killed', 'killed', 'stopped', 'held-up'];

/** What goes wrong, drawn by a seed. */
export class Trouble {
  private readonly until = new Map<OutageKind, number>();
  private cycle = 0;

  constructor(
    private readonly world: World,
    private readonly outages: Outages,
    private readonly random: Random,
  ) {}

  /** Before a cycle: what is over ends, and perhaps something begins. */
  async next(): Promise<void> {
    const { random, world, outages } = this;
    this.cycle++;
    for (const [kind, until] of this.until) {
      if (until > this.cycle) continue;
      this.until.delete(kind);
      await outages.end(kind);
    }
    if (random.chance(BEGINS)) {
      const kind = random.pick(OUTAGES);
      if (!this.until.has(kind)) this.until.set(kind, this.cycle + 1 + random.upTo(LASTS));
      outages.begin(kind, random.pick(['atlas', 'west']));
    }
    // One at a time: a token that is refused twice in a row, say, would be an incident that nobody made.
    if (random.chance(CALL) && !outages.lasts('exigo') && !outages.lasts('credentials')) {
      world.house.standin.clearFaults();
      world.house.standin.fail({ ...random.pick(EXIGO), nth: 1 + random.upTo(5) });
    }
    if (random.chance(CALL) && !outages.lasts('godatafeed')) {
      world.market.feed.clearFaults();
      world.market.feed.fail({ ...random.pick(FEED), nth: 1 + random.upTo(3) });
    }
  }

  /** Waits at one of the points of this cycle, or at none. */
  lieInWait(befalls: (mishap: Mishap) => void | Promise<void>): void {
    if (!this.random.chance(MISHAP)) return;
    const mishap = this.random.pick(MISHAPS);
    let left = this.random.upTo(POINTS);
    setFaultHook(async () => {
      if (left-- > 0) return;
      setFaultHook(undefined);
      await befalls(mishap);
    });
  }

  /** What has not befallen anybody by now does not. */
  letBe(): void {
    setFaultHook(undefined);
  }

  /** All is well from now on. */
  async over(): Promise<void> {
    this.until.clear();
    this.letBe();
    await this.outages.endAll();
    this.world.house.standin.clearFaults();
    this.world.market.feed.clearFaults();
  }
}
