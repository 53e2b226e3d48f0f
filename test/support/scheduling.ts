import { findPipeline } from '../../src/app/pipelines.js';
import { makeContext } from '../../src/app/runtime.js';
import type { Alarm } from '../../src/app/schedule/alarm.js';
import { Scheduler, type SchedulerOptions } from '../../src/app/schedule/scheduler.js';
import type { Config } from '../../src/core/config.js';
import { parseCron } from '../../src/core/cron.js';
import type { Logger } from '../../src/core/log.js';
import type { ScheduleEntry } from '../../src/core/schedule.js';
import type { Database } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import type { CycleReport } from '../../src/engine/schedule/cycle.js';
import type { House } from './house.js';

export const ORDERS = 'exigo-orders-to-3pl';
export const TABLES = 'exigo-snapshot-to-csv';

/** Rings only when a test says so. */
export class ManualAlarm implements Alarm {
  readonly bells = new Map<string, () => void>();

  set(name: string, _cron: string, _zone: string, ring: () => void): { cancel(): void } {
    this.bells.set(name, ring);
    return { cancel: () => void this.bells.delete(name) };
  }
}

export function entryOf(
  name: string,
  cron: string,
  pipelines: readonly string[] = [ORDERS],
  zone = 'America/Chicago',
): ScheduleEntry {
  return { name, cron: parseCron(cron, zone), pipelines };
}

interface Changes {
  /** Of what cycles work with. */
  readonly change?: (context: EngineContext) => Partial<EngineContext>;
  /** Awaited when a cycle has begun, before it does anything. */
  readonly before?: () => Promise<void>;
}

/** A scheduler on a house, as a process of its own would have it: another connection, another log. */
export class Scheduled {
  readonly alarm = new ManualAlarm();
  readonly lines: string[] = [];
  readonly reports: { readonly due: string; readonly report: CycleReport }[] = [];
  readonly stop = new AbortController();
  readonly scheduler: Scheduler;

  private constructor(
    readonly house: House,
    readonly database: Database,
    readonly entries: readonly ScheduleEntry[],
    { change = () => ({}), before = async () => undefined }: Changes,
  ) {
    const say = (message: string) => void this.lines.push(message);
    const log: Logger = { debug: () => undefined, info: say, warn: say, error: say };
    const config: Config = house.config;
    const options: SchedulerOptions = {
      scheduling: { clock: house.clock, log, config, database },
      entries,
      alarm: this.alarm,
      signal: this.stop.signal,
      workplace: async (signal) => {
        await before();
        const made = makeContext({ config, database, clock: house.clock, log, signal });
        const context = { ...made, ...change(made) };
        return { ...context, end: () => made.close() };
      },
      pipelineOf: (_context, name) => findPipeline(name),
      ended: ({ due }, report) => void this.reports.push({ due, report }),
    };
    this.scheduler = new Scheduler(options);
  }

  static async open(
    house: House,
    entries: readonly ScheduleEntry[],
    changes: Changes = {},
  ): Promise<Scheduled> {
    return new Scheduled(house, await house.openAnother(), entries, changes);
  }

  /** A beat, and all that it begins to its end. */
  async beat(): Promise<void> {
    await this.scheduler.beat();
    await this.scheduler.idle();
  }

  /** Lets time pass in steps, with a beat after each. */
  async pass(ms: number, step: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.house.clock.advance(step);
      await this.beat();
    }
  }
}
