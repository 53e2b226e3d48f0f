import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import { toExigoText, toUtcText } from '../../src/core/time.js';
import type { Database, Engine, Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import { linkMarketplaceOrder, noteMarketplaceOrders } from '../../src/queue/ledger/marketplace-orders.js';
import type { FeedFault } from '../../src/standins/godatafeed/faults.js';
import { type GoDataFeedStandin, startGoDataFeedStandin } from '../../src/standins/godatafeed/server.js';
import { buildChild } from './crash-build.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { crashConfig } from './crash-config.js';
import type { ChildSpec, PointPass } from './crash-protocol.js';
import { KEY } from './godatafeed-standin.js';
import { NOON } from './house.js';
import { REPORTS } from './marketplace-house.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';
import { lineRows } from './small-orders.js';

/** Nothing answers there: reports need no Exigo API. */
const NOWHERE = 'http://127.0.0.1:1/3.0';
/** The last is the second look at what was sent last. */
const CYCLES = 6;
/** Before this cycle no marketplace answers. */
const SILENT = 2;
const PURCHASED = NOON - 5 * HOUR;
/** Late effects show within this; nothing else waits so long. */
export const UNKNOWN_WAIT = 60 * SECOND;

const SHIPPED = { OrderStatusID: 9, WebCarrierID1: 3, ShippedDate: toExigoText(NOON - HOUR) };
const ORDERS: Readonly<Record<number, Parameters>> = {
  1: { ...SHIPPED, TrackingNumber1: '1Z0001' },
  2: { OrderStatusID: 4 },
  3: { ...SHIPPED, TrackingNumber1: '1Z0003', WebCarrierID1: 4 }, // a carrier that the marketplace refuses
  4: {},
  5: { ...SHIPPED, TrackingNumber1: '1Z0005' }, // sold elsewhere
  6: { ...SHIPPED },
};
/** What happens to orders before a cycle. */
const CHANGES: Readonly<Record<number, Readonly<Record<number, Parameters>>>> = {
  1: { 4: { ...SHIPPED, TrackingNumber1: '1Z0004' }, 6: { TrackingNumber1: '1Z0006' } },
  2: { 1: { TrackingNumber1: '1ZRELABELLED' }, 3: { WebCarrierID1: 23 }, 2: { Notes: 'as before' } },
};

export interface MarketplaceTemplate {
  readonly engine: Engine;
  readonly folder: string;
  readonly build: string;
}

/** An installation on disk whose child processes report to a store; the store's stand-in outlives them. */
export class MarketplaceSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    readonly clock: SharedClock,
    readonly database: Database,
    readonly feed: GoDataFeedStandin,
    private readonly place: Place,
  ) {}

  static async prepare(engine: Engine): Promise<MarketplaceTemplate> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-market-'));
    return { engine, folder, build: await buildChild() };
  }

  static async remove({ folder, build }: MarketplaceTemplate): Promise<void> {
    for (const path of [folder, build]) await rm(path, { recursive: true, force: true });
  }

  static async open(
    template: MarketplaceTemplate,
    faults: readonly FeedFault[] = [],
  ): Promise<MarketplaceSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-market-'));
    await cp(template.folder, folder, { recursive: true });
    const place = await makePlace(template.engine, join(folder, 'orderferry.db'));
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const database = await place.open(clock);
    await createTables(database);
    const feed = await startGoDataFeedStandin({ clock, consumerKey: KEY });
    const site = new MarketplaceSite(folder, template.build, clock, database, feed, place);
    const config = crashConfig(folder, NOWHERE, place.config);
    for (const { delivery } of config.threePls) await mkdir(delivery.path, { recursive: true });
    await site.fill();
    for (const fault of faults) feed.fail(fault);
    return site;
  }

  /** Runs all cycles to their end, killed at each of `kills` in turn and started again a second later. */
  async live(kills: readonly PointPass[] = []): Promise<Lived> {
    return liveThrough(kills, this.clock, (killAt) =>
      this.start({ trace: true, ...(killAt === undefined ? {} : { killAt }) }),
    );
  }

  async all<T>(text: string): Promise<T[]> {
    return this.database.all<T>({ name: 'test', text: forEngine(this.database.engine, text) });
  }

  async close(): Promise<void> {
    await this.feed.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private start(spec: Partial<ChildSpec>): Child {
    const { url } = this.feed;
    const whole: ChildSpec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: NOWHERE,
      stores: [{ name: 'main', baseUrl: url, deadline: '5s', unknownWait: `${UNKNOWN_WAIT / SECOND}s` }],
      pipelines: [REPORTS],
      cycles: CYCLES - this.cycle,
      ...spec,
    };
    return startChild(this.build, whole, () => this.advance());
  }

  /** Half an hour: GoDataFeed goes to the marketplaces, and orders change in Exigo. */
  private async advance(): Promise<void> {
    this.cycle++;
    this.clock.set(NOON + this.cycle * 30 * MINUTE);
    if (this.cycle !== SILENT) this.feed.cycle();
    for (const [id, columns] of Object.entries(CHANGES[this.cycle] ?? {}))
      await this.change(Number(id), columns);
  }

  private async change(id: number, columns: Parameters): Promise<void> {
    const all: Parameters = { ...columns, ModifiedDate: toExigoText(this.clock.now()) };
    const sets = Object.keys(all).map((name) => `${name} = @${name}`);
    const text = forEngine(
      this.database.engine,
      `UPDATE "dbo.Orders" SET ${sets.join(', ')} WHERE OrderID = @id`,
    );
    await this.database.transaction((session) => session.run({ name: 'test', text }, { ...all, id }));
  }

  private async fill(): Promise<void> {
    const now = toExigoText(NOON);
    const whole = { OrderTypeID: 11, OrderStatusID: 7, SubTotal: '10.0000', Total: '10.0000' };
    await this.database.transaction(async (session) => {
      for (const [id, columns] of Object.entries(ORDERS).map(
        ([key, value]) => [Number(key), value] as const,
      )) {
        await putRows(session, 'Orders', [
          { OrderID: id, OrderDate: now, ModifiedDate: now, ...whole, ...columns },
        ]);
        await putRows(session, 'OrderDetails', lineRows(id, [['TEA', '10.00']]));
        if (id === 5) continue;
        const key = { store: 'main', order_number: `G-${id}` };
        const known = {
          marketplace: 'Amazon',
          marketplace_number: `M-${id}`,
          purchased_utc: toUtcText(PURCHASED),
        };
        await noteMarketplaceOrders(session, [{ ...key, ...known }], toUtcText(NOON));
        await linkMarketplaceOrder(session, key, id, toUtcText(NOON));
      }
    });
    for (const id of [1, 2, 3, 4, 6]) {
      this.feed.put({ number: `G-${id}`, marketplaceNumber: `M-${id}`, purchasedAt: PURCHASED });
    }
  }
}
