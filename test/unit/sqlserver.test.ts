import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  FreezeError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
} from '../../src/core/errors.js';
import { from } from '../../src/db/query.js';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import { mapOpenError, mapSqlServerError, StatementError } from '../../src/db/sqlserver/errors.js';
import { limitOf } from '../../src/db/sqlserver/limits.js';
import { driverConfig } from '../../src/db/sqlserver/pool.js';
import { TRANSIENT_NUMBERS } from '../../src/db/sqlserver/transient.js';
import { fromDriver, wholeNumber } from '../../src/db/sqlserver/values.js';

const fault = (properties: object, message = 'refused') => Object.assign(new Error(message), properties);

describe('errors of SQL Server', () => {
  it('counts these numbers, and no other, as passing', () => {
    expect([...TRANSIENT_NUMBERS].sort((a, b) => a - b)).toEqual([
      1204, 1205, 1222, 3947, 3948, 3960, 3966, 4060, 4221, 10928, 10929, 40143, 40197, 40501, 40540, 40613,
      49918, 49919, 49920,
    ]);
  });

  /** Numbers and texts of "Database engine events and errors", learn.microsoft.com/sql/relational-databases. */
  it.each([
    [921, "Database 'ferry' has not been recovered yet. Wait and try again.", /not online/],
    [922, "Database 'ferry' is being recovered. Waiting until recovery is finished.", /not online/],
    [926, "Database 'ferry' cannot be opened. It has been marked SUSPECT by recovery.", /not online/],
    [927, "Database 'ferry' cannot be opened. It is in the middle of a restore.", /not online/],
    [942, "Database 'ferry' cannot be opened because it is offline.", /not online/],
    [945, "Database 'ferry' cannot be opened due to inaccessible files or insufficient memory", /not online/],
    [952, "Database 'ferry' is in transition. Try the statement later.", /not online/],
    [955, 'Database ferry is enabled for Database Mirroring, but the database lacks quorum', /not online/],
    [976, "The target database, 'ferry', is participating in an availability group", /not online/],
    [983, "Unable to access availability database 'ferry' because the database replica is not", /not online/],
    [
      1101,
      "Could not allocate a new page for database 'ferry' because of insufficient disk space",
      /is full/,
    ],
    [1105, "Could not allocate space for object 'etl.item' in database 'ferry'", /is full/],
    [9002, "The transaction log for database 'ferry' is full due to 'LOG_BACKUP'.", /is full/],
    [596, 'Cannot continue the execution because the session is in the kill state.', /connection was lost/],
    [6005, 'SHUTDOWN is in progress.', /connection was lost/],
    [9001, "The log for database 'ferry' is not available.", /connection was lost/],
  ])('takes %i for something that is not there just now, and says what it said: %s', (number, text, says) => {
    const error = mapSqlServerError('ledger/insert_item', fault({ number }, text));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain(text);
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('\n');
  });

  it.each([
    ['deadlock victim', { number: 1205 }, 'chosen as the deadlock victim', TransientError],
    [
      'lock time-out of Babelfish',
      { number: 33557097 },
      'canceling statement due to lock timeout',
      TransientError,
    ],
    ['any other error of Babelfish', { number: 33557097 }, 'something else', StatementError],
    ['missing grant', { number: 229 }, 'EXECUTE was denied', ConfigurationError],
    ['missing table', { number: 208 }, 'Invalid object name', ConfigurationError],
    ['missing procedure', { number: 2812 }, 'Could not find', ConfigurationError],
    ['full log', { number: 9002 }, 'The transaction log is full', UnreachableError],
    ['offline database', { number: 942 }, 'Database is offline', UnreachableError],
    ['read-only database', { number: 3906 }, 'Failed to update database', ConfigurationError],
    ['killed session', { number: 596 }, 'the session is in the kill state', UnreachableError],
    ['connection gone before', { code: 'EINVALIDSTATE' }, 'not the Final state', UnreachableError],
    ['procedure that commits', { number: 266 }, 'Transaction count after EXECUTE', FreezeError],
    ['procedure that commits and begins', { number: 51001 }, 'queue.Refresh ended', FreezeError],
    ['duplicate key', { number: 2627 }, 'Violation of PRIMARY KEY', StatementError],
    ['lost connection', { code: 'ESOCKET' }, 'Connection lost', UnreachableError],
    ['broken encryption', { code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' }, 'bad record mac', UnreachableError],
    ['request time-out', { code: 'ETIMEOUT' }, 'Timeout', UnreachableError],
  ])('%s', (_name, properties, message, type) => {
    expect(mapSqlServerError('some/statement', fault(properties, message))).toBeInstanceOf(type);
  });

  it('takes any other failure of queue.Refresh for one of the freeze, but no passing one', () => {
    const fails = (number: number) => mapSqlServerError('queue/refresh', fault({ number }));
    expect(fails(50_000)).toMatchObject({ code: 'REFRESH_FAILED' });
    expect(fails(1205)).toBeInstanceOf(TransientError);
    expect(fails(229)).toBeInstanceOf(ConfigurationError);
  });

  it.each([
    [
      2627,
      "Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'etl.x'. The duplicate key value is (Ann Lee, 1 First St).",
    ],
    [
      2628,
      "String or binary data would be truncated in table 'etl.x', column 'said'. Truncated value: 'Ann Lee, 1 First St'.",
    ],
    [245, "Conversion failed when converting the nvarchar value 'Ann Lee' to data type int."],
    [248, "The conversion of the nvarchar value 'Ann Lee' overflowed an int column."],
    [33557097, 'duplicate key value violates unique constraint "pk": Key (name)=(Ann Lee) already exists.'],
    [33557097, 'invalid input syntax for type integer: "Ann Lee"'],
  ])('shows no value of a row in error %i', (number, message) => {
    const error = Object.assign(new Error(message), { number, code: 'EREQUEST' });
    const shown = mapSqlServerError('ledger/insert_item', error).message;
    expect(shown).not.toMatch(/Ann|Lee|First St/);
    expect(shown).toContain('[hidden]');
  });

  it('knows that a commit which was never sent did nothing', () => {
    expect(
      mapSqlServerError('COMMIT', fault({ code: 'EINVALIDSTATE' }), { committing: true }),
    ).toBeInstanceOf(UnreachableError);
  });

  it.each([
    [208, "Invalid object name 'dbo.Orders'.", 'is syncDatabase.sqlserver.database the sync database?'],
    [911, "Database 'ferry' does not exist.", 'check syncDatabase.sqlserver.database'],
    [18456, "Login failed for user 'reader'.", 'check syncDatabase.sqlserver.user and password'],
  ])('%i names the settings of the database that it came from', (number, text, advice) => {
    const key = 'syncDatabase.sqlserver';
    const error = mapSqlServerError('freeze/now', fault({ number }, text), { key });
    expect(error.message).toContain(advice);
    expect(error.message).not.toContain(' database.sqlserver');
    expect(error.message).not.toContain('orderferry migrate');
  });

  it('gives the number of SQL Server also where the server has another', () => {
    const error = mapSqlServerError('some/statement', fault({ number: 33557097 }, 'lock timeout'));
    expect(error).toMatchObject({ code: 'MSSQL_1222' });
  });

  it('does not know what became of a commit whose answer was lost', () => {
    expect(mapSqlServerError('COMMIT', fault({ code: 'ESOCKET' }), { committing: true })).toBeInstanceOf(
      UnknownOutcomeError,
    );
  });

  it.each([
    ['ELOGIN', "Login failed for user 'ferry'", ConfigurationError, 'check database.sqlserver: user'],
    ['ESOCKET', 'Failed to connect - self signed certificate', ConfigurationError, 'trustServerCertificate'],
    ['ESOCKET', 'Could not connect (sequence)', UnreachableError, 'database.sqlserver.host and port'],
    ['ETIMEOUT', 'Failed to connect in 15000ms', UnreachableError, 'whether the server is up'],
  ])('says in one line what to do about %s: %s', (code, message, type, advice) => {
    const error = mapOpenError('db.example:1433/ferry', fault({ code }, message));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(advice);
    expect(error.message).not.toContain('\n');
  });
});

describe('the driver', () => {
  it('is told everything that its defaults would get wrong', () => {
    const config = driverConfig({
      engine: 'sqlserver',
      host: 'db.example',
      port: 1433,
      database: 'sync',
      user: 'ferry',
      password: 'not-a-secret',
      encrypt: true,
      trustServerCertificate: false,
    });
    expect(config).toMatchObject({
      connectionTimeout: 15_000,
      requestTimeout: 30 * 60_000,
      pool: { min: 0, max: 4 },
      validateConnection: 'socket',
      options: {
        appName: 'orderferry',
        encrypt: true,
        trustServerCertificate: false,
        useUTC: true,
        abortTransactionOnError: true,
      },
    });
  });

  it.each([
    ['lease/renew', 1],
    ['rate/write', 1],
    ['ledger/insert_item', 5],
    ['lease/renew, ledger/insert_item', 5],
    ['lease/renew, freeze/begin', 30],
    ['freeze/copy_orders', 30],
    ['queue/refresh', 30],
    ['retention/prune_frozen', 30],
    ['load #wanted', 30],
  ])('waits for the answer to %s for %i minutes', (name, minutes) => {
    expect(limitOf(name)).toBe(minutes * 60_000);
  });

  it('gives dates as text in UTC, bit as a number, and bigint as a number while it is safe', () => {
    expect(fromDriver(new Date('2026-03-29T02:30:00.123Z'))).toBe('2026-03-29 02:30:00.123');
    expect(fromDriver(true)).toBe(1);
    expect(wholeNumber('9007199254740991')).toBe(9_007_199_254_740_991);
    expect(wholeNumber('9007199254740993')).toBe('9007199254740993');
  });

  it.each(['sqlite', 'sqlserver'] as const)(
    'cannot be gone round: what knex built for %s cannot be run by knex',
    async (engine) => {
      await expect(from(engine, 'etl.batch', 'b').select('batch_id')).rejects.toThrow(/acquire a connection/);
    },
  );

  it('is the only one that talks to SQL Server: knex builds text in one file and opens no connection', () => {
    const sources = readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(join(PACKAGE_ROOT, 'src', file), 'utf8')] as const);
    const users = sources.filter(([, text]) => /from 'knex'|import\('knex'\)|require\('knex'\)/.test(text));
    expect(users.map(([file]) => file)).toEqual([join('db', 'query.ts')]);
    expect(users[0]?.[1]).not.toMatch(/\.transaction\(|\.stream\(|connection:|await builder/);
  });
});
