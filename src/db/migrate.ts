import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../core/errors.js';
import type { Database, Engine, Session, Statement } from './database.js';
import { PACKAGE_ROOT, sql } from './sql.js';

export interface Migration {
  readonly version: number;
  /** `001_ledger` */
  readonly name: string;
}

/** The migrations this program knows, in order: `sql/<engine>/migrations/NNN_words.sql`, forward only. */
export function knownMigrations(engine: Engine): Migration[] {
  return readdirSync(join(PACKAGE_ROOT, 'sql', engine, 'migrations'))
    .filter((file) => /^\d{3}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 3)), name: file.slice(0, -4) }));
}

/** Version of the state schema; 0 when there is none yet. */
export async function schemaVersion(session: Session): Promise<number> {
  if ((await session.columns('etl.migration')).length === 0) return 0;
  const row = await session.get<{ version: number | null }>(sql(session.engine, 'migration/version'));
  return row?.version ?? 0;
}

/**
 * Brings the state schema to the newest version; returns what was applied. Each migration is one
 * transaction under one lock that ends with its version row, so a second process that migrates at once waits
 * and then finds nothing left to do. Never touches `dbo` or `queue`.
 */
export async function migrate(database: Database): Promise<Migration[]> {
  const applied: Migration[] = [];
  for (const migration of knownMigrations(database.engine)) {
    const done = await database.transaction(async (session) => {
      await session.run(sql(session.engine, 'migration/lock'));
      if ((await schemaVersion(session)) >= migration.version) return false;
      await session.run(migrationText(database.engine, migration));
      await session.run(sql(session.engine, 'migration/record'), {
        version: migration.version,
        name: migration.name,
      });
      return true;
    });
    if (done) applied.push(migration);
  }
  await assertSchema(database);
  return applied;
}

/** Refuses to work on a schema that is older or newer than this program. */
export async function assertSchema(session: Session): Promise<void> {
  const found = await schemaVersion(session);
  const newest = knownMigrations(session.engine).at(-1)?.version ?? 0;
  if (found > newest) {
    throw new ConfigurationError(
      `the state schema has version ${found}, this program knows ${newest}: it was written by a newer Orderferry; install that version`,
    );
  }
  if (found < newest) {
    throw new ConfigurationError(
      `the state schema has version ${found}, this program needs ${newest}: run "orderferry migrate"${found === 0 ? unseen(session) : ''}`,
    );
  }
}

/** SQL Server shows a login only what it has a grant for. */
export function unseen(session: Session): string {
  return session.engine === 'sqlite'
    ? ''
    : '; if it was run, this login lacks SELECT, INSERT, UPDATE and DELETE on the schema etl: sql/sqlserver/grants/run.sql';
}

function migrationText(engine: Engine, migration: Migration): Statement {
  return sql(engine, `migrations/${migration.name}`);
}
