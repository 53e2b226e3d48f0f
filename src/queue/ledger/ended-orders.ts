import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** A marketplace order that is on its way with us; times are UTC text. */
export interface OpenMarketplaceOrder {
  readonly store: string;
  readonly order_number: string;
  readonly marketplace: string | null;
  readonly marketplace_number: string | null;
  readonly purchased_utc: string | null;
  readonly frozen_utc: string;
  /** Null: it waits in the error list, and was never made. */
  readonly exigo_order_id: number | null;
}

/** Orders of a store that their marketplace may still end, by GoDataFeed's number. */
export async function openMarketplaceOrders(
  session: Session,
  of: {
    readonly store: string;
    readonly since: string;
    readonly pipeline: string;
    readonly reports: string;
    /** Pipeline that makes orders. */
    readonly makes: string;
  },
): Promise<ReadonlyMap<string, OpenMarketplaceOrder>> {
  const { store, since, pipeline, reports, makes } = of;
  const [made, unmade] = await session.several([
    {
      statement: sql(session.engine, 'ledger/open_marketplace_orders'),
      parameters: { store, since, pipeline, reports },
    },
    {
      statement: sql(session.engine, 'ledger/open_unmade_orders'),
      parameters: { store, since, pipeline: makes },
    },
  ]);
  const rows = [...(made?.rows ?? []), ...(unmade?.rows ?? [])] as unknown as OpenMarketplaceOrder[];
  return new Map(rows.map((row) => [row.order_number, row]));
}

/** They ended at their marketplace before they were made: what waits of them is answered. */
export async function resolveEnded(
  session: Session,
  makes: string,
  itemKeys: readonly string[],
  now: string,
): Promise<void> {
  if (itemKeys.length === 0) return;
  const parameters = { pipeline: makes, item_keys: JSON.stringify(itemKeys), now };
  await session.run(sql(session.engine, 'ledger/resolve_ended_keys'), parameters);
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
