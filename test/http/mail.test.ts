/** Mail against a real SMTP server: what arrives, and what every way of failing is taken for. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import {
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import type { Mail } from '../../src/core/mail.js';
import { checkMail, smtpMailer } from '../../src/mail/smtp.js';
import { selfSigned } from '../support/certificate.js';
import { type SmtpFault, TestSmtpServer } from '../support/smtp-server.js';

const MAIL: Mail = {
  to: ['dock@atlas.example', 'good@atlas.example'],
  subject: 'Label of order 17, Zürich',
  text: 'One label.\n.\nA line with a point alone.\n',
  html: '<p>One label.</p>',
  attachments: [{ name: 'LBL_17.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7\r\n.\r\n\0x') }],
};

describe('mail', () => {
  let server: TestSmtpServer;
  beforeEach(async () => {
    server = await TestSmtpServer.start();
  });
  afterEach(() => server.close());

  const send = (mail = MAIL, more = {}) => smtpMailer(server.config(more), systemClock).send(mail);

  it('arrives as it was given, byte for byte', async () => {
    const { receipt, refused } = await send();
    expect(refused).toEqual([]);
    const [mail] = server.mails;
    expect(receipt).toContain(mail?.messageId);
    expect(mail?.subject).toBe(MAIL.subject);
    expect(mail?.from).toEqual({ name: 'Orderferry', address: 'ferry@example.com' });
    expect(mail?.to?.map(({ address }) => address)).toEqual(MAIL.to);
    expect(mail?.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(MAIL.text.trimEnd());
    expect(mail?.html).toContain('<p>One label.</p>');
    const [attachment] = mail?.attachments ?? [];
    expect([attachment?.filename, attachment?.mimeType]).toEqual(['LBL_17.pdf', 'application/pdf']);
    expect(Buffer.from(attachment?.content as ArrayBuffer)).toEqual(MAIL.attachments?.[0]?.bytes);
  });

  it('of several megabytes goes, too', async () => {
    const bytes = Buffer.alloc(3_000_000, 'label ');
    await send({ ...MAIL, attachments: [{ name: 'a.pdf', type: 'application/pdf', bytes }] });
    expect(Buffer.from(server.mails[0]?.attachments[0]?.content as ArrayBuffer).equals(bytes)).toBe(true);
  });

  it('has no header that a subject brings along', async () => {
    await send({ ...MAIL, subject: 'Order 1\r\nBcc: thief@example.com' });
    expect(server.mails[0]?.bcc).toBeUndefined();
    expect(server.mails[0]?.headers.some(({ key }) => key === 'bcc')).toBe(false);
  });

  it('that some may not get goes to the others, and says whom it missed', async () => {
    server.fault = { answer: 550, to: 'recipient' };
    expect((await send()).refused).toEqual(['dock@atlas.example']);
    expect(server.mails).toHaveLength(1);
  });

  const nobody = { ...MAIL, to: ['dock@atlas.example'] };
  it.each<
    [string, SmtpFault, typeof TransientError | typeof TerminalError | typeof UnknownOutcomeError, number]
  >([
    ['a recipient that is refused', { answer: 550, to: 'recipient' }, TerminalError, 0],
    ['a recipient that is refused for now', { answer: 451, to: 'recipient' }, TransientError, 0],
    ['a mail that is refused', { answer: 554, to: 'data' }, TerminalError, 0],
    ['a mail that is refused for now', { answer: 452, to: 'data' }, TransientError, 0],
    ['a connection that ends after the whole mail', { cut: 'after-data' }, UnknownOutcomeError, 1],
    ['a server that has the mail and is silent', { silent: true }, UnknownOutcomeError, 1],
  ])('%s', async (_what, fault, kind, taken) => {
    server.fault = fault;
    await expect(send(nobody, { deadlineMs: 500 })).rejects.toBeInstanceOf(kind);
    expect(server.mails).toHaveLength(taken);
  });

  it('that is cut off before its end was not sent', async () => {
    server.fault = { cut: 'before-data' };
    const bytes = Buffer.alloc(30_000_000, 'label ');
    const large = { ...nobody, attachments: [{ name: 'a.pdf', type: 'application/pdf', bytes }] };
    await expect(send(large)).rejects.toBeInstanceOf(TransientError);
    expect(server.mails).toEqual([]);
  });

  it('without a server was not sent', async () => {
    await server.close();
    await expect(send()).rejects.toBeInstanceOf(TransientError);
    server = await TestSmtpServer.start();
  });

  it('needs a server with TLS unless told otherwise', async () => {
    await expect(send(MAIL, { secure: 'starttls' })).rejects.toBeInstanceOf(ConfigurationError);
    expect(server.mails).toEqual([]);
  });
});

describe('mail over TLS', () => {
  const tls = selfSigned('localhost');
  const login = { user: 'ferry', password: 'horse-battery' };
  let folder: string;
  let caFile: string;
  let server: TestSmtpServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-mail-'));
    caFile = join(folder, 'ca.pem');
    await writeFile(caFile, tls.cert);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it.each(['starttls', 'tls'] as const)('by %s logs in and goes', async (secure) => {
    server = await TestSmtpServer.start({ tls, login, implicit: secure === 'tls' });
    const config = server.config({ host: 'localhost', secure, ...login, caFile });
    await smtpMailer(config, systemClock).send(MAIL);
    expect(server.mails).toHaveLength(1);
    expect(await checkMail(config)).toBe(`mail server localhost:${server.port}`);
    await expect(checkMail({ ...config, password: 'donkey-battery' })).rejects.toBeInstanceOf(
      ConfigurationError,
    );
    expect(server.mails).toHaveLength(1);
  });

  it('goes nowhere with a wrong password, a missing login, a certificate nobody knows, or one of another host', async () => {
    server = await TestSmtpServer.start({ tls, login });
    const right = server.config({ host: 'localhost', secure: 'starttls', ...login, caFile });
    for (const wrong of [
      { password: 'donkey-battery' },
      { user: null, password: null },
      { caFile: null },
      { host: '127.0.0.1' },
      { caFile: join(folder, 'none.pem') },
    ]) {
      const failed = await smtpMailer({ ...right, ...wrong }, systemClock)
        .send(MAIL)
        .catch((error: unknown) => error);
      expect(failed, JSON.stringify(wrong)).toBeInstanceOf(ConfigurationError);
      expect(String(failed)).not.toMatch(/-battery/);
    }
    expect(server.mails).toEqual([]);
  });
});
