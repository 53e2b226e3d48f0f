import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.js';
import { type ListenOptions, listen } from '../listen.js';
import { readBody, send } from '../wire.js';
import { ExigoApi, type ExigoApiOptions } from './api.js';
import type { Fault } from './faults.js';
import type { ExigoOperation, JournalEntry } from './journal.js';

export type ExigoStandinOptions = ExigoApiOptions & ListenOptions;

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
  const server = await listen((request, response) => serve(api, request, response), options);
  return {
    url: `${server.origin}/3.0`,
    journal: api.journal,
    count: (operation) => api.counts.get(operation) ?? 0,
    fail: (fault) => api.faults.add(fault),
    clearFaults: () => api.faults.clear(),
    settle: () => api.settle(),
    close: () => server.close(),
  };
}

/** What anybody gets at `/`, without credentials: a person who wonders, and a health check. */
const GREETING = {
  status: 200,
  text: JSON.stringify({
    message: 'A stand-in of the Exigo API, to try Orderferry. No tenant is behind it.',
  }),
};

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
    send(response, { status: 500, text: JSON.stringify({ message: messageOf(error) }) });
  }
}
