import type { ShipmentNotice } from '../../core/shipment.js';
import type { ShownShipment } from '../../core/targets.js';
import type { Seen } from '../singles/single-act.js';

/** Statuses of an order that is on its way to being Shipped. */
const OPEN: readonly string[] = ['Accepted', 'Printed'];

/**
 * What Exigo shows of a shipment that it is told of. `earlier` is what it was told of the order before, by us. `absent`
 * means that the call is to be made: the numbers are not there, or it could not be seen whether they came with this one.
 */
export function judgeTracking(
  notice: ShipmentNotice,
  shown: ShownShipment | null,
  earlier: readonly ShipmentNotice[],
): Seen {
  const { threePl } = notice;
  if (shown === null) {
    return blocked(
      'NOT_FOUND_IN_EXIGO',
      `${threePl} shipped it (${describeNumbers(notice)}), and the Exigo API does not know the order; look for it there, then "errors retry"`,
    );
  }
  const { status } = shown;
  const theirs = shown.tracking.flatMap((number) => number ?? []);
  if (status !== 'Shipped' && !OPEN.includes(status)) {
    return blocked(
      status === 'Canceled' ? 'SHIPPED_BUT_CANCELED' : 'UNEXPECTED_STATUS',
      `${threePl} shipped it (${describeNumbers(notice)}), and Exigo says ${status}; decide what is true, set it there, then "errors retry" or "release --as ignore"`,
    );
  }
  if (isThere(notice, shown)) {
    const told = earlier.some((one) => isThere(one, shown));
    return told ? { seen: 'absent' } : { seen: 'done', receipt: `Exigo shows ${describeNumbers(notice)}` };
  }
  const ours = new Set([notice, ...earlier].flatMap(({ tracking }) => tracking.map(({ number }) => number)));
  if (status === 'Shipped' && !theirs.every((number) => ours.has(number))) {
    return blocked(
      'SHIPPED_BY_SOMEONE_ELSE',
      `Exigo shows it as Shipped with ${theirs.join(', ')}, ${threePl} says ${describeNumbers(notice)}; set the right number in Exigo, then release it as ignore`,
    );
  }
  return { seen: 'absent' };
}

/** Whether Exigo shows just these numbers. */
export function isThere({ tracking, shipMethodId }: ShipmentNotice, shown: ShownShipment): boolean {
  const numbers = shown.tracking.every((number, i) => number === (tracking[i]?.number ?? null));
  return numbers && (shipMethodId === null || shown.shipMethodId === shipMethodId);
}

/** `UPS 1Z999, UPS 1Z998`. */
export function describeNumbers({ tracking }: ShipmentNotice): string {
  return tracking
    .map(({ number, carrier }) => (carrier === null ? number : `${carrier} ${number}`))
    .join(', ');
}

function blocked(code: string, reason: string): Seen {
  return { seen: 'blocked', state: 'held', code, reason };
}
