import type { Answer } from '../../core/confirmation.js';
import type { SaidRow } from '../../core/shipment.js';
import { fromUtcText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

interface KeptRow {
  readonly order_id: number;
  readonly file_id: number;
  readonly line: number;
  readonly name: string;
  readonly claimed_utc: string;
  readonly answer: Answer;
  readonly item_code: string | null;
  readonly quantity: string | null;
  readonly tracking: string | null;
  readonly carrier: string | null;
  readonly ship_method_id: number | null;
  readonly happened_utc: string | null;
  readonly happened_bare: number;
  readonly said: string | null;
  readonly repeats: number;
}

/** A hand-over to a 3PL that was delivered. */
export interface HandedOver {
  readonly order_id: number;
  readonly generation: number;
  readonly change_set_id: number;
  readonly config_hash: string;
  readonly delivered_utc: string;
}

export interface FaultyInboxRow {
  readonly file_id: number;
  readonly name: string;
  readonly three_pl: string;
  readonly line: number;
  readonly code: string;
  readonly fault: string;
}

/** What a 3PL (null: any) has said of these orders, oldest first; an order it has said nothing of is missing. */
export async function saidRows(
  session: Session,
  threePl: string | null,
  orderIds: readonly number[],
): Promise<Map<number, SaidRow[]>> {
  const found = new Map<number, SaidRow[]>();
  if (orderIds.length === 0) return found;
  const rows = await session.all<KeptRow>(sql(session.engine, 'reads/said_rows'), {
    three_pl: threePl,
    order_ids: JSON.stringify(orderIds),
  });
  for (const row of rows) found.set(row.order_id, [...(found.get(row.order_id) ?? []), saidRow(row)]);
  return found;
}

function saidRow(row: KeptRow): SaidRow {
  return {
    fileId: row.file_id,
    line: row.line,
    file: row.name,
    receivedAt: fromUtcText(row.claimed_utc),
    answer: row.answer,
    itemCode: row.item_code,
    quantity: row.quantity,
    tracking: row.tracking === null ? [] : (JSON.parse(row.tracking) as string[]),
    carrier: row.carrier,
    shipMethodId: row.ship_method_id,
    happened:
      row.happened_utc === null ? null : { at: fromUtcText(row.happened_utc), bare: row.happened_bare === 1 },
    reason: row.said,
    repeats: row.repeats === 1,
  };
}

/** Hand-overs of these orders to a 3PL, oldest first. */
export async function handOvers(
  session: Session,
  step: { readonly pipeline: string; readonly step: string },
  threePl: string,
  orderIds: readonly number[],
): Promise<Map<number, HandedOver[]>> {
  const rows = await session.all<HandedOver>(sql(session.engine, 'reads/handed_over'), {
    ...step,
    three_pl: threePl,
    item_keys: JSON.stringify(orderIds.map(String)),
  });
  const found = new Map<number, HandedOver[]>();
  for (const row of rows) found.set(row.order_id, [...(found.get(row.order_id) ?? []), row]);
  return found;
}

/** Since when (UTC text) a 3PL is known to have these orders. */
export async function linkedSince(
  session: Session,
  threePl: string,
  orderIds: readonly number[],
): Promise<Map<number, string>> {
  const rows = await session.all<{ exigo_order_id: number; linked_utc: string }>(
    sql(session.engine, 'reads/linked_since'),
    { three_pl: threePl, order_ids: JSON.stringify(orderIds) },
  );
  return new Map(rows.map((row) => [row.exigo_order_id, row.linked_utc]));
}

/** The 3PL that has each of these orders from us: the last one that got it. */
export async function handedTo(session: Session, orderIds: readonly number[]): Promise<Map<number, string>> {
  if (orderIds.length === 0) return new Map();
  const rows = await session.all<{ exigo_order_id: number; system: string }>(
    sql(session.engine, 'reads/handed_to'),
    { order_ids: JSON.stringify(orderIds) },
  );
  return new Map(rows.map(({ exigo_order_id, system }) => [exigo_order_id, system]));
}

const SOURCE = 'inbox/';

/** The 3PL that each of these change sets came from. */
export async function threePlsOfChangeSets(
  session: Session,
  changeSetIds: readonly number[],
): Promise<Map<number, string>> {
  const rows = await session.all<{ change_set_id: number; source: string }>(
    sql(session.engine, 'reads/inbox_sources'),
    { change_set_ids: JSON.stringify([...new Set(changeSetIds)]) },
  );
  return new Map(rows.map(({ change_set_id, source }) => [change_set_id, source.slice(SOURCE.length)]));
}

/** Orders that the file of a change set says something new of, above `after`, ascending. */
export async function saidOrders(
  session: Session,
  changeSetId: number,
  after: number,
  limit: number,
): Promise<number[]> {
  const statement = sql(session.engine, 'reads/said_orders');
  const parameters = { change_set_id: changeSetId, after, limit };
  const rows = await session.all<{ order_id: number }>(statement, parameters);
  return rows.map(({ order_id }) => order_id);
}

/** Faulty rows of the file of a change set that have no item in a batch yet. */
export async function faultyRows(
  session: Session,
  of: { readonly changeSetId: number; readonly batchId: number },
  limit: number,
): Promise<FaultyInboxRow[]> {
  return session.all<FaultyInboxRow>(sql(session.engine, 'reads/faulty_rows'), {
    change_set_id: of.changeSetId,
    batch_id: of.batchId,
    limit,
  });
}

/** Which of these orders a status step has on its way. */
export async function sendingOrders(
  session: Session,
  step: { readonly pipeline: string; readonly step: string },
  orderIds: readonly number[],
): Promise<number[]> {
  const statement = sql(session.engine, 'reads/moved_elsewhere');
  const parameters = { ...step, order_ids: JSON.stringify(orderIds) };
  const rows = await session.all<{ order_id: number }>(statement, parameters);
  return rows.map(({ order_id }) => order_id);
}

/** A faulty row with its file. */
export interface KeptFault extends FaultyInboxRow {
  readonly kind: string;
  readonly claimed_utc: string;
}

export async function faultOf(
  session: Session,
  fileId: number,
  line: number,
): Promise<KeptFault | undefined> {
  const row = await session.get<
    Omit<KeptFault, 'code' | 'fault'> & { code: string | null; fault: string | null }
  >(sql(session.engine, 'reads/inbox_row'), { file_id: fileId, line });
  return row?.code == null ? undefined : { ...row, code: row.code, fault: row.fault ?? '' };
}
