import { type Command, Option } from 'commander';
import { DAY, HOUR } from '../../core/clock.js';
import { UsageError } from '../../core/errors.js';
import { fromExigoText, parseDateOption, toExigoText } from '../../core/time.js';
import { type ReconcileReport, reconcile } from '../../engine/reconcile/reconcile.js';
import type { ReconcileRequest } from '../../engine/reconcile/scope.js';
import type { Counts } from '../../engine/reconcile/tally.js';
import { durationHint, parseDuration } from '../config/duration.js';
import type { Output } from '../output.js';
import { EXIT, exitCodeOf } from '../process.js';
import type { Shell } from '../program.js';
import { shadowNotes } from '../shadow-rules.js';
import { openViews } from '../views.js';
import { wholeNumber, withContext } from './open.js';

const WINDOW = 7 * DAY;
const MOST = 1_000;
/** Of a kind, for people: the others read alike. */
const IN_FULL = 5;

interface ReconcileOptions {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly grace: number;
  readonly limit: number;
  readonly json?: boolean;
}

export function addReconcile(program: Command, shell: Shell): void {
  program
    .command('reconcile')
    .description('compares what Exigo, GoDataFeed, the 3PL folders and the ledger say of every order')
    .option('--start-date <date>', 'what changed from this day on, midnight US Central (default: 7 days ago)')
    .option('--end-date <date>', 'up to, not including, this day (default: now)')
    .addOption(
      new Option('--grace <time>', 'a younger difference is on its way: 30m, 2h')
        .argParser(duration)
        .default(HOUR, '1h'),
    )
    .option('--limit <discrepancies>', 'list so many, count the others', wholeNumber('--limit'), MOST)
    .option('--json', 'one object on standard output')
    .action(async (options: ReconcileOptions, command: Command) => {
      const request = requestOf(options, shell.clock.now());
      await withContext(command, shell, options, async ({ config, database, context, output }) => {
        const { signal, clock, frame } = shell;
        const onToken = (token: string) => frame.redactor.register([token]);
        const views = openViews({ config, database, clock, signal, onToken });
        try {
          const { report, problem } = await reconcile(context, views, request);
          for (const note of shadowNotes(config, context.pipelines)) output.line(note);
          print(output, report);
          output.result(report);
          shell.exitCode =
            problem !== null ? exitCodeOf(problem) : report.discrepancies.total > 0 ? EXIT.failed : EXIT.done;
        } finally {
          await views.close();
        }
      });
    });
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new UsageError(`--grace "${text}": write a time such as 30m or 2h${durationHint(text)}`);
}

function requestOf({ startDate, endDate, grace, limit }: ReconcileOptions, now: number): ReconcileRequest {
  const at = (option: string, text: string) => fromExigoText(parseDateOption(option, text));
  const to = endDate === undefined ? now : at('--end-date', endDate);
  const from = startDate === undefined ? to - WINDOW : at('--start-date', startDate);
  if (from >= to) throw new UsageError(`--start-date ${startDate}: not before ${endDate ?? 'now'}`);
  return { from, to, graceMs: grace, most: limit };
}

function print(output: Output, report: ReconcileReport): void {
  const { counts, systems, discrepancies } = report;
  const local = (iso: string) => toExigoText(Date.parse(iso)).slice(0, 16);
  output.line(`what changed from ${local(report.from)} to ${local(report.to)} US Central`);
  output.line(`  orders              ${countsText(counts.order)}`);
  if (counts['marketplace order'].compared + counts['marketplace order'].notCompared > 0) {
    output.line(`  marketplace orders  ${countsText(counts['marketplace order'])}`);
  }
  output.line(`  3PL folders, files  ${countsText(counts['3PL'])}`);
  for (const { name, problem } of systems) {
    if (problem !== null) output.line(`  NOT COMPARED with ${name}, or not to its end: ${problem}`);
  }
  const harmless = Object.entries(report.harmless).map(([code, number]) => `${number} ${code}`);
  if (harmless.length > 0) output.line(`  harmless: ${harmless.join(', ')}`);
  if (discrepancies.total === 0) {
    output.line(systems.some(({ problem }) => problem !== null) ? 'no discrepancy found' : 'no discrepancy');
    return;
  }
  const kinds = Object.entries(discrepancies.byCode).map(([code, number]) => `${number} ${code}`);
  output.line(
    `${discrepancies.total === 1 ? '1 discrepancy' : `${discrepancies.total} discrepancies`}: ${kinds.join(', ')}`,
  );
  output.line();
  output.table(
    [{ title: 'code' }, { title: 'what' }, { title: 'id' }],
    discrepancies.listed.map(({ code, subject, id }) => [code, subject, id]),
  );
  for (const code of Object.keys(discrepancies.byCode)) {
    const ofKind = discrepancies.listed.filter((one) => one.code === code);
    for (const one of ofKind.slice(0, IN_FULL)) {
      output.line();
      output.line(`${one.subject} ${one.id}: ${code}`);
      output.line(`  ${one.cause}`);
      output.line(`  do: ${one.next}`);
    }
    if (ofKind.length > IN_FULL)
      output.line(`and ${ofKind.length - IN_FULL} more of them: --json has each in full`);
  }
  const left = discrepancies.total - discrepancies.listed.length;
  if (left > 0) output.line(`and ${left} more: --limit ${discrepancies.total} lists them all`);
}

function countsText({ compared, agree, harmless, differ, notCompared }: Counts): string {
  const left = notCompared === 0 ? '' : `, ${notCompared} could not be compared`;
  return `${compared} compared: ${agree} agree, ${harmless} harmless, ${differ} differ${left}`;
}
