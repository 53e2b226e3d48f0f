import type { Session } from '../../db/database.js';
import { fetchAll, from } from '../../db/query.js';

export interface OpenItem {
  readonly item_id: number;
  readonly batch_id: number;
  readonly item_key: string;
  readonly generation: number;
  readonly state: 'new' | 'ready' | 'loading';
}

const COLUMNS = ['i.item_id', 'i.batch_id', 'i.item_key', 'i.generation', 'i.state'];

/** Versions of an order that are not settled: on their way, or about to be. Oldest first. */
export async function openItemsOfOrder(
  session: Session,
  pipeline: string,
  orderId: number,
): Promise<OpenItem[]> {
  return fetchAll(
    session,
    'reads/open_items_of_order',
    from(session.engine, 'etl.item', 'i')
      .where('i.order_id', orderId)
      .where('i.pipeline', pipeline)
      .whereIn('i.state', ['new', 'ready', 'loading'])
      .orderBy('i.item_id')
      .select(COLUMNS),
  );
}

/** Items that will go again and were in this file, asked for before. */
export async function resendsOfFile(session: Session, pipeline: string, waveId: number): Promise<OpenItem[]> {
  return fetchAll(
    session,
    'reads/resends_of_file',
    from(session.engine, 'etl.item', 'i')
      .where('i.pipeline', pipeline)
      .where('i.generation', '>', 1)
      .whereIn('i.state', ['new', 'ready'])
      .whereIn(
        'i.item_key',
        from(session.engine, 'etl.effect', 'e').where('e.wave_id', waveId).select('e.item_key'),
      )
      .orderBy('i.item_id')
      .select(COLUMNS),
  );
}
