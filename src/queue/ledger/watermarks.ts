import type { Answer, Engine, Request, Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Small facts by name: watermarks of the source's tables, last sweep, last cut-off of a 3PL. */
export async function readWatermarks(session: Session, scope: string): Promise<Map<string, string>> {
  const [answer] = await session.several([watermarksRequest(session.engine, scope)]);
  return readFacts(answer);
}

/** The same as one of several statements; {@link readFacts} reads the answer. */
export function watermarksRequest(engine: Engine, scope: string): Request {
  return { statement: sql(engine, 'ledger/watermarks'), parameters: { scope } };
}

export function readFacts(answer: Answer | undefined): Map<string, string> {
  const rows = (answer?.rows ?? []) as unknown as { name: string; value: string }[];
  return new Map(rows.map(({ name, value }) => [name, value]));
}

export async function writeWatermark(
  session: Session,
  scope: string,
  name: string,
  value: string,
): Promise<void> {
  await session.later(sql(session.engine, 'ledger/set_watermark'), { scope, name, value });
}

export async function dropWatermark(session: Session, scope: string, name: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_watermark'), { scope, name });
}
