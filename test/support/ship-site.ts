import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE, SECOND } from '../../src/core/clock.js';
import type { Config } from '../../src/core/config.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database, Engine, Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { type Child, type Lived, liveThrough, startChild } from './crash-child.js';
import { SharedClock } from './crash-clock.js';
import { CREDENTIALS, crashConfig } from './crash-config.js';
import type { ChildSpec, PointPass } from './crash-protocol.js';
import { NOON } from './house.js';
import { type Said, sayAs } from './inbox.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';
import { SHIPPING, type Story } from './ship-stories.js';
import { lineRows } from './small-orders.js';
import { TestSmtpServer } from './smtp-server.js';

const CYCLES = 4;

/** An installation on disk whose child processes live a story of orders 1 to 4; the stand-in and the mail server outlive them. */
export class ShipSite {
  private cycle = 0;

  private constructor(
    readonly folder: string,
    private readonly build: string,
    readonly clock: SharedClock,
    readonly database: Database,
    readonly exigo: ExigoStandin,
    readonly smtp: TestSmtpServer | null,
    private readonly place: Place,
    private readonly story: Story,
  ) {}

  static async open(
    engine: Engine,
    build: string,
    story: Story = SHIPPING,
    faults: readonly Fault[] = [],
  ): Promise<ShipSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-ship-'));
    const place = await makePlace(engine, join(folder, 'orderferry.db'));
    const clock = SharedClock.make(join(folder, 'clock'), NOON);
    const database = await place.open(clock);
    await createTables(database);
    const exigo = await startExigoStandin({ database, clock, ...CREDENTIALS });
    const smtp = story.mail === true ? await TestSmtpServer.start() : null;
    const site = new ShipSite(folder, build, clock, database, exigo, smtp, place, story);
    for (const { delivery, confirmations } of site.config().threePls) {
      await mkdir(delivery.path, { recursive: true });
      if (confirmations !== null) await mkdir(confirmations.inbox.path, { recursive: true });
    }
    for (const id of [1, 2, 3, 4]) await site.order(id);
    await story.happens?.(site, 0);
    for (const fault of faults) exigo.fail(fault);
    return site;
  }

  /** Runs all cycles to their end, killed at each of `kills` in turn and started again a second later. */
  async live(kills: readonly PointPass[]): Promise<Lived> {
    return liveThrough(kills, this.clock, (killAt) => {
      this.story.looks?.(this);
      return this.start((this.story.cycles ?? CYCLES) - this.cycle, killAt);
    });
  }

  /** One more cycle, by a process that nobody kills. */
  async liveOn(): Promise<void> {
    this.clock.advance(30 * MINUTE);
    await liveThrough([], this.clock, () => this.start(1, undefined));
  }

  /** As the child processes have it. */
  config(): Config {
    const { atlas = {} } = this.story;
    const more = { inboxes: true, atlas, mail: this.smtp?.config() };
    return crashConfig(this.folder, this.exigo.url, this.place.config, [], more);
  }

  async lines(text: string): Promise<string[]> {
    const statement = { name: 'test', text: forEngine(this.database.engine, text) };
    return (await this.database.all<{ line: string }>(statement)).map(({ line }) => line.trim());
  }

  async exec(text: string, parameters: Parameters = {}): Promise<void> {
    const statement = { name: 'test', text: forEngine(this.database.engine, text) };
    await this.database.transaction((session) => session.run(statement, parameters));
  }

  async close(): Promise<void> {
    await this.smtp?.close();
    await this.exigo.close();
    await this.database.close();
    await this.place.remove();
    this.clock.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Puts an order into Exigo, accepted, with two lines. */
  async order(id: number, columns: Parameters = {}): Promise<void> {
    const now = toExigoText(this.clock.now());
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
      await putRows(session, 'Orders', [{ ...stamps, ...row, ...name, ...address, ...total, ...columns }]);
      const lines = lineRows(id, [
        ['TEA', '6.00'],
        ['CUP', '4.00'],
      ]);
      await putRows(session, 'OrderDetails', lines);
    });
  }

  /** Adds a column of long text to the orders. */
  async addColumn(name: string): Promise<void> {
    const type = this.database.engine === 'sqlite' ? 'TEXT' : 'NVARCHAR(MAX)';
    await this.exec(`ALTER TABLE "dbo.Orders" ADD ${name} ${type}`);
  }

  /** As somebody in Exigo would. */
  async change(id: number, columns: Parameters): Promise<void> {
    const all = { ...columns, ModifiedDate: toExigoText(this.clock.now()) };
    const sets = Object.keys(all).map((name) => `${name} = @${name}`);
    await this.exec(`UPDATE "dbo.Orders" SET ${sets.join(', ')} WHERE OrderID = @id`, { ...all, id });
  }

  private start(cycles: number, killAt: PointPass | undefined): Child {
    const { atlas, pipelines } = this.story;
    const mail = this.smtp?.config();
    const spec: ChildSpec = {
      folder: this.folder,
      database: this.place.config.engine === 'sqlite' ? null : this.place.config.database,
      baseUrl: this.exigo.url,
      inboxes: true,
      ...(atlas === undefined ? {} : { template: atlas }),
      ...(mail === undefined ? {} : { mail }),
      // An order that is made is waited for like any other.
      exigo: { createWaitMs: 2 * SECOND, duplicateKeys: 'refused' },
      pipelines: [...pipelines],
      cycles,
      trace: true,
      ...(killAt === undefined ? {} : { killAt }),
    };
    return startChild(this.build, spec, () => this.advance());
  }

  /** Half an hour, and a file of the 3PL. */
  private async advance(): Promise<void> {
    const cycle = ++this.cycle;
    this.clock.set(NOON + cycle * 30 * MINUTE);
    const { canceled, says, asFiles, happens } = this.story;
    for (const id of canceled?.[cycle] ?? []) await this.change(id, { OrderStatusID: 4 });
    await happens?.(this, cycle);
    const said = says?.[cycle];
    if (said === undefined) return;
    if (asFiles === true) await this.leave(`SHIP_${cycle}.csv`, said);
    else await sayAs('atlas', this, said);
  }

  /** The file, whole, and then its trigger. The first one ends with a row that cannot be used. */
  private async leave(name: string, says: readonly Said[]): Promise<void> {
    const lines = says.map(({ orderId, answer, itemCode, quantity, tracking }) =>
      [orderId, answer, itemCode ?? '', quantity ?? '', tracking?.[0] ?? ''].join(','),
    );
    if (this.cycle === 1) lines.push('nonsense,shipped,,,T7');
    const path = join(this.inbox, name);
    await writeFile(path, ['ORDER,ANSWER,SKU,QTY,TRACKING', ...lines, ''].join('\n'));
    await writeFile(`${path}.ok`, '');
  }

  /** Where atlas leaves its files. */
  get inbox(): string {
    return join(this.folder, 'in', 'atlas');
  }

  /** Where their copies are. */
  get archive(): string {
    return join(this.folder, 'state', 'inbox', 'atlas');
  }

  /** Where its files go. */
  get outbox(): string {
    return join(this.folder, 'var', 'out', 'atlas');
  }
}
