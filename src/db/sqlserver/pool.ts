import sql from 'mssql';
import { type Clock, SECOND } from '../../core/clock.js';
import type { SqlServerConfig } from '../../core/config.js';
import type { Answer, Parameters, Request, Statement, StreamingSession, SyncDatabase } from '../database.js';
import { mapOpenError, mapSqlServerError, STATE_KEY } from './errors.js';
import { LONGEST } from './limits.js';
import { guardLogin } from './login.js';
import { SqlServerSession } from './session.js';

export type { SqlServerConfig };

const CONNECT_TIMEOUT = 15 * SECOND;
const POOL = { min: 0, max: 4, idleTimeoutMillis: 30 * SECOND };

/**
 * The production engine. Throws UnreachableError or ConfigurationError when it does not let us in. Time is the
 * server's own, unless a clock is passed in. After `stop` a statement has a few seconds left, then it is cancelled.
 */
export async function openSqlServer(
  config: SqlServerConfig,
  clock: Clock | null = null,
  stop: AbortSignal | null = null,
  /** Where its settings are, for what is said of them. */
  key = STATE_KEY,
): Promise<SyncDatabase> {
  const pool = new sql.ConnectionPool(driverConfig(config, key));
  // A connection that is killed fails its statement, which tells; unheard, this event would end the process.
  pool.on('error', () => undefined);
  try {
    await pool.connect();
  } catch (error) {
    throw mapOpenError(nameOf(config), error, key);
  }
  return new SqlServerDatabase(pool, clock, stop, key);
}

/** The one place that knows the driver's settings. Dates are read and written as UTC, never in the host's zone. */
export function driverConfig(config: SqlServerConfig, key = STATE_KEY): sql.config {
  const where = { server: nameOf(config), key };
  return {
    server: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    connectionTimeout: CONNECT_TIMEOUT,
    requestTimeout: LONGEST,
    pool: POOL,
    // Looks at the socket. The default asks the server `SELECT 1` before every statement: a second round trip.
    validateConnection: 'socket',
    beforeConnect: (connection) => guardLogin(connection, config.encrypt, where),
    options: {
      appName: 'orderferry',
      encrypt: config.encrypt,
      trustServerCertificate: config.trustServerCertificate,
      useUTC: true,
      enableArithAbort: true,
      // A statement that fails must not leave half a transaction behind that then commits.
      abortTransactionOnError: true,
    },
  };
}

function nameOf({ host, port, database }: SqlServerConfig): string {
  return `${host}:${port}/${database}`;
}

class SqlServerDatabase extends SqlServerSession implements SyncDatabase {
  private tailOfTransactions: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: sql.ConnectionPool,
    private readonly testClock: Clock | null,
    private readonly stopSignal: AbortSignal | null,
    key: string,
  ) {
    super(pool, testClock, stopSignal, key);
  }

  async transaction<T>(work: (session: StreamingSession) => Promise<T>): Promise<T> {
    const turn = this.tailOfTransactions.then(() => this.inTransaction(work));
    this.tailOfTransactions = turn.catch(() => undefined);
    return turn;
  }

  /** Outside a transaction there is no commit to wait for, and the next statement may be anybody's. */
  override async later(statement: Statement, parameters: Parameters = {}): Promise<void> {
    await this.run(statement, parameters);
  }

  async atomically(requests: readonly Request[]): Promise<Answer[]> {
    return this.severalAtomically(requests);
  }

  async close(): Promise<void> {
    await this.tailOfTransactions;
    await this.pool.close();
  }

  private async inTransaction<T>(work: (session: StreamingSession) => Promise<T>): Promise<T> {
    const transaction = new sql.Transaction(this.pool);
    try {
      await transaction.begin(sql.ISOLATION_LEVEL.READ_COMMITTED);
    } catch (error) {
      throw mapSqlServerError('BEGIN', error, this);
    }
    try {
      const session = new SqlServerSession(transaction, this.testClock, this.stopSignal, this.key);
      const result = await work(session);
      await session.flush();
      await commit(transaction, this.key);
      return result;
    } catch (error) {
      await rollBack(transaction);
      throw error;
    }
  }
}

async function commit(transaction: sql.Transaction, key: string): Promise<void> {
  try {
    await transaction.commit();
  } catch (error) {
    throw mapSqlServerError('COMMIT', error, { committing: true, key });
  }
}

/** The error that caused the roll-back is the one that counts: the server may have rolled back already. */
async function rollBack(transaction: sql.Transaction): Promise<void> {
  try {
    await transaction.rollback();
  } catch {
    return;
  }
}
