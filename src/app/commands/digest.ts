import type { Command } from 'commander';
import { DAY } from '../../core/clock.js';
import { ConfigurationError, UsageError } from '../../core/errors.js';
import { readDigest } from '../../engine/digest/digest.js';
import { digestMessage } from '../../engine/digest/digest-message.js';
import { sendDigestNow } from '../alerts/desk.js';
import { parseDuration } from '../config/duration.js';
import { EXIT } from '../process.js';
import type { Shell } from '../program.js';
import { withContext } from './open.js';

interface DigestOptions {
  readonly since: number;
  readonly send?: boolean;
  readonly json?: boolean;
}

export function addDigest(program: Command, shell: Shell): void {
  program
    .command('digest')
    .description('what happened and what waits: counts by flow, 3PL and day, errors, incidents')
    .option('--since <time>', 'how far back: 24h (default), 7d', time, DAY)
    .option('--send', 'to whom alerts.mail and alerts.webhook name, too')
    .option('--json', 'one object on standard output')
    .addHelpText('after', '\nExample:\n  orderferry digest --send\n\nFrom cron, at 7 in the morning.')
    .action(async (options: DigestOptions, command: Command) => {
      await withContext(command, shell, options, async ({ context, config, output }) => {
        const now = shell.clock.now();
        const digest = await readDigest(context, now - options.since, now);
        const { text } = digestMessage(digest, config.alerts?.name ?? 'this installation');
        for (const line of text.trimEnd().split('\n')) output.line(line);
        output.result(digest);
        if (options.send !== true) return;
        if (!config.alerts?.mail && !config.alerts?.webhook) {
          throw new ConfigurationError('digest --send: name somebody under alerts.mail or alerts.webhook');
        }
        const sent = await sendDigestNow(context, now - options.since);
        if (sent === 0) shell.exitCode = EXIT.failed;
      });
    });
}

function time(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new UsageError(`--since "${text}": a time such as 24h or 7d is needed`);
  return ms;
}
