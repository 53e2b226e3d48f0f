import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { InvariantError } from '../../src/core/errors.js';

/** TDS messages that ask something: batch, procedure call, transaction (MS-TDS 2.2.3.1.1). The others log in. */
const ASKS = new Set([1, 3, 14]);
const HEADER = 8;
const END_OF_MESSAGE = 0x01;

/** A relay to a server that counts what is asked of it (one message is one round trip) and may lose an answer. */
export class CountingProxy {
  trips = 0;
  private losing = false;

  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
    readonly port: number,
  ) {}

  static async open(host: string, port: number): Promise<CountingProxy> {
    const sockets = new Set<Socket>();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new InvariantError('no port');
    const proxy = new CountingProxy(server, sockets, address.port);
    server.on('connection', (client) => {
      const upstream = connect(port, host);
      for (const socket of [client, upstream]) {
        socket.setNoDelay(true);
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      let rest = Buffer.alloc(0);
      client.on('data', (chunk: Buffer) => {
        rest = proxy.count(Buffer.concat([rest, chunk]));
        upstream.write(chunk);
      });
      upstream.on('data', (chunk: Buffer) => {
        if (proxy.losing) client.destroy();
        else client.write(chunk);
        proxy.losing = false;
      });
    });
    return proxy;
  }

  /** The next answer is cut off with its connection, after the server has done what was asked. */
  loseNextAnswer(): void {
    this.losing = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Reads whole packets; returns what is left over. */
  private count(bytes: Buffer): Buffer<ArrayBuffer> {
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt16BE(at + 2);
      if (bytes.length - at < length) break;
      if (ASKS.has(bytes.readUInt8(at)) && (bytes.readUInt8(at + 1) & END_OF_MESSAGE) !== 0) this.trips++;
      at += Math.max(length, HEADER);
    }
    return Buffer.from(bytes.subarray(at));
  }
}
