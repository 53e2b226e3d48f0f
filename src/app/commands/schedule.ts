import type { Command } from 'commander';
import { ConfigurationError } from '../../core/errors.js';
import type { ScheduleConfig } from '../../core/schedule.js';
import { counted } from '../../core/text.js';
import { describeDuration } from '../../core/time.js';
import type { Claimed } from '../../engine/schedule/claim.js';
import type { CycleReport } from '../../engine/schedule/cycle.js';
import { cutOffNotes, nextTimes } from '../../engine/schedule/plan.js';
import { tell } from '../alerts/desk.js';
import { findPipeline, pipelineHere } from '../pipelines.js';
import { pipelinesHere } from '../pipelines-here.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { makeContext, openDatabase, openSyncDatabase } from '../runtime.js';
import { absentDatabase } from '../schedule/absent-database.js';
import { nodeSchedule } from '../schedule/alarm.js';
import { Scheduler } from '../schedule/scheduler.js';
import { serveWebhook } from '../schedule/webhook.js';
import { assertMayRun, assertOneHandOver } from './before-run.js';
import { type Opened, withContext } from './open.js';

interface ScheduleOptions {
  readonly once?: boolean;
}

export function addSchedule(program: Command, shell: Shell): void {
  program
    .command('schedule')
    .description('run the pipelines of "schedule" whenever they are due, until it is stopped')
    .option('--once', 'run what is due now, and end: for a scheduler that starts it every minute')
    .addHelpText(
      'after',
      '\nExample:\n  orderferry --quiet schedule\n\nIn a systemd unit or a container. It may run on several hosts: each cycle happens once.',
    )
    .action(async (options: ScheduleOptions, command: Command) => {
      await withContext(command, shell, {}, (opened) => schedule(opened, options, shell));
    });
}

async function schedule(opened: Opened, options: ScheduleOptions, shell: Shell): Promise<void> {
  const { config, context, output } = opened;
  const plan = await checked(opened);
  const { engine } = context.database;
  // On a server the claims must not wait behind a freeze of this process; the embedded engine has one writer anyway.
  const own = engine === 'sqlite' ? null : await openDatabase(config, shell.clock);
  const results: CycleReport['state'][] = [];
  const scheduler = new Scheduler({
    scheduling: { clock: context.clock, log: context.log, config, database: own ?? context.database },
    entries: plan.entries,
    alarm: nodeSchedule,
    signal: shell.signal,
    workplace: (signal) => workplace(opened, shell, signal),
    pipelineOf: (made, name) => pipelineHere(made.pipelines, findPipeline(name, made.pipelines)),
    ended: (claimed, report) => {
      results.push(report.state);
      results.splice(0, Math.max(0, results.length - 1_000));
      output.line(endLine(claimed, report));
    },
  });
  try {
    if (options.once === true) await scheduler.once();
    else await serve(opened, plan, scheduler, shell);
    const drained = await within(plan.drainMs, scheduler.idle(), shell.signal);
    if (!drained) {
      context.log.error(
        `cycles did not end within ${describeDuration(plan.drainMs)} (schedule.drain); what is on its way is looked up by whoever takes them up`,
      );
      shell.exitCode = EXIT.failed;
      return;
    }
    if (options.once === true) shell.exitCode = results.includes('failed') ? EXIT.failed : EXIT.done;
  } finally {
    scheduler.close();
    if (!scheduler.busy) await own?.close();
  }
}

/** What can be found wrong before anything runs. */
async function checked({ config, context }: Opened): Promise<ScheduleConfig> {
  const plan = config.schedule;
  if (plan === undefined || plan.entries.length === 0) {
    throw new ConfigurationError(
      'schedule: there is no entry; name what is to be run under schedule.entries, such as { name: orders, cron: "*/15 * * * *", zone: America/Chicago, pipelines: [exigo-orders-to-3pl] }',
    );
  }
  for (const name of new Set(plan.entries.flatMap(({ pipelines }) => pipelines))) {
    await assertOneHandOver(context, pipelineHere(context.pipelines, findPipeline(name, context.pipelines)));
  }
  await assertMayRun(context);
  return plan;
}

async function serve(
  { config, context, output }: Opened,
  plan: ScheduleConfig,
  scheduler: Scheduler,
  shell: Shell,
): Promise<void> {
  const now = shell.clock.now();
  for (const entry of plan.entries) {
    output.line(`schedule ${entry.name}: ${entry.pipelines.join(', ')}; next ${nextTimes(entry, now, 1)[0]}`);
  }
  for (const note of cutOffNotes(config, context.pipelines, now)) output.line(note.line);
  await scheduler.start();
  const server =
    plan.webhook === null ? null : await serveWebhook({ plan, scheduler, context, webhook: plan.webhook });
  if (server !== null) output.line(`webhooks are taken at ${server.url}/webhooks/<entry>`);
  await aborted(shell.signal);
  scheduler.close();
  await server?.close();
  output.line(
    `stopping; ${counted(plan.entries.length, 'entry').replace('entrys', 'entries')} of the schedule`,
  );
}

/** A context for one cycle: of its own, since cycles run beside one another. */
async function workplace({ config, context }: Opened, shell: Shell, signal: AbortSignal) {
  const shared = context.database.engine === 'sqlite';
  const database = shared ? context.database : await openDatabase(config, shell.clock, shell.signal);
  // Without it nothing is frozen, and what was frozen before goes on.
  const sync = await openSyncDatabase(config, shell.signal).catch((error: unknown) => absentDatabase(error));
  const made = makeContext({
    config,
    database,
    sync,
    clock: shell.clock,
    log: context.log,
    signal,
    onToken: (token) => shell.frame.redactor.register([token]),
    pipelines: await pipelinesHere(context.pipelines, database, context.log),
  });
  return {
    ...made,
    async end() {
      await tell(made);
      await made.close();
      await sync?.close();
      if (!shared) await database.close();
    },
  };
}

function endLine({ entry, due }: Claimed, { state, pipelines }: CycleReport): string {
  const parts = pipelines.map(
    ({ pipeline, outcome, reason }) => `${pipeline} ${outcome}${reason === null ? '' : ` (${reason})`}`,
  );
  return `schedule ${entry.name}: cycle of ${due.slice(0, 16)} UTC ${state}${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False when the work did not end in time after the process was told to stop. */
async function within(ms: number, work: Promise<void>, signal: AbortSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = aborted(signal).then(
    () =>
      new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, ms, false);
      }),
  );
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}
