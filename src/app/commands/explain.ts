import type { Command } from 'commander';
import { type Explanation, explain } from '../../engine/explain/explain.js';
import { explainFault } from '../../engine/explain/explain-fault.js';
import { explainMarketplace, type MarketplaceExplanation } from '../../engine/explain/explain-marketplace.js';
import { askedFor } from '../../engine/persons/asked.js';
import { isFaultKey } from '../../engine/shipments/read-again.js';
import { marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import type { TimelineEntry } from '../../queue/reads/orders.js';
import type { Output } from '../output.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';

export function addExplain(program: Command, shell: Shell): void {
  program
    .command('explain')
    .description('where an order is, why, since when, and what happens next')
    .argument('<order>', "Exigo order id, a marketplace order's number, or inbox/<file>/<line>")
    .option('--json', 'one object on standard output')
    .action(async (text: string, options: { json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        if (isFaultKey(text)) {
          const fault = await explainFault(context, text);
          output.line(`row ${fault.key}`);
          for (const where of fault.where) output.line(`  where   ${where}`);
          output.line(`  next    ${fault.next}`);
          printTimeline(output, fault.timeline);
          return output.result(fault);
        }
        const asked = await askedFor(context, text);
        const { database } = context;
        const linked =
          'orderId' in asked
            ? (await marketplaceOrdersOfExigo(database, [asked.orderId])).get(asked.orderId)
            : asked.marketplace;
        const orderId = 'orderId' in asked ? asked.orderId : asked.marketplace.exigo_order_id;
        const marketplace = linked === undefined ? null : await explainMarketplace(context, linked);
        const explanation = orderId === null ? null : await explain(context, orderId);
        if (marketplace !== null) printMarketplace(output, marketplace);
        if (explanation !== null) printOrder(output, explanation);
        output.result({ ...explanation, ...(marketplace === null ? {} : { marketplace }) });
      });
    });
}

function printMarketplace(
  output: Output,
  { key, order, where, next, timeline }: MarketplaceExplanation,
): void {
  const { marketplace, marketplace_number } = order;
  output.line(
    `marketplace order ${key} (${marketplace ?? 'marketplace unknown'} ${marketplace_number ?? ''})`,
  );
  for (const text of where) output.line(`  where   ${text}`);
  output.line(`  next    ${next}`);
  printTimeline(output, timeline);
}

function printOrder(output: Output, explanation: Explanation): void {
  const { orderId, source, where, next, links, timeline } = explanation;
  output.line(`order ${orderId}`);
  output.line(
    `  Exigo   ${source === null ? 'not in the sync database' : `${source.status}, modified ${source.modifiedAt}`}`,
  );
  for (const text of where) output.line(`  where   ${text}`);
  output.line(`  next    ${next}`);
  for (const link of links)
    output.line(`  link    ${link.system}: ${link.reference} (${link.linked_utc} UTC)`);
  printTimeline(output, timeline);
}

function printTimeline(output: Output, timeline: readonly TimelineEntry[]): void {
  if (timeline.length > 0) output.line('  timeline (UTC)');
  for (const entry of timeline) output.line(`    ${entry.at_utc}  ${entry.kind.padEnd(9)} ${entry.message}`);
}
