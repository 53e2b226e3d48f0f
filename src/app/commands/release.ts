import { type Command, Option } from 'commander';
import { type ReleaseAs, release } from '../../engine/persons.js';
import { resendFile } from '../../engine/resend-file.js';
import { findPipeline } from '../pipelines.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

interface ReleaseOptions {
  readonly as: ReleaseAs;
  readonly reason?: string;
  readonly pipeline: string;
  readonly json?: boolean;
}

/** `release` and `resend`: what a person decides. */
export function addRelease(program: Command, shell: Shell): void {
  program
    .command('release')
    .description('decide on an order that is held')
    .argument('<order>', 'Exigo order id', wholeNumber('order'))
    .addOption(
      new Option(
        '--as <decision>',
        'ignore: leave it as it is; resend: send it with the next run; cancel: never send it',
      )
        .choices(['ignore', 'resend', 'cancel'])
        .makeOptionMandatory(),
    )
    .option('--reason <text>', 'kept in the timeline')
    .option('--pipeline <name>', 'default exigo-orders-to-3pl', 'exigo-orders-to-3pl')
    .option('--json', 'one object on standard output')
    .action(async (orderId: number, options: ReleaseOptions, command: Command) => {
      const pipeline = findPipeline(options.pipeline);
      await withContext(command, shell, options, async ({ context, output }) => {
        const outcome = await release(context, pipeline, orderId, options.as, options.reason ?? null);
        output.line(outcome);
        output.result({ orderId, as: options.as, outcome });
      });
    });

  program
    .command('resend')
    .description('send all orders of a hand-over file once more, in a new file')
    .argument('<file>', 'name of the file')
    .requiredOption('--reason <text>', 'kept in the timeline')
    .option('--json', 'one object on standard output')
    .action(async (file: string, options: { reason: string; json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        const outcome = await resendFile(context, file, options.reason);
        output.line(outcome);
        output.result({ file, outcome });
      });
    });
}
