import type { AlertChannel } from '../../core/alert.js';
import type { AlertsConfig } from '../../core/alerts-config.js';
import type { Clock } from '../../core/clock.js';
import type { Mailer } from '../../core/mail.js';
import { alertWebhook } from '../../http/alert-webhook.js';

/** The ways to tell somebody that are configured; `close` when nothing is told any more. */
export function openChannels(
  config: Pick<AlertsConfig, 'mail' | 'webhook'>,
  { mailer, clock }: { readonly mailer: Mailer | null; readonly clock: Clock },
): { readonly channels: readonly AlertChannel[]; close(): void } {
  const webhook = config.webhook === null ? null : alertWebhook(config.webhook, clock);
  const mail = config.mail === null || mailer === null ? null : mailChannel(mailer, config.mail.to);
  return {
    channels: [mail, webhook].filter((channel) => channel !== null),
    close: () => webhook?.close(),
  };
}

export function mailChannel(mailer: Mailer, to: readonly string[]): AlertChannel {
  return {
    name: 'mail',
    async tell({ subject, text, html }) {
      const { receipt, refused } = await mailer.send({
        to,
        subject,
        text,
        ...(html === undefined ? {} : { html }),
      });
      return refused.length === 0 ? receipt : `${receipt}; refused ${refused.join(', ')}`;
    },
  };
}
