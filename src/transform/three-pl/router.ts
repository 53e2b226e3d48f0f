import type { ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import { load, reject, type Verdict } from '../../core/pipeline.js';

export interface RoutedThreePl {
  /** The values this 3PL's routes look at, by the name the template gives them. */
  routedBy(order: Order): ReadonlyMap<string, string>;
}

const WORDS: Readonly<Record<string, string>> = {
  WarehouseID: 'warehouse',
  ShipMethodID: 'ship method',
  Country: 'country',
};

/** Sends an order to the first 3PL with a route that matches, in the given order; none: `NO_ROUTE`. */
export function makeRouter(
  threePls: readonly (ThreePl & Partial<RoutedThreePl>)[],
): (order: Order) => Verdict {
  return (order) => {
    const match = threePls.find((threePl) => threePl.matches(order) !== null);
    return match === undefined ? reject('NO_ROUTE', whyNone(threePls, order)) : load(match.name);
  };
}

function whyNone(threePls: readonly (ThreePl & Partial<RoutedThreePl>)[], order: Order): string {
  const { WarehouseID, ShipMethodID, Country } = order.row;
  const values = new Map<string, string>([
    ['WarehouseID', String(WarehouseID)],
    ['ShipMethodID', String(ShipMethodID)],
    ['Country', Country?.trim() || 'empty'],
    ['type', order.type],
  ]);
  for (const threePl of threePls) {
    for (const [name, value] of threePl.routedBy?.(order) ?? [])
      if (!values.has(name)) values.set(name, value);
  }
  const looked = [...values].map(([name, value]) => `${WORDS[name] ?? name} ${value}`).join(', ');
  const tried =
    threePls.length === 0
      ? 'there are no 3PL templates'
      : `tried ${threePls.map((one) => one.name).join(', ')}`;
  return `no route takes ${looked}; ${tried}`;
}
