import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import { retryWaiting } from '../../engine/retry-waiting.js';
import { type WaitingFilter, waitingItems } from '../../queue/reads/waiting.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

interface FilterOptions {
  readonly pipeline?: string;
  readonly code?: string;
  readonly order?: number;
  readonly limit?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** The error list: what is held or failed and waits for somebody or something. */
export function addErrors(program: Command, shell: Shell): void {
  const errors = program.command('errors').description('what is held or failed, and waits');

  errors
    .command('list')
    .description('held and failed items, oldest first')
    .option('--pipeline <name>')
    .option('--code <code>', 'NO_ROUTE, INCOMPLETE, CHANGED_AFTER_HAND_OVER ...')
    .option('--limit <items>', 'default 100', wholeNumber('--limit'), 100)
    .option('--json', 'one object on standard output')
    .action(async (options: FilterOptions, command: Command) => {
      await withContext(command, shell, options, async ({ database, output }) => {
        const items = await waitingItems(database, filterOf(options));
        output.table(
          [
            { title: 'order', align: 'right' },
            { title: 'state' },
            { title: 'code' },
            { title: 'since (UTC)' },
            { title: 'reason' },
          ],
          items.map((item) => [item.item_key, item.state, item.code, item.settled_utc, item.reason]),
        );
        output.line(items.length === 0 ? 'nothing waits' : `${items.length} shown`);
        output.result({ items });
      });
    });

  errors
    .command('show')
    .description('everything about one waiting order')
    .argument('<order>', 'Exigo order id', wholeNumber('order'))
    .option('--json', 'one object on standard output')
    .action(async (orderId: number, options: FilterOptions, command: Command) => {
      await withContext(command, shell, options, async ({ database, output }) => {
        const items = await waitingItems(database, { orderId });
        if (items.length === 0)
          throw new UsageError(`order ${orderId} does not wait; see "orderferry explain ${orderId}"`);
        for (const item of items) {
          output.line(`order ${orderId}: ${item.state} as ${item.code} since ${item.settled_utc} UTC`);
          output.line(
            `  pipeline ${item.pipeline}, batch ${item.batch_id}, change set ${item.change_set_id}`,
          );
          output.line(`  ${item.reason}`);
        }
        output.result({ items });
      });
    });

  errors
    .command('retry')
    .description('give waiting items another try with the next run, on their newest version')
    .option('--pipeline <name>')
    .option('--code <code>', 'all of this code')
    .option('--order <order>', 'this order', wholeNumber('--order'))
    .option('--all', 'everything that waits')
    .option('--json', 'one object on standard output')
    .action(async (options: FilterOptions, command: Command) => {
      if (options.code === undefined && options.order === undefined && options.all !== true) {
        throw new UsageError('errors retry: say which: --order, --code or --all');
      }
      await withContext(command, shell, options, async ({ context, output }) => {
        const retried = await retryWaiting(context, filterOf(options));
        output.line(`${retried} items are tried again with the next run`);
        output.result({ retried });
      });
    });
}

function filterOf({ pipeline, code, order, limit }: FilterOptions): WaitingFilter {
  return { pipeline, code, orderId: order, limit };
}
