import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { PIPELINES } from '../../src/app/pipelines.js';
import { makeContext } from '../../src/app/runtime.js';
import { DAY, MINUTE } from '../../src/core/clock.js';
import type { Config, RetentionConfig, SourceConfig } from '../../src/core/config.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type RunRequest, runPipeline } from '../../src/engine/run.js';
import { alignFrozenColumns, readSourceColumns } from '../../src/queue/freeze/columns.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { TestClock } from './clock.js';
import { SOURCE_DEFAULTS } from './freezing.js';
import { RandomWriter } from './random-writer.js';

const TEMPLATE = {
  name: 'plain',
  routes: [{ when: {} }],
  delivery: { folder: 'out' },
  manifest: 'none',
  file: { name: 'plain-{number:00000}.csv' },
  row: 'line',
  columns: [
    { name: 'order', from: 'order.OrderID' },
    { name: 'line', from: 'line.OrderLine' },
    { name: 'total', from: 'line.PriceTotal', number: 4 },
  ],
};

/** An order as the sync database shows it, or as it was frozen last. */
export interface OrderState {
  readonly id: number;
  readonly status: number;
  readonly stamp: string;
  readonly subTotal: string;
  /** `1:10.0000 2:11.0000` */
  readonly lines: string;
  readonly payments: string;
}

/** Files of a 3PL that were not there at the last look: their orders with lines as in {@link OrderState}. */
export type NewFiles = ReadonlyMap<number, string>;

/** The product around a random writer: the database in memory, real files, the writer as the API. */
export class WriterSite {
  readonly writer: RandomWriter;
  private readonly filesRead = new Set<string>();

  private constructor(
    readonly folder: string,
    readonly clock: TestClock,
    readonly database: Database,
    private readonly context: EngineContext,
  ) {
    this.writer = new RandomWriter(database, clock);
  }

  static async open(
    now: number,
    options: { readonly source?: Partial<SourceConfig>; readonly retention?: RetentionConfig } = {},
  ): Promise<WriterSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-writer-'));
    const clock = new TestClock(now);
    const database = openSqlite(':memory:', clock);
    await migrate(database);
    await database.transaction(createSyncSchema);
    // To be read before the first freeze.
    await database.transaction(async (session) =>
      alignFrozenColumns(session, await readSourceColumns(session), []),
    );
    const config: Config = {
      database: { engine: 'sqlite', file: ':memory:' },
      syncDatabase: null,
      stateDirectory: join(folder, 'state'),
      exigoApi: null,
      source: { ...SOURCE_DEFAULTS, ...options.source },
      lease: { ttlMs: MINUTE },
      retention: options.retention ?? { frozenMs: 30 * DAY, handedOverMs: 400 * DAY },
      tableCsv: { directory: join(folder, 'tables') },
      threePls: [makeThreePl(parseTemplate(TEMPLATE, 'test template'), folder)],
      frozen: freezeConfig([TEMPLATE]),
    };
    for (const name of ['out', 'tables']) await mkdir(join(folder, name));
    return new WriterSite(folder, clock, database, makeContext({ config, database, clock }));
  }

  async run(slices: RunRequest['slices'] = [], name = 'exigo-orders-to-3pl'): Promise<void> {
    const pipeline = PIPELINES.find((one) => one.name === name) as AnyPipeline;
    const context = { ...this.context, statusTarget: this.writer };
    const { error } = await runPipeline(context, { pipeline, slices });
    if (error !== null) throw error;
  }

  async all<T>(text: string): Promise<T[]> {
    return this.database.all<T>({ name: 'test', text });
  }

  /** What the sync database shows now. */
  async visible(): Promise<Map<number, OrderState>> {
    return byId(await this.all<OrderState>(stateQuery('dbo.Orders', 'dbo.OrderDetails', 'dbo.Payments', '')));
  }

  /** The newest live version of each order. */
  async frozen(): Promise<Map<number, OrderState>> {
    const text = stateQuery(
      'etl.frozen_Orders',
      'etl.frozen_OrderDetails',
      'etl.frozen_Payments',
      'x.change_set_id = o.change_set_id AND',
    );
    return byId(
      await this.all<OrderState>(`${text} WHERE o.change_set_id = (
        SELECT MAX(f.change_set_id) FROM "etl.frozen_Orders" f
        JOIN "etl.change_set" c ON c.change_set_id = f.change_set_id
        WHERE f.OrderID = o.OrderID AND c.kind = 'live')`),
    );
  }

  async newFiles(): Promise<NewFiles> {
    const found = new Map<number, string>();
    const names = await readdir(join(this.folder, 'out'));
    for (const name of names.filter((one) => !one.endsWith('.part') && !this.filesRead.has(one)).sort()) {
      this.filesRead.add(name);
      const rows: Record<'order' | 'line' | 'total', string>[] = parse(
        await readFile(join(this.folder, 'out', name), 'utf8'),
        { columns: true },
      );
      for (const { order, line, total } of rows) {
        const before = found.get(Number(order));
        found.set(Number(order), `${before === undefined ? '' : `${before} `}${line}:${total}`);
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function stateQuery(orders: string, details: string, payments: string, sameSet: string): string {
  return `SELECT o.OrderID AS id, o.OrderStatusID AS status, o.ModifiedDate AS stamp, o.SubTotal AS subTotal,
    COALESCE((SELECT GROUP_CONCAT(x.OrderLine || ':' || x.PriceTotal, ' ' ORDER BY x.OrderLine)
              FROM "${details}" x WHERE ${sameSet} x.OrderID = o.OrderID), '') AS lines,
    COALESCE((SELECT GROUP_CONCAT(x.PaymentID || '@' || x.ModifiedDate, ' ' ORDER BY x.PaymentID)
              FROM "${payments}" x WHERE ${sameSet} x.OrderID = o.OrderID), '') AS payments
    FROM "${orders}" o`;
}

function byId(rows: readonly OrderState[]): Map<number, OrderState> {
  return new Map(rows.map((row) => [row.id, row]));
}
