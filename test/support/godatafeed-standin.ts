import { configSchema } from '../../src/app/config/schema.js';
import { InvariantError } from '../../src/core/errors.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import type { RateGate } from '../../src/core/rate.js';
import type { CallerOptions } from '../../src/godatafeed/caller.js';
import { createGoDataFeedClient, type GoDataFeedClient } from '../../src/godatafeed/client.js';
import {
  type GoDataFeedStandin,
  type GoDataFeedStandinOptions,
  startGoDataFeedStandin,
} from '../../src/standins/godatafeed/server.js';
import { type HandClock, handClock } from './exigo-standin.js';

/** With characters that an address, a query and JSON each spell in their own way. */
export const KEY = 'k3y/+ "ü" 0123456789abcdef';

/** Calls leave at once: the stand-in's bucket says when that was too soon. */
export const OPEN_GATE: RateGate = { pass: (_priority, call) => call() };

/** A store with the defaults of the configuration. */
export function storeOf(written: object = {}, environment: Record<string, string> = {}): GoDataFeedStore {
  const key = 'token' in written ? {} : { consumerKey: `\${KEY}` };
  const file = { database: { sqlite: 'a' }, godatafeed: { stores: [{ name: 'main', ...key, ...written }] } };
  const parsed = configSchema({ KEY, ...environment }, '/').safeParse(file);
  const store = parsed.data?.godatafeed.stores[0];
  if (store === undefined) throw new InvariantError(JSON.stringify(parsed.error?.issues));
  return store;
}

export interface FeedTenant {
  readonly standin: GoDataFeedStandin;
  readonly clock: HandClock;
  /** Tokens the clients have seen. */
  readonly tokens: string[];
  client(
    written?: object,
    options?: Partial<CallerOptions>,
    environment?: Record<string, string>,
  ): GoDataFeedClient;
  close(): Promise<void>;
}

/** The stand-in, and clients for it. */
export async function openFeedTenant(options: Partial<GoDataFeedStandinOptions> = {}): Promise<FeedTenant> {
  const clock = handClock('2026-11-21T03:00:00Z');
  const standin = await startGoDataFeedStandin({ clock, consumerKey: KEY, ...options });
  const clients: GoDataFeedClient[] = [];
  const tokens: string[] = [];
  return {
    standin,
    clock,
    tokens,
    client(written = {}, overrides = {}, environment = {}) {
      const store = storeOf({ baseUrl: standin.url, deadline: '2s', ...written }, environment);
      const client = createGoDataFeedClient(store, {
        clock,
        gate: OPEN_GATE,
        onToken: (token) => tokens.push(token),
        ...overrides,
      });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await standin.close();
    },
  };
}
