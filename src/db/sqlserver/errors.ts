import { MINUTE } from '../../core/clock.js';
import {
  ConfigurationError,
  codeOf,
  FreezeError,
  messageOf,
  OrderferryError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
} from '../../core/errors.js';
import { maskText } from '../../core/personal.js';
import { limitOf } from './limits.js';
import { failedLogin } from './login.js';
import { TRANSIENT_NUMBERS, transientNumber } from './transient.js';

const LOGIN_FAILED = new Set([18450, 18452, 18456, 18470, 18486, 18487, 18488]);
/** The database that the login asks for is not there, not for this login, or not online. */
const CANNOT_OPEN = 4060;
/** Nobody may log in just now: paused, being upgraded, in single-user mode, starting, shutting down. */
const NOT_NOW = new Set([6005, 17142, 17187, 18401, 18451, 18461]);
/** Denied, and what a login without the grant is told instead: not there (1088, 2760, 4902, 15151). */
const NO_PERMISSION = new Set([229, 230, 262, 297, 300, 916, 1088, 2760, 4902, 15151, 15247]);
const NO_PERMISSION_TEXT = /permission denied for|must be owner of/i;
const NO_DATABASE = new Set([911, 4063, 40532]);
const NO_OBJECT = new Set([207, 208, 2812]);
const NO_OBJECT_TEXT = /\b(relation|procedure|column) .*does not exist/i;
const DISK_FULL = new Set([1101, 1105, 5149, 9002]);
const READ_ONLY = new Set([3906, 3908]);
/** Offline, suspect, restoring, recovering, without quorum, or a secondary that cannot be read. */
const OFFLINE = new Set([921, 922, 926, 927, 942, 945, 946, 952, 954, 955, 956, 976, 978, 983, 988]);
/** The session was killed, the server goes down, its log or files fail. */
const SESSION_LOST = new Set([596, 6005, 6006, 823, 824, 9001]);
/** The vendor's procedure left another transaction than it was called in (sql/sqlserver/queue/refresh.sql). */
const REFRESH_ENDED = new Set([266, 3902, 3903, 51001]);
const REFRESH = 'queue/refresh';

/** The connection was lost, or never answered, while the statement was under way. */
const LOST = new Set([
  'ESOCKET',
  'ETIMEOUT',
  'ETIMEDOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EPIPE',
]);
/** The connection was gone before the statement was sent: it did nothing, a COMMIT included. */
const GONE_BEFORE = new Set(['ECONNCLOSED', 'ENOTOPEN', 'EINVALIDSTATE', 'EABORT', 'ENOTBEGUN']);

/** The driver's words for a statement that took longer than its limit, and for one that could not even be cancelled. */
const NO_ANSWER = /Request failed to complete in|Failed to cancel request in/;

/** A statement the server refused for a reason that no other class names. */
export class StatementError extends OrderferryError {}

/** Where the settings of our state's database are; those of the sync tables may be elsewhere. */
export const STATE_KEY = 'database.sqlserver';

/** What the driver threw when it should have let us in, as one line that says what to do. */
export function mapOpenError(server: string, error: unknown, key = STATE_KEY): Error {
  if (error instanceof OrderferryError) return error;
  const first = failedLogin(error)?.refusals[0];
  const message = `SQL Server ${server}: ${first?.message ?? messageOf(error)}`;
  const cause = { cause: error };
  if (codeOf(error) === 'ELOGIN') return refusedLogin(message, first?.number, key, cause);
  if (codeOf(error) === 'EENCRYPT' || isConfiguration(error)) {
    const advice =
      codeOf(error) === 'EENCRYPT'
        ? `set ${key}.encrypt to true`
        : `give it a certificate, or set ${key}.encrypt to false where the network in between is your own`;
    return new ConfigurationError(`${message}; ${advice}`, cause);
  }
  if (/self.signed|certificate|hostname\/ip does not match/i.test(message)) {
    return new ConfigurationError(
      `${message}; give the server a certificate this machine trusts, or set ${key}.trustServerCertificate`,
      cause,
    );
  }
  return new UnreachableError(
    `${message}; check ${key}.host and port, the network, and whether the server is up`,
    cause,
  );
}

/** Thrown by a guard of ours while the connection was opened; the pool wraps it. */
function isConfiguration(error: unknown): boolean {
  return (error as { originalError?: unknown }).originalError instanceof ConfigurationError;
}

function refusedLogin(message: string, number: number | undefined, key: string, cause: ErrorOptions): Error {
  if (number === CANNOT_OPEN) {
    return new ConfigurationError(
      `${message}; check ${key}.database, whether this login may use it, and whether it is online`,
      cause,
    );
  }
  if (number !== undefined && (TRANSIENT_NUMBERS.has(number) || NOT_NOW.has(number) || OFFLINE.has(number))) {
    return new UnreachableError(`${message} (the server takes no logins just now; run again later)`, cause);
  }
  return new ConfigurationError(
    `${message}; check ${key}: user, password, database, and whether this login may use it`,
    cause,
  );
}

/**
 * What the driver threw for a statement, as our classes. `committing`: the error came from COMMIT, whose
 * outcome is then unknown. `key`: where the settings of the database are.
 */
export function mapSqlServerError(
  statement: string,
  error: unknown,
  { committing = false, key = STATE_KEY }: { readonly committing?: boolean; readonly key?: string } = {},
): Error {
  if (error instanceof OrderferryError) return error;
  const number = (error as { number?: unknown }).number;
  const message = `${statement}: ${NO_ANSWER.test(messageOf(error)) ? noAnswer(statement) : maskText(messageOf(error))}`;
  const cause = { cause: error };
  if (typeof number === 'number') return mapNumber(statement, number, message, key, cause);
  const code = codeOf(error) ?? '';
  // A new connection of the pool, in the middle of a run.
  const login = failedLogin(error);
  if (login !== undefined) return mapOpenError(login.server, error, login.key);
  if (GONE_BEFORE.has(code)) return lost(message, cause);
  if (LOST.has(code) || code.startsWith('ERR_SSL_')) {
    if (committing) {
      return new UnknownOutcomeError(
        'COMMIT_UNKNOWN',
        `${message}; the connection was lost while committing, the next run finds out which it was`,
        cause,
      );
    }
    return lost(message, cause);
  }
  return new StatementError(code === '' ? 'MSSQL' : code, message, cause);
}

function noAnswer(statement: string): string {
  const minutes = limitOf(statement) / MINUTE;
  return `no answer within ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

function lost(message: string, cause: ErrorOptions): Error {
  return new UnreachableError(
    `${message} (the connection was lost or the server did not answer; what was begun is rolled back there, the next run goes on)`,
    cause,
  );
}

function mapNumber(
  statement: string,
  number: number,
  message: string,
  key: string,
  cause: ErrorOptions,
): Error {
  const transient = transientNumber(number, message);
  if (transient !== undefined) {
    return new TransientError(
      `MSSQL_${transient}`,
      `${message} (rolled back; the next run repeats it)`,
      cause,
    );
  }
  if (REFRESH_ENDED.has(number)) {
    return new FreezeError(
      'REFRESH_ENDED',
      `${message}; queue.Refresh must leave the transaction it is called in alone (no COMMIT, ROLLBACK or BEGIN of its own that stays open); nothing was frozen`,
    );
  }
  if (LOGIN_FAILED.has(number))
    return new ConfigurationError(`${message}; check ${key}.user and password`, cause);
  if (NO_DATABASE.has(number)) return new ConfigurationError(`${message}; check ${key}.database`, cause);
  if (NO_PERMISSION.has(number) || NO_PERMISSION_TEXT.test(message)) {
    return new ConfigurationError(
      `${message}; the login lacks a grant: sql/sqlserver/grants has migrate.sql for "orderferry migrate", run.sql ` +
        'for all else, sync.sql for the sync tables (docs/sql-server.md)',
      cause,
    );
  }
  if (NO_OBJECT.has(number) || NO_OBJECT_TEXT.test(message)) {
    const migrated = key === STATE_KEY ? ', and has "orderferry migrate" been run' : '';
    return new ConfigurationError(`${message}; is ${key}.database the sync database${migrated}?`, cause);
  }
  // Our own refusals: another process migrates (51002), the sample is asked for in a real database (51003).
  if (number === 51002 || number === 51003) return new ConfigurationError(message, cause);
  if (READ_ONLY.has(number)) {
    return new ConfigurationError(
      `${message}; the database is read-only: make it writable, or keep the state in another one`,
      cause,
    );
  }
  if (DISK_FULL.has(number)) {
    return new UnreachableError(
      `${message} (disk or log of the server is full: back up the log or give it room; nothing was changed)`,
      cause,
    );
  }
  if (OFFLINE.has(number)) {
    return new UnreachableError(
      `${message} (the database is not online; bring it online and run again)`,
      cause,
    );
  }
  if (SESSION_LOST.has(number)) return lost(message, cause);
  if (statement.split(', ').includes(REFRESH)) {
    return new FreezeError(
      'REFRESH_FAILED',
      `${message}; the procedure is Exigo's, everything it did is rolled back, nothing was frozen, the next run repeats the same start`,
    );
  }
  return new StatementError(`MSSQL_${number}`, message, cause);
}
