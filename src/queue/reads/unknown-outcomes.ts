import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export interface UnknownOutcome {
  readonly item_id: number;
  readonly step: string;
  readonly file_name: string | null;
}

/** Acts of these waiting items whose outcome is not known yet, by item. */
export async function unknownOutcomes(
  session: Session,
  itemIds: readonly number[],
): Promise<Map<number, UnknownOutcome>> {
  if (itemIds.length === 0) return new Map();
  const rows = await session.all<UnknownOutcome>(sql(session.engine, 'reads/unknown_outcomes'), {
    item_ids: JSON.stringify(itemIds),
  });
  return new Map(rows.map((row) => [row.item_id, row]));
}
