import type { Answer, Parameters, Request, Session, Statement } from '../../src/db/database.js';

/** Runs one statement, with what is to happen around it. */
type Around = (request: Request, run: () => Promise<Answer>) => Promise<Answer>;

/** The same session, one statement at a time, so that there is a moment before and after each. */
export function stepwise(session: Session, around: Around): Session {
  const step = (statement: Statement, parameters: Parameters = {}): Promise<Answer> =>
    around({ statement, parameters }, async () => {
      const [answer] = await session.several([{ statement, parameters }]);
      return answer ?? { rows: [], changes: 0 };
    });
  const several: Session['several'] = async (requests) => {
    const answers: Answer[] = [];
    for (const { statement, parameters } of requests) answers.push(await step(statement, parameters));
    return answers;
  };
  const methods = {
    several,
    run: async (one: Statement, values?: Parameters) => (await step(one, values)).changes,
    later: async (one: Statement, values?: Parameters) => void (await step(one, values)),
    all: async (one: Statement, values?: Parameters) => (await step(one, values)).rows,
    get: async (one: Statement, values?: Parameters) => (await step(one, values)).rows[0],
  };
  const descriptors = Object.entries(methods).map(([name, value]) => [name, { value }]);
  return Object.create(session, Object.fromEntries(descriptors)) as Session;
}
