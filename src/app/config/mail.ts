import { MINUTE, SECOND } from '../../core/clock.js';
import { MAIL_SECURITY, type MailConfig } from '../../core/config.js';
import { MAIL_ADDRESS } from '../../core/mail.js';
import { group, isLoopback, type valueSchemas } from './values.js';

/** Of submission with STARTTLS, of TLS from the first byte, of a relay on this machine. */
const PORTS = { starttls: 587, tls: 465, none: 25 } as const;
const NAMED_ADDRESS = /^[^<>\r\n]*<([^<>]+)>$/;

/** How mail leaves. TLS is left out for this machine alone, and the password is in the environment alone. */
export function mailSchema({
  text,
  secret,
  duration,
  integer,
  choice,
  path,
}: ReturnType<typeof valueSchemas>) {
  return group({
    host: text().describe('Name or address of the mail server.'),
    port: integer(1, 65_535).optional().describe('Default: 587; 465 with `tls`, 25 with `none`.'),
    secure: choice(MAIL_SECURITY)
      .prefault('starttls')
      .describe(
        '`starttls`: TLS, asked for on the usual port, and nothing without it; `tls`: from the first byte; `none`: only to this machine.',
      ),
    user: text().optional().describe('Login, where the server wants one.'),
    password: secret('MAIL_PASSWORD').optional().describe('From the environment only; goes with user.'),
    from: text().describe(
      'Who the mails are from: `ferry@example.com`, or `Orderferry <ferry@example.com>`.',
    ),
    caFile: path()
      .optional()
      .describe('PEM file of the authority that signed the certificate. Default: those that Node trusts.'),
    deadline: duration({ min: SECOND, max: 10 * MINUTE })
      .prefault('60s')
      .describe('Total time of one mail.'),
  }).transform((value, context): MailConfig => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const { host, secure, user, password, from, caFile, deadline } = value;
    if (secure === 'none' && !isLoopback(host)) {
      issue('secure', `none would send mails and password in the clear to ${host}; write starttls or tls`);
    }
    if (user !== undefined && password === undefined) issue('password', 'is missing; it goes with user');
    if (user === undefined && password !== undefined) issue('user', 'is missing; it goes with password');
    if (!MAIL_ADDRESS.test(NAMED_ADDRESS.exec(from)?.[1]?.trim() ?? from)) {
      issue('from', `"${from}" is no address such as ferry@example.com`);
    }
    return {
      host,
      port: value.port ?? PORTS[secure],
      secure,
      user: user ?? null,
      password: password ?? null,
      from,
      caFile: caFile ?? null,
      deadlineMs: deadline,
    };
  });
}
