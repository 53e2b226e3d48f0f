import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { MailConfig } from '../../src/core/config.js';
import type { SelfSigned } from './certificate.js';

/** What the server does with the next mails; `null`: it takes them. */
export type SmtpFault =
  /** It ends the connection when the mail comes, or after it has the whole of it. */
  | { readonly cut: 'before-data' | 'after-data' }
  /** It answers so, to the recipient or to the whole mail. */
  | { readonly answer: number; readonly to: 'recipient' | 'data' }
  /** It has the whole mail and says nothing. */
  | { readonly silent: true }
  | null;

export interface TestSmtpOptions {
  readonly tls?: SelfSigned;
  readonly implicit?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

/** A real SMTP server that keeps what it was sent, parsed. */
export class TestSmtpServer {
  /** Mails that were taken, in order; those that were cut off after the last line among them. */
  readonly mails: Email[] = [];
  fault: SmtpFault = null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  static async start({ tls, implicit, login }: TestSmtpOptions = {}): Promise<TestSmtpServer> {
    const refused = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
    let made: TestSmtpServer | null = null;
    const fault = () => made?.fault ?? null;
    const server = new SMTPServer({
      ...(tls === undefined ? { hideSTARTTLS: true, allowInsecureAuth: true } : tls),
      secure: implicit === true,
      authOptional: login === undefined,
      disableReverseLookup: true,
      onAuth({ username, password }, _session, done) {
        const isRight = username === login?.user && password === login?.password;
        if (isRight) return done(null, { user: username });
        done(refused(535, 'who are you'));
      },
      onRcptTo({ address }, _session, done) {
        const now = fault();
        const isRefused = now !== null && 'answer' in now && now.to === 'recipient';
        if (isRefused && !address.startsWith('good')) return done(refused(now.answer, `no ${address} here`));
        done();
      },
      onData(stream, _session, done) {
        const now = fault();
        if (now !== null && 'cut' in now && now.cut === 'before-data') {
          stream.resume();
          made?.cut();
          return;
        }
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          PostalMime.parse(Buffer.concat(pieces)).then(
            (mail) => {
              if (now !== null && 'answer' in now && now.to === 'data')
                return done(refused(now.answer, 'not this one'));
              made?.mails.push(mail);
              if (now === null || 'answer' in now) return done();
              if ('cut' in now) made?.cut();
            },
            (error: Error) => done(error),
          );
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    made = new TestSmtpServer(server, port);
    const { sockets } = made;
    server.server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('error', () => undefined); // connections that are cut
    return made;
  }

  config(more: Partial<MailConfig> = {}): MailConfig {
    return {
      host: '127.0.0.1',
      port: this.port,
      secure: 'none',
      user: null,
      password: null,
      from: 'Orderferry <ferry@example.com>',
      caFile: null,
      deadlineMs: 5_000,
      ...more,
    };
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
