import { codeOf } from '../core/errors.js';

/** What a column may hold once it is read: money, decimals, bigint and dates are text, bit is 0 or 1. */
export type Value = string | number | Uint8Array | null;
export type Parameters = Readonly<Record<string, Value>>;

/**
 * A statement with its name for errors and plans. Text comes from `sql/` (see {@link sql}); parameters
 * are named `@likeThis` on both engines.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A statement with its values. */
export interface Request {
  readonly statement: Statement;
  readonly parameters?: Parameters;
}

/** What one of {@link Session.several} gave. */
export interface Answer {
  /** Rows of its last result; empty where it has none. */
  readonly rows: readonly Readonly<Record<string, Value>>[];
  /** Rows that its last statement changed. */
  readonly changes: number;
}

/** Something statements run on: the pool outside a transaction, or one transaction. */
export interface Session {
  readonly engine: Engine;
  /** All rows. Only for results that are small by nature or limited by a page size. */
  all<T>(statement: Statement, parameters?: Parameters): Promise<T[]>;
  /** Rows as arrays, in the order of the select list; the fast way to read wide pages. */
  rows(statement: Statement, parameters?: Parameters): Promise<Value[][]>;
  /** First row or undefined. */
  get<T>(statement: Statement, parameters?: Parameters): Promise<T | undefined>;
  /** Runs one statement, or a file of several in order; returns the rows the last one changed. */
  run(statement: Statement, parameters?: Parameters): Promise<number>;
  /** Runs the statements in order, in as few round trips as the engine allows, and gives the answer of each. */
  several(requests: readonly Request[]): Promise<Answer[]>;
  /**
   * Runs a statement whose result nobody needs before the next one of this session or the commit, in the same
   * round trip. What goes wrong with it comes with that one.
   */
  later(statement: Statement, parameters?: Parameters): Promise<void>;
  /** The same statement for many parameter sets, prepared once; returns rows changed in total. */
  runMany(statement: Statement, sets: readonly Parameters[]): Promise<number>;
  /** Columns of a table from the engine's catalogue, in order; empty when there is no such table. */
  columns(table: TableName): Promise<CatalogueColumn[]>;
  /** Loads rows into a work table of this transaction, the fast way of the engine; values in the order of `columns`. */
  load(table: string, columns: readonly LoadColumn[], rows: readonly Value[][]): Promise<void>;
}

/** A column of a work table that is loaded: text of at most so many characters, or bytes. */
export interface LoadColumn {
  readonly name: string;
  readonly kind: 'text' | 'bytes';
  readonly length: number | 'max';
}

/** A session whose results may be larger than memory. */
export interface StreamingSession extends Session {
  /** Rows as arrays, `size` at a time. The server is held back while the caller works on one batch. */
  batches(statement: Statement, parameters: Parameters, size: number): AsyncIterable<Value[][]>;
}

export interface CatalogueColumn {
  readonly name: string;
  /** Type as the engine declares it, ready for `ALTER TABLE ... ADD`. */
  readonly type: string;
}

export type Engine = 'sqlite' | 'sqlserver';

/** `dbo.Orders`, `queue.Orders`, `etl.batch`: the same spelling on both engines. */
export type TableName = `${'dbo' | 'queue' | 'etl'}.${string}`;

export interface Database extends Session {
  /**
   * Runs the work in one transaction of its own; commits when it returns, rolls back when it throws.
   * Transactions of one Database run one after another. Never use the Database itself inside.
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** A transaction of statements that are known beforehand, in one round trip where the engine has any. */
  atomically(requests: readonly Request[]): Promise<Answer[]>;
  close(): Promise<void>;
}

/** A database that is only read, and read at length: the sync database, where our state is elsewhere. */
export interface SyncDatabase extends Database {
  transaction<T>(work: (session: StreamingSession) => Promise<T>): Promise<T>;
  batches: StreamingSession['batches'];
}

const DUPLICATE_KEY = new Set([
  'MSSQL_2627',
  'MSSQL_2601',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_UNIQUE',
]);

/** Whether a statement failed because its row is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return DUPLICATE_KEY.has(codeOf(error) ?? '');
}
