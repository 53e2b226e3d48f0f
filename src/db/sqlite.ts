import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Clock, SECOND } from '../core/clock.js';
import { codeOf, messageOf, OrderferryError, TransientError, UnreachableError } from '../core/errors.js';
import { toExigoText, toUtcText } from '../core/time.js';
import type {
  Answer,
  CatalogueColumn,
  Database,
  LoadColumn,
  Parameters,
  Request,
  Session,
  Statement,
  TableName,
  Value,
} from './database.js';

const BUSY_TIMEOUT = 30 * SECOND;
/**
 * A transaction that does not fit into the cache spills to the write-ahead log. When it writes a page once more that has
 * spilled, its COMMIT reads the log again, from there on, to mend the checksums: of a freeze of 200,000 orders 430 MB.
 * Copying touches some interior page every 20 MB, so 8 MiB bring that about and 24 do not; a freeze writes its small
 * tables before it copies, so that it does not come back to them. Readers gain nothing from more than 8.
 */
const WRITER_CACHE_KIB = 24 * 1024;
const READER_CACHE_KIB = 8 * 1024;

/**
 * The embedded engine: one file with the sync tables, the queue tables and our state. One connection
 * writes, inside transactions that run one after another; another one reads what is committed.
 *
 * better-sqlite3 works synchronously, so a transaction must await nothing but its own statements: then
 * no other task of the process can run while it holds the write lock.
 */
export function openSqlite(file: string, clock: Clock): Database {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const writer = connect(file, clock, WRITER_CACHE_KIB);
    const reader = file === ':memory:' ? writer : connect(file, clock, READER_CACHE_KIB);
    return new SqliteDatabase(writer, reader);
  } catch (error) {
    throw new UnreachableError(`embedded database ${file}: ${messageOf(error)}`, { cause: error });
  }
}

function connect(file: string, clock: Clock, cacheKib: number): Sqlite.Database {
  const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT });
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('temp_store = FILE');
  connection.pragma(`cache_size = -${cacheKib}`);
  // The database's own clock, as SQL Server has one: UTC for our tables, US Central for Exigo's.
  connection.function('utc_now', { deterministic: false }, () => toUtcText(clock.now()));
  connection.function('exigo_now', { deterministic: false }, () => toExigoText(clock.now()));
  return connection;
}

class SqliteSession implements Session {
  readonly engine = 'sqlite';

  constructor(
    protected readonly connection: Sqlite.Database,
    protected readonly prepared: Map<string, Sqlite.Statement[]>,
  ) {}

  async all<T>(statement: Statement, parameters: Parameters = {}): Promise<T[]> {
    return this.guard(statement, () => {
      const last = this.runAllButLast(statement, parameters);
      return last.raw(false).all(parameters) as T[];
    });
  }

  async rows(statement: Statement, parameters: Parameters = {}): Promise<Value[][]> {
    return this.guard(statement, () => {
      const last = this.runAllButLast(statement, parameters);
      return last.raw(true).all(parameters) as Value[][];
    });
  }

  async get<T>(statement: Statement, parameters: Parameters = {}): Promise<T | undefined> {
    return this.guard(statement, () => {
      const last = this.runAllButLast(statement, parameters);
      return last.raw(false).get(parameters) as T | undefined;
    });
  }

  async run(statement: Statement, parameters: Parameters = {}): Promise<number> {
    return this.guard(statement, () => {
      const last = this.runAllButLast(statement, parameters);
      return last.reader ? last.raw(false).all(parameters).length : last.run(parameters).changes;
    });
  }

  async several(requests: readonly Request[]): Promise<Answer[]> {
    return requests.map(({ statement, parameters = {} }) =>
      this.guard(statement, () => {
        const last = this.runAllButLast(statement, parameters);
        if (!last.reader) return { rows: [], changes: last.run(parameters).changes };
        const rows = last.raw(false).all(parameters) as Answer['rows'];
        return { rows, changes: rows.length };
      }),
    );
  }

  async later(statement: Statement, parameters: Parameters = {}): Promise<void> {
    await this.run(statement, parameters);
  }

  async runMany(statement: Statement, sets: readonly Parameters[]): Promise<number> {
    return this.guard(statement, () => {
      const [one] = this.prepare(statement);
      let changes = 0;
      if (one !== undefined) for (const parameters of sets) changes += one.run(parameters).changes;
      return changes;
    });
  }

  async columns(table: TableName): Promise<CatalogueColumn[]> {
    return this.connection
      .prepare('SELECT name, type FROM pragma_table_info(?)')
      .all(table) as CatalogueColumn[];
  }

  async load(table: string, columns: readonly LoadColumn[], rows: readonly Value[][]): Promise<void> {
    const names = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const statement = {
      name: `load ${table}`,
      text: `INSERT INTO ${table} (${names}) VALUES (${marks})`,
    };
    this.guard(statement, () => {
      const insert = this.prepareText(statement.text);
      for (const row of rows) insert.run(row);
    });
  }

  private runAllButLast(statement: Statement, parameters: Parameters): Sqlite.Statement {
    const parts = split(statement.text);
    // A file of several statements may create what a later one names: each is prepared when it is reached.
    for (const part of parts.slice(0, -1)) this.prepareText(part).run(parameters);
    return this.prepareText(parts[parts.length - 1] ?? '');
  }

  private prepare(statement: Statement): Sqlite.Statement[] {
    return split(statement.text).map((part) => this.prepareText(part));
  }

  private prepareText(text: string): Sqlite.Statement {
    let found = this.prepared.get(text);
    if (found === undefined) {
      found = [this.connection.prepare(text)];
      this.prepared.set(text, found);
    }
    return found[0] as Sqlite.Statement;
  }

  private guard<T>(statement: Statement, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw mapError(statement, error);
    }
  }
}

class SqliteDatabase extends SqliteSession implements Database {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly session: SqliteSession;

  constructor(
    private readonly writer: Sqlite.Database,
    private readonly reader: Sqlite.Database,
  ) {
    super(reader, new Map());
    this.session = new SqliteSession(writer, new Map());
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.tail.then(() => this.inTransaction(work));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  async atomically(requests: readonly Request[]): Promise<Answer[]> {
    return this.transaction((session) => session.several(requests));
  }

  async close(): Promise<void> {
    await this.tail;
    this.reader.close();
    if (this.writer !== this.reader) this.writer.close();
  }

  private async inTransaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = await work(this.session);
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.writer.inTransaction) this.writer.exec('ROLLBACK');
      throw error;
    }
  }

  private exec(text: string): void {
    try {
      this.writer.exec(text);
    } catch (error) {
      throw mapError({ name: text, text }, error);
    }
  }
}

const parts = new Map<string, string[]>();

/** Statements of a file end with `;` at the end of a line. */
function split(text: string): string[] {
  let found = parts.get(text);
  if (found === undefined) {
    found = text
      .split(/;[ \t]*(?:\n|$)/)
      .map((part) => part.trim())
      .filter((part) => part.replace(/^\s*--.*$/gm, '').trim() !== '');
    parts.set(text, found);
  }
  return found;
}

class StatementError extends OrderferryError {}

function mapError(statement: Statement, error: unknown): Error {
  if (error instanceof OrderferryError) return error;
  const code = codeOf(error) ?? 'SQLITE';
  const message = `${statement.name}: ${messageOf(error)}`;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TransientError(
      code,
      `${message} (another process is writing; the run stops here and goes on next time)`,
      {
        cause: error,
      },
    );
  }
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR')) {
    return new UnreachableError(`${message} (disk full or failing; nothing was changed)`, { cause: error });
  }
  return new StatementError(code, message, { cause: error });
}
