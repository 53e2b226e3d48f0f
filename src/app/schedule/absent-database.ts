import type { SyncDatabase } from '../../db/database.js';

/** A sync database that could not be opened: whatever is asked of it fails with the reason. */
export function absentDatabase(reason: unknown): SyncDatabase {
  const refuse = async (): Promise<never> => {
    throw reason;
  };
  return {
    engine: 'sqlserver',
    all: refuse,
    rows: refuse,
    get: refuse,
    run: refuse,
    several: refuse,
    later: refuse,
    runMany: refuse,
    columns: refuse,
    load: refuse,
    transaction: refuse,
    atomically: refuse,
    async *batches() {
      yield await refuse();
    },
    close: async () => undefined,
  };
}
