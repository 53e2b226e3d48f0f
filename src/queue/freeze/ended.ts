import { InvariantError } from '../../core/errors.js';
import type { MarketplaceDocument } from '../../core/feed-store.js';
import { counted } from '../../core/text.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { insertBatch } from '../ledger/batches.js';
import { insertEvent } from '../ledger/events.js';
import { marketplaceKey } from '../ledger/marketplace-orders.js';
import type { ChangeSet } from './change-set.js';
import { storeSource } from './documents.js';

/**
 * Freezes the JSON of marketplace orders that have ended, as the evidence of it, with a batch of the pipeline, in the
 * caller's transaction. Null when there are none.
 */
export async function freezeEndedDocuments(
  session: Session,
  set: {
    readonly store: string;
    readonly documents: readonly MarketplaceDocument[];
    readonly pipeline: string;
    /** UTC text. */
    readonly now: string;
  },
): Promise<ChangeSet | null> {
  const { store, documents, pipeline, now } = set;
  const frozen = documents.length;
  if (frozen === 0) return null;
  const parameters = { source: `${storeSource(store)}/ended`, kind: 'live', start_at: now, end_at: null };
  const row = await session.get<{ change_set_id: number }>(
    sql(session.engine, 'freeze/insert_document_set'),
    { ...parameters, now, frozen, unchanged: 0 },
  );
  if (row === undefined) throw new InvariantError('freeze/insert_document_set gave no row');
  const { change_set_id } = row;
  await session.several(
    documents.map(({ orderNumber, json }) => ({
      statement: sql(session.engine, 'freeze/insert_document'),
      parameters: { change_set_id, item_key: marketplaceKey({ store, order_number: orderNumber }), json },
    })),
  );
  const batchId = await insertBatch(session, {
    pipeline,
    changeSetId: change_set_id,
    kind: 'live',
    itemsFrozen: frozen,
    itemsUnchanged: 0,
    now,
  });
  const message = `change set ${change_set_id} frozen: ${counted(frozen, 'order')} of GoDataFeed store ${store} ended at their marketplace`;
  await insertEvent(session, { at: now, kind: 'frozen', pipeline, batchId, message });
  return {
    changeSetId: change_set_id,
    source: parameters.source,
    ordersFrozen: frozen,
    ordersUnchanged: 0,
    rawRows: 0,
    startAt: now,
    frozenUtc: now,
  };
}
