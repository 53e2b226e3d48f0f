import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf, messageOf, UsageError } from '../core/errors.js';

export interface ListenOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
}

export interface Listening {
  /** `http://127.0.0.1:40001` */
  readonly origin: string;
  close(): Promise<void>;
}

/** A server of a stand-in. Throws UsageError when the address is taken or not there. */
export async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { port = 0, host = '127.0.0.1' }: ListenOptions,
): Promise<Listening> {
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notListening(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function notListening(host: string, port: number, error: Error): UsageError {
  const why = codeOf(error) === 'EADDRINUSE' ? 'another program listens there' : messageOf(error);
  return new UsageError(`the stand-in cannot listen on ${host}, port ${port}: ${why}; choose another one`, {
    cause: error,
  });
}
