import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../../core/clock.js';
import type { DatabaseConfig, OrderSourceKind, SqlServerConfig } from '../../core/config.js';
import { codeOf, messageOf } from '../../core/errors.js';
import { QUEUE_TABLE_NAMES, QUEUE_TABLES, type QueueTable } from '../../core/exigo-tables.js';
import type { Database, Session, TableName } from '../../db/database.js';
import { knownMigrations, schemaVersion, unseen } from '../../db/migrate.js';
import { missingGrants, type Role, remedyOf } from '../../db/sqlserver/grants.js';
import { EXIT, exitCodeOf } from '../process.js';
import { type Check, failed, passed } from './check.js';
import { checkDatabaseClock } from './check-clock.js';
import { checkDisk } from './check-disk.js';

/** Besides the keys: columns without which an order cannot be frozen, compared and checked for completeness. */
const NEEDED: Readonly<Partial<Record<QueueTable, readonly string[]>>> = {
  Orders: ['CustomerID', 'OrderStatusID', 'OrderTypeID', 'SubTotal'],
  OrderDetails: ['PriceTotal'],
  Payments: ['OrderID'],
};

function neededColumns(table: QueueTable): readonly string[] {
  const { columns, key } = QUEUE_TABLES[table];
  const stamp = 'ModifiedDate' in columns ? ['ModifiedDate'] : [];
  return [...key, ...stamp, ...(NEEDED[table] ?? [])];
}

/** What a database holds: the tables of Exigo, our state, or both. */
type Content = 'sync tables' | 'state';

type OfState = (session: Session) => Promise<Check[]>;
type Open = (config: DatabaseConfig) => Database | Promise<Database>;

/**
 * `sync`: where the sync tables are, when that is another database. Orders of the API need none. `ofState`: what else is looked at
 * in a state that this program knows.
 */
export async function checkDatabase(
  config: DatabaseConfig,
  sync: SqlServerConfig | null,
  open: Open,
  orders: OrderSourceKind = 'queue',
  clock: Clock = systemClock,
  ofState: OfState = async () => [],
): Promise<Check[]> {
  const contents: Content[] = sync === null && orders === 'queue' ? ['sync tables', 'state'] : ['state'];
  const file = config.engine === 'sqlite' ? await checkFile(config.file) : [];
  // Opening would make the file; the doctor only looks.
  const checks = file.some((check) => !check.ok)
    ? file
    : [...file, ...(await checkContents('database', config, open, contents, clock, ofState))];
  if (sync === null) return checks;
  return [
    ...checks,
    ...(await checkContents('sync database', sync, open, ['sync tables'], clock, async () => [])),
  ];
}

async function checkFile(file: string): Promise<Check[]> {
  try {
    if (!(await stat(file)).isFile()) {
      return [failed('database', `${file} is not a file`, 'name a file in database.sqlite', EXIT.usage)];
    }
    // The folder, too: the write-ahead log lies beside the file.
    for (const path of [file, dirname(file)]) await access(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    const detail = missing ? `${file} is not there yet` : `${file}: ${messageOf(error)}`;
    const remedy = missing ? 'orderferry migrate' : 'let this user read and write it, and its folder';
    return [failed('database', detail, remedy, EXIT.usage)];
  }
  return [await checkDisk('disk', dirname(file), file)];
}

async function checkContents(
  name: string,
  config: DatabaseConfig,
  open: Open,
  contents: readonly Content[],
  clock: Clock,
  ofState: OfState,
): Promise<Check[]> {
  const place = config.engine === 'sqlite' ? config.file : `${config.host}:${config.port}/${config.database}`;
  let database: Database;
  try {
    database = await open(config);
  } catch (error) {
    const remedy = 'check address, network, login and the server itself';
    return [failed(name, messageOf(error), remedy, exitCodeOf(error) || EXIT.unreachable)];
  }
  const checks = [passed(name, `${place} opens`)];
  try {
    checks.push(...(await checkDatabaseClock(name, database, clock)));
    if (contents.includes('sync tables')) {
      checks.push(await checkTables(database, 'dbo'), await checkTables(database, 'queue'));
    }
    if (database.engine === 'sqlserver') checks.push(await checkGrants(name, database, contents));
    if (contents.includes('state')) {
      const version = await checkVersion(database);
      checks.push(version, ...(version.ok ? await ofState(database) : []));
    }
    return checks;
  } catch (error) {
    return [...checks, failed(name, messageOf(error), 'check permissions of the login', exitCodeOf(error))];
  } finally {
    await database.close();
  }
}

async function checkGrants(name: string, database: Database, contents: readonly Content[]): Promise<Check> {
  // Of a schema that is not there yet, nothing can be granted.
  const migrated = (await database.columns('etl.batch')).length > 0;
  const roles: Role[] = [
    ...(contents.includes('sync tables') ? (['sync'] as const) : []),
    ...(contents.includes('state') && migrated ? (['run'] as const) : []),
  ];
  const missing = await missingGrants(database, roles);
  if (missing.length === 0) return passed(`grants of the ${name}`, 'the login has what a run needs');
  const detail = `the login lacks ${missing.join(', ')}, or it is not there`;
  return failed(`grants of the ${name}`, detail, remedyOf(roles), EXIT.usage);
}

const ABSENT = ' is not there';

async function checkTables(session: Session, schema: 'dbo' | 'queue'): Promise<Check> {
  const name = schema === 'dbo' ? 'sync tables' : 'queue tables';
  const faults: string[] = [];
  for (const table of QUEUE_TABLE_NAMES) {
    const found = (await session.columns(`${schema}.${table}` as TableName)).map((column) =>
      column.name.toLowerCase(),
    );
    const missing = neededColumns(table).filter((column) => !found.includes(column.toLowerCase()));
    if (found.length === 0) faults.push(`${schema}.${table}${ABSENT}`);
    else if (missing.length > 0) faults.push(`${schema}.${table} lacks ${missing.join(', ')}`);
  }
  const none = faults.length === QUEUE_TABLE_NAMES.length && faults.every((fault) => fault.endsWith(ABSENT));
  if (schema === 'queue' && session.engine === 'sqlite' && none) {
    return passed(name, 'none yet; the first refresh makes them');
  }
  if (faults.length === 0) return passed(name, `${QUEUE_TABLE_NAMES.length} tables with the columns needed`);
  const remedy =
    session.engine === 'sqlite'
      ? 'orderferry migrate'
      : "add the tables to the sync destination in Exigo's admin, and let the login read them";
  return failed(name, faults.join('\n'), remedy, EXIT.usage);
}

async function checkVersion(session: Session): Promise<Check> {
  const found = await schemaVersion(session);
  const newest = knownMigrations(session.engine).at(-1)?.version ?? 0;
  const detail = `version ${found}, this program knows ${newest}`;
  if (found === newest) return passed('state schema', detail);
  const migrate = `orderferry migrate${found === 0 ? unseen(session) : ''}`;
  const remedy = found < newest ? migrate : 'install the newer Orderferry that wrote it';
  return failed('state schema', detail, remedy, EXIT.usage);
}
