import { toExigoText } from '../../src/core/time.js';
import type { Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import type { House } from './house.js';

export interface SmallOrder {
  /** Columns of dbo.Orders that differ from an accepted order for warehouse 1. */
  readonly row?: Parameters;
  /** Item code and price of each line; one line of 10.00 unless given. */
  readonly lines?: readonly (readonly [code: string, price: string])[];
}

/** Puts an accepted order into the sync database, modified now, whole unless its row says otherwise. */
export async function placeOrder(house: House, id: number, order: SmallOrder = {}): Promise<void> {
  const now = toExigoText(house.clock.now());
  const lines = order.lines ?? [['TEA', '10.00']];
  const total = lines.reduce((sum, [, price]) => sum + Number(price), 0).toFixed(4);
  await house.tenant.transaction(async (session) => {
    await putRows(session, 'Orders', [
      {
        OrderID: id,
        OrderStatusID: 7,
        OrderTypeID: 2,
        OrderDate: now,
        ModifiedDate: now,
        CurrencyCode: 'usd',
        WarehouseID: 1,
        ShipMethodID: 1,
        FirstName: 'Ada',
        LastName: 'Byron',
        Address1: '1 First St',
        City: 'Reno',
        State: 'NV',
        Zip: '89501',
        Country: 'US',
        SubTotal: total,
        Total: total,
        ...order.row,
      },
    ]);
    await putRows(session, 'OrderDetails', lineRows(id, lines));
  });
}

export function lineRows(id: number, lines: NonNullable<SmallOrder['lines']>): Parameters[] {
  return lines.map(([code, price], i) => ({
    OrderID: id,
    OrderLine: i + 1,
    OrderDetailID: `00000000-0000-4000-8000-${String(id * 100 + i).padStart(12, '0')}`,
    ItemID: i + 1,
    ItemCode: code,
    ItemDescription: code,
    Quantity: '1.0000',
    PriceEach: price,
    PriceTotal: price,
  }));
}

/** Changes columns of an order and its stamp, as somebody in Exigo would. */
export async function changeOrder(house: House, id: number, columns: Parameters): Promise<void> {
  const all = { ...columns, ModifiedDate: toExigoText(house.clock.now()) };
  const sets = Object.keys(all).map((name) => `${name} = @${name}`);
  await house.exec(`UPDATE "dbo.Orders" SET ${sets.join(', ')} WHERE OrderID = @id`, { ...all, id });
}

/** State and code of the newest item of an order: `held NO_ROUTE`. */
export async function outcomeOf(house: House, id: number): Promise<string> {
  const rows = await house.all<{ outcome: string }>(
    `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE item_id = (
       SELECT MAX(item_id) FROM "etl.item" WHERE order_id = ${id})`,
  );
  return rows[0]?.outcome ?? 'no item';
}

/** Names of the files of a 3PL that carry an order, in order. */
export async function filesWith(house: House, threePl: string, id: number): Promise<string[]> {
  const files = await house.files(threePl);
  return [...files].filter(([, text]) => carries(text, id)).map(([name]) => name);
}

/** Whether a file of one of our templates has a record of an order: its number comes first, or after `H;`. */
export function carries(text: string, id: number | string): boolean {
  return new RegExp(`^(?:"?H"?;)?"?${id}"?[,;]`, 'm').test(text);
}

/** A template with one readable row per line, for a 3PL that takes everything unless told otherwise. */
export function readableTemplate(overrides: Record<string, unknown> = {}): unknown {
  return {
    name: 'plain',
    routes: [{ when: { WarehouseID: [1, 2, 3] } }],
    delivery: { folder: '../out/plain' },
    file: { name: 'PLAIN_{number:0000}.csv', zone: 'America/Chicago' },
    row: 'line',
    columns: [
      { name: 'order', from: 'order.OrderID' },
      { name: 'street', from: 'order.Address1' },
      { name: 'sku', from: 'line.ItemCode' },
    ],
    ...overrides,
  };
}
