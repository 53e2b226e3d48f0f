import { tell } from '../../src/app/alerts/desk.js';
import { findPipeline } from '../../src/app/pipelines.js';
import { makeContext, openDatabase } from '../../src/app/runtime.js';
import { Scheduler } from '../../src/app/schedule/scheduler.js';
import type { Clock } from '../../src/core/clock.js';
import { StoppedError } from '../../src/core/errors.js';
import type { Logger } from '../../src/core/log.js';
import type { ScheduleEntry } from '../../src/core/schedule.js';
import type { Database, Session } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import type { House } from '../support/house.js';
import { ManualAlarm } from '../support/scheduling.js';

/** The process has ended: nothing it begins happens any more. */
export class Killed extends Error {}

export interface HostParts {
  readonly name: string;
  readonly house: House;
  /** As this host has it. */
  readonly clock: Clock;
  readonly entries: readonly ScheduleEntry[];
  /** What this host sees of disks. */
  disks(context: EngineContext): EngineContext['delivery'];
}

/**
 * A process that runs the schedule, with connections of its own. It can be ended at any point: whatever it tries from then on
 * fails before it is done, as if it were not there, and its transaction is rolled back.
 */
export class Host {
  /** Errors that a log of it would have, newest last. */
  readonly errors: string[] = [];
  private readonly stopper = new AbortController();
  private readonly scheduler: Scheduler;
  private dead = false;
  private transactions = 0;

  private constructor(
    private readonly parts: HostParts,
    private readonly database: Database,
  ) {
    const { house, clock, entries } = parts;
    const { config } = house;
    const ignore = () => undefined;
    const log: Logger = {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (message) => void this.errors.push(message),
    };
    const mortal = this.mortalDatabase();
    this.scheduler = new Scheduler({
      scheduling: { clock, log, config, database: mortal },
      entries,
      alarm: new ManualAlarm(),
      signal: this.stopper.signal,
      workplace: async (signal) => {
        const made = makeContext({ config, database: mortal, clock, log, signal, random: () => 0 });
        const context = this.mortalContext({ ...made, delivery: parts.disks(made) });
        const end = async () => {
          await tell(context);
          await made.close();
        };
        return { ...context, end };
      },
      pipelineOf: (context, name) =>
        context.pipelines.find((pipeline) => pipeline.name === name) ?? findPipeline(name),
    });
  }

  static async start(parts: HostParts): Promise<Host> {
    return new Host(parts, await openDatabase(parts.house.config, parts.house.clock));
  }

  get name(): string {
    return this.parts.name;
  }

  /** Looks what is due, and does it. */
  async beat(): Promise<void> {
    await this.scheduler.beat();
    await this.scheduler.idle();
  }

  /** Whether another process could write now: no transaction of this one is open. */
  get isBetweenTransactions(): boolean {
    return this.transactions === 0;
  }

  get isDead(): boolean {
    return this.dead;
  }

  get isStopped(): boolean {
    return this.stopper.signal.aborted;
  }

  /** SIGKILL. */
  kill(): void {
    this.dead = true;
  }

  /** SIGTERM. */
  stop(): void {
    this.stopper.abort(new StoppedError());
  }

  async end(): Promise<void> {
    this.scheduler.close();
    await this.scheduler.idle();
    await this.database.close();
  }

  private assertAlive(): void {
    if (this.dead) throw new Killed(`${this.name} has ended`);
  }

  private mortalDatabase(): Database {
    const { database } = this;
    return Object.assign(this.mortal(database), {
      transaction: <T>(work: (session: Session) => Promise<T>) => {
        this.assertAlive();
        return database.transaction(async (session) => {
          this.transactions++;
          try {
            const result = await work(this.mortal(session));
            this.assertAlive();
            return result;
          } finally {
            this.transactions--;
          }
        });
      },
    });
  }

  private mortalContext(context: EngineContext): EngineContext {
    const each = <T extends object>(targets: ReadonlyMap<string, T>) =>
      new Map([...targets].map(([name, target]) => [name, this.mortal(target)]));
    const one = <T extends object>(target: T | null) => (target === null ? null : this.mortal(target));
    return {
      ...context,
      delivery: (...target) => this.mortal(context.delivery(...target)),
      inbox: (threePl) => this.mortal(context.inbox(threePl)),
      statusTarget: one(context.statusTarget),
      shipmentTarget: one(context.shipmentTarget),
      orderTarget: one(context.orderTarget),
      returnTarget: one(context.returnTarget),
      stores: each(context.stores),
      updateTargets: each(context.updateTargets),
    };
  }

  /** The same object, until the process ends. */
  private mortal<T extends object>(object: T): T {
    const replaced: Partial<Record<PropertyKey, unknown>> = {};
    return new Proxy(object, {
      set: (_target, key, value) => {
        replaced[key] = value;
        return true;
      },
      get: (target, key) => {
        if (key in replaced) return replaced[key];
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]): unknown => {
          this.assertAlive();
          return Reflect.apply(member, target, values);
        };
      },
    });
  }
}
