import { parse } from 'csv-parse/sync';
import type { World } from './world.js';

interface ExigoOrder {
  readonly id: number;
  readonly status: number;
  readonly sale: string | null;
}

const CANCELED = 4;
const SHIPPED = 9;

/** What became of every order and every sale, against what must have: one line for each that is not so. */
export async function findings(world: World): Promise<string[]> {
  const { house } = world;
  const orders = await house.all<ExigoOrder>(
    `SELECT OrderID AS id, OrderStatusID AS status, Other20 AS sale FROM "dbo.Orders" ORDER BY OrderID`,
  );
  const handedOver = await filesByOrder(world);
  const waiting = await waitingCodes(world);
  return [
    ...orders.flatMap((order) => ofOrder(world, order, handedOver.get(order.id) ?? [], waiting(order.id))),
    ...ofSales(world, orders, waiting),
    ...(await ofBatches(world)),
  ];
}

function ofOrder(
  world: World,
  { id, status }: ExigoOrder,
  files: readonly string[],
  waits: readonly string[],
): string[] {
  const shipped = [...world.warehouses.values()].some((warehouse) => warehouse.shipped.has(id));
  const takenOut = [...world.warehouses.values()].some(({ canceled }) => canceled.has(id));
  const refused = [...world.warehouses.values()].some((warehouse) => warehouse.refused.has(id));
  const where = `order ${id} (status ${status}, files ${files.join(', ') || 'none'}, waits as ${waits.join(', ') || 'nothing'})`;
  if (files.length > 1) return [`${where} was handed over twice`];
  if (files.length === 0) {
    return status === CANCELED || waits.length > 0 ? [] : [`${where} is lost: nobody has it`];
  }
  if (status === CANCELED) {
    return takenOut || waits.length > 0
      ? []
      : [`${where} was canceled, is not taken out, and nobody is told`];
  }
  if (shipped)
    return status === SHIPPED || waits.length > 0 ? [] : [`${where} left, and Exigo does not know`];
  if (refused || takenOut) return waits.length > 0 ? [] : [`${where} will not be sent, and nobody is told`];
  return [`${where} was taken by its warehouse, which says nothing of it`];
}

function ofSales(
  world: World,
  orders: readonly ExigoOrder[],
  waiting: (key: number | string) => readonly string[],
): string[] {
  return [...world.sold].flatMap((number) => {
    const shown = world.market.feed.order(number);
    const own = orders.filter(({ sale }) => sale === `amazon:M-${number}`);
    const waits = [...waiting(`main/${number}`), ...own.flatMap(({ id }) => waiting(id))];
    const where = `sale ${number} (${shown?.status}, ${shown?.sync}, orders ${own.map(({ id, status }) => `${id}/${status}`).join(', ')}, waits as ${waits.join(', ') || 'nothing'})`;
    if (own.length > 1) return [`${where} was made twice`];
    if (waits.length > 0) return [];
    const [order] = own;
    if (world.canceledSales.has(number)) {
      return order === undefined || order.status === CANCELED
        ? []
        : [`${where} was canceled by its buyer, and nobody is told`];
    }
    if (order === undefined) return [`${where} is lost: it was never made`];
    if (order.status !== SHIPPED) return [`${where} did not leave`];
    return shown?.sync === 'Sync Complete' && shown.destinationNumber === String(order.id)
      ? []
      : [`${where} left, and its marketplace does not know`];
  });
}

/** Each batch is closed, and the tables make sure that a closed one balances. */
async function ofBatches({ house }: World): Promise<string[]> {
  const open = await house.all<{ line: string }>(
    `SELECT CONCAT('batch ', batch_id, ' of ', pipeline, ' is ', state) AS line FROM "etl.batch" WHERE state <> 'closed'`,
  );
  return open.map(({ line }) => line);
}

/** Files that carry an order, by its number. */
async function filesByOrder({ house }: World): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  for (const { name: threePl } of house.config.threePls) {
    for (const [name, text] of await house.files(threePl)) {
      if (!name.endsWith('.csv') || name.startsWith('ATLCXL_')) continue;
      const rows = parse(text, { columns: true }) as Readonly<Record<string, string>>[];
      for (const id of new Set(rows.map(({ ORDER_NO }) => Number(ORDER_NO)))) {
        found.set(id, [...(found.get(id) ?? []), `${threePl}/${name}`]);
      }
    }
  }
  return found;
}

/** Codes under which an order, or a document, waits for a person. */
async function waitingCodes({ house }: World): Promise<(key: number | string) => readonly string[]> {
  const rows = await house.all<{ item_key: string; order_id: number | null; code: string }>(
    `SELECT item_key, order_id, code FROM "etl.item" WHERE state IN ('held', 'failed') AND resolution IS NULL`,
  );
  return (key) =>
    rows
      .filter(({ item_key, order_id }) => (typeof key === 'number' ? order_id === key : item_key === key))
      .map(({ code }) => code);
}
