import type { ApiOrders } from '../core/api-orders.js';
import type { Circuits } from '../core/circuits.js';
import type { Delivery } from '../core/targets.js';

/**
 * An object whose asynchronous methods are calls of a system: refused while it is left alone, their outcome remembered.
 * `proofs`: the methods that only go well where the system works; default all.
 */
export function guarded<T extends object>(
  circuits: Circuits,
  system: string,
  target: T,
  proofs: readonly (keyof T)[] | null = null,
): T {
  return new Proxy(target, {
    get(object, name): unknown {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]): unknown => {
        const begin = (): unknown => Reflect.apply(value, object, values);
        if (name === 'list') return guardedPages(circuits, system, () => begin() as AsyncIterable<unknown>);
        const proves = proofs === null || (proofs as readonly PropertyKey[]).includes(name);
        return circuits.call(system, async () => begin(), proves);
      };
    },
  });
}

/**
 * A place that files are left in. Only a file that could be written there shows that it works: on a full disk one can look
 * around as ever, and before every other try we do.
 */
export function guardedDelivery(circuits: Circuits, system: string, delivery: Delivery): Delivery {
  return guarded(circuits, system, delivery, ['upload', 'publish']);
}

/** The same for pages that come one after another; all of them count as one call. */
export async function* guardedPages<T>(
  circuits: Circuits,
  system: string,
  pages: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const iterator = pages()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await circuits.call(system, () => iterator.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

export function guardedOrders(circuits: Circuits, system: string, orders: ApiOrders): ApiOrders {
  return {
    list: (listing, between) => guardedPages(circuits, system, () => orders.list(listing, between)),
  };
}
