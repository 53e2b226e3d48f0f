import { faultPoint } from '../../src/core/fault-points.js';
import type { Database } from '../../src/db/database.js';

/** The database with a fault point right before and right after each commit, whoever makes it. */
export function withCommitPoints(database: Database): Database {
  return {
    engine: database.engine,
    all: (statement, parameters) => database.all(statement, parameters),
    rows: (statement, parameters) => database.rows(statement, parameters),
    get: (statement, parameters) => database.get(statement, parameters),
    run: (statement, parameters) => database.run(statement, parameters),
    several: (requests) => database.several(requests),
    later: (statement, parameters) => database.later(statement, parameters),
    runMany: (statement, sets) => database.runMany(statement, sets),
    columns: (table) => database.columns(table),
    load: (table, columns, rows) => database.load(table, columns, rows),
    close: () => database.close(),
    async atomically(requests) {
      const answers = await database.transaction(async (session) => {
        const done = await session.several(requests);
        await faultPoint('commit/before');
        return done;
      });
      await faultPoint('commit/after');
      return answers;
    },
    async transaction(work) {
      const result = await database.transaction(async (session) => {
        const done = await work(session);
        await faultPoint('commit/before');
        return done;
      });
      await faultPoint('commit/after');
      return result;
    },
  };
}
