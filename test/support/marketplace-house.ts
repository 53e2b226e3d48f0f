import { freezeConfig } from '../../src/app/config/frozen.js';
import { type Clock, HOUR, SECOND } from '../../src/core/clock.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import { toUtcText } from '../../src/core/time.js';
import type { Parameters } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import type { RunReport } from '../../src/engine/run.js';
import { linkMarketplaceOrder, noteMarketplaceOrders } from '../../src/queue/ledger/marketplace-orders.js';
import {
  type GoDataFeedStandin,
  type GoDataFeedStandinOptions,
  startGoDataFeedStandin,
} from '../../src/standins/godatafeed/server.js';
import { KEY, storeOf } from './godatafeed-standin.js';
import { House, type HouseOptions, silentTemplate } from './house.js';
import { changeOrder, placeOrder } from './small-orders.js';

export const REPORTS = 'exigo-status-to-godatafeed';

export interface MarketplaceHouseOptions extends HouseOptions {
  /** Of each store what differs from the defaults, by its name; default: `main` alone. */
  readonly stores?: Readonly<Record<string, object>>;
  readonly feed?: Partial<GoDataFeedStandinOptions>;
}

/** An installation with stores of GoDataFeed, each with a stand-in of its own. */
export class MarketplaceHouse {
  private constructor(
    readonly house: House,
    readonly feeds: ReadonlyMap<string, GoDataFeedStandin>,
  ) {}

  static async open(options: MarketplaceHouseOptions = {}): Promise<MarketplaceHouse> {
    const time: { house?: House } = {};
    const clock: Clock = {
      now: () => time.house?.clock.now() ?? 0,
      sleep: async (ms) => time.house?.clock.advance(ms),
    };
    const feeds = new Map<string, GoDataFeedStandin>();
    const stores: GoDataFeedStore[] = [];
    for (const [name, written] of Object.entries(options.stores ?? { main: {} })) {
      const feed = await startGoDataFeedStandin({ clock, consumerKey: KEY, ...options.feed });
      feeds.set(name, feed);
      // A key of its own gives each store a bucket of its own: the account goes by host and key.
      stores.push(storeOf({ name, baseUrl: feed.url, deadline: '5s', unknownWait: '60s', ...written }));
    }
    const templates = options.templates ?? ['atlas', 'borealis'].map(silentTemplate);
    const house = await House.open({
      ...options,
      config: { godatafeed: { stores }, frozen: freezeConfig(templates, stores), ...options.config },
    });
    time.house = house;
    return new MarketplaceHouse(house, feeds);
  }

  get feed(): GoDataFeedStandin {
    return this.feedOf('main');
  }

  feedOf(store: string): GoDataFeedStandin {
    const feed = this.feeds.get(store);
    if (feed === undefined) throw new TypeError(`no store ${store}`);
    return feed;
  }

  /** A marketplace order that was acknowledged, and its Accepted order in Exigo: `G-7` is order 7. */
  async sell(id: number, store = 'main', marketplace = 'Amazon'): Promise<void> {
    const purchasedAt = this.house.clock.now() - HOUR;
    await placeOrder(this.house, id, { row: { OrderTypeID: 11 } });
    this.feedOf(store).put({ number: `G-${id}`, marketplace, marketplaceNumber: `M-${id}`, purchasedAt });
    await this.link(id, { store, marketplace, purchasedAt });
  }

  async link(
    id: number,
    order: { readonly store: string; readonly marketplace: string; readonly purchasedAt: number },
  ): Promise<void> {
    const { store, marketplace, purchasedAt } = order;
    const now = toUtcText(this.house.clock.now());
    const key = { store, order_number: `G-${id}` };
    const known = { marketplace, marketplace_number: `M-${id}`, purchased_utc: toUtcText(purchasedAt) };
    await this.house.database.transaction(async (session) => {
      await noteMarketplaceOrders(session, [{ ...key, ...known }], now);
      await linkMarketplaceOrder(session, key, id, now);
    });
  }

  /** It left with UPS, under `1Z000<id>` unless said otherwise. */
  async ship(id: number, columns: Parameters = {}): Promise<void> {
    await this.change(id, {
      OrderStatusID: 9,
      TrackingNumber1: `1Z000${id}`,
      WebCarrierID1: 3,
      ...columns,
    });
  }

  /** A second later, so that the change has a stamp of its own. */
  async change(id: number, columns: Parameters): Promise<void> {
    this.house.clock.advance(SECOND);
    await changeOrder(this.house, id, columns);
  }

  async run(overrides: Partial<EngineContext> = {}): Promise<RunReport> {
    return this.house.run(REPORTS, overrides);
  }

  /** Updates that changed an order, as `G-7 SHIPPED 1Z0007`. */
  updates(store = 'main'): string[] {
    return this.feedOf(store)
      .journal.filter(({ operation, applied }) => operation === 'UpdateStatus' && applied)
      .map(({ orderNumber, sent }) =>
        [orderNumber, sent.OrderStatus, sent.ShipmentTrackingNumber]
          .filter((part) => part !== undefined)
          .join(' '),
      );
  }

  /** Update calls, whether they changed anything or not. */
  calls(store = 'main'): number {
    return this.feedOf(store).journal.filter(({ operation }) => operation === 'UpdateStatus').length;
  }

  /** State and code of the newest item of an order in the reports: `failed MARKETPLACE_REFUSED`. */
  async outcome(id: number): Promise<string> {
    const [row] = await this.house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE item_id = (
         SELECT MAX(item_id) FROM "etl.item" WHERE order_id = ${id} AND pipeline = '${REPORTS}')`,
    );
    return row?.outcome ?? 'no item';
  }

  /** Per update of an order, oldest first: generation and state. */
  async effects(id: number): Promise<string[]> {
    const rows = await this.house.all<{ line: string }>(
      `SELECT CONCAT(item_key, ' ', generation, ' ', state) AS line FROM "etl.effect"
       WHERE order_id = ${id} AND pipeline = '${REPORTS}' ORDER BY effect_id`,
    );
    return rows.map(({ line }) => line);
  }

  async openBatches(): Promise<number> {
    const rows = await this.house.all(
      `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${REPORTS}'`,
    );
    return rows.length;
  }

  async close(): Promise<void> {
    await this.house.close();
    for (const feed of this.feeds.values()) await feed.close();
  }
}
