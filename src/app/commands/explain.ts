import type { Command } from 'commander';
import { explain } from '../../engine/explain.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

export function addExplain(program: Command, shell: Shell): void {
  program
    .command('explain')
    .description('where an order is, why, since when, and what happens next')
    .argument('<order>', 'Exigo order id', wholeNumber('order'))
    .option('--json', 'one object on standard output')
    .action(async (orderId: number, options: { json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        const explanation = await explain(context, orderId);
        const { source, where, next, links, timeline } = explanation;
        output.line(`order ${orderId}`);
        output.line(
          `  Exigo   ${source === null ? 'not in the sync database' : `${source.status}, modified ${source.modifiedAt}`}`,
        );
        for (const text of where) output.line(`  where   ${text}`);
        output.line(`  next    ${next}`);
        for (const link of links)
          output.line(`  link    ${link.system}: ${link.reference} (${link.linked_utc} UTC)`);
        if (timeline.length > 0) output.line('  timeline (UTC)');
        for (const entry of timeline)
          output.line(`    ${entry.at_utc}  ${entry.kind.padEnd(9)} ${entry.message}`);
        output.result(explanation);
      });
    });
}
