import { InvariantError } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';
import { compareSets } from './compare.js';
import type { ExpectedSets } from './expected.js';
import type { Sales } from './market.js';
import type { ReplayTotals } from './replay.js';

/** What Exigo and the marketplace have of its sales; throws with the first that differs. Gives how many there are. */
export function compareSales(
  cut: number,
  made: ReadonlyMap<number, number>,
  sales: Sales,
  expected: ExpectedSets,
): NonNullable<ReplayTotals['sales']> {
  const acknowledged = new Set<number>();
  const shipped = new Map<number, number | null>();
  const canceled = new Set<number>();
  for (const [number, id] of made) {
    const shown = sales.shown(number);
    if (shown?.destinationNumber === String(id)) acknowledged.add(number);
    if (shown?.status === 'Shipped') shipped.set(number, shown.shippedAt);
    if (shown?.status === 'Canceled') canceled.add(number);
  }
  compareSets(cut, 'made from sales of the marketplace', new Set(made.keys()), expected.sales);
  compareSets(cut, 'acknowledged', acknowledged, expected.sales);
  compareSets(cut, 'reported Shipped', new Set(shipped.keys()), new Set(expected.reportedShipped.keys()));
  compareSets(cut, 'reported Canceled', canceled, expected.reportedCanceled);
  for (const [number, at] of expected.reportedShipped) {
    const told = shipped.get(number) ?? null;
    if (at === null || at === told) continue;
    throw new InvariantError(
      `after the cut ${toExigoText(cut)}: sale ${number} was shipped at ${toExigoText(at)}, its marketplace was told ${told === null ? 'nothing' : toExigoText(told)}`,
    );
  }
  return { made: made.size, shipped: shipped.size, canceled: canceled.size };
}
