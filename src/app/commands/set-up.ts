import { type Command, Option } from 'commander';
import { ConfigurationError, UsageError } from '../../core/errors.js';
import { migrate } from '../../db/migrate.js';
import { createSyncSchema } from '../../db/sync-schema.js';
import { createExigoClient } from '../../load/exigo-api/client.js';
import { exigoForms } from '../doctor/check-api-forms.js';
import { feedProbe } from '../doctor/check-godatafeed.js';
import { doctor, printDoctor } from '../doctor.js';
import { createOutput } from '../output.js';
import { ownPipelines, projectOf } from '../own-pipelines.js';
import type { Shell } from '../program.js';
import { openDatabase, openSyncDatabase } from '../runtime.js';
import { hasOrders, makeSampleDatabase } from '../sample-tenant.js';
import { askChoice, threePlFault } from '../starter/questions.js';
import { type StarterChoice, startProject } from '../starter/starter.js';
import { configFile, readConfig } from './open.js';

interface InitOptions {
  readonly engine?: StarterChoice['engine'];
  readonly '3pl': readonly string[];
  readonly godatafeed?: boolean;
  readonly yes?: boolean;
}

/** Options say what is wanted; without any a person at a terminal is asked. */
async function choiceOf(options: InitOptions): Promise<StarterChoice> {
  const { engine, '3pl': threePls, godatafeed, yes } = options;
  const said = engine !== undefined || threePls.length > 0 || godatafeed === true || yes === true;
  if (!said && process.stdin.isTTY === true && process.stdout.isTTY === true) {
    return askChoice(process.stdin, process.stdout);
  }
  return { engine: engine ?? 'sqlite', threePls, godatafeed: godatafeed === true };
}

function collect(name: string, before: readonly string[]): readonly string[] {
  const fault = threePlFault(name);
  if (fault !== null) throw new UsageError(`--3pl ${fault}`);
  if (before.includes(name)) throw new UsageError(`--3pl ${name}: named twice`);
  return [...before, name];
}

/** `init`, `migrate`, `sample`, `doctor`: everything before the first run. */
export function addSetUp(program: Command, shell: Shell): void {
  program
    .command('init')
    .description('write a project to begin with, by a few questions or by options; never overwrites')
    .argument('[folder]', 'where to', '.')
    .addOption(
      new Option('--engine <engine>', 'where the state lives (default: sqlite)').choices([
        'sqlite',
        'sqlserver',
      ]),
    )
    .option(
      '--3pl <name>',
      'a warehouse with a template to fill in; repeatable (default: two examples)',
      collect,
      [],
    )
    .option('--godatafeed', 'with a store of GoDataFeed')
    .option('--yes', 'ask nothing')
    .addHelpText('after', '\nExample:\n  orderferry init ../ferry --engine sqlite --3pl north')
    .action(async (folder: string, options: InitOptions) => {
      const output = createOutput(false, process.stdout, shell.frame.redactor);
      const { written, kept, folders } = startProject(folder, await choiceOf(options));
      for (const path of written) output.line(`wrote ${path}`);
      for (const path of kept) output.line(`kept  ${path}`);
      for (const path of folders) output.line(`made  ${path}`);
      output.line(
        `next${folder === '.' ? '' : `, in ${folder}`}: orderferry migrate, then orderferry doctor`,
      );
    });

  program
    .command('migrate')
    .description(
      'bring the state schema to the newest version; on the embedded engine also make the sync tables',
    )
    .action(async (_options: object, command: Command) => {
      const output = createOutput(false, process.stdout, shell.frame.redactor);
      const config = readConfig(command, shell);
      const database = await openDatabase(config, shell.clock);
      try {
        const applied = await migrate(database);
        if (config.syncDatabase === null && config.source.orders !== 'api') {
          await database.transaction((session) => createSyncSchema(session));
        }
        for (const { name } of applied) output.line(`applied ${name}`);
        output.line(applied.length === 0 ? 'the state schema is up to date' : 'done');
      } finally {
        await database.close();
      }
    });

  program
    .command('sample')
    .description(
      'fill an empty database with sync tables and a sample tenant, to try Orderferry without Exigo',
    )
    .option('--if-empty', 'leave a database that has orders as it is, with code 0')
    .action(async (options: { ifEmpty?: boolean }, command: Command) => {
      const output = createOutput(false, process.stdout, shell.frame.redactor);
      const config = readConfig(command, shell);
      if (config.source.orders === 'api') {
        throw new ConfigurationError(
          'sample fills sync tables, and here orders come from the Exigo API (source.orders: api)',
        );
      }
      const database = (await openSyncDatabase(config)) ?? (await openDatabase(config, shell.clock));
      try {
        if (options.ifEmpty === true && (await hasOrders(database))) {
          output.line('the database has orders: left as it is');
          return;
        }
        await makeSampleDatabase(database, shell.clock);
        output.line(
          'made the sync tables and a tenant of 25 orders; next: orderferry run exigo-orders-to-3pl',
        );
      } finally {
        await database.close();
      }
    });

  program
    .command('doctor')
    .description('look at everything a run needs; changes nothing')
    .option('--json', 'one object on standard output')
    .action(async (options: { json?: boolean }, command: Command) => {
      const output = createOutput(options.json === true, process.stdout, shell.frame.redactor);
      shell.output = output;
      const report = await doctor({
        load: () => readConfig(command, shell),
        ownPipelines: () => ownPipelines(projectOf(configFile(command))),
        openDatabase: (database) => openDatabase({ database }, shell.clock),
        exigoApi: (config) => async () => {
          if (config.exigoApi === null) return { date: null };
          const seen: { date: string | null } = { date: null };
          const onDate = (date: string) => {
            seen.date = date;
          };
          const client = createExigoClient(config.exigoApi, { clock: shell.clock, onDate });
          try {
            await client.getOrders({ batchSize: 1 });
            return seen;
          } finally {
            client.close();
          }
        },
        exigoForms: (api) => exigoForms(api, shell.clock),
        godatafeed: feedProbe(shell.clock, (token) => shell.frame.redactor.register([token])),
        clock: shell.clock,
      });
      printDoctor(report, output);
      shell.exitCode = report.exitCode;
    });
}
