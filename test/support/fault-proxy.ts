import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { InvariantError } from '../../src/core/errors.js';
import { batchLike, errorToken, failedToken, packetOf, TDS, TdsReader } from './tds.js';

type ServerError = readonly [number: number, text: string];

/** What happens to a request instead of its being carried out. */
export type Fault =
  /** The statement fails with this error of the server, which takes its transaction back. */
  | { readonly kind: 'error'; readonly error: ServerError }
  /** No answer comes, to this or any other request of the connection. */
  | { readonly kind: 'silence' }
  /** All connections are closed, and logins are refused until {@link FaultProxy.online}. */
  | { readonly kind: 'offline'; readonly refusal: readonly ServerError[] };

/** A relay to a server, unencrypted, that can do what a test server cannot be made to do. */
export class FaultProxy {
  /** Requests that met with the fault. */
  met = 0;
  /** Requests that were cancelled. */
  cancelled = 0;
  private planned: { readonly text: Buffer; readonly fault: Fault } | null = null;
  private refusal: readonly ServerError[] | null = null;

  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
    private readonly upstream: { readonly host: string; readonly port: number },
    readonly port: number,
  ) {}

  static async open(host: string, port: number): Promise<FaultProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new InvariantError('no port');
    const proxy = new FaultProxy(server, new Set(), { host, port }, address.port);
    server.on('connection', (client) => proxy.relay(client));
    return proxy;
  }

  /** The next request whose text contains this meets with the fault. */
  plan(text: string, fault: Fault): void {
    this.planned = { text: Buffer.from(text, 'utf16le'), fault };
  }

  online(): void {
    this.refusal = null;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(client: Socket): void {
    const upstream = connect(this.upstream.port, this.upstream.host);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const asked = new TdsReader();
    const answered = new TdsReader();
    let silent = false;
    let failing: ServerError | null = null;
    client.on('data', (chunk: Buffer) => {
      for (const { type, payload, packets } of asked.read(chunk)) {
        if (type === TDS.attention) this.cancelled += 1;
        if (silent) continue;
        const fault = this.faultFor(type, payload);
        if (type === TDS.login && this.refusal !== null) client.write(refused(this.refusal));
        else if (fault === null) upstream.write(packets);
        else if (fault.kind === 'silence') silent = true;
        else if (fault.kind === 'offline') {
          this.refusal = fault.refusal;
          this.cut();
        } else {
          failing = fault.error;
          upstream.write(batchLike(payload, 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION'));
        }
      }
    });
    upstream.on('data', (chunk: Buffer) => {
      for (const { payload, packets } of answered.read(chunk)) {
        if (failing === null) client.write(packets);
        else client.write(packetOf(TDS.answer, Buffer.concat([errorToken(...failing, 17), payload])));
        failing = null;
      }
    });
  }

  private faultFor(type: number, payload: Buffer): Fault | null {
    if (this.planned === null || (type !== TDS.batch && type !== TDS.rpc)) return null;
    const { text, fault } = this.planned;
    if (!payload.includes(text)) return null;
    this.planned = null;
    this.met += 1;
    return fault;
  }
}

function refused(errors: readonly ServerError[]): Buffer {
  const tokens = errors.map(([number, text]) => errorToken(number, text, 14));
  return packetOf(TDS.answer, Buffer.concat([...tokens, failedToken()]));
}
