import type { Database } from '../database.js';
import { sql } from '../sql.js';

/**
 * The sync tables and a reference `queue.Refresh` in an empty database, for tests and for people who want to
 * try Orderferry without an Exigo tenant. Never part of `orderferry migrate`: in a real sync database both are
 * Exigo's own. Refuses a database that has any of it, and leaves that as it was.
 */
export async function createSampleSyncDatabase(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    for (const name of ['empty', 'tables', 'indexes', 'queue_schema', 'queue_refresh'])
      await session.run(sql('sqlserver', `sample/${name}`));
  });
}
