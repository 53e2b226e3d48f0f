import type { Command } from 'commander';
import { runDemo } from '../demo.js';
import { createOutput } from '../output.js';
import type { Shell } from '../program.js';

export function addDemo(program: Command, shell: Shell): void {
  program
    .command('demo')
    .description('two cycles of the main job on a made-up tenant, in a temporary folder')
    .action(async () => {
      await runDemo(createOutput(false, process.stdout, shell.frame.redactor), shell.clock, shell.signal);
    });
}
