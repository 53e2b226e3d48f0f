import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { InvariantError } from '../../src/core/errors.js';
import type { SelfSigned } from './certificate.js';
import { errorToken, failedToken, packetOf, prelogin, TDS, TdsReader } from './tds.js';

export interface GateOptions {
  readonly encryption: 'not supported' | 'required';
  readonly certificate?: SelfSigned;
  /** What a login meets with: numbers and texts, in the order in which the server gives them, or a real server. */
  readonly refusal?: readonly (readonly [number: number, text: string])[];
  readonly server?: { readonly host: string; readonly port: number };
}

/** The door of a SQL Server: pre-login, encryption, and a refusal of every login or a server behind it. */
export class TdsGate {
  /** Logins that came, with or without encryption. */
  logins = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly options: GateOptions,
    private readonly sockets: Set<Socket>,
  ) {}

  static async open(options: GateOptions): Promise<TdsGate> {
    const server = createServer();
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new InvariantError('no port');
    const gate = new TdsGate(server, address.port, options, new Set());
    server.on('connection', (socket) => gate.serve(socket));
    return gate;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const reader = new TdsReader();
    const first = (chunk: Buffer) => {
      for (const { type } of reader.read(chunk)) {
        if (type === TDS.login) this.refuse(socket);
        if (type !== TDS.prelogin) continue;
        socket.write(packetOf(TDS.answer, prelogin(this.options.encryption)));
        if (this.options.certificate === undefined) continue;
        socket.off('data', first);
        this.behind(this.encrypt(socket, this.options.certificate));
      }
    };
    socket.on('data', first);
  }

  private encrypt(socket: Socket, certificate: SelfSigned): Duplex {
    const secure = new TLSSocket(new HandshakeInPackets(socket), { isServer: true, ...certificate });
    secure.on('error', () => socket.destroy());
    return secure;
  }

  private behind(client: Duplex): void {
    const { server } = this.options;
    const reader = new TdsReader();
    if (server === undefined) {
      client.on('data', (chunk: Buffer) => {
        for (const { type } of reader.read(chunk)) if (type === TDS.login) this.refuse(client);
      });
      return;
    }
    const socket = connect(server.port, server.host);
    this.sockets.add(socket);
    socket.on('error', () => client.destroy());
    client.on('close', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      client.destroy();
    });
    socket.write(packetOf(TDS.prelogin, prelogin('not supported')));
    socket.once('data', () => {
      this.logins += 1;
      client.pipe(socket);
      socket.pipe(client);
    });
  }

  private refuse(socket: Duplex): void {
    this.logins += 1;
    const errors = (this.options.refusal ?? []).map(([number, text]) => errorToken(number, text, 14));
    socket.write(packetOf(TDS.answer, Buffer.concat([...errors, failedToken()])));
  }
}

/** TLS as TDS 7 has it (2.2.6.5): the handshake in packets of the pre-login, what follows as it is. */
class HandshakeInPackets extends Duplex {
  private readonly reader = new TdsReader();
  private flight: Buffer[] = [];
  private shaken = false;

  constructor(private readonly socket: Socket) {
    super();
    socket.on('data', (chunk: Buffer) => {
      if (!this.shaken && chunk.readUInt8(0) === TDS.prelogin) {
        for (const { payload } of this.reader.read(chunk)) this.push(payload);
      } else {
        this.shaken = true;
        this.push(chunk);
      }
    });
    socket.on('close', () => this.push(null));
  }

  override _read(): void {}

  /** All that is written in one turn is one message: the driver waits for exactly one. */
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.shaken) this.socket.write(chunk);
    else if (this.flight.push(chunk) === 1) {
      setImmediate(() => this.socket.write(packetOf(TDS.prelogin, Buffer.concat(this.flight.splice(0)))));
    }
    done();
  }
}
