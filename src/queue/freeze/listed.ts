import { API_TABLES, type ApiOrder, type ApiTable } from '../../core/api-orders.js';
import type { SourceConfig } from '../../core/config.js';
import { QUEUE_TABLE_NAMES, QUEUE_TABLES, type QueueTable } from '../../core/exigo-tables.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { carriedType } from '../../db/carried.js';
import type { CatalogueColumn, Engine, Session, TableName, Value } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { standIn, WorkTable } from '../../db/work-table.js';
import { writeWatermark } from '../ledger/watermarks.js';
import { type ChangeSet, recordChangeSet, type Subscriber } from './change-set.js';
import type { FrozenColumns, SourceColumns } from './columns.js';
import { isSensitive } from './sensitive.js';
import type { Range } from './source.js';
import { askForVersions, keepChanged, versionsAreThere } from './versions.js';

/** The orders that GetOrders lists: one tenant has one API, so there is one source of this kind per installation. */
export const API_SOURCE = 'exigo-api';

/** What a listing gave, in the order of its pages; an order that was listed twice counts as its last page has it. */
export interface ListedOrders {
  /** Columns that some row has, by table. */
  readonly columns: Readonly<Record<ApiTable, ReadonlySet<string>>>;
  /** Greatest ModifiedDate, US Central text. */
  readonly newest: string | null;
  pages(): AsyncIterable<readonly ApiOrder[]>;
}

/** What the next listing begins with; written with the freeze of this one. */
export interface ListingFacts {
  /** Since when changes were listed. */
  readonly start: string;
  /** The watermark they were listed by; null before the first freeze. */
  readonly watermark: string | null;
  readonly first: string;
  /** US Central, read before the first page. */
  readonly exigoNow: string;
  readonly utcNow: string;
  /** Whether everything within the horizon was listed. */
  readonly full: boolean;
  /** False keeps the watermark: some of the list could not be kept, and is listed again. */
  readonly whole: boolean;
}

/** Columns of tables the API shows no rows of, and of those it does, what statements name. */
const NEEDED: Readonly<Record<QueueTable, readonly string[]>> = {
  Orders: ['OrderID', 'CustomerID', 'OrderStatusID', 'OrderTypeID', 'SubTotal', 'ModifiedDate'],
  OrderDetails: ['OrderID', 'OrderLine', 'ItemCode', 'Quantity', 'PriceEach', 'PriceTotal', 'ParentItemID'],
  Payments: ['PaymentID', 'OrderID', 'Amount', 'ModifiedDate'],
  Customers: ['CustomerID', 'ModifiedDate'],
  CustomerAccounts: ['CustomerID', 'ModifiedDate'],
  CustomerSites: ['CustomerID', 'ModifiedDate'],
};

/**
 * Freezes what the API listed, in the caller's transaction: rows go into work tables that stand for those of a sync
 * database, and the statements of the queue's freeze do the rest: unchanged orders are left out, whole aggregates
 * copied, versions recorded, a batch made for every subscriber.
 */
export async function freezeListed(
  session: Session,
  listed: ListedOrders,
  config: SourceConfig,
  facts: ListingFacts,
  subscribers: readonly Subscriber[],
): Promise<ChangeSet> {
  const { engine } = session;
  const [version] = await session.several([askForVersions(engine)]);
  const settledBefore = toUtcText(fromUtcText(facts.utcNow) - config.settleMs);
  const changeSet = await freezeRows(session, listed, config.allowSensitive, {
    kind: 'live',
    startAt: facts.start,
    endAt: null,
    now: facts.utcNow,
    subscribers,
    keep: (there) => keepChanged(there, versionsAreThere(version), settledBefore),
  });
  if (changeSet.ordersFrozen > 0) {
    const parameters = { change_set_id: changeSet.changeSetId };
    await session.later(sql(engine, 'freeze/record_versions'), parameters);
  }
  await noteListing(session, listed, facts);
  return changeSet;
}

/** The same of a slice of a backfill: every order is kept; versions and watermarks are neither read nor written. */
export async function freezeListedSlice(
  session: Session,
  listed: ListedOrders,
  config: SourceConfig,
  { startAt, endAt }: Range,
  now: string,
  subscriber: Subscriber,
): Promise<ChangeSet> {
  return freezeRows(session, listed, config.allowSensitive, {
    kind: 'backfill',
    startAt,
    endAt,
    now,
    subscribers: [subscriber],
    keep: async (there) => there.later(sql(there.engine, 'freeze/keep_all')),
  });
}

interface Freeze {
  readonly kind: 'live' | 'backfill';
  readonly startAt: string;
  readonly endAt: string | null;
  readonly now: string;
  readonly subscribers: readonly Subscriber[];
  readonly keep: (session: Session) => Promise<void>;
}

async function freezeRows(
  session: Session,
  listed: ListedOrders,
  allowSensitive: readonly string[],
  { keep, ...freeze }: Freeze,
): Promise<ChangeSet> {
  const there = standIn(session);
  const columns = columnsOf(listed, session.engine);
  const tables = await ListedTables.make(session, columns, allowSensitive);
  await session.run(sql(session.engine, 'freeze/begin'));
  for await (const page of listed.pages()) await tables.take(page);
  await there.later(sql(session.engine, 'freeze/candidates_listed'));
  await keep(there);
  const changeSet = await recordChangeSet(there, {
    ...freeze,
    source: API_SOURCE,
    columns,
    allowSensitive,
    keep: () => keep(there),
  });
  await tables.drop();
  return changeSet;
}

/** The watermark never passes the clock at the first page: what changed while the list was read is listed again. */
async function noteListing(session: Session, { newest }: ListedOrders, facts: ListingFacts): Promise<void> {
  const { first, exigoNow, start, watermark, full, whole } = facts;
  await writeWatermark(session, API_SOURCE, 'first', first);
  if (full) await writeWatermark(session, API_SOURCE, 'full-sweep', exigoNow);
  if (!whole) return;
  const seen = newest === null ? start : newest < exigoNow ? newest : exigoNow;
  if (watermark === null || seen > watermark) await writeWatermark(session, API_SOURCE, 'Orders', seen);
}

/** Columns that the sync database has by its type there; fields that it does not have are text. */
function columnsOf({ columns }: ListedOrders, engine: Engine): SourceColumns {
  const all = QUEUE_TABLE_NAMES.map((table): [QueueTable, CatalogueColumn[]] => {
    const shown = (API_TABLES as readonly QueueTable[]).includes(table) ? columns[table as ApiTable] : [];
    const names = new Set([...NEEDED[table], ...shown]);
    const known: Readonly<Record<string, string>> = QUEUE_TABLES[table].columns;
    return [table, [...names].map((name) => ({ name, type: carriedType(typeOf(known[name]), engine) }))];
  });
  return Object.fromEntries(all) as unknown as SourceColumns;
}

/** Text is wider than the documentation has it: a tenant may have wider columns, and one text must not stop a freeze. */
function typeOf(documented: string | undefined): string {
  if (documented === undefined) return 'nvarchar(max)';
  const type = documented.replace('?', '');
  return /^(nvarchar\(\d|uniqueidentifier)/.test(type) ? 'nvarchar(4000)' : type;
}

/** The work tables that stand for those of a sync database. */
class ListedTables {
  private constructor(
    private readonly session: Session,
    private readonly columns: FrozenColumns,
    private readonly made: ReadonlyMap<QueueTable, WorkTable>,
  ) {}

  static async make(
    session: Session,
    columns: SourceColumns,
    allowSensitive: readonly string[],
  ): Promise<ListedTables> {
    const made = new Map<QueueTable, WorkTable>();
    const names: Partial<Record<QueueTable, readonly string[]>> = {};
    for (const table of QUEUE_TABLE_NAMES) {
      const kept = columns[table].filter(({ name }) => !isSensitive(table, name, allowSensitive));
      const { key } = QUEUE_TABLES[table];
      const byOrder = table === 'Payments' ? 'OrderID' : undefined;
      made.set(table, await WorkTable.make(session, `dbo.${table}` as TableName, kept, key, byOrder));
      names[table] = kept.map(({ name }) => name);
    }
    return new ListedTables(session, names as FrozenColumns, made);
  }

  /** A page takes the place of what earlier ones had of the same orders. */
  async take(page: readonly ApiOrder[]): Promise<void> {
    const orders = [...new Map(page.map((order) => [order.orderId, order])).values()];
    const rows = (table: ApiTable, key: string) => [
      ...new Map(orders.flatMap((order) => order.rows[table]).map((row) => [row[key], row])).values(),
    ];
    const payments = rows('Payments', 'PaymentID');
    const customers = rows('Customers', 'CustomerID');
    await standIn(this.session).run(sql(this.session.engine, 'listed/forget_orders'), {
      order_ids: JSON.stringify(orders.map(({ orderId }) => orderId)),
      payment_ids: JSON.stringify(payments.map(({ PaymentID }) => PaymentID)),
      customer_ids: JSON.stringify(customers.map(({ CustomerID }) => CustomerID)),
    });
    await this.load('Orders', rows('Orders', 'OrderID'));
    await this.load(
      'OrderDetails',
      orders.flatMap((order) => order.rows.OrderDetails),
    );
    await this.load('Payments', payments);
    await this.load('Customers', customers);
  }

  async drop(): Promise<void> {
    for (const table of this.made.values()) await table.drop();
  }

  private async load(table: ApiTable, rows: readonly Readonly<Record<string, Value>>[]): Promise<void> {
    if (rows.length === 0) return;
    const names = this.columns[table];
    const values = rows.map((row) => names.map((name) => row[name] ?? null));
    await this.made.get(table)?.take(only(values));
  }
}

async function* only(rows: Value[][]): AsyncGenerator<Value[][]> {
  yield rows;
}
