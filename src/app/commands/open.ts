import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../core/config.js';
import { UsageError } from '../../core/errors.js';
import type { Database, SyncDatabase } from '../../db/database.js';
import { assertSchema } from '../../db/migrate.js';
import type { EngineContext } from '../../engine/context.js';
import { configPath, loadConfig } from '../config/load.js';
import { secretsOf } from '../config/secrets.js';
import { createLogger } from '../logging.js';
import { createOutput, type Output } from '../output.js';
import { ownPipelines, projectOf } from '../own-pipelines.js';
import { assertPipelineNames } from '../pipeline-names.js';
import { PIPELINES, pipelinesFor } from '../pipelines.js';
import { pipelinesHere } from '../pipelines-here.js';
import type { Shell } from '../program.js';
import { createProgress, noProgress } from '../progress.js';
import { makeContext, openDatabase, openSyncDatabase } from '../runtime.js';
import { assertModes } from '../shadow-rules.js';
import { trustNotes } from '../trust.js';

export interface Opened {
  readonly config: Config;
  readonly database: Database;
  readonly context: EngineContext;
  readonly output: Output;
}

export interface GlobalOptions {
  readonly config?: string;
  readonly quiet?: boolean;
}

/** The configuration that a command line names. */
export function configFile(command: Command): string {
  return configPath(command.optsWithGlobals<GlobalOptions>().config, process.env);
}

export function readConfig(command: Command, shell: Shell): Config {
  const config = loadConfig(configFile(command), process.env);
  shell.frame.redactor.register(secretsOf(config));
  return config;
}

/** Opens everything a command works with, does its work, and closes it again. */
export async function withContext(
  command: Command,
  shell: Shell,
  options: { readonly json?: boolean; readonly personal?: boolean },
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const output = createOutput(options.json === true, process.stdout, shell.frame.redactor, {
    personal: options.personal === true,
  });
  shell.output = output;
  let database: Database | undefined;
  let sync: SyncDatabase | null = null;
  let context: EngineContext | undefined;
  try {
    const config = readConfig(command, shell);
    const pipelines = await ownPipelines(projectOf(configFile(command)));
    assertModes(config, [...PIPELINES, ...pipelines]);
    assertPipelineNames(config, [...PIPELINES, ...pipelines]);
    const quiet = command.optsWithGlobals<GlobalOptions>().quiet === true;
    const progress = quiet ? noProgress(process.stderr) : createProgress(process.stderr, shell.clock);
    shell.frame.logger = createLogger({
      directory: join(config.stateDirectory, 'logs'),
      stderr: progress.stderr,
      readable: process.stderr.isTTY === true,
      redactor: shell.frame.redactor,
      clock: shell.clock,
      level: quiet ? 'warn' : 'info',
    });
    for (const note of trustNotes(config)) shell.frame.logger.fileOnly('warn', note);
    database = await openDatabase(config, shell.clock, shell.signal);
    await assertSchema(database);
    sync = await openSyncDatabase(config, shell.signal);
    context = makeContext({
      config,
      database,
      sync,
      clock: shell.clock,
      log: shell.frame.logger,
      signal: shell.signal,
      onToken: (token) => shell.frame.redactor.register([token]),
      progress: (stage, done, total) => progress.update(stage, done, total),
      pipelines: await pipelinesHere(pipelinesFor(config, pipelines), database, shell.frame.logger),
    });
    await work({ config, database, context, output });
    progress.end();
  } finally {
    await context?.close();
    await sync?.close();
    await database?.close();
  }
}

/** A positive whole number from the command line. */
export function wholeNumber(what: string): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${what} "${text}": a whole number is needed`);
    return Number(text);
  };
}
