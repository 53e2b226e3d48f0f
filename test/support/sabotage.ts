import type { Database, Parameters, Session, Statement } from '../../src/db/database.js';

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
  const guard = (session: Session): Session => {
    const through =
      <T>(method: (statement: Statement, parameters?: Parameters) => Promise<T>) =>
      async (statement: Statement, parameters?: Parameters): Promise<T> => {
        if (statement.name === sabotage.before && left > 0) {
          left -= 1;
          await sabotage.act(session);
        }
        return method.call(session, statement, parameters);
      };
    const methods = ['run', 'get', 'all', 'rows', 'runMany'] as const;
    return Object.create(
      session,
      Object.fromEntries(methods.map((name) => [name, { value: through(session[name] as never) }])),
    ) as Session;
  };
  return Object.create(database, {
    transaction: {
      value: <T>(work: (session: Session) => Promise<T>) =>
        database.transaction((session) => work(guard(session))),
    },
  }) as Database;
}
