import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** An outward act of an item: when it was tried, what was sent, what was answered. */
export interface Act {
  readonly effect_id: number;
  readonly step: string;
  readonly item_key: string;
  readonly generation: number;
  readonly state: string;
  readonly attempts: number;
  readonly next_try_utc: string | null;
  readonly last_error: string | null;
  readonly receipt: string | null;
  /** JSON of what is sent, where it is kept. */
  readonly request: string | null;
  readonly created_utc: string;
  readonly done_utc: string | null;
  readonly file_name: string | null;
}

export async function actsOfItems(session: Session, itemIds: readonly number[]): Promise<Act[]> {
  if (itemIds.length === 0) return [];
  return session.all(sql(session.engine, 'reads/acts_of_items'), { item_ids: JSON.stringify(itemIds) });
}
