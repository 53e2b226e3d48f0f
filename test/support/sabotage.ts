import type { Database, Request, Session } from '../../src/db/database.js';
import { stepwise } from './stepwise.js';

/** What happens right before a named statement of a transaction is sent, on its own session. */
export interface Sabotage {
  readonly before: string;
  /** How often; default once. */
  readonly times?: number;
  readonly act: (session: Session) => Promise<unknown>;
}

/** A database whose transactions meet with an accident before a statement. Everything else is the real one. */
export function sabotaged(database: Database, sabotage: Sabotage): Database {
  let left = sabotage.times ?? 1;
  const guard = (session: Session): Session =>
    stepwise(session, async ({ statement }, run) => {
      if (statement.name === sabotage.before && left > 0) {
        left -= 1;
        await sabotage.act(session);
      }
      return run();
    });
  return Object.create(database, {
    transaction: {
      value: <T>(work: (session: Session) => Promise<T>) =>
        database.transaction((session) => work(guard(session))),
    },
    atomically: {
      value: (requests: readonly Request[]) =>
        database.transaction((session) => guard(session).several(requests)),
    },
  }) as Database;
}
