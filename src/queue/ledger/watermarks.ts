import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Small facts by name: watermarks of the source's tables, last sweep, last cut-off of a 3PL. */
export async function readWatermarks(session: Session, scope: string): Promise<Map<string, string>> {
  const rows = await session.all<{ name: string; value: string }>(sql(session.engine, 'ledger/watermarks'), {
    scope,
  });
  return new Map(rows.map(({ name, value }) => [name, value]));
}

export async function writeWatermark(
  session: Session,
  scope: string,
  name: string,
  value: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/set_watermark'), { scope, name, value });
}

export async function dropWatermark(session: Session, scope: string, name: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_watermark'), { scope, name });
}
