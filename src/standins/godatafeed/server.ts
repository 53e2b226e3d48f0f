import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.js';
import { type ListenOptions, listen } from '../listen.js';
import { readBody, send } from '../wire.js';
import type { Scope } from './access.js';
import { FeedApi, type FeedApiOptions } from './api.js';
import type { FeedFault } from './faults.js';
import type { FeedJournalEntry, FeedStandinOperation } from './journal.js';
import type { NewFeedOrder, StandinOrder } from './orders.js';

export type GoDataFeedStandinOptions = FeedApiOptions & ListenOptions;

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
  const server = await listen((request, response) => serve(api, request, response), options);
  const { clock } = options;
  return {
    url: `${server.origin}/v1`,
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
      if (order !== undefined)
        Object.assign(order, { status, sync: 'Manually Synced', syncMessage: null, due: false });
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
    close: () => server.close(),
  };
}

const GREETING = {
  status: 200,
  text: JSON.stringify({
    Message: 'A stand-in of the GoDataFeed API, to try Orderferry. No store is behind it.',
  }),
};

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
