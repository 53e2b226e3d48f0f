import { loadColumn, unloaded } from './carried.js';
import type { CatalogueColumn, Session, Statement, TableName, Value } from './database.js';
import { quoteName } from './sql.js';

/**
 * A table of one connection that stands for one of the sync database: `#dbo_Orders` on SQL Server, a temporary
 * `"dbo.Orders"` in the embedded engine. {@link standIn} makes statements find it. A roll-back takes it away.
 */
export class WorkTable {
  private constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly columns: readonly CatalogueColumn[],
  ) {}

  /** Empty; one of the same name that an earlier step made is dropped. `indexed`: a column that is searched. */
  static async make(
    session: Session,
    table: TableName,
    columns: readonly CatalogueColumn[],
    key: readonly string[],
    indexed?: string,
  ): Promise<WorkTable> {
    const made = new WorkTable(session, workName(session, table), columns);
    const list = columns.map(
      ({ name, type }) => `${made.quoted(name)} ${type}${key.includes(name) ? ' NOT NULL' : ''}`,
    );
    const primary = key.map((name) => made.quoted(name)).join(', ');
    await made.drop();
    await made.run(
      'make',
      `CREATE ${session.engine === 'sqlite' ? 'TEMP ' : ''}TABLE ${made.bare} (${list.join(', ')}, PRIMARY KEY (${primary}))`,
    );
    if (indexed !== undefined) await made.index(indexed);
    if (session.engine === 'sqlserver') {
      const loaded = columns.map((column) => `${made.quoted(column.name)} ${loadedType(column)}`);
      await made.run('make', `CREATE TABLE ${made.name}_text (${loaded.join(', ')})`);
    }
    return made;
  }

  /** Takes rows whose values stand in the order of the columns, in the form of `readableColumns`. */
  async take(batches: AsyncIterable<Value[][]>): Promise<void> {
    const loads = this.columns.map(loadColumn);
    for await (const rows of batches) {
      if (this.session.engine === 'sqlite') await this.session.load(this.name, loads, rows);
      else {
        await this.session.load(`${this.name}_text`, loads, rows);
        await this.unload();
      }
    }
  }

  async drop(): Promise<void> {
    await this.run('drop', `DROP TABLE IF EXISTS ${this.name}`);
    if (this.session.engine === 'sqlserver') await this.run('drop', `DROP TABLE IF EXISTS ${this.name}_text`);
  }

  /** What was loaded as text becomes what it is. */
  private async unload(): Promise<void> {
    const names = this.columns.map(({ name }) => this.quoted(name)).join(', ');
    const values = this.columns.map(unloaded).join(', ');
    await this.run(
      'unload',
      `INSERT INTO ${this.name} (${names}) SELECT ${values} FROM ${this.name}_text; TRUNCATE TABLE ${this.name}_text`,
    );
  }

  private async index(column: string): Promise<void> {
    const text =
      this.session.engine === 'sqlite'
        ? `CREATE INDEX temp."work index of ${this.bare.slice(1, -1)}" ON ${this.bare} (${this.quoted(column)})`
        : `CREATE INDEX work_index ON ${this.name} (${this.quoted(column)})`;
    await this.run('index', text);
  }

  /** Without the schema `temp.`, as the embedded engine wants it in CREATE. */
  private get bare(): string {
    return this.name.replace(/^temp\./, '');
  }

  private quoted(name: string): string {
    return quoteName(this.session.engine, name);
  }

  private async run(what: string, text: string): Promise<void> {
    await this.session.run({ name: `${what} ${this.name}`, text });
  }
}

function loadedType(column: CatalogueColumn): string {
  const { kind, length } = loadColumn(column);
  return `${kind === 'bytes' ? 'varbinary' : 'nvarchar'}(${length}) NULL`;
}

function workName(session: Session, table: TableName): string {
  return session.engine === 'sqlite' ? `temp."${table}"` : `#${table.replace('.', '_')}`;
}

/**
 * The same session, on which `dbo` and `queue` are the work tables. The embedded engine finds its temporary
 * tables before others of the same name by itself.
 */
export function standIn(session: Session): Session {
  if (session.engine === 'sqlite') return session;
  const there = ({ name, text }: Statement): Statement => ({
    name,
    text: text.replace(/\b(dbo|queue)\.(?=\w)/g, '#$1_'),
  });
  return {
    engine: session.engine,
    all: (statement, parameters) => session.all(there(statement), parameters),
    rows: (statement, parameters) => session.rows(there(statement), parameters),
    get: (statement, parameters) => session.get(there(statement), parameters),
    run: (statement, parameters) => session.run(there(statement), parameters),
    several: (requests) =>
      session.several(requests.map((one) => ({ ...one, statement: there(one.statement) }))),
    later: (statement, parameters) => session.later(there(statement), parameters),
    runMany: (statement, sets) => session.runMany(there(statement), sets),
    columns: (table) => session.columns(table),
    load: (table, columns, rows) => session.load(table, columns, rows),
  };
}
