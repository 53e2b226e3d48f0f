import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** One line of the append-only timeline. Never an address, never a secret. */
export interface LedgerEvent {
  /** UTC text. */
  readonly at: string;
  /** Short word: `frozen`, `held`, `delivered`, `released` ... */
  readonly kind: string;
  readonly pipeline: string;
  readonly batchId?: number;
  readonly waveId?: number;
  readonly orderId?: number;
  /** Of an item that is no order of Exigo, or not yet: `main/1000123`. */
  readonly itemKey?: string;
  readonly message: string;
  readonly detail?: unknown;
}

export async function insertEvent(session: Session, event: LedgerEvent): Promise<void> {
  await session.later(sql(session.engine, 'ledger/insert_event'), {
    at_utc: event.at,
    kind: event.kind,
    pipeline: event.pipeline,
    batch_id: event.batchId ?? null,
    wave_id: event.waveId ?? null,
    order_id: event.orderId ?? null,
    item_key: event.itemKey ?? null,
    message: event.message,
    detail: event.detail === undefined ? null : JSON.stringify(event.detail),
  });
}
