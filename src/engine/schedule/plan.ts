import { DateTime } from 'luxon';
import { DAY } from '../../core/clock.js';
import type { Config } from '../../core/config.js';
import { duesBetween, nextDue } from '../../core/cron.js';
import type { ThreePl } from '../../core/hand-over.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { ScheduleEntry } from '../../core/schedule.js';
import { describeDuration } from '../../core/time.js';
import { nextCutOff } from '../waves/cut-off.js';

/** The next times that an entry is due, on its own clocks: `2026-11-21 10:15 America/Chicago`. */
export function nextTimes({ cron }: ScheduleEntry, nowMs: number, count: number): string[] {
  const times: string[] = [];
  for (let after = nowMs; times.length < count; ) {
    const due = nextDue(cron, after);
    if (due === null) break;
    times.push(shownIn(cron.zone, due));
    after = due;
  }
  return times;
}

export function shownIn(zone: string, ms: number): string {
  return `${DateTime.fromMillis(ms, { zone, locale: 'en-US' }).toFormat('yyyy-MM-dd HH:mm')} ${zone}`;
}

export interface CutOffNote {
  readonly threePl: string;
  /** Whether a cycle makes the wave within the quarter of an hour after its cut-off. */
  readonly met: boolean;
  readonly line: string;
}

const PROMPT = 15 * 60_000;

/**
 * What the schedule does for the cut-offs of the templates: the first cycle after one makes its wave, so an entry with
 * the hand-over, ours or the project's, has to be due soon after it. `here`: the pipelines of the installation.
 */
export function cutOffNotes(
  config: Pick<Config, 'schedule'> & { readonly threePls: readonly Pick<ThreePl, 'name' | 'wave'>[] },
  here: readonly AnyPipeline[],
  nowMs: number,
): CutOffNote[] {
  const handOvers = here.filter(({ load }) => load[0]?.kind === '3pl-file').map(({ name }) => name);
  const entries = (config.schedule?.entries ?? []).filter(({ pipelines }) =>
    pipelines.some((name) => handOvers.includes(name)),
  );
  return config.threePls.flatMap(({ name, wave }) => {
    const cutOff = nextCutOff(wave, nowMs);
    if (cutOff === null) return [];
    const at = `3PL ${name}: the wave of ${shownIn(wave.zone, cutOff)}`;
    const firsts = entries.flatMap((entry) => {
      const due = duesBetween(entry.cron, cutOff - 1, cutOff + DAY)[0];
      return due === undefined ? [] : [{ entry: entry.name, due }];
    });
    const [first] = firsts.sort((a, b) => a.due - b.due);
    if (first === undefined) {
      const line = `${at} has no cycle that makes it within a day: add an entry with the hand-over that is due at or soon after its cut-off`;
      return [{ threePl: name, met: false, line }];
    }
    const wait = first.due - cutOff;
    const late = wait === 0 ? 'at its cut-off' : `${describeDuration(wait)} after its cut-off`;
    const met = wait <= PROMPT;
    const line = `${at} is made by ${first.entry}, ${late}${met ? '' : '; an entry that is due at its cut-off makes it then'}`;
    return [{ threePl: name, met, line }];
  });
}
