import type { Session } from '../../db/database.js';
import { fetchAll, from, joined } from '../../db/query.js';
import type { Wave } from '../ledger/waves.js';
import { WAVE_COLUMNS } from './files.js';

/** The files that carry items of a batch, with all that is fixed about them. */
export async function wavesOfBatch(session: Session, batchId: number): Promise<Wave[]> {
  return fetchAll(
    session,
    'reads/waves_of_batch',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.wave', 'w'), 'w.wave_id', 'i.wave_id')
      .where('i.batch_id', batchId)
      .distinct(...WAVE_COLUMNS)
      .orderBy('w.wave_id'),
  );
}

export interface SentMember {
  readonly order_id: number;
  readonly change_set_id: number;
  /** Of what the 3PL would see, when the order got its verdict. */
  readonly fingerprint: string | null;
  /** Of the configuration its verdict was given with. */
  readonly config_hash: string | null;
}

/** The orders of a file with their fingerprints, ascending, a page at a time. */
export async function sentMembers(
  session: Session,
  waveId: number,
  after: number,
  limit: number,
): Promise<SentMember[]> {
  return fetchAll(
    session,
    'reads/sent_members',
    from(session.engine, 'etl.effect', 'e')
      .join(joined(session.engine, 'etl.item', 'i'), 'i.item_id', 'e.item_id')
      .join(joined(session.engine, 'etl.batch', 'b'), 'b.batch_id', 'i.batch_id')
      .where('e.wave_id', waveId)
      .where('e.order_id', '>', after)
      .orderBy('e.order_id')
      .limit(limit)
      .select('e.order_id', 'i.change_set_id', 'i.fingerprint', 'b.config_hash'),
  );
}
