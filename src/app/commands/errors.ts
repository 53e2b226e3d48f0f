import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.js';
import { maskReason } from '../../core/personal.js';
import { didYouMean } from '../../core/text.js';
import { dropWaiting } from '../../engine/persons/drop.js';
import { type Entry, firstEntries, listEntries } from '../../engine/persons/entries.js';
import { entryDetails } from '../../engine/persons/entry-details.js';
import { retryWaiting } from '../../engine/persons/retry-waiting.js';
import { countWaiting, waitingPlace } from '../../queue/reads/waiting.js';
import { waitingOf } from '../error-desk.js';
import type { Shell } from '../program.js';
import { shadowNotes } from '../shadow-rules.js';
import { exportEntries } from './errors-export.js';
import { assertChosen, type FilterOptions, filterOf, withFilters } from './errors-filter.js';
import { printDetails } from './errors-show.js';
import { type Opened, wholeNumber, withContext } from './open.js';
import { whoIsHere } from './who.js';

interface Options extends FilterOptions {
  readonly limit?: number;
  readonly after?: number;
  readonly all?: boolean;
  readonly values?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly format?: 'csv' | 'jsonl';
  readonly out?: string;
  readonly json?: boolean;
}

const ORDER = "this order: Exigo order id, a marketplace order's number, or inbox/<file>/<line>";

/** The error list: what is held or failed and waits for somebody or something. */
export function addErrors(program: Command, shell: Shell): void {
  const errors = program.command('errors').description('what is held or failed, and waits');
  const action = (work: (opened: Opened, options: Options) => Promise<void>) => {
    return async (options: Options, command: Command) => {
      await withContext(command, shell, options, (opened) => work(opened, options));
    };
  };

  withFilters(errors.command('list').description('held and failed items, oldest first'))
    .option('--limit <items>', 'default 100', wholeNumber('--limit'), 100)
    .option(
      '--after <item>',
      'the next page: the number that the page before ended with',
      wholeNumber('--after'),
    )
    .option('--json', 'one object on standard output')
    .action(action(list));

  errors
    .command('show')
    .description('everything about one entry: since when, what was sent and answered, what to do')
    .argument('<order>', "Exigo order id, a marketplace order's number, or inbox/<file>/<line>")
    .option('--values', 'with what changed in words, which may be an address')
    .option('--json', 'one object on standard output')
    .action(async (order: string, options: Options, command: Command) => {
      const personal = options.values === true;
      await withContext(command, shell, { ...options, personal }, (opened) => show(opened, order, options));
    });

  withFilters(
    errors
      .command('retry')
      .description('give waiting items another try with the next run, on their newest version'),
  )
    .option('--order <order>', ORDER)
    .option('--all', 'everything that waits')
    .option('--json', 'one object on standard output')
    .action(async (options: Options, command: Command) => {
      assertChosen('retry', options);
      await withContext(command, shell, options, (opened) => retry(opened, options));
    });

  withFilters(
    errors
      .command('drop')
      .description('leave entries as they are and take them out of the list, for a reason'),
  )
    .option('--order <order>', ORDER)
    .option('--all', 'everything that waits')
    .requiredOption('--reason <text>', 'kept in the timeline, with who dropped it')
    .option('--by <name>', 'who drops it (default: who is logged in here)')
    .option('--json', 'one object on standard output')
    .action(async (options: Options, command: Command) => {
      assertChosen('drop', options);
      await withContext(command, shell, options, (opened) => drop(opened, options));
    });

  withFilters(errors.command('export').description('the whole list as CSV or JSON lines'))
    .addOption(new Option('--format <format>', 'form of the export').choices(['csv', 'jsonl']).default('csv'))
    .option('--out <file>', 'a new file instead of standard output')
    .action(async (options: Options, command: Command) => {
      await withContext(command, shell, options, (opened) => exportAll(opened, options, shell));
    });
}

async function list({ context, database, output }: Opened, options: Options): Promise<void> {
  const filter = await filterOf(context, options);
  for (const note of shadowNotes(context.config, context.pipelines)) output.line(note);
  const after = options.after === undefined ? undefined : await waitingPlace(database, options.after);
  if (options.after !== undefined && after === undefined) {
    throw new UsageError(
      `--after ${options.after}: there is no such item in the ledger; begin without --after`,
    );
  }
  const { entries, more, total } = await listEntries(context, { ...filter, after, limit: options.limit });
  if (entries.length > 0) {
    output.table(
      [
        { title: 'order', align: 'right' },
        { title: 'state' },
        { title: 'code' },
        { title: 'first seen (UTC)' },
        { title: 'last seen (UTC)' },
        { title: 'times', align: 'right' },
        { title: 'reason' },
      ],
      entries.map((entry) => [
        entry.item_key,
        entry.state,
        entry.code,
        entry.first_utc.slice(0, 19),
        entry.settled_utc.slice(0, 19),
        entry.times,
        maskReason(entry.reason),
      ]),
    );
  }
  const last = entries.at(-1)?.item_id;
  const next = more && last !== undefined ? last : null;
  output.line(
    entries.length === 0
      ? `nothing waits${await otherCodes({ database }, options.code)}`
      : `${entries.length} shown, ${total} in all; what to do: orderferry errors show <order>`,
  );
  if (next !== null) output.line(`there are more: add --after ${next}`);
  output.result({ total, next, items: entries.map(shown) });
}

async function show({ context, output }: Opened, order: string, options: Options): Promise<void> {
  const { entries } = await firstEntries(context, await waitingOf(context, order));
  if (entries.length === 0)
    throw new UsageError(`order ${order} does not wait; see "orderferry explain ${order}"`);
  const items: object[] = [];
  for (const entry of entries) {
    const details = await entryDetails(context, entry);
    const told = options.values === true ? entry : shown(entry);
    printDetails(output, order, told, details);
    items.push({ ...told, ...details });
  }
  output.result({ items });
}

async function retry({ context, output }: Opened, options: Options): Promise<void> {
  const { retried, left } = await retryWaiting(context, await filterOf(context, options));
  if (retried + left === 0 && options.code !== undefined) {
    throw new UsageError(`nothing waits as ${options.code}${await otherCodes(context, options.code)}`);
  }
  output.line(`${retried} tried again with the next run`);
  if (left > 0) {
    output.line(
      `${left} left: their files are held, or a person names them one by one; what to do: orderferry errors list`,
    );
  }
  output.result({ retried, left });
}

async function drop({ context, output }: Opened, options: Options): Promise<void> {
  const why = { by: options.by ?? whoIsHere(), reason: options.reason ?? '' };
  const { dropped, left, leftInAll } = await dropWaiting(context, await filterOf(context, options), why);
  if (dropped + leftInAll === 0 && options.code !== undefined) {
    throw new UsageError(`nothing waits as ${options.code}${await otherCodes(context, options.code)}`);
  }
  output.line(`${dropped} dropped; a newer version of an order is looked at anew`);
  for (const { key, why: cause } of left) output.line(`  ${key} left: ${cause}`);
  if (leftInAll > left.length) output.line(`  and ${leftInAll - left.length} more left`);
  output.result({ dropped, left, leftInAll });
}

async function exportAll({ context, output }: Opened, options: Options, shell: Shell): Promise<void> {
  const { format = 'csv', out } = options;
  const written = await exportEntries(context, await filterOf(context, options), {
    format,
    file: out ?? null,
    stdout: process.stdout,
    redactor: shell.frame.redactor,
  });
  if (out !== undefined) output.line(`${written} entries in ${out}`);
}

/** As it is shown to anybody: an address that changed stays hidden. */
function shown(entry: Entry): Entry {
  return { ...entry, reason: maskReason(entry.reason) };
}

/** Which codes there are, when the one that was named has nothing. */
async function otherCodes({ database }: Pick<Opened, 'database'>, code: string | undefined): Promise<string> {
  if (code === undefined) return '';
  const counts = await countWaiting(database, {});
  if (counts.length === 0) return '; nothing else waits either';
  const codes = counts.map((row) => row.code);
  return `${didYouMean(code, codes)} (what waits: ${counts.map((row) => `${row.code} ${row.items}`).join(', ')})`;
}
