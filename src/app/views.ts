import type { Clock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import type { Views } from '../core/views.js';
import type { Database } from '../db/database.js';
import { openFolders } from '../files/folders.js';
import { createExigoClient } from '../load/exigo-api/client.js';
import { exigoOrderView } from '../load/exigo-api/order-views.js';
import { fileView } from '../load/files/view.js';
import { godatafeedStoreView } from '../load/godatafeed/store-view.js';
import { openStores } from './godatafeed.js';

export interface ViewOptions {
  readonly config: Config;
  /** Has the buckets of the stores. */
  readonly database: Database;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Every token of a store as soon as it is known: keep it out of logs. */
  readonly onToken: (token: string) => void;
}

/** Every system that a comparison asks besides the databases; `close` when nothing is asked any more. */
export function openViews(options: ViewOptions): Views & { close(): Promise<void> } {
  const { config, clock, signal } = options;
  const { exigoApi, godatafeed, threePls } = config;
  const client =
    exigoApi === null
      ? null
      : createExigoClient(exigoApi, { clock, ...(signal === undefined ? {} : { signal }) });
  const stores = openStores({ ...options, stores: godatafeed.stores });
  const folders = openFolders({ clock });
  return {
    api: client === null || exigoApi === null ? null : exigoOrderView(client, exigoApi),
    stores: godatafeed.stores.flatMap((store) => {
      const feed = stores.get(store.name);
      return feed === undefined ? [] : [godatafeedStoreView(feed, store)];
    }),
    places: new Map(threePls.map(({ name, delivery }) => [name, fileView(folders.of(name, delivery))])),
    async close() {
      client?.close();
      for (const store of stores.values()) store.close();
      await folders.close();
    },
  };
}
