import { parse } from 'csv-parse/sync';
import type { Person } from './person.js';
import type { World } from './world.js';

interface ExigoOrder {
  readonly id: number;
  readonly status: number;
  readonly sale: string | null;
}

const CANCELED = 4;
const SHIPPED = 9;

/** What became of every order and every sale, against what must have: one line for each that is not so. */
export async function findings(world: World, person: Person): Promise<string[]> {
  const { house } = world;
  const orders = await house.all<ExigoOrder>(
    `SELECT OrderID AS id, OrderStatusID AS status, Other20 AS sale FROM "dbo.Orders" ORDER BY OrderID`,
  );
  const handedOver = await filesByOrder(world);
  const waiting = await waitingCodes(world, person);
  return [
    ...orders.flatMap((order) => ofOrder(world, order, handedOver.get(order.id) ?? [], waiting(order.id))),
    ...ofSales(world, orders, waiting),
    ...(await ofBatches(world)),
  ];
}

/** What the world did with an order, as nobody has told the product. */
interface Facts {
  readonly shipped: boolean;
  readonly refused: boolean;
  readonly takenOut: boolean;
  /** By whomever. */
  readonly canceled: boolean;
}

/** Codes under which an order may be left to a person, and what must have happened to it. */
const EXPLAINED: Readonly<Record<string, (facts: Facts) => boolean>> = {
  // Where orders count as printed when they are accepted, a warehouse that takes one out has refused it.
  REFUSED_BY_3PL: ({ refused, takenOut }) => refused || takenOut,
  CANCELED_BY_3PL: ({ takenOut }) => takenOut,
  CANCELED_AFTER_HAND_OVER: ({ canceled }) => canceled,
  TOO_LATE: ({ canceled }) => canceled,
  SHIPPED_BUT_CANCELED: ({ canceled, shipped }) => canceled && shipped,
  UPDATE_REFUSED: ({ canceled }) => canceled,
};

function factsOf(world: World, { id, status }: ExigoOrder, saleIsCanceled: boolean): Facts {
  const warehouses = [...world.warehouses.values()];
  return {
    shipped: warehouses.some(({ shipped }) => shipped.has(id)),
    refused: warehouses.some(({ refused }) => refused.has(id)),
    takenOut: warehouses.some(({ canceled }) => canceled.has(id)),
    canceled: status === CANCELED || world.canceledOrders.has(id) || saleIsCanceled,
  };
}

function ofOrder(
  world: World,
  order: ExigoOrder,
  files: readonly string[],
  waits: readonly string[],
): string[] {
  const { id, status } = order;
  const where = `order ${id} (status ${status}, files ${files.join(', ') || 'none'}, waits as ${waits.join(', ') || 'nothing'})`;
  if (files.length > 1) return [`${where} was handed over twice`];
  const facts = factsOf(world, order, world.canceledSales.has(order.sale?.replace(/^amazon:M-/, '') ?? ''));
  const odd = waits.filter((code) => EXPLAINED[code]?.(facts) !== true);
  if (odd.length > 0) return [`${where}: nothing that happened to it explains ${odd.join(', ')}`];
  if (waits.length > 0) return [];
  if (files.length === 0) return status === CANCELED ? [] : [`${where} is lost: nobody has it`];
  if (status === CANCELED) {
    return facts.takenOut ? [] : [`${where} was canceled, is not taken out, and nobody is told`];
  }
  if (facts.shipped) return status === SHIPPED ? [] : [`${where} left, and Exigo does not know`];
  if (facts.refused || facts.takenOut) return [`${where} will not be sent, and nobody is told`];
  return [`${where} was taken by its warehouse, which says nothing of it`];
}

function ofSales(
  world: World,
  orders: readonly ExigoOrder[],
  waiting: (key: number | string) => readonly string[],
): string[] {
  const bySale = new Map<string, ExigoOrder[]>();
  for (const order of orders) {
    if (order.sale !== null) bySale.set(order.sale, [...(bySale.get(order.sale) ?? []), order]);
  }
  return [...world.sold].flatMap((number) => {
    const shown = world.sale(number);
    const own = bySale.get(`amazon:M-${number}`) ?? [];
    const [order] = own;
    const ofDocument = waiting(`main/${number}`);
    const ofOrders = own.flatMap(({ id }) => waiting(id));
    const where = `sale ${number} (${shown?.status}, ${shown?.sync}, orders ${own.map(({ id, status }) => `${id}/${status}`).join(', ')}, waits as ${[...ofDocument, ...ofOrders].join(', ') || 'nothing'})`;
    if (own.length > 1) return [`${where} was made twice`];
    const isCanceled = world.canceledSales.has(number);
    if (ofDocument.length > 0 && !isCanceled) return [`${where}: nothing that happened to it explains that`];
    if (ofDocument.length + ofOrders.length > 0) return [];
    if (isCanceled) {
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

/** Codes under which an order, or a document, waits for a person, or was settled by one. */
async function waitingCodes(
  { house }: World,
  { settled }: Person,
): Promise<(key: number | string) => readonly string[]> {
  const rows = await house.all<{ item_key: string; order_id: number | null; code: string }>(
    `SELECT item_key, order_id, code FROM "etl.item" WHERE state IN ('held', 'failed') AND resolution IS NULL`,
  );
  return (key) => [
    ...rows
      .filter(({ item_key, order_id }) => (typeof key === 'number' ? order_id === key : item_key === key))
      .map(({ code }) => code),
    ...[settled.get(String(key)) ?? []].flat(),
  ];
}
