import type { OrderStatus } from '../../core/exigo.js';
import { statusFingerprint } from '../verdicts/decide.js';

/** From which status an order may be moved to a target status: 7 to 8, 7 or 8 to 9, nothing else. */
const MOVES: Readonly<Partial<Record<OrderStatus, readonly string[]>>> = {
  Printed: ['Accepted'],
  Shipped: ['Accepted', 'Printed'],
};

/** Where an order may already be, beyond the target: moving it back would undo somebody's work. */
const BEYOND: Readonly<Partial<Record<OrderStatus, readonly string[]>>> = { Printed: ['Shipped'] };

export interface Sorted<E> {
  /** Already there, or beyond. */
  readonly there: readonly E[];
  readonly toMove: readonly E[];
  readonly blocked: readonly Blocked<E>[];
}

export interface Blocked<E> {
  readonly effect: E;
  readonly code: string;
  readonly reason: string;
  /** Of the status the target shows; null when it does not know the order. */
  readonly fingerprint: string | null;
}

/** Sorts effects by what the target shows of their orders. Pure. */
export function sortByStatus<E extends { readonly order_id: number }>(
  effects: readonly E[],
  seen: ReadonlyMap<number, string>,
  to: OrderStatus,
): Sorted<E> {
  const there: E[] = [];
  const toMove: E[] = [];
  const blocked: Blocked<E>[] = [];
  for (const effect of effects) {
    const status = seen.get(effect.order_id);
    if (status === undefined) {
      const reason = 'the Exigo API does not know the order; look for it there, then "errors retry"';
      blocked.push({ effect, code: 'NOT_FOUND_IN_EXIGO', reason, fingerprint: null });
    } else if (status === to || BEYOND[to]?.includes(status)) {
      there.push(effect);
    } else if (MOVES[to]?.includes(status)) {
      toMove.push(effect);
    } else {
      const canceled = to === 'Shipped' ? 'SHIPPED_BUT_CANCELED' : 'CANCELED_AFTER_HAND_OVER';
      const what = to === 'Shipped' ? 'the 3PL has shipped the order' : 'the 3PL has the order';
      blocked.push({
        effect,
        code: status === 'Canceled' ? canceled : 'UNEXPECTED_STATUS',
        // A shipment goes by what was told; only a hand-over is compared with the status again.
        fingerprint: to === 'Shipped' ? null : statusFingerprint(status),
        reason: `Exigo says ${status}, it is not moved to ${to}, but ${what}; decide with "release"`,
      });
    }
  }
  return { there, toMove, blocked };
}
