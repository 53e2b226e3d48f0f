import { scheduleJob } from 'node-schedule';
import { ConfigurationError } from '../../core/errors.js';

/** Rings when cron text is due. Tests ring by hand, so that nothing sleeps. */
export interface Alarm {
  /** `cron`: text of five fields, or of six with seconds first. Throws ConfigurationError for one that never rings. */
  set(name: string, cron: string, zone: string, ring: () => void): { cancel(): void };
}

/**
 * node-schedule, with cron text and an explicit zone alone: its rule objects skip the day of the spring change and ring
 * twice in autumn (2.1.1). It is trusted with nothing but waking up: what is due is decided by the database and our own
 * reading of the text. After a suspended machine or a blocked loop it rings late, or several times.
 */
export const nodeSchedule: Alarm = {
  set(name, cron, zone, ring) {
    const job = scheduleJob(name, { rule: cron, tz: zone }, ring);
    // It says null, not why, for a text that it does not take.
    if (job === null) throw new ConfigurationError(`schedule ${name}: node-schedule does not take "${cron}"`);
    return { cancel: () => void job.cancel() };
  },
};
