import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf, messageOf, UsageError } from '../../core/errors.js';
import { readBody, send } from '../wire.js';
import { ExigoApi, type ExigoApiOptions } from './api.js';
import type { Fault } from './faults.js';
import type { ExigoOperation, JournalEntry } from './journal.js';

export interface ExigoStandinOptions extends ExigoApiOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
}

export interface ExigoStandin {
  /** Base address with version, `http://127.0.0.1:40001/3.0`. */
  readonly url: string;
  /** Mutating calls in the order of arrival. */
  readonly journal: readonly JournalEntry[];
  /** Calls with valid credentials so far. */
  count(operation: ExigoOperation): number;
  /** Queues a fault for a call to come. */
  fail(fault: Fault): void;
  clearFaults(): void;
  /** Makes late effects that are due visible in the tables; every call does so first by itself. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A server that behaves as the documents say the Exigo REST API does, on the tables the sync database
 * shows: a change here comes back with the next refresh. Bound to this machine unless `host` says otherwise. For
 * tests, the demo and `orderferry standin`. Throws UsageError when the address is taken or not there.
 */
export async function startExigoStandin(options: ExigoStandinOptions): Promise<ExigoStandin> {
  const api = new ExigoApi(options);
  const server = createServer((request, response) => {
    void serve(api, request, response);
  });
  const { port = 0, host = '127.0.0.1' } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notListening(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/3.0`,
    journal: api.journal,
    count: (operation) => api.counts.get(operation) ?? 0,
    fail: (fault) => api.faults.add(fault),
    clearFaults: () => api.faults.clear(),
    settle: () => api.settle(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What anybody gets at `/`, without credentials: a person who wonders, and a health check. */
const GREETING = {
  status: 200,
  text: JSON.stringify({
    message: 'A stand-in of the Exigo API, to try Orderferry. No tenant is behind it.',
  }),
};

function notListening(host: string, port: number, error: Error): UsageError {
  const why = codeOf(error) === 'EADDRINUSE' ? 'another program listens there' : messageOf(error);
  return new UsageError(`the stand-in cannot listen on ${host}, port ${port}: ${why}; choose another one`, {
    cause: error,
  });
}

async function serve(api: ExigoApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/') return send(response, GREETING);
    const answer = await api.answer({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization ?? '',
      body,
    });
    send(response, answer);
  } catch (error) {
    // The caller went away while it was read, or the database failed: what a server shows then is 500.
    const message = error instanceof Error ? error.message : String(error);
    send(response, { status: 500, text: JSON.stringify({ message }) });
  }
}
