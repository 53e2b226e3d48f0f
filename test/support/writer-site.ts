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
import type { Database, Engine, TableName, Value } from '../../src/db/database.js';
import { readableColumns } from '../../src/db/readable.js';
import { tableText } from '../../src/db/sql.js';
import type { EngineContext } from '../../src/engine/context.js';
import { type RunRequest, runPipeline } from '../../src/engine/run.js';
import { alignFrozenColumns, readSourceColumns } from '../../src/queue/freeze/columns.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { TestClock } from './clock.js';
import { SOURCE_DEFAULTS } from './freezing.js';
import { createTables, forEngine, makePlace, type Place } from './place.js';
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

/** A live version of an order, as it was frozen. */
export interface FrozenState extends OrderState {
  readonly changeSet: number;
  /** Frozen once more because it had settled, not because it had changed. */
  readonly settled: boolean;
}

/** Files of a 3PL that were not there at the last look: their orders with lines as in {@link OrderState}. */
export type NewFiles = ReadonlyMap<number, string>;

/** The product around a random writer: a database of its own, real files, the writer as the API. */
export class WriterSite {
  readonly writer: RandomWriter;
  private readonly filesRead = new Set<string>();
  private readonly selects = new Map<string, string>();

  private constructor(
    readonly folder: string,
    readonly clock: TestClock,
    readonly database: Database,
    private readonly context: EngineContext,
    private readonly place: Place,
  ) {
    this.writer = new RandomWriter(database, clock);
  }

  static async open(
    engine: Engine,
    now: number,
    options: { readonly source?: Partial<SourceConfig>; readonly retention?: RetentionConfig } = {},
  ): Promise<WriterSite> {
    const folder = await mkdtemp(join(tmpdir(), 'orderferry-writer-'));
    const clock = new TestClock(now);
    const place = await makePlace(engine, ':memory:');
    const database = await place.open(clock);
    await createTables(database);
    // To be read before the first freeze.
    await database.transaction(async (session) =>
      alignFrozenColumns(session, await readSourceColumns(session), []),
    );
    const config: Config = {
      database: place.config,
      syncDatabase: null,
      godatafeed: { stores: [] },
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
    return new WriterSite(folder, clock, database, makeContext({ config, database, clock }), place);
  }

  async run(slices: RunRequest['slices'] = [], name = 'exigo-orders-to-3pl'): Promise<void> {
    const pipeline = PIPELINES.find((one) => one.name === name) as AnyPipeline;
    const context = { ...this.context, statusTarget: this.writer };
    const { error } = await runPipeline(context, { pipeline, slices });
    if (error !== null) throw error;
  }

  async all<T>(text: string): Promise<T[]> {
    return this.database.all<T>({ name: 'test', text: forEngine(this.database.engine, text) });
  }

  /** Columns of a table as both engines write them: amounts and dates as text. `rest`: WHERE and ORDER BY, of `x`. */
  async columnsOf(table: TableName, names: readonly string[], rest: string): Promise<Value[][]> {
    const key = `${table} ${names.join()}`;
    const select = this.selects.get(key) ?? (await this.selectOf(table, names));
    this.selects.set(key, select);
    return this.database.rows({
      name: 'test',
      text: forEngine(this.database.engine, `${select} ${rest}`),
    });
  }

  /** What the sync database shows now. */
  async visible(): Promise<Map<number, OrderState>> {
    const rows = await this.columnsOf('dbo.Orders', ORDER, '');
    const states = await this.withParts(
      'dbo.',
      [],
      rows.map((row) => [null, ...row]),
    );
    return new Map(states.map((state) => [state.id, state]));
  }

  /** The newest live version of each order. */
  async frozen(): Promise<Map<number, OrderState>> {
    const versions = await this.versions();
    return new Map(versions.map(({ changeSet: _set, settled: _settled, ...state }) => [state.id, state]));
  }

  /** Every live version, in the order they were frozen. */
  async versions(): Promise<FrozenState[]> {
    const rows = await this.columnsOf(
      'etl.frozen_Orders',
      ['settled', 'change_set_id', ...ORDER],
      `WHERE ${LIVE} ORDER BY x.change_set_id`,
    );
    const states = await this.withParts(
      'etl.frozen_',
      ['change_set_id'],
      rows.map(([, ...row]) => row),
    );
    return states.map((state, i) => ({
      ...state,
      changeSet: Number(rows[i]?.[1]),
      settled: Number(rows[i]?.[0]) === 1,
    }));
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
    await this.place.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `orders`: change set, then {@link ORDER}. */
  private async withParts(
    tables: 'dbo.' | 'etl.frozen_',
    changeSet: readonly string[],
    orders: readonly (readonly Value[])[],
  ): Promise<OrderState[]> {
    const parts = async (table: string, names: readonly string[], mark: string) => {
      const found = new Map<string, string>();
      const all = [...changeSet, 'OrderID', ...names];
      const rest = `WHERE x.OrderID IS NOT NULL ORDER BY x.OrderID, x.${names[0]}`;
      for (const row of await this.columnsOf(`${tables}${table}`, all, rest)) {
        const [set, order, name, value] = changeSet.length === 0 ? [null, ...row] : row;
        const before = found.get(`${set}/${order}`);
        found.set(`${set}/${order}`, `${before === undefined ? '' : `${before} `}${name}${mark}${value}`);
      }
      return found;
    };
    const lines = await parts('OrderDetails', ['OrderLine', 'PriceTotal'], ':');
    const payments = await parts('Payments', ['PaymentID', 'ModifiedDate'], '@');
    return orders.map(([set, id, status, stamp, subTotal]) => ({
      id: Number(id),
      status: Number(status),
      stamp: String(stamp),
      subTotal: String(subTotal),
      lines: lines.get(`${set}/${id}`) ?? '',
      payments: payments.get(`${set}/${id}`) ?? '',
    }));
  }

  private async selectOf(table: TableName, names: readonly string[]): Promise<string> {
    const { engine } = this.database;
    const columns = await this.database.columns(table);
    const wanted = names.flatMap((name) => columns.filter((column) => column.name === name));
    return `SELECT ${readableColumns(engine, 'x', wanted)} FROM ${tableText(engine, table)} AS x`;
  }
}

const ORDER = ['OrderID', 'OrderStatusID', 'ModifiedDate', 'SubTotal'];
/** Of a live change set, not of a backfill's. */
export const LIVE = `x.change_set_id IN (SELECT change_set_id FROM "etl.change_set" WHERE kind = 'live')`;
