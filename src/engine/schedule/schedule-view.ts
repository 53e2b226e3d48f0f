import { nameHolder } from '../../queue/lease/holder.js';
import { entryState } from '../../queue/reads/schedule.js';
import type { EngineContext } from '../context.js';
import type { PipelineOutcome } from './cycle.js';
import { nextTimes } from './plan.js';

/** Times are UTC text, but for `next`. */
export interface ScheduledStatus {
  readonly entry: string;
  readonly cron: string;
  readonly zone: string;
  readonly pipelines: readonly string[];
  /** On the clocks of its zone. */
  readonly next: readonly string[];
  /** Cycles that were due while another one ran, ever. */
  readonly skipped: number;
  readonly lastSkipped: string | null;
  readonly newest: {
    readonly due: string;
    readonly state: string;
    readonly cause: string;
    /** How many cycles it stands for, from `firstDue` to `due`. */
    readonly standsFor: number;
    readonly firstDue: string;
    /** How often it was begun. */
    readonly begun: number;
    readonly host: string;
    readonly claimed: string;
    readonly ended: string | null;
    /** Empty while it runs. */
    readonly pipelines: readonly PipelineOutcome[];
  } | null;
}

const TIMES_SHOWN = 3;

/** The entries of the configuration with what the database has of them. */
export async function readSchedule({ config, database, clock }: EngineContext): Promise<ScheduledStatus[]> {
  const entries: ScheduledStatus[] = [];
  for (const entry of config.schedule?.entries ?? []) {
    const { row, newest } = await entryState(database, entry.name);
    entries.push({
      entry: entry.name,
      cron: entry.cron.text,
      zone: entry.cron.zone,
      pipelines: entry.pipelines,
      next: nextTimes(entry, clock.now(), TIMES_SHOWN),
      skipped: row?.skipped ?? 0,
      lastSkipped: row?.skipped_utc ?? null,
      newest:
        newest === null
          ? null
          : {
              due: newest.due_utc,
              state: newest.state,
              cause: newest.cause,
              standsFor: newest.stands_for,
              firstDue: newest.first_due_utc,
              begun: newest.begun,
              host: nameHolder(newest.holder),
              claimed: newest.claimed_utc,
              ended: newest.ended_utc,
              pipelines: outcomesOf(newest.detail),
            },
    });
  }
  return entries;
}

function outcomesOf(detail: string | null): readonly PipelineOutcome[] {
  if (detail === null) return [];
  return (JSON.parse(detail) as { readonly pipelines?: readonly PipelineOutcome[] }).pipelines ?? [];
}
