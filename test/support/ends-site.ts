import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { toExigoText, toUtcText } from '../../src/core/time.js';
import type { Database, Engine, Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import { linkMarketplaceOrder, noteMarketplaceOrders } from '../../src/queue/ledger/marketplace-orders.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { type GoDataFeedStandin, startGoDataFeedStandin } from '../../src/standins/godatafeed/server.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { CREDENTIALS, crashConfig } from './crash-config.js';
import type { ChildSpec, PointPass } from './crash-protocol.js';
import { KEY } from './godatafeed-standin.js';
import { NOON } from './house.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';
import { lineRows } from './small-orders.js';

export const ENDS = 'godatafeed-cancellations-to-exigo';
const CYCLES = 3;
const PURCHASED = NOON - 5 * HOUR;

/** 1 is held without a route, 2 is not accepted yet, 3 is handed over in the first cycle; 4 does not end. */
const ORDERS: Readonly<Record<number, Parameters>> = {
  1: { WarehouseID: 99 },
  2: { OrderStatusID: 1 },
  3: {},
  4: { WarehouseID: 99 },
};

/** An installation on disk whose child processes hand over and cancel; both stand-ins outlive them. */
export class EndsSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    readonly clock: SharedClock,
    readonly database: Database,
    readonly feed: GoDataFeedStandin,
    readonly exigo: ExigoStandin,
    private readonly place: Place,
  ) {}

  static async open(engine: Engine, build: string, faults: readonly Fault[]): Promise<EndsSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-ends-'));
    const place = await makePlace(engine, join(folder, 'orderferry.db'));
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const database = await place.open(clock);
    await createTables(database);
    const feed = await startGoDataFeedStandin({ clock, consumerKey: KEY });
    const exigo = await startExigoStandin({ database, clock, ...CREDENTIALS });
    const site = new EndsSite(folder, build, clock, database, feed, exigo, place);
    for (const { delivery } of crashConfig(folder, exigo.url, place.config).threePls) {
      await mkdir(delivery.path, { recursive: true });
    }
    for (const [id, columns] of Object.entries(ORDERS)) await site.sell(Number(id), columns);
    for (const fault of faults) exigo.fail(fault);
    return site;
  }

  /** Runs all cycles to their end, killed at each of `kills` in turn and started again a second later. */
  async live(kills: readonly PointPass[]): Promise<Lived> {
    return liveThrough(kills, this.clock, (killAt) => this.start(killAt));
  }

  async lines(text: string): Promise<string[]> {
    const statement = { name: 'test', text: forEngine(this.database.engine, text) };
    return (await this.database.all<{ line: string }>(statement)).map(({ line }) => line.trim());
  }

  async close(): Promise<void> {
    await this.feed.close();
    await this.exigo.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async sell(id: number, columns: Parameters): Promise<void> {
    const now = toExigoText(NOON);
    const row = { OrderStatusID: 7, WarehouseID: 1, ShipMethodID: 1, OrderTypeID: 11, CurrencyCode: 'usd' };
    const address = {
      FirstName: 'Ada',
      LastName: 'Byron',
      Address1: '1 First St',
      City: 'Reno',
      Zip: '89501',
    };
    const whole = { ...row, ...address, State: 'NV', Country: 'US', SubTotal: '10.0000', Total: '10.0000' };
    const known = {
      marketplace: 'Amazon',
      marketplace_number: `M-${id}`,
      purchased_utc: toUtcText(PURCHASED),
    };
    const key = { store: 'main', order_number: `G-${id}` };
    await this.database.transaction(async (session) => {
      await putRows(session, 'Orders', [
        { OrderID: id, OrderDate: now, ModifiedDate: now, ...whole, ...columns },
      ]);
      await putRows(session, 'OrderDetails', lineRows(id, [['TEA', '10.00']]));
      await noteMarketplaceOrders(session, [{ ...key, ...known }], toUtcText(NOON));
      await linkMarketplaceOrder(session, key, id, toUtcText(NOON));
    });
    this.feed.put({ number: `G-${id}`, marketplaceNumber: `M-${id}`, purchasedAt: PURCHASED });
  }

  private start(killAt: PointPass | undefined): Child {
    const spec: ChildSpec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: this.exigo.url,
      stores: [{ name: 'main', baseUrl: this.feed.url, deadline: '5s' }],
      pipelines: ['exigo-orders-to-3pl', ENDS],
      cycles: CYCLES - this.cycle,
      trace: true,
      ...(killAt === undefined ? {} : { killAt }),
    };
    return startChild(this.build, spec, () => this.advance());
  }

  /** Half an hour; after the first cycle three orders end at their marketplace. */
  private async advance(): Promise<void> {
    this.cycle++;
    this.clock.set(NOON + this.cycle * 30 * MINUTE);
    if (this.cycle !== 1) return;
    for (const id of [1, 3]) this.feed.marketplaceSets(`G-${id}`, 'Canceled');
    this.feed.marketplaceSets('G-2', 'Shipped');
  }
}
