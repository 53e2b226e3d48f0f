import { SECOND } from '../../core/clock.js';
import { codeOf, LeaseLostError, messageOf } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { ScheduleEntry } from '../../core/schedule.js';
import type { EngineContext } from '../../engine/context.js';
import { type Claimed, claimCycle, isLost, type Scheduling } from '../../engine/schedule/claim.js';
import { type CycleReport, giveUpCycle, runCycle } from '../../engine/schedule/cycle.js';
import type { Alarm } from './alarm.js';

export interface SchedulerOptions {
  readonly scheduling: Scheduling;
  readonly entries: readonly ScheduleEntry[];
  readonly alarm: Alarm;
  /** Aborted by SIGTERM: no cycle begins any more, running ones end as soon as they safely can. */
  readonly signal: AbortSignal;
  /** What a cycle works with; closed when it is over. */
  workplace(signal: AbortSignal): Promise<EngineContext & { end(): Promise<void> }>;
  pipelineOf(context: EngineContext, name: string): AnyPipeline;
  /** Told of every cycle that has ended here. */
  ended?(claimed: Claimed, report: CycleReport): void;
}

interface Running {
  readonly claimed: Claimed;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/**
 * Looks what is due whenever the alarm rings, and at every beat besides: an alarm that is late, or rings twice, or not at
 * all, changes nothing but the moment. The entries run beside one another, the pipelines of one after another.
 */
export class Scheduler {
  private readonly running = new Map<string, Running>();
  private readonly alarms: { cancel(): void }[] = [];
  private readonly looking = new Map<string, Promise<void>>();
  private trouble: string | null = null;
  private staysOn = false;

  constructor(private readonly options: SchedulerOptions) {}

  /** Sets the alarms and looks for the first time. Resolves when that is done; cycles go on by themselves. */
  async start(): Promise<void> {
    const { alarm, entries } = this.options;
    this.staysOn = true;
    for (const entry of entries) {
      const { text, zone } = entry.cron;
      this.alarms.push(alarm.set(entry.name, text, zone, () => void this.look(entry)));
    }
    this.setBeat(() => void this.beat());
    await this.lookAtAll();
  }

  /** Runs what is due now to its end. */
  async once(): Promise<void> {
    this.setBeat(() => void this.keepAll());
    await this.lookAtAll();
  }

  /** Looks at every entry once. */
  async lookAtAll(): Promise<void> {
    await Promise.all(this.options.entries.map((entry) => this.look(entry)));
  }

  /** Keeps what runs, and looks for what no alarm has told. */
  async beat(): Promise<void> {
    await this.keepAll();
    await this.lookAtAll();
  }

  /** Whether cycles run here. */
  get busy(): boolean {
    return this.running.size > 0;
  }

  /** Resolves when nothing runs here any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0 || this.looking.size > 0) {
      await Promise.all([...this.looking.values(), ...[...this.running.values()].map(({ over }) => over)]);
    }
  }

  /** No alarm rings any more. */
  close(): void {
    for (const alarm of this.alarms.splice(0)) alarm.cancel();
  }

  /** Begins what is due. Looks at one entry come one after another; a second one that waits is enough. */
  async look(entry: ScheduleEntry): Promise<void> {
    const before = this.looking.get(entry.name);
    if (before !== undefined) return before;
    const now = this.lookOnce(entry).finally(() => this.looking.delete(entry.name));
    this.looking.set(entry.name, now);
    return now;
  }

  private async lookOnce(entry: ScheduleEntry): Promise<void> {
    const { scheduling, signal } = this.options;
    if (signal.aborted) return;
    try {
      const claimed = await claimCycle(scheduling, entry);
      if (this.trouble !== null) scheduling.log.info('the database of the state answers again');
      this.trouble = null;
      if (claimed !== null) this.begin(claimed);
    } catch (error) {
      // The database is asked again by the next beat; what is due stays due.
      const trouble = messageOf(error);
      if (trouble === this.trouble) return;
      this.trouble = trouble;
      scheduling.log.error(`schedule ${entry.name}: cannot look what is due: ${trouble}; tried again`, {
        code: codeOf(error) ?? null,
      });
    }
  }

  private begin(claimed: Claimed): void {
    const stop = new AbortController();
    const { signal } = this.options;
    const onStop = () => stop.abort(signal.reason);
    if (signal.aborted) onStop();
    else signal.addEventListener('abort', onStop, { once: true });
    const { name } = claimed.entry;
    const over = this.run(claimed, stop.signal).finally(() => {
      signal.removeEventListener('abort', onStop);
      this.running.delete(name);
      // Somebody may have asked for a cycle meanwhile.
      if (this.staysOn) void this.look(claimed.entry);
    });
    this.running.set(name, { claimed, stop, over });
  }

  private async run(claimed: Claimed, signal: AbortSignal): Promise<void> {
    const { scheduling, workplace, pipelineOf, ended } = this.options;
    let context: Awaited<ReturnType<typeof workplace>> | undefined;
    try {
      context = await workplace(signal).catch(async (error: unknown) => {
        ended?.(claimed, await giveUpCycle(scheduling, claimed, error));
        scheduling.log.error(`schedule ${claimed.entry.name}: ${messageOf(error)}`, {
          code: codeOf(error) ?? null,
        });
        return undefined;
      });
      if (context === undefined) return;
      const made = context;
      const pipelines = claimed.entry.pipelines.map((name) => pipelineOf(made, name));
      const report = await runCycle({ scheduling, claimed, pipelines, context });
      ended?.(claimed, report);
    } catch (error) {
      // Its row stays as running; when its lease has run out, it is taken up.
      scheduling.log.error(
        `schedule ${claimed.entry.name}: the cycle of ${claimed.due.slice(0, 16)} UTC broke off: ${messageOf(error)}`,
        { code: codeOf(error) ?? null },
      );
      ended?.(claimed, { state: 'failed', pipelines: [] });
    } finally {
      await context?.end().catch((error: unknown) => scheduling.log.warn(messageOf(error)));
    }
  }

  /** Four beats to a lease, at most 20 s apart. */
  private setBeat(ring: () => void): void {
    const { alarm, scheduling } = this.options;
    const seconds = Math.max(1, Math.min(20, Math.floor(scheduling.config.lease.ttlMs / 4 / SECOND)));
    this.alarms.push(alarm.set('beat', `*/${seconds} * * * * *`, 'UTC', ring));
  }

  private async keepAll(): Promise<void> {
    await Promise.all([...this.running.values()].map((running) => this.keep(running)));
  }

  /** Renews the lease of a running cycle; one that is another's by now is stopped here. */
  private async keep({ claimed, stop }: Running): Promise<void> {
    try {
      await claimed.lease.assertHeld();
    } catch (error) {
      if (isLost(error) || error instanceof LeaseLostError) stop.abort(error);
      else this.options.scheduling.log.warn(`schedule ${claimed.entry.name}: ${messageOf(error)}`);
    }
  }
}
