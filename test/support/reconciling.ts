import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIPELINES } from '../../src/app/pipelines.js';
import { openViews } from '../../src/app/views.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import type { Config } from '../../src/core/config.js';
import { InvariantError } from '../../src/core/errors.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type Reconciled, reconcile } from '../../src/engine/reconcile/reconcile.js';
import type { ReconcileRequest } from '../../src/engine/reconcile/scope.js';
import { type RunRequest, runPipeline } from '../../src/engine/run.js';
import { INTO_EXIGO, MAPS } from './market.js';
import { MarketplaceHouse, type MarketplaceHouseOptions, REPORTS } from './marketplace-house.js';
import { changeOrder, placeOrder } from './small-orders.js';

export const HAND_OVERS = 'exigo-orders-to-3pl';
const ENDED = 'godatafeed-cancellations-to-exigo';

/** An installation that is compared, and what may go wrong in it. */
export class Reconciling {
  private constructor(
    readonly market: MarketplaceHouse,
    private readonly contexts: EngineContext[] = [],
  ) {}

  static async open(options: MarketplaceHouseOptions = {}): Promise<Reconciling> {
    // The stand-in's bucket and ours are out of the way: what is tested is what is said, not how fast.
    const feed = { bucketSize: 100_000, leakPerSecond: 10_000, ...options.feed };
    const rate = { bucket: 10_000, leakPerSecond: 1_000 };
    const stores = { main: { rate, orders: MAPS, ...options.stores?.main } };
    return new Reconciling(await MarketplaceHouse.open({ ...options, feed, stores }));
  }

  get house(): MarketplaceHouse['house'] {
    return this.market.house;
  }

  get feed(): MarketplaceHouse['feed'] {
    return this.market.feed;
  }

  /** A marketplace order that is in Exigo, acknowledged: `G-7` is order 7. */
  async sell(id: number): Promise<void> {
    await this.market.sell(id);
    this.feedSays(id, { status: 'Processing', destinationNumber: String(id) });
    await changeOrder(this.house, id, { Other20: `amazon:M-${id}` });
  }

  /** As if somebody had changed it in GoDataFeed. */
  feedSays(id: number, values: object): void {
    const order = this.feed.order(`G-${id}`);
    if (order === undefined) throw new InvariantError(`no order G-${id}`);
    Object.assign(order, values);
  }

  async run(name: string, request: Partial<RunRequest> = {}, overrides: Partial<EngineContext> = {}) {
    const pipeline = PIPELINES.find((one) => one.name === name);
    if (pipeline === undefined) throw new InvariantError(`no pipeline ${name}`);
    const context = this.context();
    const report = await runPipeline({ ...context, ...overrides }, { pipeline, slices: [], ...request });
    if (report.error !== null) throw report.error;
    return report;
  }

  /** Both flows out of Exigo, GoDataFeed's cycle, and both again: nothing is left to do. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.house.clock.advance(HOUR);
      await this.run(HAND_OVERS);
      await this.run(REPORTS);
      this.feed.cycle();
    }
  }

  async compare(request: Partial<ReconcileRequest> = {}, config: Partial<Config> = {}): Promise<Reconciled> {
    const now = this.house.clock.now();
    const views = openViews({
      config: { ...this.house.config, ...config },
      database: this.house.database,
      clock: this.house.clock,
      onToken: () => undefined,
    });
    try {
      return await reconcile(this.context(), views, {
        from: now - 7 * DAY,
        to: now,
        graceMs: HOUR,
        most: 1_000,
        ...request,
      });
    } finally {
      views.close();
    }
  }

  /** The discrepancies, as `TRACKING_DIFFERS main/G-7`. */
  async found(request: Partial<ReconcileRequest> = {}, config: Partial<Config> = {}): Promise<string[]> {
    const { report } = await this.compare(request, config);
    return report.discrepancies.listed.map(({ code, id }) => `${code} ${id}`).sort();
  }

  /** Every flow there is, in the order in which they depend on one another. */
  async cycle(): Promise<void> {
    this.house.clock.advance(HOUR);
    for (const name of [INTO_EXIGO, ENDED, HAND_OVERS, REPORTS]) await this.run(name);
    this.feed.cycle();
  }

  folder(threePl: string): string {
    return this.house.config.threePls.find(({ name }) => name === threePl)?.delivery.path ?? '';
  }

  async writeFile(threePl: string, name: string): Promise<void> {
    await writeFile(join(this.folder(threePl), name), 'anything\n');
  }

  /** Somebody opens the first file of a 3PL and saves it. Returns its name. */
  async alterFile(threePl: string): Promise<string> {
    const name = (await readdir(this.folder(threePl))).find((one) => one.endsWith('.csv')) ?? '';
    await appendFile(join(this.folder(threePl), name), '\n');
    return name;
  }

  private context(): EngineContext {
    const context = this.house.context();
    this.contexts.push(context);
    return context;
  }

  async close(): Promise<void> {
    for (const context of this.contexts) context.close();
    await this.market.close();
  }
}

/** Orders in every state that is right: handed over, shipped and reported, canceled, held, of another warehouse. */
export async function placeCleanOrders(scene: Reconciling): Promise<void> {
  const { house, market } = scene;
  await placeOrder(house, 1);
  await scene.sell(2);
  await scene.sell(3);
  await scene.sell(4);
  await placeOrder(house, 5, { row: { OrderStatusID: 4 } });
  await placeOrder(house, 6, { row: { WarehouseID: 77 } }); // no 3PL: held as NO_ROUTE
  await placeOrder(house, 7, { row: { WarehouseID: 77, OrderStatusID: 8 } }); // printed by another warehouse
  await placeOrder(house, 8, { row: { OrderTypeID: 8 } }); // a return
  await placeOrder(house, 9, { row: { OrderStatusID: 5 } }); // not paid yet
  scene.feed.put({ number: 'G-10', marketplaceNumber: 'M-10' });
  scene.feed.marketplaceSets('G-10', 'Canceled'); // before anybody took it
  await scene.settle();
  await market.ship(3);
  await market.change(4, { OrderStatusID: 4 }); // held: the 3PL has it
  await scene.settle();
  house.clock.advance(MINUTE);
}
