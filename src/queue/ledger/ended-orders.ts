import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** A marketplace order whose order in Exigo is on its way; times are UTC text. */
export interface OpenMarketplaceOrder {
  readonly store: string;
  readonly order_number: string;
  readonly marketplace: string | null;
  readonly marketplace_number: string | null;
  readonly purchased_utc: string | null;
  readonly frozen_utc: string;
  readonly exigo_order_id: number;
}

/** Orders of a store that their marketplace may still end, by GoDataFeed's number. */
export async function openMarketplaceOrders(
  session: Session,
  of: {
    readonly store: string;
    readonly since: string;
    readonly pipeline: string;
    readonly reports: string;
  },
): Promise<ReadonlyMap<string, OpenMarketplaceOrder>> {
  const statement = sql(session.engine, 'ledger/open_marketplace_orders');
  const rows = await session.all<OpenMarketplaceOrder>(statement, { ...of });
  return new Map(rows.map((row) => [row.order_number, row]));
}

/** Its marketplace has the cancellation already: nobody tells it. */
export async function noteReportedCanceled(
  session: Session,
  exigoOrderId: number,
  now: string,
): Promise<void> {
  const parameters = { exigo_order_id: exigoOrderId, fingerprint: 'canceled', now };
  await session.run(sql(session.engine, 'ledger/note_reported'), parameters);
}
