import type { Command } from 'commander';
import type { WaveRule } from '../../core/hand-over.js';
import { counted } from '../../core/text.js';
import { describeDuration, fromUtcText } from '../../core/time.js';
import { cutOffText } from '../../engine/explain/explain-answer.js';
import { alarms, type Health, judgeHealth, monitoringOf } from '../../engine/health.js';
import { type PipelineStatus, readStatus } from '../../engine/status-view.js';
import { WAITS_FOR_ANSWER } from '../../queue/ledger/effects.js';
import type { ReturnCounts } from '../../queue/ledger/returned.js';
import type { Output } from '../output.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { inShadowWords } from '../shadow-rules.js';
import { withContext } from './open.js';
import { printSchedule } from './print-schedule.js';

export function addStatus(program: Command, shell: Shell): void {
  program
    .command('status')
    .description('where everything stands: last success, backlog, what waits, open files, next waves')
    .option(
      '--check',
      'for monitors: one line, and exit code 1 when something is beyond a threshold of monitoring',
    )
    .option('--json', 'one object on standard output')
    .action(async (options: { check?: boolean; json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, config, output }) => {
        const status = await readStatus(context);
        if (options.check === true) {
          shell.exitCode = printCheck(output, judgeHealth(status, monitoringOf(config), shell.clock.now()));
          return;
        }
        const notes = new Map(context.pipelines.map((one) => [one.name, inShadowWords(one)]));
        for (const pipeline of status.pipelines) {
          printPipeline(output, pipeline, notes.get(pipeline.pipeline) ?? '', shell.clock.now());
        }
        for (const { name, wave } of config.threePls) {
          output.line(`3PL ${name}: ${waveText(status.nextWaves[name] ?? null, wave)}`);
        }
        printSchedule(output, status, context, shell.clock.now());
        for (const { three_pl, name, code, reason, settled_utc } of status.setAside) {
          const age = describeDuration(Math.max(0, shell.clock.now() - fromUtcText(settled_utc)));
          output.line(`3PL ${three_pl}: ${name} was not used, ${age} ago: ${code}: ${reason}`);
        }
        for (const counts of status.returns) output.line(returnsText(counts));
        output.result(status);
      });
    });
}

/** `3PL atlas: 3 returns recorded, 2 with a return order; 1 of a marketplace order, which its marketplace is not told of`. */
function returnsText({ three_pl, recorded, made, not_made, not_reported }: ReturnCounts): string {
  const parts = [
    ...(recorded > 0 ? [`${counted(recorded, 'return')} recorded`] : []),
    ...(made > 0 ? [`${counted(made, 'return')} with a return order in Exigo`] : []),
    ...(not_made > 0 ? [`${counted(not_made, 'return')} whose return order is not made yet`] : []),
  ];
  const untold =
    not_reported === 0
      ? ''
      : `; ${not_reported} of marketplace orders, which their marketplaces are not told (RETURN_NOT_REPORTED)`;
  return `3PL ${three_pl}: ${parts.join(', ')}${untold}`;
}

/** One line that says whether all is well, and the exit code for it. */
function printCheck(output: Output, health: Health): number {
  const wrong = alarms(health);
  const looks = health.flows.flatMap(({ findings }) => findings).filter(({ level }) => level === 'look');
  const words =
    looks.length === 0
      ? 'all is well'
      : `nothing is beyond a threshold; ${counted(looks.length, 'thing')} to look at`;
  output.line(wrong.length === 0 ? `OK: ${words}` : `WRONG: ${wrong.join('; ')}`);
  output.result({ ok: wrong.length === 0, wrong, ...health });
  return wrong.length === 0 ? EXIT.done : EXIT.failed;
}

function waveText(next: string | null, rule: WaveRule): string {
  if (next === null) return 'a wave with every run';
  return next === 'now'
    ? 'its wave is due: the next run makes it'
    : `next wave ${cutOffText(Date.parse(next), rule)}`;
}

const STEP_STATES = {
  pending: 'not done yet',
  sending: 'on its way or of unknown outcome',
  accepted: 'accepted, and not answered by the marketplace yet,',
} as const;

function printPipeline(output: Output, status: PipelineStatus, inShadow: string, now: number): void {
  const age = (utc: string) => describeDuration(Math.max(0, now - fromUtcText(utc)));
  const done = status.lastDone?.ended_utc;
  output.line(status.pipeline);
  if (status.mode === 'shadow') output.line(`  in shadow: ${inShadow}`);
  if (status.runningIn !== null) {
    const since = status.runningSince === null ? '' : `, for ${age(status.runningSince)}`;
    output.line(`  running in ${status.runningIn}${since}`);
  }
  output.line(`  last success ${done == null ? 'never' : `${done} UTC (${age(done)} ago)`}`);
  const { last } = status;
  if (last !== null && last.outcome !== 'done' && status.runningIn === null) {
    const ended = last.outcome ?? 'was killed: the next run goes on where it stopped';
    output.line(`  last run began ${last.started_utc} UTC and ${ended}`);
  }
  for (const row of status.backlog) {
    output.line(
      `  ${row.items} ${row.state}${row.target === null ? '' : ` for ${row.target}`}, oldest ${age(row.oldest_utc)}`,
    );
  }
  for (const { step, state, orders, attempts, last_error, next_try_utc } of status.openSteps) {
    const left = status.mode === 'shadow' && state === 'pending';
    const what = left ? 'not done by the earlier script yet' : STEP_STATES[state];
    const tries = attempts > 1 ? `${attempts} tries, the last: ` : 'last try: ';
    const error = last_error === null ? '' : `; ${tries}${last_error}`;
    const next =
      next_try_utc === null
        ? ''
        : next_try_utc === WAITS_FOR_ANSWER
          ? '; waits for the answer of the 3PL'
          : `; next ${state === 'accepted' ? 'look' : 'try'} after ${next_try_utc.slice(0, 19)} UTC`;
    output.line(`  step ${step} is ${what} for ${counted(orders, 'order')}${error}${next}`);
  }
  for (const file of status.openFiles) {
    const tries =
      file.attempts > 0 ? ` after ${counted(file.attempts, 'failed try').replace('trys', 'tries')}` : '';
    const next = file.next_try_utc === null ? '' : `; next try after ${file.next_try_utc.slice(0, 19)} UTC`;
    output.line(
      `  ${file.shadow === 1 ? 'shadow file' : 'file'} ${file.file_name} is ${file.state}${tries}${file.last_error === null ? '' : `: ${file.last_error}`}${next}`,
    );
  }
  for (const file of status.heldFiles) {
    output.line(
      `  file ${file.file_name} is held with ${file.items} items: ${file.last_error}; then: orderferry resend ${file.file_name} --reason "..."`,
    );
  }
  for (const row of status.waiting)
    output.line(`  ${row.items} ${row.state} as ${row.code}, oldest ${age(row.oldest_utc)}`);
  const { backlog, waiting, openFiles, openSteps } = status;
  if (backlog.length + waiting.length + openFiles.length + openSteps.length === 0)
    output.line('  nothing waits');
}
