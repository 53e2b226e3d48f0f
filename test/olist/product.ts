import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { makeContext } from '../../src/app/runtime.js';
import { openViews } from '../../src/app/views.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import type { Config, DatabaseConfig } from '../../src/core/config.js';
import { InvariantError } from '../../src/core/errors.js';
import type { GoDataFeedStore } from '../../src/core/godatafeed.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database, Statement } from '../../src/db/database.js';
import type { EngineContext } from '../../src/engine/context.js';
import { reconcile } from '../../src/engine/reconcile/reconcile.js';
import { runPipeline } from '../../src/engine/run.js';
import { type ExigoStandin, startExigoStandin } from '../../src/standins/exigo/server.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { createTables, type Place } from '../support/place.js';
import type { ReplayClock } from './clock.js';
import { spelt } from './engine.js';
import { rowsOf } from './files.js';
import type { LifeEvent } from './life.js';
import { OlistMarket, SALES_WAREHOUSE } from './market.js';
import type { ProductSets } from './replay.js';

const WEEK = 7 * DAY;
const CREDENTIALS = { login: 'ferry', company: 'olist', password: 'not-a-secret' };
const PRINTED_ORDERS: Statement = {
  name: 'olist/printed',
  text: `SELECT order_id FROM "etl.effect" WHERE step = 'printed' AND state = 'done'`,
};
const SHIPPED_ORDERS: Statement = {
  name: 'olist/shipped',
  text: `SELECT order_id FROM "etl.effect" WHERE step = 'shipped' AND state = 'done'`,
};
const HELD_ORDERS: Statement = {
  name: 'olist/held',
  text: `SELECT order_id FROM "etl.item" WHERE state IN ('held', 'failed') AND resolution IS NULL`,
};

/** Above all numbers of the sample, which somebody else puts into the tables. */
const FIRST_MADE = 1_000_000;

/** Of one comparison of all systems. */
export interface Compared {
  readonly orders: number;
  readonly sales: number;
}

/**
 * The product as it is installed: all pipelines, a database of either engine, a 3PL per warehouse, a store of GoDataFeed,
 * and the stand-in of the Exigo API with a connection of its own to the same tables.
 */
export class OlistProduct {
  private readonly filesRead = new Set<string>();
  private readonly handedOver = new Set<number>();
  private readonly printed = new Set<number>();
  private readonly shipped = new Set<number>();
  private confirmations = 0;
  private lines = 0;

  private constructor(
    private readonly database: Database,
    private readonly context: EngineContext,
    private readonly standin: ExigoStandin,
    private readonly standinDatabase: Database,
    /** Where a part of the orders is sold. */
    readonly market: OlistMarket,
  ) {}

  /** `database` is a connection to an empty `place`; `directory` is temporary and takes everything else. */
  static async open(
    place: Place,
    database: Database,
    clock: ReplayClock,
    directory: string,
  ): Promise<OlistProduct> {
    await createTables(database);
    const standinDatabase = await place.open(clock);
    const standin = await startExigoStandin({
      database: standinDatabase,
      clock,
      ...CREDENTIALS,
      keepJournal: false,
      firstId: FIRST_MADE,
    });
    const market = await OlistMarket.open(clock);
    const config = configOf(place.config, directory, standin.url, market.store);
    for (const { delivery, confirmations } of config.threePls) {
      await mkdir(delivery.path, { recursive: true });
      if (confirmations !== null) await mkdir(confirmations.inbox.path, { recursive: true });
    }
    await mkdir(config.tableCsv.directory, { recursive: true });
    const context = makeContext({ config, database, clock });
    return new OlistProduct(database, context, standin, standinDatabase, market);
  }

  /** One run of every pipeline, at the instant of the clock. */
  async runCycle(): Promise<void> {
    this.market.cycle();
    // What is taken into Exigo goes to its warehouse with the same cut, and what left is reported with it.
    const first = ['godatafeed-new', '3pl-inbox'];
    const into = first.flatMap((kind) => this.context.pipelines.filter(({ source }) => source.kind === kind));
    const others = this.context.pipelines.filter((pipeline) => !into.includes(pipeline));
    for (const pipeline of [...into, ...others]) {
      const { error, heldBy } = await runPipeline(this.context, { pipeline, slices: [] });
      if (error !== null) throw error;
      if (heldBy !== null) throw new InvariantError(`${pipeline.name} is held by ${heldBy.heldBy}`);
    }
  }

  /** The warehouses' files of what left: one row an order, two where it left in two parcels. */
  async confirm(events: readonly LifeEvent[], exigoId: (number: number) => number): Promise<void> {
    for (const { name, confirmations } of this.context.config.threePls) {
      const own = events.filter(
        ({ order }) => name === `warehouse-${order.sale ? SALES_WAREHOUSE : order.header.WarehouseID}`,
      );
      if (own.length === 0 || confirmations === null) continue;
      const rows = own.flatMap(({ order: { number }, time }) => {
        const parcels = number % 5 === 0 ? ['A', 'B'] : ['A'];
        const when = toExigoText(time).slice(0, 19);
        return parcels.map((parcel) => `${exigoId(number)},OL${number}${parcel},${when}`);
      });
      const path = join(confirmations.inbox.path, `SHIP_${++this.confirmations}.csv`);
      await writeFile(path, ['ORDER,TRACKING,SHIPPED', ...rows, ''].join('\r\n'));
      await writeFile(`${path}.ok`, '');
    }
  }

  /** Handed over and lines are read from the files themselves, the rest from the ledger. */
  async readSets(): Promise<ProductSets> {
    for (const { delivery } of this.context.config.threePls) await this.readFiles(delivery.path);
    // The ledger forgets receipts after 400 days; the replay is longer.
    for (const order of await this.orders(PRINTED_ORDERS)) this.printed.add(order);
    for (const order of await this.orders(SHIPPED_ORDERS)) this.shipped.add(order);
    return {
      shipped: new Set(this.shipped),
      handedOver: new Set(this.handedOver),
      lines: this.lines,
      printed: new Set(this.printed),
      held: new Set(await this.orders(HELD_ORDERS)),
    };
  }

  /** Compares all systems over the last week; throws with what differs, as nothing went wrong. Gives what was compared. */
  async reconcile(): Promise<Compared> {
    const { config, clock } = this.context;
    const views = openViews({ config, database: this.database, clock, onToken: () => undefined });
    const now = clock.now();
    try {
      const window = { from: now - WEEK, to: now, graceMs: HOUR, most: 10 };
      const { report, problem } = await reconcile(this.context, views, window);
      if (problem !== null) throw problem;
      const [first] = report.discrepancies.listed;
      if (first === undefined) {
        const { order, 'marketplace order': sale } = report.counts;
        return { orders: order.compared, sales: sale.compared };
      }
      const { code, subject, id, cause } = first;
      throw new InvariantError(
        `${report.discrepancies.total} false alarms at ${toExigoText(now)}, the first: ${subject} ${id} ${code}: ${cause}`,
      );
    } finally {
      views.close();
    }
  }

  /** Leaves the database open. */
  async close(): Promise<void> {
    this.context.close();
    await this.market.close();
    await this.standin.close();
    await this.standinDatabase.close();
  }

  private async readFiles(folder: string): Promise<void> {
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.csv'))) {
      const path = join(folder, name);
      if (this.filesRead.has(path)) continue;
      this.filesRead.add(path);
      const rows = rowsOf<'ORDER'>(await readFile(path, 'utf8'));
      const orders = new Set(rows.map(({ ORDER }) => Number(ORDER)));
      const again = [...orders].filter((order) => this.handedOver.has(order));
      if (again.length > 0)
        throw new InvariantError(`${name}: order ${again.join(', ')} was handed over before`);
      for (const order of orders) this.handedOver.add(order);
      this.lines += rows.length;
    }
  }

  private async orders(statement: Statement): Promise<number[]> {
    return (await this.database.rows(spelt(this.database, statement))).map(([order]) => Number(order));
  }
}

function configOf(
  database: DatabaseConfig,
  directory: string,
  baseUrl: string,
  store: GoDataFeedStore,
): Config {
  const templates = [1, 2, 3].map(templateOf);
  return {
    database,
    syncDatabase: null,
    godatafeed: { stores: [store] },
    stateDirectory: join(directory, 'state'),
    exigoApi: {
      baseUrl,
      ...CREDENTIALS,
      maxOrders: 200,
      deadlineMs: 30 * SECOND,
      unknownWaitMs: 30 * SECOND,
    },
    source: {
      overlapMs: 15 * MINUTE,
      settleMs: 10 * MINUTE,
      firstRunMs: DAY,
      tableLagMs: 2 * HOUR,
      sweepHorizonMs: 30 * DAY,
      allowSensitive: [],
      oldOrderMs: 60 * DAY,
    },
    lease: { ttlMs: MINUTE },
    retention: { frozenMs: 30 * DAY, handedOverMs: 400 * DAY },
    tableCsv: { directory: join(directory, 'out', 'tables') },
    threePls: templates.map((value) => makeThreePl(parseTemplate(value, 'replay'), directory)),
    frozen: freezeConfig(templates, [store]),
  };
}

/** What the sample has of an address; it has neither names nor streets. */
function templateOf(warehouse: number): unknown {
  return {
    name: `warehouse-${warehouse}`,
    routes: [{ when: { WarehouseID: warehouse } }],
    delivery: { folder: `out/warehouse-${warehouse}` },
    confirmations: {
      inbox: { folder: `in/warehouse-${warehouse}` },
      files: [
        {
          name: 'shipments',
          match: 'SHIP_*.csv',
          ready: { trigger: '.ok' },
          columns: {
            order: 'ORDER',
            answer: 'shipped',
            tracking: 'TRACKING',
            carrier: { constant: 'UPS' },
            date: { column: 'SHIPPED', format: 'yyyy-MM-dd HH:mm:ss' },
          },
        },
      ],
    },
    file: { name: `w${warehouse}-{number:0000}-{date:yyyyMMdd}.csv` },
    row: 'line',
    columns: [
      { name: 'ORDER', from: 'order.OrderID', required: true },
      { name: 'LINE', from: 'line.OrderLine' },
      { name: 'SKU', from: 'line.ItemCode', required: true },
      { name: 'QTY', from: 'line.Quantity', number: 0 },
      { name: 'CITY', from: 'order.City', required: true },
      { name: 'STATE', from: 'order.State', required: true },
      { name: 'ZIP', from: 'order.Zip', required: true },
      { name: 'COUNTRY', from: 'order.Country', required: true },
      { name: 'SHIP_METHOD', from: 'order.ShipMethodID' },
    ],
  };
}
