import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf, messageOf, UsageError } from '../../core/errors.js';
import { readBody, send } from '../wire.js';
import type { Scope } from './access.js';
import { FeedApi, type FeedApiOptions } from './api.js';
import type { FeedFault } from './faults.js';
import type { FeedJournalEntry, FeedStandinOperation } from './journal.js';
import type { NewFeedOrder, StandinOrder } from './orders.js';

export interface GoDataFeedStandinOptions extends FeedApiOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
}

export interface GoDataFeedStandin {
  /** Base address with version, `http://127.0.0.1:40001/v1`. */
  readonly url: string;
  /** Mutating calls in the order of arrival. */
  readonly journal: readonly FeedJournalEntry[];
  /** Calls that were let in so far. */
  count(operation: FeedStandinOperation): number;
  /** Calls the bucket refused with 429. */
  refused(): number;
  /** Another client makes so many calls on the same bucket. */
  otherClient(calls: number): void;
  /** An order is released by its marketplace and imported: it is NEW. */
  put(order: NewFeedOrder): void;
  remove(orderNumber: string): void;
  order(orderNumber: string): Readonly<StandinOrder> | undefined;
  /** Somebody else ships or cancels it at the marketplace. */
  marketplaceSets(orderNumber: string, status: 'Shipped' | 'Canceled'): void;
  /** GoDataFeed's cycle of 15 minutes: shipments and cancellations go to their marketplace. */
  cycle(): void;
  /** What happens right before the nth call of an operation is answered. */
  before(operation: FeedStandinOperation, nth: number, action: () => void): void;
  /** Takes a scope away from the key, or gives it back. */
  scope(scope: Scope, granted: boolean): void;
  /** Whether the key's list of addresses has the caller's. */
  refuseAddress(refused: boolean): void;
  expireTokens(): void;
  fail(fault: FeedFault): void;
  clearFaults(): void;
  /** Makes late effects that are due visible; every call does so first by itself. */
  settle(): void;
  close(): Promise<void>;
}

/**
 * A server that behaves as the documents say the GoDataFeed Order API v1 does, and where they are silent, as is
 * likeliest. Its orders are in memory. Bound to this machine unless `host` says otherwise. For tests and the demo.
 * Throws UsageError when the address is taken or not there.
 */
export async function startGoDataFeedStandin(options: GoDataFeedStandinOptions): Promise<GoDataFeedStandin> {
  const api = new FeedApi(options);
  const actions = new Map<string, () => void>();
  api.onCall = (operation, nth) => actions.get(`${operation} ${nth}`)?.();
  const server = createServer((request, response) => {
    void serve(api, request, response);
  });
  const { port = 0, host = '127.0.0.1', clock } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notListening(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/v1`,
    journal: api.journal,
    count: (operation) => api.counts.get(operation) ?? 0,
    refused: () => api.bucket.refused,
    otherClient(calls) {
      for (let i = 0; i < calls; i++) api.bucket.take(clock.now());
    },
    put: (order) => void api.orders.put(order, clock.now()),
    remove: (orderNumber) => api.orders.remove(orderNumber),
    order: (orderNumber) => api.orders.get(orderNumber),
    marketplaceSets(orderNumber, status) {
      const order = api.orders.get(orderNumber);
      if (order !== undefined) Object.assign(order, { status, sync: 'Manually Synced', syncMessage: null });
    },
    cycle: () => api.cycle(),
    before: (operation, nth, action) => void actions.set(`${operation} ${nth}`, action),
    scope: (scope, granted) =>
      void (granted ? api.access.scopes.add(scope) : api.access.scopes.delete(scope)),
    refuseAddress(refused) {
      api.access.addressRefused = refused;
    },
    expireTokens: () => api.access.expire(),
    fail: (fault) => api.faults.add(fault),
    clearFaults: () => api.faults.clear(),
    settle: () => api.settle(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const GREETING = {
  status: 200,
  text: JSON.stringify({
    Message: 'A stand-in of the GoDataFeed API, to try Orderferry. No store is behind it.',
  }),
};

function notListening(host: string, port: number, error: Error): UsageError {
  const why = codeOf(error) === 'EADDRINUSE' ? 'another program listens there' : messageOf(error);
  return new UsageError(`the stand-in cannot listen on ${host}, port ${port}: ${why}; choose another one`, {
    cause: error,
  });
}

async function serve(api: FeedApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/') return send(response, GREETING);
    if (!url.pathname.startsWith('/v1/'))
      return send(response, { status: 404, text: '{"Message":"Not found"}' });
    const answer = api.answer({
      method: request.method ?? 'GET',
      path: url.pathname.slice('/v1'.length),
      query: url.searchParams,
      headers: request.headers,
      body,
    });
    send(response, answer);
  } catch (error) {
    // The caller went away while it was read: what a server shows then is 500.
    send(response, { status: 500, text: JSON.stringify({ Message: messageOf(error) }) });
  }
}
