import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE } from '../../src/core/clock.js';
import type { DuplicateKeys } from '../../src/core/config.js';
import type { Database, Engine } from '../../src/db/database.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import type { FeedFault } from '../../src/standins/godatafeed/faults.js';
import { type GoDataFeedStandin, startGoDataFeedStandin } from '../../src/standins/godatafeed/server.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { CREDENTIALS } from './crash-config.js';
import type { PointPass } from './crash-protocol.js';
import { KEY } from './godatafeed-standin.js';
import { NOON } from './house.js';
import { INTO_EXIGO, MAPS, orderMembers } from './market.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';

const CYCLES = 6;
const NEW_SKU = orderMembers({ OrderItems: [{ SKU: 'NEW', Quantity: 2, UnitPrice: 10.25 }] });

export interface InboundTrouble {
  readonly exigo?: readonly Fault[];
  readonly feed?: readonly FeedFault[];
  /** Default `refused`. */
  readonly duplicateKeys?: DuplicateKeys;
}

/**
 * An installation on disk whose child processes take marketplace orders into Exigo; both stand-ins outlive them. Orders
 * 1 and 2 have a house account, 3 and 4 are of one new customer, 5 has a SKU that is mended after the first cycle, and 6
 * comes then.
 */
export class InboundSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    readonly clock: SharedClock,
    readonly database: Database,
    readonly feed: GoDataFeedStandin,
    readonly exigo: ExigoStandin,
    private readonly place: Place,
    private readonly duplicateKeys: DuplicateKeys,
  ) {}

  static async open(engine: Engine, build: string, trouble: InboundTrouble = {}): Promise<InboundSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-inbound-'));
    const place = await makePlace(engine, join(folder, 'orderferry.db'));
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const database = await place.open(clock);
    await createTables(database);
    const feed = await startGoDataFeedStandin({ clock, consumerKey: KEY });
    const duplicateKeys = trouble.duplicateKeys ?? 'refused';
    const exigo = await startExigoStandin({
      database,
      clock,
      ...CREDENTIALS,
      duplicateKeys: duplicateKeys === 'refused' ? 'refused' : 'made',
    });
    const site = new InboundSite(folder, build, clock, database, feed, exigo, place, duplicateKeys);
    for (const number of ['1', '2']) feed.put({ number, members: orderMembers() });
    for (const number of ['3', '4']) feed.put({ number, marketplace: 'eBay', members: orderMembers() });
    feed.put({ number: '5', members: NEW_SKU });
    for (const fault of trouble.exigo ?? []) exigo.fail(fault);
    for (const fault of trouble.feed ?? []) feed.fail(fault);
    return site;
  }

  /** Runs all cycles to their end, killed at each of `kills` in turn and started again a second later. */
  async live(kills: readonly PointPass[] = []): Promise<Lived> {
    return liveThrough(kills, this.clock, (killAt) => this.start(killAt));
  }

  async lines(text: string): Promise<string[]> {
    const rows = await this.database.all<{ line: string }>({
      name: 'test',
      text: forEngine(this.database.engine, text),
    });
    return rows.map(({ line }) => line.trim());
  }

  async close(): Promise<void> {
    await this.feed.close();
    await this.exigo.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private start(killAt: PointPass | undefined): Child {
    const spec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: this.exigo.url,
      stores: [{ name: 'main', baseUrl: this.feed.url, deadline: '5s', orders: MAPS }],
      exigo: { duplicateKeys: this.duplicateKeys, createWaitMs: 20 * MINUTE },
      pipelines: [INTO_EXIGO],
      cycles: CYCLES - this.cycle,
      trace: true,
      ...(killAt === undefined ? {} : { killAt }),
    };
    return startChild(this.build, spec, () => this.advance());
  }

  /** Half an hour; after the first cycle one order is mended at its marketplace, and another comes. */
  private async advance(): Promise<void> {
    this.cycle++;
    this.clock.set(Math.max(this.clock.now(), NOON + this.cycle * 30 * MINUTE));
    if (this.cycle !== 1) return;
    this.feed.put({ number: '5', members: orderMembers() });
    this.feed.put({ number: '6', members: orderMembers() });
  }
}
