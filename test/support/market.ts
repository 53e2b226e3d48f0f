import { freezeConfig } from '../../src/app/config/frozen.js';
import { marketplacePipeline, PIPELINES } from '../../src/app/pipelines.js';
import { makeContext } from '../../src/app/runtime.js';
import { MINUTE } from '../../src/core/clock.js';
import type { Config, ExigoApiConfig } from '../../src/core/config.js';
import { InvariantError } from '../../src/core/errors.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import type { Engine } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import { askedFor } from '../../src/engine/persons/asked.js';
import type { ReleaseAs } from '../../src/engine/persons/persons.js';
import { releaseDocument } from '../../src/engine/persons/persons-documents.js';
import { type RunReport, type RunRequest, runPipeline } from '../../src/engine/run.js';
import type { ExigoStandin } from '../../src/standins/exigo/server.js';
import {
  type GoDataFeedStandin,
  type GoDataFeedStandinOptions,
  startGoDataFeedStandin,
} from '../../src/standins/godatafeed/server.js';
import { KEY, storeOf } from './godatafeed-standin.js';
import { House } from './house.js';

export const INTO_EXIGO = 'godatafeed-orders-to-exigo';

/** Maps that take every order of {@link orderMembers}. */
export const MAPS = {
  warehouse: 1,
  currencies: { USD: 'usd', MXN: 'mxp' },
  shipMethods: { any: { any: 2, Expedited: 3 } },
  skus: { 'SKU-1': 'ITEM-1', 'SKU-2': 'ITEM-2' },
  customer: { accounts: { Amazon: 1001 }, byEmail: 7 },
  lines: { tax: 'TAX', discount: 'DISCOUNT' },
  paymentType: 14,
};

export interface MarketOptions {
  readonly engine?: Engine;
  readonly feed?: Partial<GoDataFeedStandinOptions>;
  /** Stores as they are written in the configuration, with their key; default: one, `main`, with {@link MAPS}. */
  readonly stores?: readonly object[];
  readonly exigo?: Partial<ExigoApiConfig>;
}

/** An installation with a GoDataFeed stand-in; both stand-ins go by the installation's clock. */
export class Market {
  private constructor(
    readonly house: House,
    readonly feed: GoDataFeedStandin,
    public config: Config,
    private readonly contexts: EngineContext[] = [],
  ) {}

  static async open(options: MarketOptions = {}): Promise<Market> {
    const house = await House.open({ engine: options.engine ?? 'sqlite', templates: [] });
    const feed = await startGoDataFeedStandin({
      clock: house.clock,
      consumerKey: KEY,
      bucketSize: 1_000_000,
      ...options.feed,
    });
    const market = new Market(house, feed, house.config);
    market.configure(options.stores ?? [{ orders: MAPS }], options.exigo);
    return market;
  }

  get exigo(): ExigoStandin {
    return this.house.standin;
  }

  /** The configuration as it stands from now on. */
  configure(stores: readonly object[], exigo: Partial<ExigoApiConfig> = {}): void {
    const made = stores.map(({ key = KEY, ...written }: { readonly key?: string }): GoDataFeedStore => {
      const rate = { bucket: 10_000, leakPerSecond: 1_000 };
      return storeOf({ baseUrl: this.feed.url, deadline: '2s', rate, ...written }, { KEY: key });
    });
    const { exigoApi } = this.house.config;
    if (exigoApi === null) throw new InvariantError('the house has no Exigo API');
    this.config = {
      ...this.house.config,
      exigoApi: { ...exigoApi, createWaitMs: 20 * MINUTE, ...exigo },
      godatafeed: { stores: made },
      frozen: freezeConfig([], made),
    };
  }

  context(overrides: Partial<EngineContext> = {}): EngineContext {
    const made = makeContext({
      config: this.config,
      database: this.house.database,
      clock: this.house.clock,
    });
    this.contexts.push(made);
    return { ...made, ...overrides };
  }

  async run(
    overrides: Partial<EngineContext> = {},
    request: Partial<RunRequest> = {},
    name = INTO_EXIGO,
  ): Promise<RunReport> {
    const pipeline = PIPELINES.find((one) => one.name === name);
    if (pipeline === undefined) throw new InvariantError(`no pipeline ${name}`);
    return runPipeline(this.context(overrides), { pipeline, slices: [], ...request });
  }

  /** What a person decides. */
  async release(number: string, as: ReleaseAs): Promise<string> {
    const context = this.context();
    const asked = await askedFor(context, number);
    if (!('marketplace' in asked)) throw new InvariantError(`${number} is no marketplace order`);
    return releaseDocument(context, marketplacePipeline(), asked.marketplace, as, null);
  }

  put(number: string, members: string = orderMembers(), more: object = {}): void {
    this.feed.put({ number, members, ...more });
  }

  /** Each item as `main/1 held UNKNOWN_SKU`, in the order of the keys. */
  async items(): Promise<string[]> {
    const rows = await this.house.all<{ item_key: string; state: string; code: string | null }>(
      `SELECT item_key, state, code FROM "etl.item" WHERE pipeline = '${INTO_EXIGO}' ORDER BY item_key, item_id`,
    );
    return rows.map(({ item_key, state, code }) => [item_key, state, code].filter(Boolean).join(' '));
  }

  /** Each effect as `main/1 create-order done`. */
  async effects(): Promise<string[]> {
    const rows = await this.house.all<{ line: string }>(
      `SELECT CONCAT(item_key, ' ', step, ' ', state) AS line FROM "etl.effect"
       WHERE pipeline = '${INTO_EXIGO}' ORDER BY item_key, effect_id`,
    );
    return rows.map(({ line }) => line);
  }

  /** Exigo orders by the key they carry. */
  async orders(): Promise<Map<string, number[]>> {
    const rows = await this.house.all<{ OrderID: number; Other20: string | null }>(
      'SELECT OrderID, Other20 FROM "dbo.Orders" WHERE Other20 IS NOT NULL ORDER BY OrderID',
    );
    const found = new Map<string, number[]>();
    for (const { OrderID, Other20 } of rows) {
      found.set(Other20 ?? '', [...(found.get(Other20 ?? '') ?? []), OrderID]);
    }
    return found;
  }

  /** Calls that had an effect at GoDataFeed, as `Acknowledge 1`. */
  applied(): string[] {
    return this.feed.journal
      .filter(({ applied }) => applied)
      .map(({ operation, orderNumber }) => `${operation} ${orderNumber}`);
  }

  async close(): Promise<void> {
    for (const context of this.contexts) context.close();
    await this.feed.close();
    await this.house.close();
  }
}

/** The members of an order beside its numbers: two pieces of SKU-1, shipping and tax; all of it can be replaced. */
export function orderMembers(written: Record<string, unknown> = {}): string {
  const members = {
    Currency: 'USD',
    ShippingMethod: 'Standard',
    CustomerEmail: 'Ann@Example.com',
    ShippingAddress: {
      Name: 'Ann Example Lee',
      Address1: '1 First St',
      City: 'Reno',
      State: 'NV',
      PostalCode: '89501',
      CountryCode: 'us',
      Phone: '555-0100',
    },
    OrderItems: [{ SKU: 'SKU-1', Quantity: 2, UnitPrice: 10.25, Title: 'Cup', OrderItemNumber: 'A-1' }],
    ShippingTotal: 4.5,
    TaxTotal: 1.2,
    Total: 26.2,
    ...written,
  };
  const text = JSON.stringify(members);
  return text.slice(1, -1);
}
