import { pipelinesFor } from '../../src/app/pipelines.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import type { SourceConfig } from '../../src/core/config.js';
import type { QueueTable } from '../../src/core/exigo-tables.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database, Engine, Parameters, Session } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import { subscribersOf } from '../../src/engine/freeze-source.js';
import type { ChangeSet, Subscriber } from '../../src/queue/freeze/change-set.js';
import { freezeLiveIn, freezeSliceIn } from '../../src/queue/freeze/freeze.js';
import { TestClock } from './clock.js';
import { NOON } from './house.js';
import { createTables, dropColumn, forEngine, makePlace, type Place } from './place.js';

export const SOURCE_DEFAULTS: SourceConfig = {
  overlapMs: 15 * MINUTE,
  settleMs: 10 * MINUTE,
  firstRunMs: DAY,
  tableLagMs: 2 * HOUR,
  sweepHorizonMs: 30 * DAY,
  allowSensitive: [],
  oldOrderMs: 60 * DAY,
};

export const SUBSCRIBERS: readonly Subscriber[] = subscribersOf(pipelinesFor({ godatafeed: { stores: [] } }));

/** The freeze alone, on a database of its own, the embedded one in memory: rows go in as replication brings them. */
export class Freezing {
  private constructor(
    readonly database: Database,
    readonly clock: TestClock,
    readonly config: SourceConfig,
    private readonly place: Place,
  ) {}

  static async open(engine: Engine, config: Partial<SourceConfig> = {}, now = NOON): Promise<Freezing> {
    const clock = new TestClock(now);
    const place = await makePlace(engine, ':memory:');
    const database = await place.open(clock);
    await createTables(database);
    return new Freezing(database, clock, { ...SOURCE_DEFAULTS, ...config }, place);
  }

  async freeze(around: (session: Session) => Session = (session) => session): Promise<ChangeSet> {
    return this.database.transaction((session) => freezeLiveIn(around(session), this.config, SUBSCRIBERS));
  }

  async freezeSlice(startAt: string, endAt: string, subscriber = SUBSCRIBERS[0]): Promise<ChangeSet> {
    if (subscriber === undefined) throw new RangeError('no subscriber');
    return this.database.transaction((session) =>
      freezeSliceIn(session, this.config, { startAt, endAt }, subscriber),
    );
  }

  /** The clock as Exigo writes it, moved by milliseconds. */
  local(ms = 0): string {
    return toExigoText(this.clock.now() + ms);
  }

  async put(table: QueueTable, ...rows: readonly Parameters[]): Promise<void> {
    await this.database.transaction((session) => putRows(session, table, rows));
  }

  /** An accepted order with one line of 10.00, stamped now. */
  async putOrder(id: number, row: Parameters = {}, lines = ['10.0000']): Promise<void> {
    await this.put('Orders', {
      OrderID: id,
      CustomerID: id,
      OrderStatusID: 7,
      OrderTypeID: 2,
      SubTotal: '10.0000',
      ModifiedDate: this.local(),
      ...row,
    });
    await this.put('OrderDetails', ...lines.map((total, i) => lineOf(id, i + 1, total)));
  }

  async putPayment(id: number, order: number | null, modified = this.local()): Promise<void> {
    await this.put('Payments', { PaymentID: id, OrderID: order, Amount: '10.0000', ModifiedDate: modified });
  }

  async all<T>(text: string, parameters: Parameters = {}): Promise<T[]> {
    return this.database.all<T>({ name: 'test', text: this.spelt(text) }, parameters);
  }

  async exec(text: string, parameters: Parameters = {}): Promise<number> {
    return this.database.transaction((session) =>
      session.run({ name: 'test', text: this.spelt(text) }, parameters),
    );
  }

  async dropColumn(table: QueueTable, column: string): Promise<void> {
    await this.database.transaction((session) => dropColumn(session, `dbo.${table}`, column));
  }

  /** Keys of a table's rows in the files of the raw tables, in the order of the change sets. */
  async rawKeys(table: QueueTable, key: string): Promise<number[]> {
    const rows = await this.all<{ k: number }>(
      `SELECT ${key} AS k FROM "etl.frozen_${table}" WHERE queued = 1 ORDER BY change_set_id, ${key}`,
    );
    return rows.map(({ k }) => k);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.place.remove();
  }

  private spelt(text: string): string {
    return forEngine(this.database.engine, text);
  }
}

export function lineOf(order: number, line: number, total: string): Parameters {
  return {
    OrderID: order,
    OrderLine: line,
    ItemCode: `ITEM-${line}`,
    Quantity: '1.0000',
    PriceEach: total,
    PriceTotal: total,
  };
}
