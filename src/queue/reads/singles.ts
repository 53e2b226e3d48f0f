import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Targets with effects of a step that are not finished. */
export async function openTargets(session: Session, pipeline: string, step: string): Promise<string[]> {
  const statement = sql(session.engine, 'reads/open_targets');
  const rows = await session.all<{ target: string }>(statement, { pipeline, step });
  return rows.map(({ target }) => target);
}
