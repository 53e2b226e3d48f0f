import type { Session } from '../../db/database.js';
import { fetchFirst, from } from '../../db/query.js';
import { sql } from '../../db/sql.js';

export { versionsOfOrders } from './reconcile-ledger.js';

/**
 * Orders that are open with us, or held as incomplete, ascending above `after`: a listing must say something of each.
 * `printed`: those that are Printed, too.
 */
export async function idsOfInterest(
  session: Session,
  printed: boolean,
  after: number,
  limit: number,
): Promise<{ readonly id: number; readonly incomplete: boolean }[]> {
  const rows = await session.rows(sql(session.engine, 'listed/ids_of_interest'), {
    printed: printed ? 1 : 0,
    after,
    n: limit,
  });
  return rows.map(([id, incomplete]) => ({ id: Number(id), incomplete: incomplete === 1 }));
}

/** Whether something was done, or is to be done, at a target for this pipeline. */
export async function hasEffects(session: Session, pipeline: string): Promise<boolean> {
  const row = await fetchFirst(
    session,
    'reads/has_effects',
    from(session.engine, 'etl.effect', 'e').where('e.pipeline', pipeline).limit(1).select('e.effect_id'),
  );
  return row !== undefined;
}
