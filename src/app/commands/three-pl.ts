import type { Command } from 'commander';
import type { ConfirmationRow, FaultyRow } from '../../core/confirmation.js';
import { UsageError } from '../../core/errors.js';
import { counted } from '../../core/text.js';
import { toUtcText } from '../../core/time.js';
import { configPath } from '../config/load.js';
import { type Cell, createOutput, type Output } from '../output.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { loadTemplate, readSample, type SampleReading } from '../sample-confirmation.js';
import { type WrittenOrder, writeOrder } from '../sample-order.js';
import { type GlobalOptions, wholeNumber, withContext } from './open.js';

interface TestOptions {
  readonly kind?: string;
  readonly order?: number;
  readonly limit: number;
  readonly json?: boolean;
}

export function addThreePl(program: Command, shell: Shell): void {
  const threePl = program.command('3pl').description('templates of 3PLs');
  threePl
    .command('test')
    .description('show how a template reads a sample file of its 3PL, or writes an order; changes nothing')
    .argument('<template>', 'name of a template, or its file')
    .argument('[sample]', 'a file as the 3PL sends it back')
    .option('--kind <name>', 'kind of file to read it as, whatever its name')
    .option(
      '--order <order>',
      'show how the newest frozen version of this order is written',
      wholeNumber('--order'),
    )
    .option('--limit <rows>', 'good rows and faulty rows that are shown, each', wholeNumber('--limit'), 50)
    .option('--json', 'one object on standard output')
    .action(async (name: string, sample: string | undefined, options: TestOptions, command: Command) => {
      if (sample === undefined && options.order === undefined) {
        throw new UsageError('3pl test: name a sample file, or an order with --order');
      }
      const output = createOutput(options.json === true, process.stdout, shell.frame.redactor, {
        personal: true, // what a file would hold is what was asked for
      });
      shell.output = output;
      const configFile = configPath(command.optsWithGlobals<GlobalOptions>().config, process.env);
      const template = loadTemplate(name, configFile);
      const read =
        sample === undefined ? null : await readSample(template, sample, options.kind, options.limit);
      if (read !== null) printReading(output, read, template.shown);
      const { order } = options;
      let written: WrittenOrder | null = null;
      if (order !== undefined) {
        await withContext(command, shell, {}, async ({ context }) => {
          written = await writeOrder(context, template.threePl, order);
        });
        shell.output = output;
        if (written !== null) printOrder(output, written, template.shown);
      }
      output.result({
        template: template.shown,
        ...(read === null ? {} : { sample: read }),
        ...(written === null ? {} : { order: written }),
      });
      const isFaulty = read !== null && (read.aside !== null || read.faulty > 0);
      if (isFaulty || isHeld(written)) shell.exitCode = EXIT.failed;
    });
}

function isHeld(written: WrittenOrder | null): boolean {
  return written !== null && [written, ...written.notices].some(({ held }) => held !== null);
}

function printOrder(output: Output, written: WrittenOrder, shown: string): void {
  const { orderId, route, notices } = written;
  output.line(`order ${orderId} by ${shown}: ${route ?? 'no route of it takes the order'}`);
  printRows(output, written);
  for (const notice of notices) {
    output.line(`in a file of ${notice.section}`);
    printRows(output, notice);
  }
}

function printRows(output: Output, { rows, held }: Pick<WrittenOrder, 'rows' | 'held'>): void {
  if (held !== null) output.line(`  held: ${held.code}: ${held.reason}`);
  for (const [i, row] of rows.entries()) {
    output.line(`row ${i + 1}`);
    output.table(
      [{ title: 'column' }, { title: 'cell' }],
      Object.entries(row).map(([column, cell]) => [column, cell]),
    );
  }
}

function printReading(output: Output, read: SampleReading, shown: string): void {
  const { file, kind, aside, good, faulty, rows } = read;
  output.line(`${file} as ${kind} by ${shown}`);
  if (aside !== null) {
    output.line(`  would be set aside: ${aside.code}: it ${aside.reason}`);
    return;
  }
  const titles = [
    'answer',
    'order',
    'item',
    'quantity',
    'tracking',
    'carrier',
    'method',
    'happened (UTC)',
    'reason',
  ];
  output.table([{ title: 'line', align: 'right' }, ...titles.map((title) => ({ title }))], rows.map(cellsOf));
  const more = good + faulty - rows.length;
  output.line(
    `${counted(good, 'good row')}, ${counted(faulty, 'faulty row')}${more > 0 ? `; ${more} are not shown (--limit)` : ''}`,
  );
  if (good > 0) output.line('whether the orders are ours is looked up when the file is taken');
}

function cellsOf(row: ConfirmationRow | FaultyRow): Cell[] {
  if ('code' in row) return [row.line, 'FAULT', '', '', '', '', '', '', '', `${row.code}: ${row.fault}`];
  const { line, answer, reference, itemCode, quantity, tracking, carrier, shipMethodId, happened, reason } =
    row;
  const at =
    happened === null ? null : toUtcText(happened.at).slice(0, 16) + (happened.bare ? ' (a date)' : '');
  return [line, answer, reference, itemCode, quantity, tracking.join(' '), carrier, shipMethodId, at, reason];
}
