import type { Session, TableName } from '../../db/database.js';
import { fetchAll, fetchFirst, from } from '../../db/query.js';
import { sql } from '../../db/sql.js';

/** An item as a comparison reads it; times are UTC text. */
export interface ComparedItem {
  readonly order_id: number | null;
  readonly item_key: string;
  readonly pipeline: string;
  readonly item_id: number;
  readonly state: 'new' | 'ready' | 'loading' | 'delivered' | 'excluded' | 'held' | 'failed';
  readonly target: string | null;
  readonly code: string | null;
  readonly generation: number;
  readonly created_utc: string;
  readonly settled_utc: string | null;
  readonly resolution: string | null;
}

export interface ComparedEffect {
  readonly order_id: number;
  readonly item_key: string;
  readonly pipeline: string;
  readonly step: string;
  readonly generation: number;
  readonly state: 'pending' | 'sending' | 'accepted' | 'done' | 'held' | 'failed';
  readonly fingerprint: string | null;
  readonly created_utc: string;
  readonly accepted_utc: string | null;
  readonly done_utc: string | null;
  readonly wave_state: string | null;
  readonly file_name: string | null;
  readonly target: string | null;
  /** Of its file: made in shadow. */
  readonly shadow: number | null;
}

export interface ComparedVersion {
  readonly order_id: number;
  readonly status_id: number;
  /** US Central text. */
  readonly modified_at: string;
  readonly since_utc: string;
}

const PAGE = 1_000;

/** Ids of orders that the ledger did something with in this time (UTC text), ascending. */
export function ordersWorked(session: Session, startUtc: string, endUtc: string): AsyncGenerator<number[]> {
  return idPages(session, 'etl.item', 'order_id', (query) =>
    query.where((any) =>
      any
        .where((one) => one.where('t.created_utc', '>=', startUtc).where('t.created_utc', '<', endUtc))
        .orWhere((one) => one.where('t.settled_utc', '>=', startUtc).where('t.settled_utc', '<', endUtc)),
    ),
  );
}

/** Ids in Exigo of marketplace orders that were linked in this time (UTC text), ascending. */
export function ordersLinked(session: Session, startUtc: string, endUtc: string): AsyncGenerator<number[]> {
  return idPages(session, 'etl.marketplace_order', 'exigo_order_id', (query) =>
    query.where('t.linked_utc', '>=', startUtc).where('t.linked_utc', '<', endUtc),
  );
}

type Query = ReturnType<typeof from>;

async function* idPages(
  session: Session,
  table: TableName,
  column: string,
  filter: (query: Query) => Query,
): AsyncGenerator<number[]> {
  for (let after = -1; ; ) {
    const rows = await fetchAll<{ id: number }>(
      session,
      `reads/ids_of_${table}`,
      filter(from(session.engine, table, 't').where(`t.${column}`, '>', after))
        .groupBy(`t.${column}`)
        .orderBy(`t.${column}`)
        .limit(PAGE)
        .select({ id: `t.${column}` }),
    );
    if (rows.length > 0) yield rows.map(({ id }) => id);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

export async function itemsOfOrders(session: Session, ids: readonly number[]): Promise<ComparedItem[]> {
  return session.all(sql(session.engine, 'reads/items_of_orders'), { order_ids: JSON.stringify(ids) });
}

export async function itemsOfKeys(session: Session, keys: readonly string[]): Promise<ComparedItem[]> {
  return session.all(sql(session.engine, 'reads/items_of_keys'), { item_keys: JSON.stringify(keys) });
}

export async function effectsOfItems(session: Session, ids: readonly number[]): Promise<ComparedEffect[]> {
  return session.all(sql(session.engine, 'reads/effects_of_items'), { order_ids: JSON.stringify(ids) });
}

export async function versionsOfOrders(session: Session, ids: readonly number[]): Promise<ComparedVersion[]> {
  return session.all(sql(session.engine, 'reads/versions_of_orders'), { order_ids: JSON.stringify(ids) });
}

/** The newest number that was given to a file; null when there was none. */
export async function counterValue(session: Session, name: string): Promise<number | null> {
  const row = await fetchFirst<{ value: number }>(
    session,
    'reads/counter',
    from(session.engine, 'etl.counter', 'c').where('c.name', name).select('c.value'),
  );
  return row?.value ?? null;
}

/** When something of a source was frozen for the first time (UTC text), as far back as the ledger goes. */
export async function firstFrozen(session: Session, source: string): Promise<string | null> {
  const row = await fetchFirst<{ frozen_utc: string | null }>(
    session,
    'reads/first_frozen',
    from(session.engine, 'etl.change_set', 'c').where('c.source', source).min({ frozen_utc: 'c.frozen_utc' }),
  );
  return row?.frozen_utc ?? null;
}

export interface KnownFile {
  readonly file_name: string;
  readonly state: string;
  readonly sha256: string | null;
  readonly token: number | null;
  readonly delivered_utc: string | null;
}

/** Files of a pipeline with these names. */
export async function filesNamed(
  session: Session,
  pipeline: string,
  names: readonly string[],
): Promise<KnownFile[]> {
  return fetchAll(
    session,
    'reads/files_named',
    from(session.engine, 'etl.wave', 'w')
      .where('w.pipeline', pipeline)
      .whereIn('w.file_name', [...names])
      .select('w.file_name', 'w.state', 'w.sha256', 'w.token', 'w.delivered_utc'),
  );
}

/**
 * The number from which on the ledger knows every file of a 3PL: that of the first one planned since `sinceUtc`, else the
 * one after the last. Older ones may be forgotten, one by one.
 */
export async function firstKnownNumber(
  session: Session,
  pipeline: string,
  target: string,
  sinceUtc: string,
): Promise<number> {
  const ofTarget = () =>
    from(session.engine, 'etl.wave', 'w').where('w.pipeline', pipeline).where('w.target', target);
  type Row = { readonly number: number | null };
  const name = 'reads/first_known_number';
  const recent = ofTarget().where('w.planned_utc', '>=', sinceUtc).min({ number: 'w.number' });
  const first = (await fetchFirst<Row>(session, name, recent))?.number ?? null;
  if (first !== null) return first;
  const last = (await fetchFirst<Row>(session, name, ofTarget().max({ number: 'w.number' })))?.number ?? 0;
  return last + 1;
}
