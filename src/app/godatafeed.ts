import type { Clock } from '../core/clock.js';
import type { MarketplaceStore } from '../core/feed-store.js';
import type { GoDataFeedStore } from '../core/godatafeed.js';
import type { RateGate } from '../core/rate.js';
import type { Database } from '../db/database.js';
import { listEndedOrders, listNewOrders } from '../extract/new-orders.js';
import { createGoDataFeedClient, type GoDataFeedClient } from '../godatafeed/client.js';
import { rateGate } from '../rate/gate.js';
import { stateBucket } from '../rate/state-bucket.js';
import { rateAccountOf } from './config/godatafeed.js';

export interface StoreOptions {
  readonly stores: readonly GoDataFeedStore[];
  /** Has the buckets. */
  readonly database: Database;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Every token as soon as it is known: keep it out of logs. */
  readonly onToken: (token: string) => void;
}

/**
 * A client for each store, by its name. Stores of one consumer key pass one gate, and processes on one state database
 * share its bucket.
 */
export function openStores(options: StoreOptions): ReadonlyMap<string, GoDataFeedClient> {
  const { stores, database, clock, signal, onToken } = options;
  const gates = new Map<string, RateGate>();
  const gateOf = (store: GoDataFeedStore): RateGate => {
    const account = rateAccountOf(store);
    const gate =
      gates.get(account) ??
      rateGate({ store: stateBucket(database, account), limits: store.rate, clock, signal });
    gates.set(account, gate);
    return gate;
  };
  return new Map(
    stores.map((store) => [
      store.name,
      createGoDataFeedClient(store, { clock, gate: gateOf(store), signal, onToken }),
    ]),
  );
}

/** A store as the engine works with it: read by extract, told by its client. */
export function marketplaceStore(client: GoDataFeedClient): MarketplaceStore {
  const find = (number: string) => client.find(number, 'acknowledgement');
  return {
    name: client.store,
    unknownWaitMs: client.unknownWaitMs,
    listNew: (window, between) => listNewOrders(client, window, between),

    listEnded: (since, among, between) => listEndedOrders(client, since, among, between),

    async look(orderNumber, marketplaceNumber) {
      const own = await find(orderNumber);
      // Whose number the list filters by is not documented.
      const found = own ?? (marketplaceNumber === null ? null : await find(marketplaceNumber));
      return found?.orderNumber === orderNumber ? found : null;
    },

    acknowledge: (orderNumber, destinationNumber, guard) =>
      client.acknowledge(orderNumber, destinationNumber, guard),
    cancel: (orderNumber, guard) => client.cancel(orderNumber, guard),
  };
}
