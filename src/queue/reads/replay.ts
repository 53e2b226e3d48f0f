import type { Session } from '../../db/database.js';
import { fetchAll, from, joined } from '../../db/query.js';
import type { Wave } from '../ledger/waves.js';

/** The files that carry items of a batch, with all that is fixed about them. */
export async function wavesOfBatch(session: Session, batchId: number): Promise<Wave[]> {
  return fetchAll(
    session,
    'reads/waves_of_batch',
    from(session.engine, 'etl.item', 'i')
      .join(joined(session.engine, 'etl.wave', 'w'), 'w.wave_id', 'i.wave_id')
      .where('i.batch_id', batchId)
      .distinct(
        'w.wave_id',
        'w.pipeline',
        'w.step',
        'w.target',
        'w.number',
        'w.file_name',
        'w.config_hash',
        'w.state',
        'w.planned_utc',
        'w.orders',
        'w.rows',
        'w.bytes',
        'w.sha256',
        'w.attempts',
        'w.next_try_utc',
        'w.last_error',
      )
      .orderBy('w.wave_id'),
  );
}
