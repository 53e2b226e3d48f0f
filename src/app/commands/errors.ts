import type { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import { didYouMean } from '../../core/text.js';
import { NOT_ANSWERED, notAnswered, type UnansweredItem } from '../../engine/answers/not-answered.js';
import type { EngineContext } from '../../engine/context.js';
import { askedFor } from '../../engine/persons/asked.js';
import { remedyFor } from '../../engine/persons/remedy.js';
import { retryWaiting } from '../../engine/persons/retry-waiting.js';
import { isFaultKey } from '../../engine/shipments/read-again.js';
import { marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import { countWaiting, type WaitingFilter, waitingItems } from '../../queue/reads/waiting.js';
import { findPipeline } from '../pipelines.js';
import type { Shell } from '../program.js';
import { shadowNotes } from '../shadow-rules.js';
import { type Opened, wholeNumber, withContext } from './open.js';

interface FilterOptions {
  readonly pipeline?: string;
  readonly code?: string;
  readonly order?: string;
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
    .option('--pipeline <name>', 'of this pipeline alone')
    .option('--code <code>', 'NO_ROUTE, INCOMPLETE, CHANGED_AFTER_HAND_OVER ...')
    .option('--limit <items>', 'default 100', wholeNumber('--limit'), 100)
    .option('--json', 'one object on standard output')
    .action(async (options: FilterOptions, command: Command) => {
      await withContext(command, shell, options, (opened) => list(opened, options));
    });

  errors
    .command('show')
    .description('everything about one waiting order, and what to do')
    .argument('<order>', "Exigo order id, or a marketplace order's number")
    .option('--json', 'one object on standard output')
    .action(async (order: string, options: FilterOptions, command: Command) => {
      await withContext(command, shell, options, (opened) => show(opened, order));
    });

  errors
    .command('retry')
    .description('give waiting items another try with the next run, on their newest version')
    .option('--pipeline <name>', 'of this pipeline alone')
    .option('--code <code>', 'all of this code')
    .option('--order <order>', "this order: Exigo order id, or a marketplace order's number")
    .option('--all', 'everything that waits')
    .option('--json', 'one object on standard output')
    .action(async (options: FilterOptions, command: Command) => {
      if (options.code === undefined && options.order === undefined && options.all !== true) {
        throw new UsageError('errors retry: say which: --order, --code or --all');
      }
      await withContext(command, shell, options, (opened) => retry(opened, options));
    });
}

async function list({ context, database, output }: Opened, options: FilterOptions): Promise<void> {
  const filter = filterOf(options, context);
  const late = await unanswered(context, filter);
  const items = [...(await waitingItems(database, filter)), ...late].slice(0, filter.limit);
  const counted = (await countWaiting(database, filter)).reduce((sum, row) => sum + row.items, 0);
  const total = counted + late.length;
  for (const note of shadowNotes(context.config, context.pipelines)) output.line(note);
  if (items.length > 0) {
    output.table(
      [
        { title: 'order', align: 'right' },
        { title: 'state' },
        { title: 'code' },
        { title: 'since (UTC)' },
        { title: 'reason' },
      ],
      items.map((item) => [item.item_key, item.state, item.code, item.settled_utc.slice(0, 19), item.reason]),
    );
  }
  output.line(
    total === 0
      ? `nothing waits${await otherCodes({ database }, options.code)}`
      : `${items.length} of ${total} shown; what to do: orderferry errors show <order>`,
  );
  output.result({ total, items: items.map((item) => ({ ...item, next: remedyFor(item) })) });
}

/** Orders that a 3PL has not answered in time: they go on waiting, and nobody need be asked. */
async function unanswered(
  context: EngineContext,
  { pipeline, code }: WaitingFilter,
): Promise<UnansweredItem[]> {
  if (code !== undefined && code !== NOT_ANSWERED) return [];
  const names = context.pipelines.map(({ name }) => name).filter((name) => name === (pipeline ?? name));
  return (await Promise.all(names.map((name) => notAnswered(context, name)))).flat();
}

async function show({ context, database, output }: Opened, order: string): Promise<void> {
  const items = await waitingItems(database, await whose(context, order));
  if (items.length === 0)
    throw new UsageError(`order ${order} does not wait; see "orderferry explain ${order}"`);
  for (const item of items) {
    output.line(`order ${order}: ${item.state} as ${item.code} since ${item.settled_utc.slice(0, 19)} UTC`);
    output.line(`  pipeline ${item.pipeline}, batch ${item.batch_id}, change set ${item.change_set_id}`);
    output.line(`  ${item.reason}`);
    output.line(`  next: ${remedyFor(item)}`);
  }
  output.result({ items: items.map((item) => ({ ...item, next: remedyFor(item) })) });
}

async function retry({ context, output }: Opened, options: FilterOptions): Promise<void> {
  const order = options.order === undefined ? {} : await whose(context, options.order);
  const { retried, left } = await retryWaiting(context, { ...filterOf(options, context), ...order });
  if (retried + left === 0 && options.code !== undefined) {
    throw new UsageError(`nothing waits as ${options.code}${await otherCodes(context, options.code)}`);
  }
  output.line(`${retried} tried again with the next run`);
  if (left > 0) {
    output.line(`${left} left: their files are held; look at them, then: orderferry errors list`);
  }
  output.result({ retried, left });
}

/** Which codes there are, when the one that was named has nothing. */
async function otherCodes({ database }: Pick<Opened, 'database'>, code: string | undefined): Promise<string> {
  if (code === undefined) return '';
  const counts = await countWaiting(database, {});
  if (counts.length === 0) return '; nothing else waits either';
  const codes = counts.map((row) => row.code);
  return `${didYouMean(code, codes)} (what waits: ${counts.map((row) => `${row.code} ${row.items}`).join(', ')})`;
}

/** An order of Exigo, or one of a marketplace. */
async function whose(context: EngineContext, order: string): Promise<WaitingFilter> {
  if (isFaultKey(order)) return { itemKey: order };
  const asked = await askedFor(context, order);
  return 'orderId' in asked ? asked : { itemKey: marketplaceKey(asked.marketplace) };
}

function filterOf(
  { pipeline, code, limit }: FilterOptions,
  { pipelines }: Pick<EngineContext, 'pipelines'>,
): WaitingFilter {
  return {
    pipeline: pipeline === undefined ? undefined : findPipeline(pipeline, pipelines).name,
    code,
    limit,
  };
}
