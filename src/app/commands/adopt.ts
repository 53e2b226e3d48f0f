import type { Command } from 'commander';
import type { AdoptionRemark } from '../../core/adoption.js';
import { counted } from '../../core/text.js';
import { adopt } from '../../engine/adopt/adopt.js';
import { readAdoptions } from '../adopt-file.js';
import { handOverPipeline, marketplacePipeline } from '../pipelines.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';

interface AdoptOptions {
  readonly '3pl'?: string;
  readonly zone?: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Remarks in the one object of `--json`; all of them are counted. */
const MOST_REMARKS = 1_000;

/** `adopt`: what an earlier script did is not done again. */
export function addAdopt(program: Command, shell: Shell): void {
  program
    .command('adopt')
    .description('take over what an earlier script handed over or made, so that nothing is done twice')
    .argument('<csv>', 'OrderID, and 3PL, Reference, HandedOver, Store, OrderNumber as far as known')
    .option('--3pl <name>', 'the 3PL of lines without one')
    .option('--zone <zone>', 'time zone of times in HandedOver that name none: America/Chicago')
    .option('--dry-run', 'say what would be taken over; changes nothing')
    .option('--strict', 'all lines or none')
    .option('--json', 'one object on standard output')
    .addHelpText('after', '\nExample:\n  orderferry adopt handed-over.csv --3pl atlas --dry-run')
    .action(async (file: string, options: AdoptOptions, command: Command) => {
      await withContext(command, shell, options, async ({ context, config, output }) => {
        const remarks: AdoptionRemark[] = [];
        const lines = readAdoptions(file, {
          threePl: options['3pl'] ?? null,
          zone: options.zone ?? null,
          now: shell.clock.now(),
          threePls: config.threePls.map(({ name }) => name),
          stores: config.godatafeed.stores.map(({ name }) => name),
        });
        const result = await adopt(context, lines, {
          handOver: handOverPipeline(config, context.pipelines),
          marketplace: marketplacePipeline(),
          dryRun: options.dryRun === true,
          strict: options.strict === true,
          tell(remark) {
            output.line(`line ${remark.line}: ${remark.message}`);
            if (output.json && remarks.length < MOST_REMARKS) remarks.push(remark);
          },
        });
        const { adopted, known, linked, settled, conflicts, bad, written } = result;
        const done = written ? 'adopted' : options.dryRun === true ? 'would be adopted' : 'adopted';
        if (!written && options.dryRun !== true) {
          output.line('nothing was adopted: with --strict every line has to be right');
        } else {
          output.line(`${counted(adopted, 'order')} ${done}, ${known} known before`);
          if (linked > 0) output.line(`${counted(linked, 'marketplace order')} linked to Exigo`);
          if (settled > 0) output.line(`${counted(settled, 'order')} taken off the way here`);
        }
        if (conflicts > 0) output.line(`${counted(conflicts, 'conflict')}: look at each`);
        if (bad > 0) output.line(`${counted(bad, 'line')} not usable: mend them and repeat the command`);
        output.result({ ...result, remarks });
        shell.exitCode = bad + conflicts > 0 ? EXIT.failed : EXIT.done;
      });
    });
}
