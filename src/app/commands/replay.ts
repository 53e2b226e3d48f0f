import type { Command } from 'commander';
import { counted } from '../../core/text.js';
import { type ReplayedFile, replayBatch } from '../../engine/replay.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

export function addReplay(program: Command, shell: Shell): void {
  program
    .command('replay')
    .description('make the files of a batch again, byte for byte, into a folder; sends nothing')
    .argument('<batch>', 'batch id', wholeNumber('batch'))
    .requiredOption('--out <folder>', 'where to')
    .option('--json', 'one object on standard output')
    .action(async (batchId: number, options: { out: string; json?: boolean }, command: Command) => {
      await withContext(command, shell, options, async ({ context, output }) => {
        const files = await replayBatch(context, batchId, options.out);
        for (const file of files) {
          const what = `${counted(file.orders, 'order')}, ${counted(file.rows, 'row')}, sha256 ${file.sha256}`;
          output.line(`${file.path}: ${file.sha256 === null ? '' : `${what}, `}${verdictOn(file)}`);
          for (const difference of file.differences) output.line(`  ${difference}`);
          if (file.labels > 0) output.line(`  ${counted(file.labels, 'shipping label')} beside it`);
          for (const problem of file.labelProblems) output.line(`  ${problem}`);
        }
        if (files.length === 0) output.line(`batch ${batchId} went into no file`);
        output.result({ batchId, files });
        shell.exitCode = files.some((file) => file.identical === false) ? EXIT.failed : EXIT.done;
      });
    });
}

function verdictOn({ sha256, identical }: ReplayedFile): string {
  if (sha256 === null) return 'CANNOT be made again';
  if (identical === null) return 'not sent yet';
  return identical ? 'identical to what was sent' : 'DIFFERENT from what was sent';
}
