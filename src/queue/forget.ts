import { QUEUE_TABLE_NAMES, type QueueTable } from '../core/exigo-tables.js';
import type { Session } from '../db/database.js';
import { sql, sqlWithColumns } from '../db/sql.js';
import { blankColumns } from './blank-columns.js';
import { signVersionsOf } from './freeze/versions.js';
import { marketplaceKey } from './ledger/marketplace-orders.js';

/** Whose data: everything goes by these. */
export interface Whom {
  /** In Exigo; null when only what belongs to one marketplace order is meant. */
  readonly customerId: number | null;
  readonly orderIds: readonly number[];
  /** `main/1000123`. */
  readonly itemKeys: readonly string[];
}

/** Something of his that is not over. */
export interface UnderWay {
  readonly which: string;
  readonly pipeline: string;
  readonly state: string;
}

/** Rows that were emptied or deleted. */
export interface Forgotten {
  readonly frozenOrders: number;
  readonly payments: number;
  readonly customerRows: number;
  readonly documents: number;
  readonly customerHashes: number;
  readonly effects: number;
  readonly reasons: number;
  readonly events: number;
  readonly inboxRows: number;
  readonly cancellations: number;
  readonly mails: number;
}

export const FORGOTTEN = 'removed with the personal data of the customer';

const BY_CUSTOMER: readonly QueueTable[] = QUEUE_TABLE_NAMES.filter((table) => table.startsWith('Customer'));

export async function ordersOfCustomer(session: Session, customerId: number): Promise<number[]> {
  // Before the first freeze the table lacks nothing: the column is declared.
  const rows = await session.all<{ order_id: number }>(sql(session.engine, 'forget/orders_of_customer'), {
    customer_id: customerId,
  });
  return rows.map(({ order_id }) => order_id);
}

/** Of the sync tables, wherever they are. */
export async function sourceOrdersOfCustomer(sync: Session, customerId: number): Promise<number[]> {
  const rows = await sync.all<{ order_id: number }>(sql(sync.engine, 'forget/source_orders'), {
    customer_id: customerId,
  });
  return rows.map(({ order_id }) => order_id);
}

export async function keysOfOrders(session: Session, orderIds: readonly number[]): Promise<string[]> {
  const rows = await session.all<{ store: string; order_number: string }>(
    sql(session.engine, 'forget/keys_of_orders'),
    { order_ids: JSON.stringify(orderIds) },
  );
  return rows.map(marketplaceKey);
}

export async function underWay(session: Session, whom: Whom): Promise<UnderWay[]> {
  return session.all(sql(session.engine, 'forget/under_way'), {
    ...lists(whom),
    customer_id: whom.customerId,
  });
}

/** Rows and documents that say who he is, as they are stored. */
export async function personalRows(session: Session, whom: Whom): Promise<object[]> {
  const { engine } = session;
  const found: object[] = [];
  const { order_ids, item_keys } = lists(whom);
  found.push(...(await session.all<object>(sql(engine, 'forget/rows_of_orders'), { order_ids })));
  if (whom.customerId !== null) {
    const customer_id = whom.customerId;
    found.push(...(await session.all<object>(sql(engine, 'forget/rows_of_customer'), { customer_id })));
  }
  const documents = await session.all<{ json: string }>(sql(engine, 'forget/documents'), { item_keys });
  return [...found, ...documents.map(({ json }) => JSON.parse(json) as object)];
}

/** Deletes or empties everything that is his alone; keys, times, states and amounts stay. */
export async function forgetRows(session: Session, whom: Whom): Promise<Forgotten> {
  const { engine } = session;
  const values = { ...lists(whom), removed: FORGOTTEN };
  const { order_ids, item_keys } = values;
  await signVersionsOf(session, order_ids);
  const payments = await blankColumns(session, 'Payments');
  const emptied =
    payments === null
      ? 0
      : await session.run(sqlWithColumns(engine, 'forget/blank_payments', { blank: payments }), {
          order_ids,
        });
  return {
    payments: emptied,
    frozenOrders: await session.run(sql(engine, 'forget/delete_orders'), { order_ids }),
    customerRows: await forgetCustomer(session, whom.customerId),
    documents: await session.run(sql(engine, 'forget/delete_documents'), { item_keys }),
    customerHashes:
      whom.customerId === null
        ? 0
        : await session.run(sql(engine, 'forget/delete_customer_hash'), { customer_id: whom.customerId }),
    effects:
      (await session.run(sql(engine, 'forget/blank_effects'), values)) +
      (await session.run(sql(engine, 'forget/blank_shadow_calls'), { order_ids, item_keys })),
    reasons: await session.run(sql(engine, 'forget/blank_items'), values),
    events: await session.run(sql(engine, 'forget/blank_events'), values),
    inboxRows: await session.run(sql(engine, 'forget/blank_inbox_rows'), { order_ids, removed: FORGOTTEN }),
    cancellations: await session.run(sql(engine, 'forget/blank_cancellations'), {
      order_ids,
      removed: FORGOTTEN,
    }),
    mails: await session.run(sql(engine, 'forget/blank_mails'), { order_ids, removed: FORGOTTEN }),
  };
}

async function forgetCustomer(session: Session, customerId: number | null): Promise<number> {
  if (customerId === null) return 0;
  let rows = 0;
  for (const table of BY_CUSTOMER) {
    const blank = await blankColumns(session, table);
    if (blank === null) continue;
    const statement = sqlWithColumns(session.engine, 'forget/blank_customer', {
      blank,
      table: `frozen_${table}`,
    });
    rows += await session.run(statement, { customer_id: customerId });
  }
  return rows;
}

/** Rows of files that could not be used, of no known order, that this text check knows; returns their archives. */
export async function forgetNamedRows(session: Session, names: (text: string) => boolean): Promise<string[]> {
  interface Faulty {
    readonly file_id: number;
    readonly line: number;
    readonly raw: string | null;
    readonly said: string | null;
    readonly fault: string;
    readonly archive: string | null;
  }
  const archives = new Set<string>();
  for (let at = { file_id: -1, line: -1 }; ; ) {
    const page = await session.all<Faulty>(sql(session.engine, 'forget/faulty_rows_page'), {
      ...at,
      limit: PAGE,
    });
    const last = page.at(-1);
    if (last === undefined) return [...archives];
    at = { file_id: last.file_id, line: last.line };
    for (const { file_id, line, raw, said, fault, archive } of page) {
      if (!names([raw, said, fault].join('\n'))) continue;
      const item_key = `inbox/${file_id}/${line}`;
      await session.run(sql(session.engine, 'forget/blank_named_row'), {
        file_id,
        line,
        item_key,
        removed: FORGOTTEN,
      });
      if (archive !== null) archives.add(archive);
    }
  }
}

/** Events of whole batches and files that this text check knows. Returns how many. */
export async function forgetNamedEvents(session: Session, names: (text: string) => boolean): Promise<number> {
  let emptied = 0;
  for (let after = -1; ; ) {
    const page = await session.all<{ event_id: number; message: string; detail: string | null }>(
      sql(session.engine, 'forget/other_events_page'),
      { after, limit: PAGE },
    );
    const last = page.at(-1);
    if (last === undefined) return emptied;
    after = last.event_id;
    for (const { event_id, message, detail } of page) {
      if (!names(`${message}\n${detail ?? ''}`)) continue;
      await session.run(sql(session.engine, 'forget/set_event'), { event_id, message: FORGOTTEN });
      emptied++;
    }
  }
}

/** What is said of systems that were down, and the alerts about it, where this text check knows it. Returns how many. */
export async function forgetNamedWords(session: Session, names: (text: string) => boolean): Promise<number> {
  const rows = await session.all<{ kind: string; row_key: string; words: string }>(
    sql(session.engine, 'forget/other_words'),
  );
  // A line break in JSON would make a letter of what stands before a name.
  const own = rows.filter(({ words }) => names(words.replace(/\\[nrt]/g, ' ')));
  const message = JSON.stringify({ subject: FORGOTTEN, text: FORGOTTEN, data: {} });
  for (const { kind, row_key } of own) {
    const values = { kind, row_key, removed: FORGOTTEN, message };
    await session.run(sql(session.engine, 'forget/blank_words'), values);
  }
  return own.length;
}

/** Copies of 3PLs' files that speak of these orders, below the state directory. */
export async function archivesOfOrders(session: Session, orderIds: readonly number[]): Promise<string[]> {
  const rows = await session.all<{ archive: string }>(sql(session.engine, 'forget/archives_of_orders'), {
    order_ids: JSON.stringify(orderIds),
  });
  return rows.map(({ archive }) => archive);
}

/** Files that were handed over with these orders: `atlas: ATL_20260311_000001.csv`. */
export async function filesOfOrders(session: Session, orderIds: readonly number[]): Promise<string[]> {
  const rows = await session.all<{ target: string; file_name: string }>(
    sql(session.engine, 'forget/files_of_orders'),
    { order_ids: JSON.stringify(orderIds) },
  );
  return rows.map(({ target, file_name }) => `${target}: ${file_name}`);
}

const PAGE = 1_000;

function lists({ orderIds, itemKeys }: Whom) {
  return { order_ids: JSON.stringify(orderIds), item_keys: JSON.stringify(itemKeys) };
}
