import { FreezeError } from '../../core/errors.js';
import { QUEUE_TABLES, type QueueTable } from '../../core/exigo-tables.js';
import { faultPoint } from '../../core/fault-points.js';
import { carriedType } from '../../db/carried.js';
import type {
  CatalogueColumn,
  Parameters,
  Session,
  StreamingSession,
  TableName,
  Value,
} from '../../db/database.js';
import { readableColumns } from '../../db/readable.js';
import { sql, sqlWithColumns } from '../../db/sql.js';
import { standIn, WorkTable } from '../../db/work-table.js';
import { readFacts, watermarksRequest } from '../ledger/watermarks.js';
import type { Counts } from './change-set.js';
import { readSourceColumns, type SourceColumns } from './columns.js';
import { isSensitive } from './sensitive.js';
import {
  type Clocks,
  type FreezeSource,
  type Known,
  OTHER_TABLES,
  type OtherTable,
  readClocks,
  SOURCE,
  type TableCount,
} from './source.js';
import { askForVersions, versionsAreThere } from './versions.js';

/** Rows in memory at a time. */
const BATCH = 500;
/** Keys in one question. */
const PAGE = 1_000;

/** What the signature of an aggregate is made of, and what finds its customer. */
const SIGNATURE = {
  Orders: ['OrderID', 'CustomerID', 'OrderStatusID', 'ModifiedDate'],
  OrderDetails: ['OrderID', 'OrderLine', 'ItemCode', 'Quantity', 'PriceEach', 'PriceTotal'],
  Payments: ['PaymentID', 'OrderID', 'Amount', 'ModifiedDate'],
} as const;
const STATE = ['OrderID', 'OrderStatusID', 'ModifiedDate'] as const;

/** What `queue.Refresh` gave, done and verified before the transaction of our state was begun; none in a dry run. */
export interface Refreshed {
  readonly start: string;
  readonly tables: readonly TableCount[];
}

/**
 * `dbo` and `queue` are in a database of Exigo's, which is read and never written. Each step's rows are streamed
 * into work tables of the state's transaction that stand for them, so that the freeze's statements run unchanged.
 */
export class HostedSource implements FreezeSource {
  readonly session: Session;
  private columnsOfSource: SourceColumns | null = null;
  private readonly made = new Map<TableName, WorkTable>();

  /** `refreshed`: null reads the snapshot's keys from dbo instead (`--dry-run`). */
  constructor(
    private readonly state: Session,
    private readonly sync: StreamingSession,
    private readonly refreshed: Refreshed | null,
    private readonly allowSensitive: readonly string[],
  ) {
    this.session = standIn(state);
  }

  /** Their types are those of the columns that keep them here. */
  async known(): Promise<Known> {
    const source = await this.sourceColumns();
    const columns = Object.fromEntries(
      Object.entries(source).map(([table, found]) => [table, found.map(this.carried)]),
    ) as unknown as SourceColumns;
    const { engine } = this.state;
    const [facts, version] = await this.state.several([
      watermarksRequest(engine, SOURCE),
      askForVersions(engine),
    ]);
    return { columns, facts: readFacts(facts), versions: versionsAreThere(version) };
  }

  async begin(): Promise<Clocks> {
    await this.state.run(sql(this.state.engine, 'freeze/begin'));
    await this.state.run(sql(this.state.engine, 'hosted/begin'));
    const { utc_now } = await readClocks(this.state);
    return { utc_now, exigo_now: (await readClocks(this.sync)).exigo_now };
  }

  async refresh(start: string): Promise<readonly TableCount[]> {
    if (this.refreshed === null) return [];
    if (this.refreshed.start !== start) {
      throw new FreezeError(
        'INTENT',
        `queue.Refresh ran since ${this.refreshed.start}, the state says ${start}: another process froze meanwhile; the next run takes it up`,
      );
    }
    return this.refreshed.tables;
  }

  async bringSnapshot(start: string): Promise<void> {
    for (const table of ['Orders', 'OrderDetails', 'Payments'] as const) {
      const key = await this.pick(table, ['OrderID']);
      const work = await this.make(`queue.${table}`, key, ['OrderID']);
      // Lines have no stamp of their own: without a snapshot they come with their orders.
      if (this.refreshed === null && table === 'OrderDetails') continue;
      const name = this.refreshed === null ? 'hosted/changed_orders' : 'hosted/queue_orders';
      await work.take(this.stream(name, { table }, { start }));
    }
  }

  async bringOpenOrders(first: string): Promise<void> {
    const columns = await this.pick('Orders', STATE);
    const work = await this.make('dbo.Orders', columns, ['OrderID']);
    await work.take(this.stream('hosted/accepted_orders', this.lists(columns), { first }));
    await this.session.run(this.named('hosted/want_open'));
    await this.takeWanted(work, 'Orders', 'OrderID', columns);
  }

  async bringOrders(startAt: string, endAt?: string): Promise<void> {
    await this.bringByStamp('Orders', await this.pick('Orders', STATE), startAt, endAt);
  }

  async bringSignatures(): Promise<void> {
    await this.session.run(this.named('hosted/want_candidates'));
    for (const table of ['Orders', 'OrderDetails', 'Payments'] as const) {
      const columns = await this.pick(table, SIGNATURE[table]);
      const work = await this.make(`dbo.${table}`, columns, QUEUE_TABLES[table].key, 'OrderID');
      await this.takeWanted(work, table, 'OrderID', columns);
    }
  }

  async bringStamps(table: OtherTable, startAt: string, endAt?: string): Promise<void> {
    await this.bringByStamp(
      table,
      await this.pick(table, [...QUEUE_TABLES[table].key, 'ModifiedDate']),
      startAt,
      endAt,
    );
  }

  async bringWhole(): Promise<void> {
    const counts = await this.state.get<Counts>(sql(this.state.engine, 'freeze/counts'));
    if (counts !== undefined && counts.kept + counts.other_rows === 0) return;
    await faultPoint('hosted/before-copy');
    await this.session.run(this.named('hosted/want_kept'));
    for (const table of ['Orders', 'OrderDetails', 'Payments'] as const) {
      const columns = await this.whole(table);
      const work = await this.make(`dbo.${table}`, columns, QUEUE_TABLES[table].key, 'OrderID');
      await this.takeWanted(work, table, 'OrderID', columns);
      await faultPoint('hosted/while-copying');
    }
    for (const [table, key] of OTHER_TABLES) {
      const columns = await this.whole(table);
      const payments = table === 'Payments' ? this.made.get('dbo.Payments') : undefined;
      const work = payments ?? (await this.make(`dbo.${table}`, columns, QUEUE_TABLES[table].key));
      if (table === 'Customers') await this.session.run(this.named('hosted/want_customers'));
      else await this.session.run(this.named('hosted/want_queued', { table, key }), { table });
      await this.takeWanted(work, table, key, columns);
    }
    await this.dropMoved();
    await faultPoint('hosted/after-copy');
  }

  async end(): Promise<void> {
    for (const work of this.made.values()) await work.drop();
    this.made.clear();
  }

  /** An aggregate that stays was read twice, and was the same. */
  private async dropMoved(): Promise<void> {
    await this.session.run(this.named('hosted/want_kept'));
    for (const table of ['Orders', 'OrderDetails', 'Payments'] as const) {
      const columns = await this.pick(table, SIGNATURE[table]);
      const after = await this.make(`dbo.${table}After`, columns, QUEUE_TABLES[table].key);
      await this.takeWanted(after, table, 'OrderID', columns);
    }
    await this.session.run(sql(this.state.engine, 'hosted/drop_moved'));
  }

  private async bringByStamp(
    table: QueueTable,
    columns: readonly CatalogueColumn[],
    startAt: string,
    endAt?: string,
  ): Promise<void> {
    const work = await this.make(`dbo.${table}`, columns, QUEUE_TABLES[table].key);
    const range = { since: startAt, until: endAt ?? null };
    await work.take(this.stream('hosted/rows_since', { table, ...this.lists(columns) }, range));
  }

  /** Rows by the wanted keys, a page of keys at a time. */
  private async takeWanted(
    work: WorkTable,
    table: QueueTable,
    key: string,
    columns: readonly CatalogueColumn[],
  ): Promise<void> {
    const page = sql(this.state.engine, 'hosted/wanted_page');
    for (let after = -2_147_483_648; ; ) {
      const keys = (await this.state.rows(page, { after, n: PAGE })).map(([id]) => id as number);
      const last = keys.at(-1);
      if (last === undefined) return;
      const lists = { table, key, ...this.lists(columns) };
      await work.take(this.stream('hosted/rows_by_key', lists, { keys: JSON.stringify(keys) }));
      if (keys.length < PAGE) return;
      after = last;
    }
  }

  private stream(
    name: string,
    lists: Readonly<Record<string, string>>,
    parameters: Parameters,
  ): AsyncIterable<Value[][]> {
    return this.sync.batches(sqlWithColumns(this.sync.engine, name, lists), parameters, BATCH);
  }

  private async make(
    table: TableName,
    columns: readonly CatalogueColumn[],
    key: readonly string[],
    indexed?: string,
  ): Promise<WorkTable> {
    const alone = indexed === key[0] ? undefined : indexed;
    const work = await WorkTable.make(this.state, table, columns.map(this.carried), key, alone);
    this.made.set(table, work);
    return work;
  }

  private readonly carried = ({ name, type }: CatalogueColumn): CatalogueColumn => ({
    name,
    type: carriedType(type, this.state.engine),
  });

  private lists(columns: readonly CatalogueColumn[]): { readonly columns: string } {
    return { columns: readableColumns(this.sync.engine, 's', columns) };
  }

  /** The statement with `dbo` as the work tables. */
  private named(name: string, lists: Readonly<Record<string, string>> = {}) {
    return sqlWithColumns(this.state.engine, name, lists);
  }

  private async pick(table: QueueTable, names: readonly string[]): Promise<CatalogueColumn[]> {
    return (await this.sourceColumns())[table].filter(({ name }) => names.includes(name));
  }

  private async whole(table: QueueTable): Promise<CatalogueColumn[]> {
    const columns = (await this.sourceColumns())[table];
    return columns.filter(({ name }) => !isSensitive(table, name, this.allowSensitive));
  }

  private async sourceColumns(): Promise<SourceColumns> {
    this.columnsOfSource ??= await readSourceColumns(this.sync);
    return this.columnsOfSource;
  }
}
