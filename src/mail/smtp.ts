import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../core/clock.js';
import type { MailConfig } from '../core/config.js';
import { ConfigurationError, messageOf } from '../core/errors.js';
import type { Mailer, SentMail } from '../core/mail.js';
import { classified } from './failures.js';

/**
 * Sends mail by SMTP, a connection for each: mails are few, and a connection that is kept dies while nobody looks. The
 * client beneath never tries again by itself.
 */
export function smtpMailer(config: MailConfig, clock: Clock): Mailer {
  const description = describe(config);
  return {
    description,
    async send(mail) {
      const node = new MailComposer({
        from: config.from,
        to: [...mail.to],
        subject: mail.subject,
        text: mail.text,
        ...(mail.html === undefined ? {} : { html: mail.html }),
        date: new Date(clock.now()),
        attachments: (mail.attachments ?? []).map(({ name, type, bytes }) => ({
          filename: name,
          contentType: type,
          content: Buffer.from(bytes),
        })),
        // Nothing in a mail of ours is fetched from a path or an address.
        disableFileAccess: true,
        disableUrlAccess: true,
      }).compile();
      const { from } = node.getEnvelope();
      return deliver(config, description, {
        from: from === false ? '' : from,
        to: mail.to,
        bytes: await node.build(),
        messageId: node.messageId(),
      });
    },
  };
}

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly messageId: string;
}

async function deliver(config: MailConfig, description: string, letter: Letter): Promise<SentMail> {
  const message = Readable.from([letter.bytes]);
  let isWhole = false;
  // Whoever reads to the end writes the last line of the mail next.
  message.once('end', () => {
    isWhole = true;
  });
  try {
    return await connected<SentMail>(config, (connection, done) =>
      connection.send({ from: letter.from, to: [...letter.to] }, message, (error, info) => {
        if (error !== null) return done(error);
        const answer = String(info.response ?? '').slice(0, 200);
        done(null, {
          receipt: `${description} took ${letter.messageId}: ${answer}`,
          refused: info.rejected.map(String),
        });
      }),
    );
  } catch (error) {
    throw classified(error, description, isWhole);
  }
}

/** Whether the server lets us in; nothing is sent. Errors as of {@link Mailer.send}. */
export async function checkMail(config: MailConfig): Promise<string> {
  const description = describe(config);
  try {
    await connected<null>(config, (_connection, done) => done(null, null));
  } catch (error) {
    throw classified(error, description, false);
  }
  return description;
}

type Done<T> = (...end: [error: Error] | [error: null, result: T]) => void;

/** The dialogue in one connection, logged in where there is a login, within the deadline. */
async function connected<T>(
  config: MailConfig,
  act: (connection: SMTPConnection, done: Done<T>) => void,
): Promise<T> {
  const connection = new SMTPConnection(optionsOf(config));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(
        () => reject(Object.assign(new Error(`no end after ${config.deadlineMs} ms`), { code: 'ETIMEDOUT' })),
        config.deadlineMs,
      );
      connection.once('error', reject);
      const go = () =>
        act(connection, (...[error, result]) => (error === null ? resolve(result) : reject(error)));
      connection.connect((error) => {
        if (error) return reject(error);
        const { user, password } = config;
        if (user === null || password === null) return go();
        connection.login({ credentials: { user, pass: password } }, (problem) =>
          problem ? reject(problem) : go(),
        );
      });
    });
  } finally {
    clearTimeout(timer);
    // What the server says after the answer concerns no mail.
    connection.on('error', () => undefined);
    connection.close();
  }
}

function describe({ host, port }: MailConfig): string {
  return `mail server ${host}:${port}`;
}

function optionsOf({ host, port, secure, caFile, deadlineMs }: MailConfig): SMTPConnection.Options {
  return {
    host,
    port,
    secure: secure === 'tls',
    requireTLS: secure === 'starttls',
    ignoreTLS: secure === 'none',
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    dnsTimeout: deadlineMs,
    tls: caFile === null ? {} : { ca: authorityOf(caFile) },
  };
}

function authorityOf(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `mail.caFile ${caFile} cannot be read (${messageOf(error)}); nothing was sent`,
    );
  }
}
