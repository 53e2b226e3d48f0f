import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import { counted } from '../../core/text.js';
import { type ForgetReport, forget } from '../../engine/persons/forget/forget.js';
import type { AskedPerson } from '../../engine/persons/forget/whom.js';
import type { Output } from '../output.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';
import { whoIsHere } from './who.js';

interface ForgetOptions {
  readonly marketplace?: string;
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly json?: boolean;
}

export function addForget(program: Command, shell: Shell): void {
  program
    .command('forget')
    .description("remove one person's data from the state, and say what remains and why")
    .argument('[customer]', 'CustomerID in Exigo')
    .option('--marketplace <order>', 'the buyer of this marketplace order instead: <store>/<number>')
    .option('--dry-run', 'only say what would be removed')
    .option('--by <name>', 'who does it (default: who is logged in here)')
    .option('--json', 'one object on standard output')
    .action(async (customer: string | undefined, options: ForgetOptions, command: Command) => {
      const asked = personOf(customer, options.marketplace);
      await withContext(command, shell, options, async ({ context, output }) => {
        const dryRun = options.dryRun === true;
        const report = await forget(context, asked, { by: options.by ?? whoIsHere(), dryRun });
        print(output, report, dryRun);
        output.result({ dryRun, ...report, remains: REMAINS });
      });
    });
}

function personOf(customer: string | undefined, marketplaceOrder: string | undefined): AskedPerson {
  if ((customer === undefined) === (marketplaceOrder === undefined)) {
    throw new UsageError('forget: say who: a CustomerID of Exigo, or --marketplace <store>/<number>');
  }
  if (marketplaceOrder !== undefined) {
    if (!marketplaceOrder.includes('/')) {
      throw new UsageError(`--marketplace "${marketplaceOrder}": an order goes by <store>/<number>`);
    }
    return { marketplaceOrder };
  }
  if (!/^[1-9]\d{0,9}$/.test(customer ?? '')) {
    throw new UsageError(`forget "${customer}": a CustomerID of Exigo is a whole number`);
  }
  return { customerId: Number(customer) };
}

/** What is not removed, with its reason; docs/privacy.md has more. */
const REMAINS = [
  'order numbers, states, times, amounts and tracking numbers of the ledger: without them an order would go twice, and no batch would balance',
  'hashes of what was sent: they tell a change from none',
  'the sync database and Exigo: theirs; a later change of one of the orders is frozen anew',
  'files that 3PLs have: ask them',
  'backups, and pages of the embedded database that are free but not overwritten: sqlite3 var/orderferry.db VACUUM',
];

function print(output: Output, report: ForgetReport, dryRun: boolean): void {
  const { orders, marketplaceOrders, removed } = report;
  const would = dryRun ? 'would be ' : '';
  output.line(
    `${counted(orders.length, 'order')}, ${counted(marketplaceOrders.length, 'marketplace order')}`,
  );
  const rows: readonly (readonly [string, number])[] = [
    ['frozen orders deleted', removed.frozenOrders],
    ['payments emptied', removed.payments],
    ['customer rows emptied', removed.customerRows],
    ['marketplace documents deleted', removed.documents],
    ['hashes of e-mail addresses deleted', removed.customerHashes],
    ['requests and errors emptied', removed.effects],
    ['reasons emptied', removed.reasons],
    ['texts of the timeline emptied', removed.events + removed.namedEvents],
    ['rows of 3PLs emptied', removed.inboxRows + removed.namedRows],
    ['answers to cancellations emptied', removed.cancellations],
    ['subjects of mails emptied', removed.mails],
    ['incidents, circuits and alerts emptied', removed.namedWords],
  ];
  for (const [what, count] of rows) if (count > 0) output.line(`  ${would}${what}: ${count}`);
  output.line('remains:');
  for (const text of REMAINS) output.line(`  ${text}`);
  list(output, 'files handed over to 3PLs', report.deliveredFiles);
  list(
    output,
    'archived files of 3PLs, in the state directory; delete them yourself if they name him',
    report.archivedFiles,
  );
  if (report.spooledFiles > 0) {
    output.line(
      `  ${counted(report.spooledFiles, 'file')} in the spool: the next run of their pipeline removes them`,
    );
  }
}

function list(output: Output, title: string, names: readonly string[]): void {
  if (names.length === 0) return;
  output.line(`  ${title}:`);
  for (const name of names) output.line(`    ${name}`);
}
