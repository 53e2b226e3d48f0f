import { InvariantError } from '../../core/errors.js';
import type { Parameters, Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** A file of a 3PL that is not settled. */
export interface OpenInboxFile {
  readonly file_id: number;
  readonly kind: string;
  readonly name: string;
  readonly state: 'claimed' | 'archived';
  readonly claimed_utc: string;
  readonly archive: string | null;
  readonly bytes: number | null;
  readonly lines_read: number;
  readonly good: number;
  readonly faulty: number;
  readonly repeated: number;
}

/** A row as it is kept; see the table. */
export interface InboxRow extends Parameters {
  readonly file_id: number;
  readonly line: number;
  readonly three_pl: string;
  readonly order_id: number | null;
  /** JSON: list of numbers. */
  readonly tracking: string | null;
  readonly code: string | null;
}

export interface InboxCopy {
  /** Relative to the state directory, with slashes. */
  readonly archive: string;
  readonly bytes: number;
  readonly sha256: string;
}

export async function claimInboxFile(
  session: Session,
  file: {
    readonly threePl: string;
    readonly kind: string;
    readonly name: string;
    /** It is read where it lies, and left there. */
    readonly shadow: boolean;
    readonly now: string;
  },
): Promise<number> {
  const { threePl, kind, name, shadow, now } = file;
  const parameters = { three_pl: threePl, kind, name, shadow: shadow ? 1 : 0, now };
  const statement = sql(session.engine, 'ledger/insert_inbox_file');
  const row = await session.get<{ file_id: number }>(statement, parameters);
  if (row === undefined) throw new InvariantError('ledger/insert_inbox_file gave no row');
  return row.file_id;
}

export function openInboxFiles(session: Session, threePl: string): Promise<OpenInboxFile[]> {
  return session.all<OpenInboxFile>(sql(session.engine, 'ledger/open_inbox_files'), { three_pl: threePl });
}

/** Names by id of those files that are settled and have their copy. */
export async function settledInboxFiles(
  session: Session,
  threePl: string,
  fileIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (fileIds.length === 0) return new Map();
  const parameters = { three_pl: threePl, file_ids: JSON.stringify(fileIds) };
  const rows = await session.all<{ file_id: number; name: string }>(
    sql(session.engine, 'ledger/settled_inbox_files'),
    parameters,
  );
  return new Map(rows.map(({ file_id, name }) => [file_id, name]));
}

/** Notes the copy. The name of the file that had the same content before, which makes this one `repeated`; or null. */
export async function noteArchived(
  session: Session,
  fileId: number,
  threePl: string,
  copy: InboxCopy,
  now: string,
): Promise<string | null> {
  const first = await session.get<{ file_id: number; name: string }>(
    sql(session.engine, 'ledger/inbox_file_with_content'),
    { three_pl: threePl, sha256: copy.sha256 },
  );
  const repeated = first !== undefined;
  await session.run(sql(session.engine, 'ledger/inbox_file_archived'), {
    file_id: fileId,
    state: repeated ? 'repeated' : 'archived',
    ...copy,
    reason: repeated ? `its content is that of ${first.name} (file ${first.file_id})` : null,
    settled: repeated ? now : null,
  });
  return first?.name ?? null;
}

/** Sets a file aside, or says that it is gone; what was read of it is forgotten. */
export async function endInboxFile(
  session: Session,
  fileId: number,
  end: {
    readonly state: 'aside' | 'gone';
    readonly code: string;
    readonly reason: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_inbox_tracking'), { file_id: fileId, line: null });
  await session.run(sql(session.engine, 'ledger/drop_inbox_rows'), { file_id: fileId });
  await session.run(sql(session.engine, 'ledger/inbox_file_ended'), { file_id: fileId, ...end });
}

export interface ReadSoFar {
  readonly lines_read: number;
  readonly good: number;
  readonly faulty: number;
  readonly repeated: number;
}

/** Keeps the rows of a page, and how far the file was read. */
export async function keepInboxRows(
  session: Session,
  fileId: number,
  rows: readonly InboxRow[],
  soFar: ReadSoFar,
): Promise<void> {
  if (rows.length > 0) await session.runMany(sql(session.engine, 'ledger/insert_inbox_row'), rows);
  await keepLaterNumbers(session, rows);
  await session.run(sql(session.engine, 'ledger/inbox_file_read'), { file_id: fileId, ...soFar });
}

/** Keeps what was read of a faulty row the second time. */
export async function mendInboxRow(session: Session, row: InboxRow): Promise<void> {
  const { file_id, line } = row;
  await session.run(sql(session.engine, 'ledger/mend_inbox_row'), row);
  await session.run(sql(session.engine, 'ledger/drop_inbox_tracking'), { file_id, line });
  await keepLaterNumbers(session, [row]);
}

/** The first number of a row is found by the row itself; most rows have no other. */
async function keepLaterNumbers(session: Session, rows: readonly InboxRow[]): Promise<void> {
  const numbers = rows.flatMap(({ file_id, line, tracking }) => {
    const [, ...later] = tracking === null ? [] : (JSON.parse(tracking) as readonly string[]);
    return [...new Set(later)].map((number) => ({ number, file_id, line }));
  });
  if (numbers.length > 0) await session.runMany(sql(session.engine, 'ledger/insert_inbox_tracking'), numbers);
}

/** Of these orders of Exigo, those that the 3PL has from us, and those that there are at all. */
export async function ordersOfThreePl(
  session: Session,
  threePl: string,
  orderIds: readonly number[],
): Promise<{ readonly linked: ReadonlySet<number>; readonly known: ReadonlySet<number> }> {
  if (orderIds.length === 0) return { linked: new Set(), known: new Set() };
  const order_ids = JSON.stringify(orderIds);
  const [linked, known] = await session.several([
    { statement: sql(session.engine, 'ledger/inbox_links'), parameters: { three_pl: threePl, order_ids } },
    { statement: sql(session.engine, 'ledger/inbox_known_orders'), parameters: { order_ids } },
  ]);
  const idsOf = (rows: readonly Parameters[] = []) => new Set(rows.map(({ order_id }) => Number(order_id)));
  return { linked: idsOf(linked?.rows), known: idsOf(known?.rows) };
}

/** Orders of Exigo by their number at GoDataFeed or its marketplace: usually one. */
export async function ordersOfMarketplaces(
  session: Session,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (numbers.length === 0) return new Map();
  const rows = await session.all<{ number: string; order_id: number }>(
    sql(session.engine, 'ledger/inbox_marketplace_orders'),
    { numbers: JSON.stringify(numbers) },
  );
  const found = new Map<string, number[]>();
  for (const { number, order_id } of rows) {
    const ids = found.get(number) ?? [];
    if (!ids.includes(order_id)) found.set(number, [...ids, order_id]);
  }
  return found;
}

export interface SaidBefore {
  readonly order_id: number;
  readonly content: string;
  readonly first_file: number;
  readonly last_file: number;
}

export function saidBefore(
  session: Session,
  threePl: string,
  orderIds: readonly number[],
  contents: readonly string[],
): Promise<SaidBefore[]> {
  if (orderIds.length === 0) return Promise.resolve([]);
  return session.all<SaidBefore>(sql(session.engine, 'ledger/inbox_said_before'), {
    three_pl: threePl,
    order_ids: JSON.stringify(orderIds),
    contents: JSON.stringify(contents),
  });
}
