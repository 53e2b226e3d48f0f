import type { Answer, Database, Parameters, Session, Statement, TableName } from '../src/db/database.js';

export interface StatementTime {
  /** How many statements, those of a file of several counted one by one. */
  statements: number;
  ms: number;
}

/** A database that notes how often each statement ran and for how long. */
export interface WatchedDatabase {
  readonly database: Database;
  readonly times: Map<string, StatementTime>;
  /** BEGIN to COMMIT, statements and what happens between them included. */
  readonly transactions: { count: number; ms: number };
  statements(): number;
  reset(): void;
}

/** `skip` names statements that are left out because their work was done before. */
export function watch(inner: Database, skip: ReadonlySet<string> = new Set()): WatchedDatabase {
  const times = new Map<string, StatementTime>();
  const transactions = { count: 0, ms: 0 };

  /** Statements that name a column after a space are counted as one. */
  async function timed<T>(fullName: string, statements: number, work: () => Promise<T>): Promise<T> {
    const name = fullName.split(' ')[0] ?? fullName;
    const began = performance.now();
    try {
      return await work();
    } finally {
      const entry = times.get(name) ?? { statements: 0, ms: 0 };
      entry.statements += statements;
      entry.ms += performance.now() - began;
      times.set(name, entry);
    }
  }

  const wrap = (session: Session): Session => ({
    engine: session.engine,
    all: <T>(one: Statement, values?: Parameters) =>
      timed(one.name, count(one), () => session.all<T>(one, values)),
    rows: (one, values) => timed(one.name, count(one), () => session.rows(one, values)),
    get: <T>(one: Statement, values?: Parameters) =>
      timed(one.name, count(one), () => session.get<T>(one, values)),
    run: async (one, values) =>
      skip.has(one.name) ? 0 : timed(one.name, count(one), () => session.run(one, values)),
    several: async (requests) => {
      const answers: Answer[] = [];
      for (const one of requests) {
        const name = one.statement.name;
        const [answer] = skip.has(name)
          ? [{ rows: [], changes: 0 }]
          : await timed(name, count(one.statement), () => session.several([one]));
        if (answer !== undefined) answers.push(answer);
      }
      return answers;
    },
    later: async (one, values) =>
      skip.has(one.name) ? undefined : timed(one.name, count(one), () => session.later(one, values)),
    runMany: (one, sets) => timed(one.name, sets.length, () => session.runMany(one, sets)),
    columns: (table: TableName) => timed('catalogue', 1, () => session.columns(table)),
    load: (table, columns, rows) => timed(`load ${table}`, 1, () => session.load(table, columns, rows)),
  });

  return {
    database: {
      ...wrap(inner),
      async transaction(work) {
        const began = performance.now();
        try {
          return await inner.transaction((session) => work(wrap(session)));
        } finally {
          transactions.count++;
          transactions.ms += performance.now() - began;
        }
      },
      atomically: (requests) => inner.transaction((session) => wrap(session).several(requests)),
      close: () => inner.close(),
    },
    times,
    transactions,
    statements: () => [...times.values()].reduce((sum, one) => sum + one.statements, 0),
    reset() {
      times.clear();
      transactions.count = 0;
      transactions.ms = 0;
    },
  };
}

function count({ text }: Statement): number {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:\n|$)/)
    .filter((part) => part.trim() !== '').length;
}
