import { ConfigurationError } from '../../core/errors.js';
import { RenderError, type ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { HandedLine, SaidRow, Shipment } from '../../core/shipment.js';
import { fromUtcText } from '../../core/time.js';
import { type AskedCancellation, cancellationsOf } from '../../queue/ledger/cancellations.js';
import { storedConfiguration } from '../../queue/ledger/configurations.js';
import { type HandedOver, handOvers, linkedSince, saidRows } from '../../queue/reads/shipments.js';
import type { EngineContext } from '../context.js';

/** What was handed over of an order. */
interface Handed {
  readonly lines: readonly HandedLine[];
  readonly shipMethodId: number | null;
  /** Ship methods that the 3PL cannot tell from the order's own: its file would have had the same words. */
  readonly alike: ReadonlySet<number>;
}

/** What a 3PL has said of an order, and what it was asked to cancel of its newest hand-over. */
export interface ReadShipment extends Shipment {
  readonly asked: AskedCancellation | null;
}

/**
 * All that a 3PL has said of these orders so far, with the lines as they were handed over. An order that it never got from
 * us is missing. What was said of a hand-over that it has canceled does not count for a later one.
 */
export async function readShipments(
  context: EngineContext,
  threePl: string,
  orderIds: readonly number[],
): Promise<ReadonlyMap<number, ReadShipment>> {
  const { database } = context;
  const shipments = new Map<number, ReadShipment>();
  if (orderIds.length === 0) return shipments;
  const said = await saidRows(database, threePl, orderIds);
  const delivered = await handOvers(database, handOverStep(context), threePl, orderIds);
  const since = await linkedSince(database, threePl, orderIds);
  const asked = await cancellationsOf(database, orderIds);
  const handed = await readHanded(context, threePl, delivered, said);
  for (const orderId of orderIds) {
    const known = delivered.get(orderId)?.[0]?.delivered_utc ?? since.get(orderId);
    if (known === undefined) continue;
    const own = (asked.get(orderId) ?? []).filter(({ target }) => target === threePl);
    const files = delivered.get(orderId) ?? [];
    const newest = files.at(-1)?.generation;
    const from = countsFrom(files, own);
    const rows = (said.get(orderId) ?? []).filter(({ receivedAt }) => receivedAt >= from);
    shipments.set(orderId, {
      threePl,
      orderId,
      handedOverAt: fromUtcText(known),
      lines: handed.get(orderId)?.lines ?? null,
      shipMethodId: handed.get(orderId)?.shipMethodId ?? null,
      rows: rows.map((row) => withoutAlike(row, handed.get(orderId))),
      asked: own.findLast(({ generation }) => newest === undefined || generation === newest) ?? null,
    });
  }
  return shipments;
}

/** The hand-over after one that the 3PL has canceled: what it said before is of the other (ms). */
function countsFrom(files: readonly HandedOver[], asked: readonly AskedCancellation[]): number {
  const canceled = asked.findLast(({ answer }) => answer === 'canceled')?.generation ?? 0;
  const next = canceled === 0 ? undefined : files.find(({ generation }) => generation > canceled);
  return next === undefined ? 0 : fromUtcText(next.delivered_utc);
}

/** Where orders are handed over. */
export function handOverStep({ pipelines }: Pick<EngineContext, 'pipelines'>): {
  readonly pipeline: string;
  readonly step: string;
} {
  for (const { name, load } of pipelines) {
    const [first] = load;
    if (first?.kind === '3pl-file') return { pipeline: name, step: first.step };
  }
  throw new ConfigurationError('no pipeline hands orders over, so nothing can come back');
}

/** The newest hand-over of each order: its lines by the template that wrote the file. */
async function readHanded(
  context: EngineContext,
  threePl: string,
  delivered: ReadonlyMap<number, readonly HandedOver[]>,
  said: ReadonlyMap<number, readonly SaidRow[]>,
): Promise<ReadonlyMap<number, Handed>> {
  const newest = [...delivered.values()].flatMap((all) => all.slice(-1));
  const found = new Map<number, Handed>();
  for (const hash of new Set(newest.map(({ config_hash }) => config_hash))) {
    const template = await templateOf(context, hash, threePl);
    if (template === undefined) continue;
    const keys = newest
      .filter(({ config_hash }) => config_hash === hash)
      .map(({ order_id, change_set_id }) => ({ orderId: order_id, changeSetId: change_set_id }));
    const read = await context.orders.read(keys, (orders) =>
      orders.map((order) => ({
        orderId: order.id,
        lines: template.handed(order),
        shipMethodId: order.row.ShipMethodID,
        alike: methodsAlike(template, order, said.get(order.id) ?? []),
      })),
    );
    for (const { orderId, ...handed } of read) found.set(orderId, handed);
  }
  return found;
}

/**
 * Several of our ship methods may have one word at the 3PL. What it says back then is one of them, and not necessarily the
 * order's: a method with which its file would have been the same is no other one.
 */
function methodsAlike(template: ThreePl, order: Order, rows: readonly SaidRow[]): ReadonlySet<number> {
  const alike = new Set<number>();
  const own = order.row.ShipMethodID;
  for (const id of new Set(rows.flatMap(({ shipMethodId }) => shipMethodId ?? []))) {
    if (id === own || rendered(template, order) === rendered(template, withMethod(order, id))) alike.add(id);
  }
  return alike;
}

/** The same order, row for row, with another ship method. */
function withMethod(order: Order, id: number): Order {
  const row: unknown = Object.create(order.row, { ShipMethodID: { value: id, enumerable: true } });
  return Object.create(order, { row: { value: row } }) as Order;
}

function rendered(template: ThreePl, order: Order): string {
  try {
    return JSON.stringify(template.render(order));
  } catch (error) {
    if (error instanceof RenderError) return `${order.row.ShipMethodID} ${error.code}`;
    throw error;
  }
}

function withoutAlike(row: SaidRow, handed: Handed | undefined): SaidRow {
  const alike = row.shipMethodId !== null && handed?.alike.has(row.shipMethodId) === true;
  return alike ? { ...row, shipMethodId: null } : row;
}

async function templateOf(
  context: EngineContext,
  hash: string,
  threePl: string,
): Promise<ThreePl | undefined> {
  const { frozen, threePls } = context.config;
  const stored = hash === frozen.hash ? null : await storedConfiguration(context.database, hash);
  if (stored === undefined) return undefined;
  return (stored === null ? threePls : context.kit.threePlsOf(stored)).find(({ name }) => name === threePl);
}
