import { counted } from '../../core/text.js';
import { describeDuration, fromUtcText } from '../../core/time.js';
import type { EngineContext } from '../../engine/context.js';
import { cutOffNotes } from '../../engine/schedule/plan.js';
import type { ScheduledStatus } from '../../engine/schedule/schedule-view.js';
import type { Status } from '../../engine/status-view.js';
import type { Output } from '../output.js';

/** What the schedule does next, what its cycles came to, which systems are down, and what somebody should know of. */
export function printSchedule(
  output: Output,
  status: Status,
  { config, pipelines }: Pick<EngineContext, 'config' | 'pipelines'>,
  nowMs: number,
): void {
  const age = (utc: string) => describeDuration(Math.max(0, nowMs - fromUtcText(utc)));
  for (const entry of status.schedule) printEntry(output, entry, age);
  if (status.schedule.length > 0) {
    for (const { line } of cutOffNotes(config, pipelines, nowMs)) output.line(line);
  }
  for (const { system, state, failures, probe_utc, last_error } of status.circuits) {
    const next =
      state === 'closed' ? 'still tried by every run' : `left alone, tried again after ${short(probe_utc)}`;
    output.line(`system ${system}: ${counted(failures, 'failure')} in a row, ${next}; last: ${last_error}`);
  }
  for (const { kind, system, what, opened_utc, times } of status.incidents) {
    output.line(`incident ${kind} of ${system}, for ${age(opened_utc)}, seen ${times} times: ${what}`);
  }
}

function printEntry(output: Output, entry: ScheduledStatus, age: (utc: string) => string): void {
  const [next = 'never'] = entry.next;
  output.line(`schedule ${entry.entry}: ${entry.cron} ${entry.zone}, next ${next}`);
  const { newest } = entry;
  if (newest !== null) {
    const stands =
      newest.standsFor === 1 ? '' : `, stands for ${newest.standsFor} from ${short(newest.firstDue)}`;
    const again = newest.begun === 1 ? '' : `, begun ${newest.begun} times`;
    const where = newest.ended === null ? ` in ${newest.host} for ${age(newest.claimed)}` : '';
    output.line(`  cycle of ${short(newest.due)} ${newest.state}${where}${stands}${again}`);
    for (const { pipeline, outcome, reason } of newest.pipelines) {
      if (outcome !== 'done')
        output.line(`    ${pipeline} ${outcome}${reason === null ? '' : `: ${reason}`}`);
    }
  }
  if (entry.skipped > 0) {
    const last = entry.lastSkipped === null ? '' : `, the last one of ${short(entry.lastSkipped)}`;
    output.line(`  ${counted(entry.skipped, 'cycle')} skipped because another one ran${last}`);
  }
}

function short(utc: string | null): string {
  return utc === null ? 'never' : `${utc.slice(0, 16)} UTC`;
}
