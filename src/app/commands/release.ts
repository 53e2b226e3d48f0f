import { type Command, Option } from 'commander';
import type { ReleaseAs } from '../../engine/persons/persons.js';
import { resendFile } from '../../engine/persons/resend-file.js';
import { releaseAsked } from '../error-desk.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';

interface ReleaseOptions {
  readonly as: ReleaseAs;
  readonly reason?: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}

/** `release` and `resend`: what a person decides. */
export function addRelease(program: Command, shell: Shell): void {
  program
    .command('release')
    .description('decide on an order that is held')
    .argument('<order>', "Exigo order id, or a marketplace order's number")
    .addOption(
      new Option(
        '--as <decision>',
        'ignore: leave it as it is; resend: send it with the next run; cancel: never send it',
      )
        .choices(['ignore', 'resend', 'cancel'])
        .makeOptionMandatory(),
    )
    .option('--reason <text>', 'kept in the timeline')
    .option(
      '--pipeline <name>',
      'default exigo-orders-to-3pl, or exigo-api-orders-to-3pl where orders come from the API; for a marketplace order godatafeed-orders-to-exigo',
    )
    .option('--json', 'one object on standard output')
    .action(async (text: string, options: ReleaseOptions, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        const { as, reason = null, pipeline } = options;
        const { asked, outcome } = await releaseAsked(context, { order: text, as, reason, pipeline });
        output.line(outcome);
        output.result({ ...asked, as, outcome });
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
