import type { Command } from 'commander';
import { nextDue } from '../../core/cron.js';
import { toUtcText } from '../../core/time.js';
import type { EngineContext } from '../../engine/context.js';
import { DEFAULT_DASHBOARD } from '../dashboard/access.js';
import { createDashboard, listen } from '../dashboard/server.js';
import type { Shell } from '../program.js';
import { wholeNumber, withContext } from './open.js';

interface DashboardOptions {
  readonly port?: number;
  readonly listen?: string;
}

/** The health dashboard, until it is asked to stop. */
export function addDashboard(program: Command, shell: Shell): void {
  program
    .command('dashboard')
    .description('the health dashboard as a web page, /metrics for Prometheus, /healthz and /readyz')
    .option('--port <number>', 'default: dashboard.port, 8088', wholeNumber('--port'))
    .option('--listen <address>', 'default: dashboard.listen, 127.0.0.1; any other needs a password')
    .action(async (options: DashboardOptions, command: Command) => {
      await withContext(command, shell, {}, async ({ context, config, output }) => {
        const configured = config.dashboard ?? DEFAULT_DASHBOARD;
        const settings = {
          ...configured,
          port: options.port ?? configured.port,
          listen: options.listen ?? configured.listen,
        };
        const app = await createDashboard({ context, settings, nextRun: nextRunOf(context) });
        try {
          const url = await listen(app, settings);
          output.line(`the dashboard listens on ${settings.publicUrl ?? url}; SIGTERM or Ctrl-C ends it`);
          if (settings.password !== undefined && settings.publicUrl === undefined) {
            context.log.warn(
              'dashboard: without TLS in front, password and pages go over the network in the clear',
            );
          }
          await stopped(shell.signal);
        } finally {
          await app.close();
        }
      });
    });
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** When the schedule has a pipeline run next (UTC text); null where it is not in it. */
function nextRunOf({ config, clock }: EngineContext): (pipeline: string) => Promise<string | null> {
  const entries = config.schedule?.entries ?? [];
  return async (pipeline) => {
    const dues = entries
      .filter(({ pipelines }) => pipelines.includes(pipeline))
      .map(({ cron }) => nextDue(cron, clock.now()))
      .filter((due) => due !== null);
    return dues.length === 0 ? null : toUtcText(Math.min(...dues));
  };
}
