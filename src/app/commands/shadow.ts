import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import type { ThreePl } from '../../core/hand-over.js';
import { counted, didYouMean } from '../../core/text.js';
import { fromExigoText, parseDateOption, toUtcText } from '../../core/time.js';
import {
  compareShadow,
  type ShadowComparison,
  type ShadowDifference,
} from '../../engine/shadow/compare-shadow.js';
import { TheirRows } from '../../queue/their-rows.js';
import type { Output } from '../output.js';
import { findPipeline, pipelineHere } from '../pipelines.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { keyColumn, renamedColumns, type TheirColumns, theirRows } from '../their-files.js';
import { type Opened, wholeNumber, withContext } from './open.js';
import { compareApiCalls } from './shadow-calls.js';

interface CompareOptions {
  readonly '3pl'?: string;
  readonly column: readonly string[];
  readonly startDate?: string;
  readonly endDate?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `shadow compare`: what was made in shadow against what an earlier script has sent. */
export function addShadow(program: Command, shell: Shell): void {
  const shadow = program
    .command('shadow')
    .description('pipelines that run in shadow, beside an earlier script');
  shadow
    .command('compare')
    .description(
      'compare what was made in shadow with what the earlier script did, order by order; changes nothing',
    )
    .argument('<pipeline>', 'a pipeline that runs in shadow')
    .argument(
      '[files...]',
      "of a hand-over: the earlier script's files, or folders of them, in the format of the 3PL's template; of API calls: lists of its calls, or none",
    )
    .option('--3pl <name>', 'whose files they are; needed where there are several 3PLs')
    .option('--column <theirs=ours>', 'a column that has another name there; repeatable', collect, [])
    .option('--start-date <date>', 'made from this day on, midnight US Central (default: all)')
    .option('--end-date <date>', 'up to, not including, this day (default: now)')
    .option('--limit <orders>', 'list so many, count the others', wholeNumber('--limit'), 100)
    .option('--json', 'one object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  orderferry shadow compare exigo-orders-to-3pl /mnt/atlas/sent --3pl atlas --column "Order No=OrderID"\n  orderferry shadow compare 3pl-shipments-to-exigo',
    )
    .action(async (name: string, files: readonly string[], options: CompareOptions, command: Command) => {
      await withContext(command, shell, options, async (opened) => {
        const pipeline = pipelineHere(opened.context.pipelines, findPipeline(name, opened.context.pipelines));
        const first = pipeline.load[0]?.kind;
        if (first === 'table-csv' || first === '3pl-notice') {
          throw new UsageError(`${name} makes no files for 3PLs and no calls; there is nothing to compare`);
        }
        if (first !== '3pl-file') {
          const question = { pipeline: pipeline.name, ...timesOf(options, shell) };
          await compareApiCalls(opened, question, files, options, shell);
          return;
        }
        if (files.length === 0) throw new UsageError("name the earlier script's files, or folders of them");
        await compare(opened, pipeline.name, files, options, shell);
      });
    });
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

async function compare(
  { context, config, output }: Opened,
  pipeline: string,
  paths: readonly string[],
  options: CompareOptions,
  shell: Shell,
): Promise<void> {
  const threePl = askedThreePl(config.threePls, options['3pl']);
  const key = keyColumn(threePl);
  const columns: TheirColumns = { common: new Set(), onlyTheirs: new Set(), unusable: 0, faults: [] };
  const renamed = renamedColumns(options.column, threePl);
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-compare-'));
  const theirs = await TheirRows.open(folder, shell.clock);
  try {
    for await (const row of theirRows({ threePl, paths, renamed }, columns)) await theirs.put(row);
    await theirs.flush();
    const listed: ShadowDifference[] = [];
    const question = { pipeline, threePl, key, columns: columns.common, ...timesOf(options, shell) };
    const result = await compareShadow(context, question, theirs, (difference) => {
      if (listed.length >= options.limit) return;
      listed.push(difference);
      output.line(lineOf(difference));
    });
    const ours = threePl.shape.kinds.flatMap((kind) => kind.compared);
    const onlyOurs = ours.filter((column) => !columns.common.has(column));
    print(output, result, columns, onlyOurs, listed.length);
    const { unusable, faults, onlyTheirs } = columns;
    output.result({
      ...result,
      onlyOursColumns: onlyOurs,
      onlyTheirsColumns: [...onlyTheirs],
      unusable,
      faults,
      listed,
    });
    const differ = result.differing + result.onlyOurs + result.onlyTheirs + unusable;
    shell.exitCode = differ > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await theirs.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function askedThreePl(threePls: readonly ThreePl[], name: string | undefined): ThreePl {
  const names = threePls.map((one) => one.name);
  const [only, ...others] = threePls;
  if (name === undefined) {
    if (only !== undefined && others.length === 0) return only;
    throw new UsageError(`say whose files they are: --3pl ${names.join(' or ')}`);
  }
  const found = threePls.find((one) => one.name === name);
  if (found === undefined) throw new UsageError(`--3pl ${name}: no such 3PL${didYouMean(name, names)}`);
  return found;
}

function timesOf({ startDate, endDate }: CompareOptions, shell: Shell): { from: string; to: string } {
  const at = (option: string, text: string) => toUtcText(fromExigoText(parseDateOption(option, text)));
  return {
    from: startDate === undefined ? toUtcText(0) : at('--start-date', startDate),
    to: endDate === undefined ? toUtcText(shell.clock.now() + 1) : at('--end-date', endDate),
  };
}

function lineOf({ kind, order, where, cells, reason }: ShadowDifference): string {
  if (kind === 'only ours') return `only ours: order ${order} in ${where}`;
  if (kind === 'only theirs')
    return `only theirs: order ${order} in ${where}${reason === null ? '' : `; ${reason}`}`;
  const shown = cells.slice(0, 5).map(({ row, column, before, after }) => {
    return `row ${row} ${column}: theirs ${text(before)}, ours ${text(after)}`;
  });
  const more = cells.length > shown.length ? `; and ${cells.length - shown.length} more cells` : '';
  return `differs: order ${order} in ${where}: ${shown.join('; ')}${more}`;
}

function text(cell: string | null): string {
  return cell === null ? 'nothing' : JSON.stringify(cell);
}

function print(
  output: Output,
  result: ShadowComparison,
  { onlyTheirs, unusable, faults }: TheirColumns,
  onlyOurs: readonly string[],
  listed: number,
): void {
  const { files, orders, same, differing, onlyOurs: ours, onlyTheirs: theirs, notKept, columns } = result;
  for (const fault of faults) output.line(`not usable: ${fault}`);
  if (unusable > faults.length) output.line(`and ${unusable - faults.length} more rows that are not usable`);
  const left = differing + ours + theirs - listed;
  if (left > 0) output.line(`and ${left} more: --limit lists them`);
  output.line(
    `${counted(orders, 'order')} of ${counted(files, 'shadow file')}: ${same} same, ${differing} differ, ${ours} only ours, ${theirs} only theirs`,
  );
  for (const { column, cells, orders: n } of columns) {
    output.line(`  ${column}: ${counted(cells, 'cell')} of ${counted(n, 'order')}`);
  }
  if (onlyOurs.length > 0) output.line(`columns of ours that they have not: ${onlyOurs.join(', ')}`);
  if (onlyTheirs.size > 0) output.line(`columns of theirs that we have not: ${[...onlyTheirs].join(', ')}`);
  if (notKept > 0) output.line(`${counted(notKept, 'order')} not compared: their frozen rows are not kept`);
}
