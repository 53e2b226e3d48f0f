import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../core/clock.js';
import { TerminalError } from '../core/errors.js';
import { statusName } from '../core/exigo.js';
import type { MarketplaceStore, NewOrders } from '../core/feed-store.js';
import type { LogFields, Logger } from '../core/log.js';
import type { Mailer } from '../core/mail.js';
import type { OrderTarget } from '../core/new-order.js';
import type { ReturnTarget } from '../core/returned.js';
import type { Delivery, FileFacts, ShipmentTarget, StatusTarget, UpdateTarget } from '../core/targets.js';
import type { Session } from '../queue/ledger/session.js';
import { sourceStatuses } from '../queue/reads/orders.js';
import { describeSent } from './updates/update-request.js';

/** A call that a real run would make. */
export interface PlannedCall {
  readonly operation: string;
  /** Exigo order ids, or numbers of marketplace orders; empty for a mail, whose subject says it. */
  readonly orders: readonly (number | string)[];
}

/**
 * Looks at the real place, so that a folder that is missing or a name that is taken shows; what would be
 * written there is only remembered.
 */
export function dryDelivery(real: Delivery): Delivery {
  const parts = new Map<string, FileFacts | null>();
  const targets = new Map<string, FileFacts>();
  const inspect: Delivery['inspect'] = async (name, sender) => {
    const there = await real.inspect(name, sender);
    const part = parts.get(name);
    return {
      part: part === undefined ? there.part : part,
      target: targets.get(name) ?? there.target,
      place: there.place,
    };
  };
  return {
    description: real.description,
    absence: real.absence,
    inspect,
    async upload(localPath, name, sender) {
      const { place } = await real.inspect(name, sender);
      parts.set(name, await factsOf(localPath));
      return place ?? 'made by the upload';
    },
    async publish(name, sender) {
      const { part, target } = await inspect(name, sender);
      if (target !== null) {
        throw new TerminalError(
          'FILE_EXISTS',
          `${real.description}: a file of the name ${name} is there already; it would be left alone`,
        );
      }
      if (part !== null) targets.set(name, part);
      parts.set(name, null);
    },
    async discard(name) {
      parts.set(name, null);
    },
  };
}

async function factsOf(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) {
      bytes += piece.byteLength;
      hash.update(piece);
    }
  });
  return { sha256: hash.digest('hex'), bytes };
}

/**
 * Notes what would be called; everything it was asked for then counts as done. An order's status is that of
 * the sync database: the API is not asked, so a dry run needs none that answers. Without a sync database (null) it is,
 * as the orders have come from there.
 */
export function recordingTarget(
  real: StatusTarget,
  session: Session | null,
  calls: PlannedCall[],
): StatusTarget {
  const done = new Map<number, string>();
  return {
    maxOrders: real.maxOrders,
    unknownWaitMs: 0,
    async read(orderIds) {
      const found =
        session === null
          ? await real.read(orderIds)
          : new Map([...(await sourceStatuses(session, orderIds))].map(([id, n]) => [id, statusName(n)]));
      return new Map([...found].map(([id, status]) => [id, done.get(id) ?? status]));
    },
    async change(orderIds, to) {
      calls.push({ operation: `ChangeOrderStatusBatch ${to}`, orders: orderIds });
      for (const id of orderIds) done.set(id, to);
    },
  };
}

/** Notes what would be mailed, and to whom. */
export function recordingMailer({ description }: Mailer, calls: PlannedCall[]): Mailer {
  return {
    description,
    async send({ to, subject }) {
      calls.push({ operation: `mail "${subject}" to ${to.join(', ')}`, orders: [] });
      return { receipt: 'would be sent', refused: [] };
    },
  };
}

/** Notes what Exigo would be told of shipments; an order's status is that of the sync database. */
export function recordingShipments(
  real: ShipmentTarget,
  session: Session | null,
  calls: PlannedCall[],
): ShipmentTarget {
  return {
    unknownWaitMs: real.unknownWaitMs,
    async look(orderId) {
      if (session === null) return real.look(orderId);
      const status = (await sourceStatuses(session, [orderId])).get(orderId);
      if (status === undefined) return null;
      return { status: statusName(status), tracking: [], shipMethodId: null };
    },
    async tell(orderId, { tracking }) {
      calls.push({
        operation: `UpdateOrder ${tracking.map(({ number }) => number).join(', ')}`,
        orders: [orderId],
      });
    },
  };
}

/** Notes what a store would be told, and asks it for nothing: what is on its way is left to a real run. */
export function recordingStore(real: UpdateTarget, calls: PlannedCall[]): UpdateTarget {
  return {
    ...real,
    isAsked: false,
    look: async () => null,
    async send({ orderNumber, orderId }, update, guard) {
      await guard();
      const operation = `UpdateOrderStatus ${describeSent(update)} of GoDataFeed order ${orderNumber} in store ${real.store}`;
      calls.push({ operation, orders: [orderId] });
    },
  };
}

/** Stores that were read before; what they would be told is noted. */
export function recordingStores(
  listed: ReadonlyMap<string, Listed>,
  stores: ReadonlyMap<string, MarketplaceStore>,
  calls: PlannedCall[],
  ended: boolean,
): ReadonlyMap<string, MarketplaceStore> {
  const listOf = (name: string): NewOrders => {
    const found = listed.get(name) ?? { documents: [], problem: null };
    if ('error' in found) throw found.error;
    return found;
  };
  const note = (operation: string) => async (orderNumber: string) => {
    calls.push({ operation, orders: [orderNumber] });
  };
  return new Map(
    [...stores].map(([name, { unknownWaitMs }]) => [
      name,
      {
        name,
        unknownWaitMs,
        listNew: async () => listOf(name),
        listEnded: async () => listOf(name).documents,
        // What ended is in its list; of what is new there is nothing else to know.
        look: async () => ({ status: ended ? 'canceled' : 'new', destinationNumber: null }),
        acknowledge: note(`Acknowledge (${name})`),
        cancel: note(`UpdateStatus Canceled (${name})`),
      },
    ]),
  );
}

/** What a store's list gave. */
export type Listed = NewOrders | { readonly error: unknown };

/** Notes which orders would be made. They get negative numbers, which are rolled back with everything else. */
export function recordingOrderTarget(real: OrderTarget, calls: PlannedCall[]): OrderTarget {
  let made = 0;
  return {
    unknownWaitMs: 0,
    refusesDuplicates: real.refusesDuplicates,
    find: async () => null,
    show: async () => null,
    customersOf: async () => [],
    async make(order, customerId, guard) {
      await guard?.();
      calls.push({ operation: 'ProcessTransaction', orders: [order.key] });
      made++;
      return { orderId: -made, customerId: customerId ?? -made };
    },
  };
}

/** Notes which return orders would be made. */
export function recordingReturns(real: ReturnTarget, calls: PlannedCall[]): ReturnTarget {
  let made = 0;
  return {
    ...real,
    unknownWaitMs: 0,
    find: async () => null,
    async make(order, guard) {
      await guard?.();
      calls.push({ operation: `CreateOrder ReturnOrder ${order.key}`, orders: [order.returnOrderId] });
      return -++made;
    },
  };
}

/** Waiting costs a dry run no time: its clock moves on by itself. */
export function unhurriedClock(real: Clock): Clock {
  let ahead = 0;
  return {
    now: () => real.now() + ahead,
    async sleep(ms, signal) {
      if (signal?.aborted) throw signal.reason;
      ahead += ms;
    },
  };
}

/** Log lines of a dry run say so: they tell of what was not done. */
export function dryLogger(real: Logger): Logger {
  const line = (level: keyof Logger) => (message: string, fields?: LogFields) =>
    real[level](`dry run: ${message}`, fields);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
