import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  readonly event: 'incident-opened' | 'incident-closed' | 'digest';
  readonly incident?: number;
  readonly untold?: boolean;
  readonly kind?: string;
  readonly system?: string;
}

/** Where the alerts arrive: a chat, say. */
export class Receiver {
  readonly told: Told[] = [];
  /** It answers 503, and keeps nothing. */
  down = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        if (!receiver.down) {
          const { data } = JSON.parse(Buffer.concat(pieces).toString()) as { data: Told };
          receiver.told.push(data);
        }
        response.writeHead(receiver.down ? 503 : 200).end();
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
