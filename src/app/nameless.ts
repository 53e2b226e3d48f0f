import { OrderferryError } from '../core/errors.js';
import { hideValues } from '../core/personal.js';
import type { ShipmentTarget, StatusTarget, UpdateTarget } from '../core/targets.js';
import type { Session } from '../db/database.js';
import { peopleOfOrders } from '../queue/reads/people.js';

/**
 * Targets whose errors name nobody. A server that is told of an order by its number may answer with its customer's name:
 * the names are those of the order's last frozen version, and are looked up only when a call fails.
 */
export function namelessTargets(session: Session) {
  const about = async <T>(orderIds: readonly number[], call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof OrderferryError) {
        error.message = withoutPeople(error.message, await peopleIfKnown(session, orderIds));
      }
      throw error;
    }
  };
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
  };
}

/** A database that fails as well must not take the place of what the target said. */
async function peopleIfKnown(session: Session, orderIds: readonly number[]): Promise<string[]> {
  try {
    return await peopleOfOrders(session, orderIds);
  } catch {
    return [];
  }
}

/** As they are written, or in capitals: "Will" is a name, "will" a word of ours. */
export function withoutPeople(text: string, people: readonly string[]): string {
  return hideValues(text, [...people, ...people.map((one) => one.toUpperCase())], false);
}
