import { type Command, Option } from 'commander';
import type { NoticeKind } from '../../core/hand-over.js';
import { counted } from '../../core/text.js';
import { type ConfigDiff, diffConfiguration } from '../../engine/config-diff/config-diff.js';
import type { Output } from '../output.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

interface Options {
  readonly last: number;
  readonly failOn?: 'difference';
  readonly json?: boolean;
}

export function addDiffConfig(program: Command, shell: Shell): void {
  program
    .command('diff-config')
    .description(
      'what the templates and rules of this configuration would make of the last files; changes nothing',
    )
    .option('--last <files>', 'how many of the newest files for 3PLs', wholeNumber('--last'), 10)
    .addOption(new Option('--fail-on <what>', 'end with 1 when anything differs').choices(['difference']))
    .option('--json', 'one object on standard output')
    .addHelpText(
      'after',
      '\nExample: copy config/ to next/, change a template there, then\n  orderferry --config next/orderferry.yaml diff-config --last 20',
    )
    .action(async (options: Options, command: Command) => {
      // What cells would hold is what was asked for.
      await withContext(command, shell, { ...options, personal: true }, async ({ context, output }) => {
        const diff = await diffConfiguration(context, options.last);
        print(diff, output);
        output.result(diff);
        const differs = diff.settings.length + diff.routes.length + diff.columns.length > 0;
        shell.exitCode = differs && options.failOn === 'difference' ? EXIT.failed : EXIT.done;
      });
    });
}

function print(diff: ConfigDiff, output: Output): void {
  const { files, orders, same, notKept } = diff;
  if (files.length === 0) {
    output.line('no hand-over file was made yet: there is nothing to compare with');
    return;
  }
  const lost = notKept === 0 ? '' : ` (${notKept} more are not kept any longer)`;
  output.line(
    `${counted(orders, 'order')} of ${counted(files.length, 'file')}${lost}: ${same} would be the same`,
  );
  section(output, 'Settings', diff.settings.length, () =>
    output.table(
      [{ title: 'setting' }, { title: 'then' }, { title: 'now' }],
      diff.settings.map(({ path, before, after }) => [path, before ?? '-', after ?? '-']),
    ),
  );
  section(output, 'Routes', diff.routes.length, () =>
    output.table(
      [
        { title: 'then' },
        { title: 'now' },
        { title: 'orders', align: 'right' },
        { title: 'for instance' },
        { title: 'why' },
      ],
      diff.routes.map(({ from, section: kind, to, outcome, code, reason, orders: n, exampleOrder }) => [
        fileTo(from, kind),
        outcome === 'sent' ? to : [outcome, to].filter((word) => word !== null).join(' by '),
        n,
        exampleOrder,
        code === null ? '' : [code, reason].filter((word) => word !== null).join(': '),
      ]),
    ),
  );
  section(output, 'Columns', diff.columns.length, () =>
    output.table(
      [
        { title: '3PL' },
        { title: 'column' },
        { title: 'cells', align: 'right' },
        { title: 'orders', align: 'right' },
        { title: 'for instance' },
        { title: 'then' },
        { title: 'now' },
      ],
      diff.columns.map(
        ({ threePl, section: kind, column, cells, orders: n, exampleOrder, before, after }) => [
          fileTo(threePl, kind),
          column,
          cells,
          n,
          exampleOrder,
          shown(before),
          shown(after),
        ],
      ),
    ),
  );
}

function section(output: Output, title: string, size: number, table: () => void): void {
  if (size === 0) return;
  output.line();
  output.line(`${title}:`);
  table();
}

/** `atlas`, and of a notice `atlas cancellations`. */
function fileTo(threePl: string, section: NoticeKind | undefined): string {
  return section === undefined ? threePl : `${threePl} ${section}`;
}

function shown(cell: string | null): string {
  return cell === null ? '-' : `"${cell}"`;
}
