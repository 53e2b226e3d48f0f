import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type Clock, systemClock } from '../core/clock.js';
import { UsageError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../db/sql.js';
import { addAdopt } from './commands/adopt.js';
import { addDashboard } from './commands/dashboard.js';
import { addDemo } from './commands/demo.js';
import { addDiffConfig } from './commands/diff-config.js';
import { addDigest } from './commands/digest.js';
import { addErrors } from './commands/errors.js';
import { addExplain } from './commands/explain.js';
import { addForget } from './commands/forget.js';
import { addReconcile } from './commands/reconcile.js';
import { addRelease } from './commands/release.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addSchedule } from './commands/schedule.js';
import { addSetUp } from './commands/set-up.js';
import { addShadow } from './commands/shadow.js';
import { addStandin } from './commands/standin.js';
import { addStatus } from './commands/status.js';
import { addThreePl } from './commands/three-pl.js';
import { addExamples } from './examples.js';
import { createOutput, type Output } from './output.js';
import type { ProcessFrame } from './process.js';

/** What every command gets. Its exit code is put into `exitCode`. */
export interface Shell {
  readonly signal: AbortSignal;
  readonly frame: ProcessFrame;
  readonly clock: Clock;
  exitCode: number;
  /** Where the command answers, once it has made it. */
  output?: Output;
}

/**
 * Parses the command line and runs the command; returns the exit code. Errors throw; with `--json` they are
 * the one object on standard output as well, also when the command line itself is wrong.
 */
export async function runProgram(
  argv: readonly string[],
  signal: AbortSignal,
  frame: ProcessFrame,
): Promise<number> {
  const shell: Shell = { signal, frame, clock: systemClock, exitCode: 0 };
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const program = new Command('orderferry')
    .description('Freezes order changes and ferries them, each exactly once, to the warehouses and back.')
    .version(version)
    .option('--config <file>', 'configuration (default: $ORDERFERRY_CONFIG or config/orderferry.yaml)')
    .option('--quiet', 'no progress and only warnings on standard error')
    .showHelpAfterError('(orderferry --help shows the commands)')
    .exitOverride();
  for (const add of [
    addSetUp,
    addRun,
    addSchedule,
    addStatus,
    addErrors,
    addExplain,
    addRelease,
    addDashboard,
    addReplay,
    addDiffConfig,
    addReconcile,
    addAdopt,
    addShadow,
    addDigest,
    addForget,
    addThreePl,
    addDemo,
    addStandin,
  ]) {
    add(program, shell);
  }
  addExamples(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const helped = error instanceof CommanderError && error.exitCode === 0;
    const output = shell.output ?? createOutput(argv.includes('--json'), process.stdout, frame.redactor);
    if (!helped) output.failure(asUsage(error));
    throw error;
  }
  return shell.exitCode;
}

/** What the parser of the command line complains about, in our words for it. */
function asUsage(error: unknown): unknown {
  return error instanceof CommanderError ? new UsageError(error.message.replace(/^error: /, '')) : error;
}
