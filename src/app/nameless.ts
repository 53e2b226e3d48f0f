import { OrderferryError } from '../core/errors.js';
import type { MarketplaceStore } from '../core/feed-store.js';
import type { OrderTarget } from '../core/new-order.js';
import { hideValues, personalValues } from '../core/personal.js';
import type { ReturnTarget } from '../core/returned.js';
import type { ShipmentTarget, StatusTarget, UpdateTarget } from '../core/targets.js';
import type { Session } from '../db/database.js';
import { marketplaceKey } from '../queue/ledger/marketplace-orders.js';
import { peopleOfDocuments, peopleOfOrders } from '../queue/reads/people.js';

/**
 * Targets whose errors name nobody. A server that is told of an order by its number may answer with its customer's name:
 * the names are those of the order's last frozen version, and are looked up only when a call fails. It goes around the
 * target itself, inside of what remembers outcomes: a circuit and its incident keep the words of the error.
 */
export function namelessTargets(session: Session) {
  const about = <T>(orderIds: readonly number[], call: () => Promise<T>): Promise<T> =>
    unnamed(call, () => peopleOfOrders(session, orderIds));
  return {
    status: (target: StatusTarget): StatusTarget => ({
      ...target,
      read: (ids) => about(ids, () => target.read(ids)),
      change: (ids, to, details) => about(ids, () => target.change(ids, to, details)),
    }),
    shipment: (target: ShipmentTarget): ShipmentTarget => ({
      ...target,
      look: (id) => about([id], () => target.look(id)),
      tell: (id, notice, shown) => about([id], () => target.tell(id, notice, shown)),
    }),
    update: (target: UpdateTarget): UpdateTarget => ({
      ...target,
      look: (order, why) => about([order.orderId], () => target.look(order, why)),
      send: (order, update, guard) => about([order.orderId], () => target.send(order, update, guard)),
    }),
    order: (target: OrderTarget): OrderTarget => ({
      ...target,
      find: (order) => unnamed(() => target.find(order), peopleIn(order)),
      customersOf: (email) => unnamed(() => target.customersOf(email), peopleIn({ email })),
      make: (order, customerId, guard) =>
        unnamed(() => target.make(order, customerId, guard), peopleIn(order)),
    }),
    returns: (target: ReturnTarget): ReturnTarget => ({
      ...target,
      find: (order) => unnamed(() => target.find(order), peopleIn(order)),
      make: (order, guard) => unnamed(() => target.make(order, guard), peopleIn(order)),
    }),
    /** Calls about one order. Of lists the client repeats no words that may name anybody: most of it nobody has frozen yet. */
    store: (target: MarketplaceStore): MarketplaceStore => {
      const aboutOne = <T>(order_number: string, call: () => Promise<T>): Promise<T> =>
        unnamed(call, () =>
          peopleOfDocuments(session, [marketplaceKey({ store: target.name, order_number })]),
        );
      return {
        ...target,
        look: (number, marketplaceNumber) => aboutOne(number, () => target.look(number, marketplaceNumber)),
        acknowledge: (number, destination, guard) =>
          aboutOne(number, () => target.acknowledge(number, destination, guard)),
        cancel: (number, guard) => aboutOne(number, () => target.cancel(number, guard)),
      };
    },
  };
}

/** An order that is to be made carries its names itself. */
function peopleIn(order: object): () => Promise<string[]> {
  return async () => personalValues(order);
}

async function unnamed<T>(call: () => Promise<T>, people: () => Promise<readonly string[]>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof OrderferryError) {
      error.message = withoutPeople(error.message, await ifKnown(people));
    }
    throw error;
  }
}

/** A database that fails as well must not take the place of what the target said. */
async function ifKnown(people: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await people();
  } catch {
    return [];
  }
}

/** As they are written, or in capitals: "Will" is a name, "will" a word of ours. */
export function withoutPeople(text: string, people: readonly string[]): string {
  return hideValues(text, [...people, ...people.map((one) => one.toUpperCase())], false);
}
