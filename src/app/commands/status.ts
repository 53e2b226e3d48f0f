import type { Command } from 'commander';
import { describeDuration, fromUtcText } from '../../core/time.js';
import { type PipelineStatus, readStatus } from '../../engine/status-view.js';
import type { Output } from '../output.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';

export function addStatus(program: Command, shell: Shell): void {
  program
    .command('status')
    .description('where everything stands: last success, backlog, what waits, open files, next waves')
    .option('--json', 'one object on standard output')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        const status = await readStatus(context);
        for (const pipeline of status.pipelines) printPipeline(output, pipeline, shell.clock.now());
        for (const [name, next] of Object.entries(status.nextWaves)) {
          output.line(`3PL ${name}: ${next === null ? 'a wave with every run' : `next wave ${next}`}`);
        }
        output.result(status);
      });
    });
}

function printPipeline(output: Output, status: PipelineStatus, now: number): void {
  const age = (utc: string) => describeDuration(Math.max(0, now - fromUtcText(utc)));
  const done = status.lastDone?.ended_utc;
  output.line(status.pipeline);
  if (status.runningIn !== null) output.line(`  running in ${status.runningIn}`);
  output.line(`  last success ${done == null ? 'never' : `${done} UTC (${age(done)} ago)`}`);
  if (status.last !== null && status.last.outcome !== 'done') {
    output.line(
      `  last run began ${status.last.started_utc} UTC and ${status.last.outcome ?? 'has not ended'}`,
    );
  }
  for (const row of status.backlog) {
    output.line(
      `  ${row.items} ${row.state}${row.target === null ? '' : ` for ${row.target}`}, oldest ${age(row.oldest_utc)}`,
    );
  }
  for (const row of status.waiting)
    output.line(`  ${row.items} ${row.state} as ${row.code}, oldest ${age(row.oldest_utc)}`);
  for (const file of status.openFiles) {
    output.line(
      `  file ${file.file_name} is ${file.state}${file.last_error === null ? '' : `: ${file.last_error}`}`,
    );
  }
  if (status.backlog.length + status.waiting.length + status.openFiles.length === 0)
    output.line('  nothing waits');
}
