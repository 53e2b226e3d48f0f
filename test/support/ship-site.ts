import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE, SECOND } from '../../src/core/clock.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database, Engine } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { CREDENTIALS, crashConfig } from './crash-config.js';
import type { ChildSpec, PointPass } from './crash-protocol.js';
import { NOON } from './house.js';
import { RETURNS, returned, type Said, SHIPMENTS, sayAs, shipped } from './inbox.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';
import { lineRows } from './small-orders.js';

const CYCLES = 4;
const HAND_OVERS = 'exigo-orders-to-3pl';

/** What atlas says after each cycle; 3 is canceled in Exigo after the first one. */
const SAYS: Readonly<Record<number, readonly Said[]>> = {
  1: [
    shipped(1, 'T1'),
    { ...shipped(2, 'T2'), itemCode: 'TEA', quantity: '1' },
    shipped(3, 'T3'),
    { answer: 'accepted', orderId: 4 },
  ],
  2: [{ ...shipped(2, 'T4'), itemCode: 'CUP', quantity: '1' }, shipped(4, 'T5')],
  // Corrections: another number, and the same number with another carrier.
  3: [shipped(1, 'T9'), { ...shipped(4, 'T5'), carrier: 'FedEx' }],
};

/** The way of what comes back: in parts, beside each other, and a row once more. */
const COMES_BACK: typeof SAYS = {
  1: [shipped(1, 'T1'), shipped(2, 'T2'), shipped(4, 'T4')],
  2: [returned(1, 'TEA', '1'), returned(2)],
  3: [returned(1, 'TEA', '1'), { ...returned(1, 'CUP', '0.5'), reason: 'later' }, returned(4, 'TEA', '2')],
};

/** What happens to orders 1 to 4, besides the runs of the pipelines. */
export interface Story {
  readonly pipelines: readonly string[];
  readonly says: Readonly<Record<number, readonly Said[]>>;
  /** Those that are canceled in Exigo after a cycle. */
  readonly canceled: Readonly<Record<number, readonly number[]>>;
}

const SHIPPING: Story = { pipelines: [HAND_OVERS, SHIPMENTS], says: SAYS, canceled: { 1: [3] } };

/** What comes back becomes return orders. */
export const RETURNING: Story = {
  pipelines: [HAND_OVERS, RETURNS],
  says: COMES_BACK,
  canceled: { 1: [3] },
};

/** An installation on disk whose child processes hand over and tell Exigo what was shipped; the stand-in outlives them. */
export class ShipSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    readonly clock: SharedClock,
    readonly database: Database,
    readonly exigo: ExigoStandin,
    private readonly place: Place,
    private readonly story: Story,
  ) {}

  static async open(
    engine: Engine,
    build: string,
    faults: readonly Fault[],
    story: Story = SHIPPING,
  ): Promise<ShipSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-ship-'));
    const place = await makePlace(engine, join(folder, 'orderferry.db'));
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const database = await place.open(clock);
    await createTables(database);
    const exigo = await startExigoStandin({ database, clock, ...CREDENTIALS });
    const site = new ShipSite(folder, build, clock, database, exigo, place, story);
    for (const { delivery, confirmations } of crashConfig(folder, exigo.url, place.config, [], true)
      .threePls) {
      await mkdir(delivery.path, { recursive: true });
      if (confirmations !== null) await mkdir(confirmations.inbox.path, { recursive: true });
    }
    for (const id of [1, 2, 3, 4]) await site.order(id);
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
    await this.exigo.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async order(id: number): Promise<void> {
    const now = toExigoText(NOON);
    const row = {
      CustomerID: 7,
      OrderStatusID: 7,
      WarehouseID: 1,
      ShipMethodID: 1,
      OrderTypeID: 2,
      CurrencyCode: 'usd',
    };
    const name = { FirstName: 'Ada', LastName: 'Byron' };
    const address = { Address1: '1 First St', City: 'Reno', State: 'NV', Zip: '89501', Country: 'US' };
    const total = { SubTotal: '10.0000', Total: '10.0000' };
    await this.database.transaction(async (session) => {
      const stamps = { OrderID: id, OrderDate: now, ModifiedDate: now };
      await putRows(session, 'Orders', [{ ...stamps, ...row, ...name, ...address, ...total }]);
      const lines = lineRows(id, [
        ['TEA', '6.00'],
        ['CUP', '4.00'],
      ]);
      await putRows(session, 'OrderDetails', lines);
    });
  }

  private start(killAt: PointPass | undefined): Child {
    const spec: ChildSpec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: this.exigo.url,
      inboxes: true,
      // An order that is made is waited for like any other.
      exigo: { createWaitMs: 2 * SECOND, duplicateKeys: 'refused' },
      pipelines: [...this.story.pipelines],
      cycles: CYCLES - this.cycle,
      trace: true,
      ...(killAt === undefined ? {} : { killAt }),
    };
    return startChild(this.build, spec, () => this.advance());
  }

  /** Half an hour, and a file of the 3PL. */
  private async advance(): Promise<void> {
    this.cycle++;
    this.clock.set(NOON + this.cycle * 30 * MINUTE);
    for (const id of this.story.canceled[this.cycle] ?? []) {
      const text = `UPDATE "dbo.Orders" SET OrderStatusID = 4, ModifiedDate = @now WHERE OrderID = ${id}`;
      const statement = { name: 'test', text: forEngine(this.database.engine, text) };
      const now = toExigoText(this.clock.now());
      await this.database.transaction((session) => session.run(statement, { now }));
    }
    const says = this.story.says[this.cycle];
    if (says !== undefined) await sayAs('atlas', this, says);
  }
}
