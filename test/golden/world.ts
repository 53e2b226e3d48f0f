import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '../../src/core/clock.js';
import { toExigoText } from '../../src/core/time.js';
import type { Engine, Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import { House } from '../support/house.js';
import { changeOrder } from '../support/small-orders.js';
import { CUSTOMER, type GoldenOrder, NOW, ORDERS, OWN_COLUMN } from './orders.js';

/** What happens in an installation: the orders go out; afterwards one is canceled, or the return order is told. */
export type Story = 'orders' | 'cancellation' | 'return';

export interface Made {
  /** Everything in the 3PL's folder, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Code of each order that is held. */
  readonly held: Readonly<Record<string, string>>;
}

/** A real installation with one template and all orders; its runs deliver into a real folder. */
export async function make(engine: Engine, template: unknown, story: Story): Promise<Made> {
  const house = await House.open({ engine, now: NOW, api: false, templates: [template] });
  try {
    const [threePl] = house.config.threePls;
    const inbox = threePl?.confirmations?.inbox;
    if (inbox?.kind === 'folder') await mkdir(inbox.path, { recursive: true });
    await putOrders(house);
    await run(house, 'exigo-orders-to-3pl');
    if (story === 'return') await run(house, 'exigo-returns-to-3pl');
    if (story === 'cancellation') {
      await changeOrder(house, 1002, { OrderStatusID: 4 });
      await run(house, 'exigo-orders-to-3pl');
      await run(house, 'exigo-cancellations-to-3pl');
    }
    return { files: await delivered(threePl?.delivery.path ?? ''), held: await heldOrders(house) };
  } finally {
    await house.close();
  }
}

async function run(house: House, pipeline: string): Promise<void> {
  const { error } = await house.run(pipeline);
  if (error !== null) throw error;
  house.clock.advance(15 * MINUTE);
}

async function putOrders(house: House): Promise<void> {
  await house.exec(`ALTER TABLE "dbo.Orders" ADD ${OWN_COLUMN} TEXT`);
  const now = toExigoText(house.clock.now());
  await house.tenant.transaction(async (session) => {
    await putRows(session, 'Customers', [{ ...CUSTOMER, ModifiedDate: now }]);
    for (const { row, lines, payments = [] } of ORDERS) {
      const { OrderID } = row;
      await putRows(session, 'Orders', [
        { ...ACCEPTED, Total: row.SubTotal ?? null, ModifiedDate: now, ...row },
      ]);
      await putRows(session, 'OrderDetails', detailRows(OrderID, lines));
      for (const payment of payments) {
        await putRows(session, 'Payments', [{ OrderID, PaymentDate: now, ModifiedDate: now, ...payment }]);
      }
    }
  });
}

const ACCEPTED: Parameters = { OrderStatusID: 7, OrderTypeID: 2, WarehouseID: 1 };

function detailRows(OrderID: number, lines: GoldenOrder['lines']): Parameters[] {
  return lines.map((line, i) => ({
    OrderID,
    OrderLine: i + 1,
    OrderDetailID: `00000000-0000-4000-8000-${String(OrderID * 100 + i).padStart(12, '0')}`,
    ...line,
  }));
}

async function delivered(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => name !== '.orderferry.part').sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

async function heldOrders(house: House): Promise<Record<string, string>> {
  const rows = await house.all<{ order_id: number; code: string }>(
    `SELECT order_id, code FROM "etl.item" WHERE state = 'held' ORDER BY order_id`,
  );
  return Object.fromEntries(rows.map(({ order_id, code }) => [String(order_id), code]));
}
