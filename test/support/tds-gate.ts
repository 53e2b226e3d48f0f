import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { InvariantError } from '../../src/core/errors.js';
import type { SelfSigned } from './certificate.js';
import { errorToken, failedToken, packetOf, preloginAnswer, TDS, TdsReader } from './tds.js';

export interface GateOptions {
  readonly encryption: 'not supported' | 'required';
  readonly certificate?: SelfSigned;
  /** Numbers and texts, in the order in which the server gives them. */
  readonly refusal: readonly (readonly [number: number, text: string])[];
}

/** The door of a SQL Server: pre-login, encryption, and a refusal of every login. */
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
        socket.write(packetOf(TDS.answer, preloginAnswer(this.options.encryption)));
        if (this.options.certificate === undefined) continue;
        socket.off('data', first);
        this.encrypt(socket, this.options.certificate);
      }
    };
    socket.on('data', first);
  }

  private encrypt(socket: Socket, certificate: SelfSigned): void {
    const secure = new TLSSocket(new HandshakeInPackets(socket), { isServer: true, ...certificate });
    secure.on('error', () => socket.destroy());
    const reader = new TdsReader();
    secure.on('data', (chunk: Buffer) => {
      for (const { type } of reader.read(chunk)) if (type === TDS.login) this.refuse(secure);
    });
  }

  private refuse(socket: Duplex): void {
    this.logins += 1;
    const errors = this.options.refusal.map(([number, text]) => errorToken(number, text, 14));
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
      if (chunk.readUInt8(0) === TDS.prelogin) {
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
