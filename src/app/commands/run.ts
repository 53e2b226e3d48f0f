import { type Command, Option } from 'commander';
import { DAY } from '../../core/clock.js';
import { UsageError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { parseDateOption, shiftLocalText, toExigoText, toUtcText } from '../../core/time.js';
import { acceptedInApi } from '../../engine/api/accepted.js';
import { type EngineContext, syncTables } from '../../engine/context.js';
import { dryRun } from '../../engine/dry-run.js';
import { notePipeline } from '../../engine/pipeline-incidents.js';
import { summarize } from '../../engine/report.js';
import { type RunRequest, runPipeline } from '../../engine/run.js';
import { frozenOrders } from '../../extract/frozen-orders.js';
import { frozenTables } from '../../extract/frozen-tables.js';
import { newlySettled } from '../../queue/reads/batches.js';
import { acceptedInSync, type OldOrder, oldUndelivered } from '../../queue/reads/source.js';
import { tell } from '../alerts/desk.js';
import { ownPipelines, projectOf } from '../own-pipelines.js';
import { findPipeline, PIPELINES, pipelineHere } from '../pipelines.js';
import { EXIT, exitCodeOf } from '../process.js';
import type { Shell } from '../program.js';
import { shadowNotes } from '../shadow-rules.js';
import { assertMayRun, assertOneHandOver } from './before-run.js';
import { configFile, type Opened, wholeNumber, withContext } from './open.js';
import { printRun } from './print-run.js';

interface RunOptions {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly dryRun?: boolean;
  readonly limit?: number;
  readonly yes?: boolean;
  readonly probe?: boolean;
  readonly json?: boolean;
  readonly failOn: 'failed' | 'held';
}

export function addRun(program: Command, shell: Shell): void {
  program
    .command('run')
    .description('freeze what changed and work it through one pipeline')
    .argument('<pipeline>', `${PIPELINES.map(({ name }) => name).join(', ')}, or one of the project`)
    .option('--start-date <date>', 'backfill from this day on, midnight US Central: 2017-01-31 or 1/31/2017')
    .option('--end-date <date>', 'backfill up to, not including, this day (default: now)')
    .option('--dry-run', 'show what would happen; changes nothing anywhere')
    .option('--limit <orders>', 'hand over at most so many orders', wholeNumber('--limit'))
    .option('--yes', 'hand over orders older than source.oldOrder, too')
    .option('--probe', 'try systems that count as down at once, instead of after their pause')
    .option('--json', 'one object on standard output')
    .addOption(
      new Option('--fail-on <state>', 'exit code 1 when something is newly failed, or newly held')
        .choices(['failed', 'held'])
        .default('failed'),
    )
    .action(async (name: string, options: RunOptions, command: Command) => {
      const pipeline = findPipeline(name, await ownPipelines(projectOf(configFile(command))));
      await withContext(command, shell, options, (opened) => run(opened, pipeline, options, shell));
    });
}

async function run(opened: Opened, named: AnyPipeline, options: RunOptions, shell: Shell): Promise<void> {
  const { context, output } = opened;
  const pipeline = pipelineHere(context.pipelines, named);
  for (const note of shadowNotes(context.config, [pipeline])) output.line(note);
  await assertOneHandOver(context, pipeline);
  const startedAt = toUtcText(shell.clock.now());
  const request: RunRequest = {
    pipeline,
    slices: slicesOf(options, shell),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  await assertYoung(opened, request, options, shell);
  if (options.dryRun === true) {
    const planned = await dryRun(context, request, (session) => ({
      orders: frozenOrders(session),
      tables: frozenTables(session),
    }));
    printRun(output, planned.summary, planned.summary.calls);
    output.result(planned.summary);
    shell.exitCode = planned.error === null ? EXIT.done : exitCodeOf(planned.error);
    return;
  }
  await assertMayRun(context);
  if (options.probe === true) await context.circuits.probeNow();
  const report = await runPipeline(context, request);
  if (report.heldBy === null) await notePipeline(context, pipeline.name, report.error);
  const summary = await summarize(context, pipeline.name, report).catch((problem: unknown) => {
    throw report.error ?? problem; // a database that is gone cannot be asked; what ended the run says why
  });
  printRun(output, summary, null);
  output.result(summary);
  await tell(context);
  if (report.error !== null) {
    shell.frame.logger?.error(summary.error?.message ?? 'the run ended early', { pipeline: pipeline.name });
    shell.exitCode = exitCodeOf(report.error);
    return;
  }
  const failed = await newlySettled(context.database, report.batchIds, 'failed', startedAt);
  const held =
    options.failOn === 'held' ? await newlySettled(context.database, report.batchIds, 'held', startedAt) : 0;
  shell.exitCode = failed + held > 0 ? EXIT.failed : EXIT.done;
}

/** Daily slices of a backfill; none for a live run. */
function slicesOf(options: RunOptions, shell: Shell): RunRequest['slices'] {
  if (options.startDate === undefined) {
    if (options.endDate !== undefined) throw new UsageError('--end-date goes with --start-date');
    return [];
  }
  const now = toExigoText(shell.clock.now());
  const start = parseDateOption('--start-date', options.startDate);
  const end = options.endDate === undefined ? now : parseDateOption('--end-date', options.endDate);
  if (start >= end)
    throw new UsageError(`--start-date ${options.startDate}: not before ${options.endDate ?? 'now'}`);
  const slices: { startAt: string; endAt: string }[] = [];
  for (let at = start; at < end; at = shiftLocalText(at, DAY)) {
    const next = shiftLocalText(at, DAY);
    slices.push({ startAt: at, endAt: next < end ? next : end });
  }
  return slices;
}

/** A backfill that would send old orders to a warehouse says which, and does it only with --yes. */
async function assertYoung(
  { context }: Opened,
  request: RunRequest,
  options: RunOptions,
  shell: Shell,
): Promise<void> {
  const [first, last] = [request.slices[0], request.slices.at(-1)];
  const handsOver = request.pipeline.load[0]?.kind === '3pl-file';
  const asks = options.yes !== true && options.dryRun !== true && handsOver;
  if (first === undefined || last === undefined || !asks) return;
  const limit = toExigoText(shell.clock.now() - context.config.source.oldOrderMs);
  const old = await oldUndelivered(
    context.database,
    acceptedOrders(context, first.startAt, last.endAt < limit ? last.endAt : limit),
  );
  if (old.count === 0) return;
  const shown = old.orders
    .map(({ OrderID, ModifiedDate }) => `${OrderID} (${ModifiedDate.slice(0, 10)})`)
    .join(', ');
  throw new UsageError(
    `${old.count} accepted orders of this range are older than ${limit.slice(0, 10)} and were never handed over: ${shown}` +
      `${old.count > old.orders.length ? ', ...' : ''}; nothing was done. Look with --dry-run, then run again with --yes`,
  );
}

/** Accepted orders of a range of ModifiedDate, wherever orders come from. */
function acceptedOrders(context: EngineContext, startAt: string, endAt: string): AsyncIterable<OldOrder[]> {
  const sync = syncTables(context);
  if (sync !== null) return acceptedInSync(sync, startAt, endAt);
  return acceptedInApi(context, startAt, endAt);
}
