import { ConfigurationError } from '../../core/errors.js';
import { QUEUE_TABLE_NAMES } from '../../core/exigo-tables.js';
import type { Session } from '../database.js';
import { sql } from '../sql.js';

/** What a login is for, by the script that makes its role: `sql/sqlserver/grants/<role>.sql`. */
export type Role = 'sync' | 'run';

interface Grant {
  readonly name: string;
  readonly permission: string;
}

/** One of each kind of use; the script grants the whole schema. */
const STATE_TABLES = ['lease', 'watermark', 'change_set', 'batch', 'item', 'wave', 'effect', 'event'];
const FROZEN_TABLES = QUEUE_TABLE_NAMES.map((table) => `frozen_${table}`);

const WANTED: Readonly<Record<Role, readonly Grant[]>> = {
  sync: [
    ...QUEUE_TABLE_NAMES.map((table) => ({ name: `dbo.${table}`, permission: 'SELECT' })),
    { name: 'queue.Refresh', permission: 'EXECUTE' },
    ...QUEUE_TABLE_NAMES.map((table) => ({ name: `queue.${table}`, permission: 'SELECT' })),
  ],
  run: [...STATE_TABLES, ...FROZEN_TABLES].flatMap((table) =>
    ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((permission) => ({ name: `etl.${table}`, permission })),
  ),
};

/** What the login lacks of a role, as `EXECUTE on queue.Refresh`; empty on the embedded engine, which has no logins. */
export async function missingGrants(session: Session, roles: readonly Role[]): Promise<string[]> {
  if (session.engine === 'sqlite') return [];
  const wanted = roles.flatMap((role) => WANTED[role]);
  const missing = await session.all<Grant>(sql('sqlserver', 'grants/missing'), {
    wanted: JSON.stringify(wanted),
  });
  return missing.map(({ name, permission }) => `${permission} on ${name}`);
}

/** Throws ConfigurationError, before anything is done, when the login lacks a grant of these roles. */
export async function assertGrants(session: Session, where: string, roles: readonly Role[]): Promise<void> {
  const missing = await missingGrants(session, roles);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    `${where}: the login lacks ${missing.join(', ')}, or it is not there; nothing was done. ${remedyOf(roles)}`,
  );
}

/** What to do about it. */
export function remedyOf(roles: readonly Role[]): string {
  const scripts = roles.map((role) => `sql/sqlserver/grants/${role}.sql`).join(' and ');
  return `The grants are in ${scripts} (docs/sql-server.md)`;
}
