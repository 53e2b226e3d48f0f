import { join } from 'node:path';
import type { Clock } from '../src/core/clock.js';
import type { DatabaseConfig } from '../src/core/config.js';
import type { Database } from '../src/db/database.js';
import { openAt } from '../test/support/place.js';
import { testServer } from '../test/support/test-server.js';

/** Where a case works: a folder, with the database in it or in a database of a SQL Server. Goes to processes as JSON. */
export interface Site {
  readonly folder: string;
  /** Name of the database on the server that `ORDERFERRY_TEST_SQLSERVER` names; null: a file in the folder. */
  readonly server: string | null;
}

export function fileOf({ folder }: Site): string {
  return join(folder, 'orderferry.db');
}

export function databaseOf(site: Site): DatabaseConfig {
  return site.server === null ? { engine: 'sqlite', file: fileOf(site) } : testServer(site.server);
}

export function openSite(site: Site, clock: Clock): Promise<Database> {
  return openAt(databaseOf(site), clock);
}
