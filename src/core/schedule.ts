import type { Cron } from './cron.js';

/** One entry of the schedule: pipelines that are run one after the other whenever it is due. */
export interface ScheduleEntry {
  readonly name: string;
  readonly cron: Cron;
  /** Names. */
  readonly pipelines: readonly string[];
}

export interface WebhookConfig {
  readonly listen: string;
  readonly port: number;
  readonly secret: string;
  /** How far the time of a request may be off (ms). */
  readonly windowMs: number;
  readonly maxBytes: number;
}

export interface ScheduleConfig {
  readonly entries: readonly ScheduleEntry[];
  /** How long running cycles have after SIGTERM (ms). */
  readonly drainMs: number;
  readonly webhook: WebhookConfig | null;
}
