import { hostname } from 'node:os';
import * as z from 'zod';
import type { AlertsConfig } from '../../core/alerts-config.js';
import { MINUTE, SECOND } from '../../core/clock.js';
import { cronFault, parseCron, zoneFault } from '../../core/cron.js';
import { MAIL_ADDRESS } from '../../core/mail.js';
import { group, listOf, type valueSchemas } from './values.js';

/** Who is told of incidents and gets the digest. */
export function alertsSchema({ text, secret, url, duration }: ReturnType<typeof valueSchemas>) {
  const address = text().refine((value) => MAIL_ADDRESS.test(value), {
    error: 'must be an address such as data@example.com',
  });
  return group({
    name: text()
      .optional()
      .describe('What this installation is called in subjects. Default: the name of the host.'),
    mail: group({
      to: listOf(address)
        .refine((list) => list.length > 0, { error: 'must name at least one' })
        .describe('Who gets incidents and the digest.'),
    })
      .optional()
      .describe('By the mail server of `mail`.'),
    webhook: group({
      url: url().describe('Where incidents and digests are posted as JSON; https, or to this machine.'),
      secret: secret('ORDERFERRY_ALERT_SECRET', 16).describe(
        'Key of the HMAC-SHA256 that signs them, at least 16 characters, from the environment only.',
      ),
      deadline: duration({ min: SECOND, max: MINUTE }).prefault('15s').describe('Total time of one call.'),
    })
      .transform(({ deadline, ...rest }) => ({ ...rest, deadlineMs: deadline }))
      .optional()
      .describe('The same for programs: chat, paging.'),
    digest: group({
      cron: text().describe('When the digest is sent: five fields, `0 7 * * 1-5`.'),
      zone: text().describe('IANA zone whose clocks the cron text means, or UTC.'),
    })
      .transform(({ cron, zone }, context) => {
        const faults = [
          ['cron', cronFault(cron)],
          ['zone', zoneFault(zone)],
        ] as const;
        for (const [key, message] of faults) {
          if (message !== null) context.addIssue({ code: 'custom', path: [key], message });
        }
        return faults.some(([, message]) => message !== null) ? z.NEVER : parseCron(cron, zone);
      })
      .optional()
      .describe('Sent by `orderferry schedule`. Left out: by `orderferry digest --send` alone.'),
  }).transform(
    ({ name, mail, webhook, digest }): AlertsConfig => ({
      name: name ?? hostname(),
      mail: mail ?? null,
      webhook: webhook ?? null,
      digest: digest ?? null,
    }),
  );
}
