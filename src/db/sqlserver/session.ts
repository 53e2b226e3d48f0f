import sql from 'mssql';
import type { Clock } from '../../core/clock.js';
import { toExigoText, toUtcText } from '../../core/time.js';
import type { CatalogueColumn, Parameters, Session, Statement, TableName, Value } from '../database.js';
import { mapSqlServerError } from './errors.js';
import { bind, fromDriver, wholeNumber } from './values.js';

type Origin = sql.ConnectionPool | sql.Transaction;

/** Statements on the pool or in one transaction, one at a time. */
export class SqlServerSession implements Session {
  readonly engine = 'sqlserver';
  /** A second statement in the same transaction waits for the first: TDS carries one at a time. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    protected readonly origin: Origin,
    private readonly clock: Clock | null,
  ) {}

  async all<T>(statement: Statement, parameters: Parameters = {}): Promise<T[]> {
    const result = await this.query(statement, parameters, false);
    const set = lastSet(result) as sql.IRecordSet<Record<string, unknown>>;
    const whole = new Set(
      Object.values(set.columns ?? {})
        .filter(isBigInt)
        .map(({ name }) => name),
    );
    return set.map((row) => {
      const read: Record<string, Value> = {};
      for (const [name, value] of Object.entries(row)) {
        read[name] = whole.has(name) ? wholeNumber(value) : fromDriver(value);
      }
      return read as T;
    });
  }

  async rows(statement: Statement, parameters: Parameters = {}): Promise<Value[][]> {
    const result = await this.query(statement, parameters, true);
    return (lastSet(result) as unknown as unknown[][]).map((row) => row.map(fromDriver));
  }

  async get<T>(statement: Statement, parameters: Parameters = {}): Promise<T | undefined> {
    return (await this.all<T>(statement, parameters))[0];
  }

  async run(statement: Statement, parameters: Parameters = {}): Promise<number> {
    const result = await this.query(statement, parameters, false);
    return result.rowsAffected.at(-1) ?? 0;
  }

  /** A statement that takes `@rows` gets all sets as one JSON list; others cost a round trip per set, about 1 ms. */
  async runMany(statement: Statement, sets: readonly Parameters[]): Promise<number> {
    if (sets.length === 0) return 0;
    if (/@rows\b/.test(statement.text)) return this.run(statement, { rows: JSON.stringify(sets) });
    let changes = 0;
    for (const parameters of sets) changes += await this.run(statement, parameters);
    return changes;
  }

  async columns(table: TableName): Promise<CatalogueColumn[]> {
    const [schema = '', name = ''] = table.split('.');
    const rows = await this.all<CatalogueRow>(CATALOGUE, { schema, name });
    return rows.map((row) => ({ name: row.name, type: declaredType(row) }));
  }

  private async query(
    statement: Statement,
    parameters: Parameters,
    arrays: boolean,
  ): Promise<sql.IResult<unknown>> {
    const turn = this.tail.then(() => this.send(statement, parameters, arrays));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async send(
    statement: Statement,
    parameters: Parameters,
    arrays: boolean,
  ): Promise<sql.IResult<unknown>> {
    const request =
      this.origin instanceof sql.ConnectionPool ? new sql.Request(this.origin) : new sql.Request(this.origin);
    if (arrays) request.arrayRowMode = true;
    const text = withClock(statement.text, this.clock);
    const all = this.clock === null ? parameters : { ...parameters, ...times(this.clock) };
    const used = Object.entries(all).filter(([name]) => new RegExp(`@${name}\\b`).test(text));
    for (const [name, value] of used) bind(request, name, value);
    try {
      // Without parameters as a plain batch: a work table made by sp_executesql would vanish with it.
      return used.length === 0 ? await request.batch(text) : await request.query(text);
    } catch (error) {
      throw mapSqlServerError(statement.name, error);
    }
  }
}

/**
 * `utc_now()` and `exigo_now()` are functions of the embedded engine; here they stand for the server's own
 * clock, or for one that is passed in, so that no test waits.
 */
function withClock(text: string, clock: Clock | null): string {
  return text
    .replaceAll(
      'utc_now()',
      clock === null ? 'CAST(SYSUTCDATETIME() AS DATETIME2(3))' : 'CAST(@utc_now AS DATETIME2(3))',
    )
    .replaceAll(
      'exigo_now()',
      clock === null
        ? "CAST(SYSUTCDATETIME() AT TIME ZONE 'UTC' AT TIME ZONE 'Central Standard Time' AS DATETIME2(3))"
        : 'CAST(@exigo_now AS DATETIME2(3))',
    );
}

function times(clock: Clock): Parameters {
  return { utc_now: toUtcText(clock.now()), exigo_now: toExigoText(clock.now()) };
}

function lastSet(result: sql.IResult<unknown>): unknown[] {
  const sets = result.recordsets as unknown[][];
  return sets.at(-1) ?? [];
}

function isBigInt({ type }: { readonly type: unknown }): boolean {
  return type === sql.BigInt;
}

interface CatalogueRow {
  readonly name: string;
  readonly data_type: string;
  readonly length: number | null;
  readonly numeric_precision: number | null;
  readonly numeric_scale: number | null;
  readonly datetime_precision: number | null;
}

const CATALOGUE: Statement = {
  name: 'catalogue/columns',
  text: `SELECT COLUMN_NAME AS name, DATA_TYPE AS data_type, CHARACTER_MAXIMUM_LENGTH AS length,
    NUMERIC_PRECISION AS numeric_precision, NUMERIC_SCALE AS numeric_scale, DATETIME_PRECISION AS datetime_precision
    FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @name ORDER BY ORDINAL_POSITION`,
};

/** The type as `ALTER TABLE ... ADD` takes it. */
function declaredType(row: CatalogueRow): string {
  const type = row.data_type.toLowerCase();
  // Its values are the server's to give; a copy keeps them as what they are, eight bytes.
  if (type === 'timestamp' || type === 'rowversion') return 'binary(8)';
  if (/^n?(var)?char$|^(var)?binary$/.test(type))
    return `${type}(${row.length === -1 || row.length === null ? 'max' : row.length})`;
  if (type === 'decimal' || type === 'numeric')
    return `${type}(${row.numeric_precision}, ${row.numeric_scale})`;
  if (type === 'datetime2' || type === 'datetimeoffset' || type === 'time')
    return `${type}(${row.datetime_precision ?? 7})`;
  return type;
}
