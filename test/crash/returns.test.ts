/**
 * The process that makes return orders in Exigo is killed (SIGKILL) at every point, while answers are lost and effects show
 * late: every return once, in the right quantities, and nothing of what is said again.
 */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/core/clock.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { nameOf, pointsInSource } from '../support/crash-cases.js';
import { crashSuites, NOT_KILLED } from '../support/crash-suite.js';
import { RETURNS } from '../support/inbox.js';
import { ShipSite } from '../support/ship-site.js';
import { RETURNING } from '../support/ship-stories.js';

const STRUCK = [1, 3].map((nth) => ({ operation: 'ProcessTransaction', nth }) as const);
const LIVES: Readonly<Record<string, readonly Fault[]>> = {
  'answers arrive': [],
  'answers are lost after the effect': STRUCK.map((one) => ({ kind: 'cut-after', ...one })),
  'calls are lost before the effect': STRUCK.map((one) => ({ kind: 'cut-before', ...one })),
  'effects show late': STRUCK.map((one) => ({ kind: 'late', afterMs: SECOND, answer: 'cut', ...one })),
};
const EXPECTED = {
  made: ['1 -0.5 CUP', '1 -1 TEA', '2 -1 CUP', '2 -1 TEA'],
  noted: ['1 1', '1 1', '2 1'],
  items: ['1 delivered', '1 delivered', '2 delivered', '4 held MORE_THAN_SHIPPED'],
  open: [] as string[],
};
/** Where a kill beside a lost answer tells something: the call may be out, or its receipt not yet kept. */
const AROUND_A_LOST_CALL = /single\/(after-claim|before-receipt)/;

const suites = await crashSuites({
  open: (engine, build, faults: readonly Fault[] | undefined) =>
    ShipSite.open(engine, build, RETURNING, faults),
  outcomeOf,
  at: (point) => point.startsWith(RETURNS) && !point.includes(' commit/'),
  pairs: 2,
});

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  const made = await site.lines(
    `SELECT CONCAT(o.ReturnOrderID, ' ', d.Quantity, ' ', d.ItemCode) AS line FROM "dbo.Orders" AS o
     JOIN "dbo.OrderDetails" AS d ON d.OrderID = o.OrderID WHERE o.OrderTypeID = 8`,
  );
  return {
    made: made.map((line) => line.replace(/\.?0+ /, ' ')).sort(),
    noted: await site.lines(
      `SELECT CONCAT(g.exigo_order_id, ' ', COUNT(o.OrderID)) AS line FROM "etl.returned_goods" AS g
       JOIN "dbo.Orders" AS o ON o.OrderID = g.return_order_id AND o.OrderKey = g.return_key
       GROUP BY g.return_key, g.exigo_order_id ORDER BY g.exigo_order_id`,
    ),
    items: await site.lines(
      `SELECT CONCAT(order_id, ' ', state, ' ', CONCAT(code, ' ', resolution)) AS line FROM "etl.item"
       WHERE pipeline = '${RETURNS}' ORDER BY order_id, item_id`,
    ),
    open: await site.lines(
      `SELECT CONCAT(batch_id, '') AS line FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${RETURNS}'`,
    ),
  };
}

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('passes every point in an undisturbed life, and makes each once', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(transform|single|close)\//.test(name));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  describe.each(Object.entries(LIVES))('while %s', (_name, faults) => {
    const isQuiet = faults.length === 0;
    const touched = singles.filter(([name]) => isQuiet || AROUND_A_LOST_CALL.test(name));
    const cases = [NOT_KILLED, ...touched, ...(isQuiet ? pairs : [])];
    it.concurrent.each(cases)('%s', { timeout: 600_000 }, async (_kills, chosen) => {
      const lived = await life(chosen, faults);
      if (chosen.length < 2) expect(lived.killed).toBe(chosen.length);
      expect(lived.outcome).toEqual(EXPECTED);
    });
  });
});
