import type { Database, Parameters, Session, Statement } from '../../src/db/database.js';

export interface Asked {
  readonly statement: Statement;
  readonly parameters: Parameters;
  readonly ms: number;
}

/** A database that notes what it is asked, for its plans; transactions are left out. */
export function recorded(database: Database): { readonly database: Database; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const noted =
    <T>(ask: (statement: Statement, parameters?: Parameters) => Promise<T>) =>
    async (statement: Statement, parameters: Parameters = {}): Promise<T> => {
      const began = performance.now();
      const answer = await ask.call(database, statement, parameters);
      asked.push({ statement, parameters, ms: performance.now() - began });
      return answer;
    };
  const own: Pick<Session, 'all' | 'rows' | 'get'> = {
    all: noted(database.all) as Session['all'],
    rows: noted(database.rows),
    get: noted(database.get) as Session['get'],
  };
  const wrapped = new Proxy(database, {
    get(target, name) {
      if (name === 'several') {
        return async (requests: readonly { statement: Statement; parameters?: Parameters }[]) => {
          const began = performance.now();
          const answers = await target.several(requests);
          for (const { statement, parameters = {} } of requests) {
            asked.push({ statement, parameters, ms: (performance.now() - began) / requests.length });
          }
          return answers;
        };
      }
      if (name in own) return own[name as keyof typeof own];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { database: wrapped, asked };
}

/** How the embedded engine would answer: `SEARCH i USING INDEX item_waiting (pipeline=?)`, one line for each table. */
export async function planOf(database: Database, { statement, parameters }: Asked): Promise<string[]> {
  const rows = await database.all<{ detail: string }>(
    { name: `plan of ${statement.name}`, text: `EXPLAIN QUERY PLAN ${statement.text}` },
    parameters,
  );
  return rows.map(({ detail }) => detail);
}
