import { type Command, Option } from 'commander';
import { askedFor } from '../../engine/persons/asked.js';
import { type ReleaseAs, release } from '../../engine/persons/persons.js';
import { releaseDocument } from '../../engine/persons/persons-documents.js';
import { resendFile } from '../../engine/persons/resend-file.js';
import { isFaultKey } from '../../engine/shipments/read-again.js';
import { releaseFault } from '../../engine/shipments/release-fault.js';
import { findPipeline, handOverPipeline, marketplacePipeline, pipelineHere } from '../pipelines.js';
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
        const { as, reason = null } = options;
        if (isFaultKey(text)) {
          const outcome = await releaseFault(context, text, as, reason);
          output.line(outcome);
          return output.result({ order: text, as, outcome });
        }
        const asked = await askedFor(context, text);
        const outcome =
          'orderId' in asked
            ? await release(
                context,
                options.pipeline === undefined
                  ? handOverPipeline(context.config, context.pipelines)
                  : pipelineHere(context.pipelines, findPipeline(options.pipeline, context.pipelines)),
                asked.orderId,
                as,
                reason,
              )
            : await releaseDocument(context, marketplacePipeline(), asked.marketplace, as, reason);
        output.line(outcome);
        output.result({ ...('orderId' in asked ? asked : { order: text }), as, outcome });
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
