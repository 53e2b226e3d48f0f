import { FreezeError } from '../../core/errors.js';
import type { QueueTable } from '../../core/exigo-tables.js';
import type { Parameters, Session } from '../../db/database.js';
import { refreshRequest } from '../../db/queue-refresh.js';
import { askSourceCatalogue } from '../../db/source-catalogue.js';
import { sql } from '../../db/sql.js';
import { readFacts, watermarksRequest } from '../ledger/watermarks.js';
import { type SourceColumns, sourceColumns } from './columns.js';
import { askForVersions, versionsAreThere } from './versions.js';

/** One Exigo database has one queue, so there is one source of this kind per installation. */
export const SOURCE = 'exigo';

/** Times of ModifiedDate, US Central text. */
export interface Range {
  readonly startAt: string;
  /** Excluded. */
  readonly endAt: string;
}

export interface TableCount {
  readonly table_name: string;
  readonly in_queue: number;
  readonly newest: string | null;
}

/** Tables whose rows are frozen by their own stamp, with their keys. */
export const OTHER_TABLES = [
  ['Payments', 'PaymentID'],
  ['Customers', 'CustomerID'],
  ['CustomerAccounts', 'CustomerID'],
  ['CustomerSites', 'CustomerID'],
] as const satisfies readonly (readonly [QueueTable, string])[];

export type OtherTable = (typeof OTHER_TABLES)[number][0];

export interface Known {
  readonly columns: SourceColumns;
  /** Small facts by name, see `ledger/watermarks`. */
  readonly facts: ReadonlyMap<string, string>;
  /** Whether an order was ever frozen. */
  readonly versions: boolean;
}

/**
 * Where a freeze finds `dbo` and `queue`. The steps of a freeze and its statements are the same wherever they
 * are; before a step that names them, `bring...` sees to it that the rows are there.
 */
export interface FreezeSource {
  /** The session of our state, on which every statement of the freeze runs. */
  readonly session: Session;
  /** The columns there, and what earlier freezes noted. */
  known(): Promise<Known>;
  /** Empties the work tables of the steps. Gives UTC by the clock of our state, US Central by that of the sync database. */
  begin(): Promise<Clocks>;
  /** `queue.Refresh`, verified; what the snapshot holds, by table. */
  refresh(start: string): Promise<readonly TableCount[]>;
  /** Keys of the snapshot's orders, lines and payments. */
  bringSnapshot(start: string): Promise<void>;
  /** State of the Accepted orders since `first` and of those we know as open. */
  bringOpenOrders(first: string): Promise<void>;
  /** State of the orders by ModifiedDate; without an end to now. */
  bringOrders(startAt: string, endAt?: string): Promise<void>;
  /** What a signature is made of, for the candidates. */
  bringSignatures(): Promise<void>;
  /** Keys and stamps of another table by ModifiedDate. */
  bringStamps(table: OtherTable, startAt: string, endAt?: string): Promise<void>;
  /** The kept orders with all that is theirs, and the rows of the other tables, whole. */
  bringWhole(): Promise<void>;
  /** The freeze has what it needs. */
  end(): Promise<void>;
}

/** `dbo` and `queue` are in the database of our state: everything is there. */
export class OwnDatabase implements FreezeSource {
  constructor(readonly session: Session) {}

  async known(): Promise<Known> {
    const { engine } = this.session;
    const [catalogue, facts, version] = await this.session.several([
      askSourceCatalogue(engine),
      watermarksRequest(engine, SOURCE),
      askForVersions(engine),
    ]);
    return {
      columns: sourceColumns(engine, catalogue),
      facts: readFacts(facts),
      versions: versionsAreThere(version),
    };
  }

  async begin(): Promise<Clocks> {
    const { engine } = this.session;
    const [, now] = await this.session.several([
      { statement: sql(engine, 'freeze/begin') },
      { statement: sql(engine, 'freeze/now') },
    ]);
    return clocksOf(now?.rows[0] as unknown as Clocks | undefined);
  }

  refresh(start: string): Promise<readonly TableCount[]> {
    return refreshVerified(this.session, start);
  }

  async bringSnapshot(): Promise<void> {}
  async bringOpenOrders(): Promise<void> {}
  async bringOrders(): Promise<void> {}
  async bringSignatures(): Promise<void> {}
  async bringStamps(): Promise<void> {}
  async bringWhole(): Promise<void> {}
  async end(): Promise<void> {}
}

/** Runs a statement of `sql/` where the freeze runs, with the next one whose result is needed. */
export async function runOn(source: FreezeSource, name: string, parameters: Parameters = {}): Promise<void> {
  await source.session.later(sql(source.session.engine, name), parameters);
}

export interface Clocks {
  readonly utc_now: string;
  readonly exigo_now: string;
}

export async function readClocks(session: Session): Promise<Clocks> {
  return clocksOf(await session.get<Clocks>(sql(session.engine, 'freeze/now')));
}

function clocksOf(clocks: Clocks | undefined): Clocks {
  if (clocks === undefined) throw new FreezeError('CLOCK', 'the database gave no time; nothing was frozen');
  return clocks;
}

/** Runs `queue.Refresh`; throws {@link FreezeError} when the snapshot holds less than `dbo` held right before. */
export async function refreshVerified(session: Session, start: string): Promise<readonly TableCount[]> {
  const [before, , after] = await session.several([
    { statement: sql(session.engine, 'freeze/before_refresh'), parameters: { start } },
    refreshRequest(session.engine, start),
    { statement: sql(session.engine, 'freeze/after_refresh'), parameters: { start } },
  ]);
  const expected = (before?.rows ?? []) as unknown as { table_name: string; in_dbo: number }[];
  const tables = (after?.rows ?? []) as unknown as TableCount[];
  for (const { table_name, in_queue } of tables) {
    const in_dbo = expected.find((one) => one.table_name === table_name)?.in_dbo ?? 0;
    if (in_queue < in_dbo) {
      throw new FreezeError(
        'REFRESH_SHORT',
        `queue.Refresh '${start}' left ${in_queue} rows in queue.${table_name}, dbo.${table_name} had ${in_dbo} ` +
          'since then: the snapshot is not trusted, nothing was frozen, the next run repeats the same start',
      );
    }
  }
  return tables;
}
