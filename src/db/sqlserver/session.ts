import sql from 'mssql';
import type { Clock } from '../../core/clock.js';
import { InvariantError } from '../../core/errors.js';
import type {
  Answer,
  CatalogueColumn,
  LoadColumn,
  Parameters,
  Request,
  Statement,
  StreamingSession,
  TableName,
  Value,
} from '../database.js';
import { CATALOGUE, type CatalogueRow, declaredType } from './catalogue.js';
import { times, withClock } from './clock.js';
import { mapSqlServerError, STATE_KEY } from './errors.js';
import { answersOf, batchesOf, type Joined, join } from './joined.js';
import { limitOf } from './limits.js';
import { loadTable } from './load.js';
import { withSettings } from './settings.js';
import { StopWatch } from './stop.js';
import { bind, fromDriver, readSet } from './values.js';

type Origin = sql.ConnectionPool | sql.Transaction;

interface Prepared {
  readonly request: sql.Request;
  readonly text: string;
  /** Nothing is bound. */
  readonly plain: boolean;
}

/** The driver takes a limit for each request; its types do not know yet. */
const TimedRequest = sql.Request as new (
  origin: Origin,
  overrides: { readonly requestTimeout: number },
) => sql.Request;

/** Statements on the pool or in one transaction, one at a time. */
export class SqlServerSession implements StreamingSession {
  readonly engine = 'sqlserver';
  private readonly waiting: Request[] = [];
  /** A second statement in the same transaction waits for the first: TDS carries one at a time. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    protected readonly origin: Origin,
    private readonly clock: Clock | null,
    private readonly stop: AbortSignal | null,
    /** Where the settings of its database are, for what is said of it. */
    readonly key = STATE_KEY,
  ) {}

  async all<T>(statement: Statement, parameters: Parameters = {}): Promise<T[]> {
    if (this.waiting.length > 0) return (await this.last(statement, parameters)).rows as T[];
    const result = await this.query(statement, parameters, false);
    return readSet(lastSet(result)) as T[];
  }

  async rows(statement: Statement, parameters: Parameters = {}): Promise<Value[][]> {
    await this.flush();
    const result = await this.query(statement, parameters, true);
    return (lastSet(result) as unknown as unknown[][]).map((row) => row.map(fromDriver));
  }

  async get<T>(statement: Statement, parameters: Parameters = {}): Promise<T | undefined> {
    return (await this.all<T>(statement, parameters))[0];
  }

  async run(statement: Statement, parameters: Parameters = {}): Promise<number> {
    if (this.waiting.length > 0) return (await this.last(statement, parameters)).changes;
    const result = await this.query(statement, parameters, false);
    return result.rowsAffected.at(-1) ?? 0;
  }

  async several(requests: readonly Request[]): Promise<Answer[]> {
    const waited = this.waiting.length;
    const all = [...this.waiting.splice(0), ...requests];
    const answers: Answer[] = [];
    for (const batch of batchesOf(all.map((one) => this.timed(one)))) {
      answers.push(...(await this.sendJoined(join(batch))));
    }
    return answers.slice(waited);
  }

  async later(statement: Statement, parameters: Parameters = {}): Promise<void> {
    this.waiting.push({ statement, parameters });
  }

  /** What waits for a next statement, when there is none. */
  async flush(): Promise<void> {
    if (this.waiting.length > 0) await this.several([]);
  }

  /** As one transaction, which the batch begins and commits itself. */
  protected async severalAtomically(requests: readonly Request[]): Promise<Answer[]> {
    const joined = join(requests.map((one) => this.timed(one)));
    const text = withSettings(`BEGIN TRANSACTION;\n${joined.text}\nCOMMIT TRANSACTION;`);
    return this.sendJoined({ ...joined, text }, true);
  }

  /** `commits`: the batch ends its own transaction, so without its answer nobody knows whether it was done. */
  private async sendJoined(joined: Joined, commits = false): Promise<Answer[]> {
    const { name, text, parameters } = joined;
    const result = await this.inTurn(() => this.send({ name, text }, parameters, false, commits));
    return answersOf(joined, setsOf(result).map(readSet));
  }

  private async last(statement: Statement, parameters: Parameters): Promise<Answer> {
    const [answer] = await this.several([{ statement, parameters }]);
    if (answer === undefined) throw new InvariantError(`${statement.name} gave no answer`);
    return answer;
  }

  /** A statement that takes `@rows` gets all sets as one JSON list; others cost a round trip per set, about 1 ms. */
  async runMany(statement: Statement, sets: readonly Parameters[]): Promise<number> {
    if (sets.length === 0) return 0;
    await this.flush();
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

  async load(table: string, columns: readonly LoadColumn[], rows: readonly Value[][]): Promise<void> {
    if (rows.length === 0) return;
    await this.flush();
    await this.inTurn(async () => {
      try {
        await this.request(`load ${table}`).bulk(loadTable(table, columns, rows));
      } catch (error) {
        throw mapSqlServerError(`load ${table}`, error, this);
      }
    });
  }

  async *batches(statement: Statement, parameters: Parameters, size: number): AsyncGenerator<Value[][]> {
    await this.flush();
    let leave = () => {};
    const before = this.tail;
    this.tail = new Promise<void>((resolve) => {
      leave = resolve;
    });
    await before;
    const { request, text } = this.prepare(statement, parameters);
    request.arrayRowMode = true;
    const watch = new StopWatch(this.stop, request);
    const rows = request.toReadableStream({ highWaterMark: size });
    // What goes wrong comes through the stream; the request's own end is only waited for.
    const ended = request.query(text).then(
      () => undefined,
      () => undefined,
    );
    try {
      let batch: Value[][] = [];
      for await (const row of rows as AsyncIterable<unknown[]>) {
        if (batch.push(row.map(fromDriver)) < size) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } catch (error) {
      throw mapSqlServerError(statement.name, watch.translate(error), this);
    } finally {
      watch.end();
      if (!rows.readableEnded) {
        rows.destroy();
        request.cancel();
      }
      await ended;
      leave();
    }
  }

  private async query(
    statement: Statement,
    parameters: Parameters,
    arrays: boolean,
  ): Promise<sql.IResult<unknown>> {
    return this.inTurn(() => this.send(statement, parameters, arrays));
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private request(name: string): sql.Request {
    return new TimedRequest(this.origin, { requestTimeout: limitOf(name) });
  }

  private prepare(statement: Statement, values: Parameters): Prepared {
    const request = this.request(statement.name);
    const { statement: timed, parameters = {} } = this.timed({ statement, parameters: values });
    for (const [name, value] of Object.entries(parameters)) bind(request, name, value);
    const text = this.origin instanceof sql.ConnectionPool ? timed.text : withSettings(timed.text);
    return { request, text, plain: Object.keys(parameters).length === 0 };
  }

  /** With the clock in its place, and the parameters that it uses. */
  private timed({ statement, parameters = {} }: Request): Request {
    const text = withClock(statement.text, this.clock);
    const all = this.clock === null ? parameters : { ...parameters, ...times(this.clock) };
    const used = Object.entries(all).filter(([name]) => new RegExp(`@${name}\\b`).test(text));
    return { statement: { name: statement.name, text }, parameters: Object.fromEntries(used) };
  }

  private async send(
    statement: Statement,
    parameters: Parameters,
    arrays: boolean,
    commits = false,
  ): Promise<sql.IResult<unknown>> {
    const { request, text, plain } = this.prepare(statement, parameters);
    if (arrays) request.arrayRowMode = true;
    const watch = new StopWatch(this.stop, request);
    try {
      // Without parameters as a plain batch: a work table made by sp_executesql would vanish with it.
      return plain ? await request.batch(text) : await request.query(text);
    } catch (error) {
      throw mapSqlServerError(statement.name, watch.translate(error), { committing: commits, key: this.key });
    } finally {
      watch.end();
    }
  }
}

function setsOf(result: sql.IResult<unknown>): unknown[][] {
  return result.recordsets as unknown[][];
}

function lastSet(result: sql.IResult<unknown>): unknown[] {
  return setsOf(result).at(-1) ?? [];
}
