import {
  ConfigurationError,
  codeOf,
  messageOf,
  OrderferryError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
} from '../../core/errors.js';

/**
 * SQL Server error numbers after which the same transaction may be tried again. Sources: Microsoft's list of
 * transient errors for Azure SQL (4060, 4221, 10928 ... 49920), and the engine's own messages for a deadlock
 * victim (1205), a lock time-out (1222) and a snapshot update conflict (3960). The list is pinned by
 * test/unit/sqlserver.test.ts: a change of it is meant, or an accident.
 */
export const TRANSIENT_NUMBERS: ReadonlySet<number> = new Set([
  1205, 1222, 3960, 4060, 4221, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 49918, 49919, 49920,
]);

/** Servers that speak TDS without these numbers (Babelfish sends 33557097 for all of them) name it in the text. */
const TRANSIENT_TEXT = /lock (request )?time-?out|deadlock detected|deadlocked on/i;

const LOGIN_FAILED = new Set([18450, 18452, 18456, 18486, 18487, 18488]);
const NO_PERMISSION = new Set([229, 230, 262, 297, 300, 916]);
const NO_DATABASE = new Set([911, 4063, 40532]);
const NO_OBJECT = new Set([207, 208, 2812]);
const NO_OBJECT_TEXT = /\b(relation|procedure|column) .*does not exist/i;
const DISK_FULL = new Set([1101, 1105, 9002]);

const UNREACHABLE_CODES = new Set([
  'ESOCKET',
  'ETIMEOUT',
  'ECONNCLOSED',
  'ENOTOPEN',
  'ETIMEDOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
]);

/** A statement the server refused for a reason that no other class names. */
export class StatementError extends OrderferryError {}

/** What the driver threw when it should have let us in, as one line that says what to do. */
export function mapOpenError(server: string, error: unknown): Error {
  if (error instanceof OrderferryError) return error;
  const message = `SQL Server ${server}: ${messageOf(error)}`;
  const cause = { cause: error };
  if (codeOf(error) === 'ELOGIN') {
    return new ConfigurationError(
      `${message}; check database.sqlserver: user, password, database, and whether this login may use it`,
      cause,
    );
  }
  if (/self.signed|certificate|hostname\/ip does not match/i.test(message)) {
    return new ConfigurationError(
      `${message}; give the server a certificate this machine trusts, or set database.sqlserver.trustServerCertificate`,
      cause,
    );
  }
  return new UnreachableError(
    `${message}; check database.sqlserver.host and port, the network, and whether the server is up`,
    cause,
  );
}

/**
 * What the driver threw for a statement, as our classes. `committing`: the error came from COMMIT, whose
 * outcome is then unknown.
 */
export function mapSqlServerError(statement: string, error: unknown, committing = false): Error {
  if (error instanceof OrderferryError) return error;
  const number = (error as { number?: unknown }).number;
  const message = `${statement}: ${messageOf(error)}`;
  const cause = { cause: error };
  if (typeof number === 'number') return mapNumber(number, message, cause);
  if (UNREACHABLE_CODES.has(codeOf(error) ?? '')) {
    if (committing) {
      return new UnknownOutcomeError(
        'COMMIT_UNKNOWN',
        `${message}; the connection was lost while committing, the next run finds out which it was`,
        cause,
      );
    }
    return new UnreachableError(
      `${message} (the server did not answer; what was begun is rolled back there)`,
      cause,
    );
  }
  return new StatementError(codeOf(error) ?? 'MSSQL', message, cause);
}

function mapNumber(number: number, message: string, cause: ErrorOptions): Error {
  if (TRANSIENT_NUMBERS.has(number) || TRANSIENT_TEXT.test(message)) {
    return new TransientError(`MSSQL_${number}`, `${message} (rolled back; the next run repeats it)`, cause);
  }
  if (LOGIN_FAILED.has(number))
    return new ConfigurationError(`${message}; check database.sqlserver.user and password`, cause);
  if (NO_DATABASE.has(number))
    return new ConfigurationError(`${message}; check database.sqlserver.database`, cause);
  if (NO_PERMISSION.has(number))
    return new ConfigurationError(`${message}; grant it to the login (docs/sql-server.md)`, cause);
  if (NO_OBJECT.has(number) || NO_OBJECT_TEXT.test(message)) {
    return new ConfigurationError(
      `${message}; is database.sqlserver.database the sync database, and has "orderferry migrate" been run?`,
      cause,
    );
  }
  // Our own refusals: another process migrates (51002), the sample is asked for in a real database (51003).
  if (number === 51002 || number === 51003) return new ConfigurationError(message, cause);
  if (DISK_FULL.has(number)) {
    return new UnreachableError(`${message} (disk or log of the server is full; nothing was changed)`, cause);
  }
  return new StatementError(`MSSQL_${number}`, message, cause);
}
