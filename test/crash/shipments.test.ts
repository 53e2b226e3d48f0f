/**
 * The process that tells Exigo what was shipped is killed (SIGKILL) at every point, while answers are lost and effects show
 * late: every number and every Shipped once, a correction alone, and nothing of an order that was canceled.
 */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/core/clock.js';
import type { Fault } from '../../src/standins/exigo/faults.js';
import { nameOf, pointsInSource } from '../support/crash-cases.js';
import { crashSuites, NOT_KILLED } from '../support/crash-suite.js';
import { SHIPMENTS } from '../support/inbox.js';
import { ShipSite } from '../support/ship-site.js';
import { SHIPPING } from '../support/ship-stories.js';

/** The first numbers, and the second status call: the first one sets what was handed over to Printed. */
const STRUCK = [
  { operation: 'UpdateOrder', nth: 1 },
  { operation: 'ChangeOrderStatusBatch', nth: 2 },
] as const;
const LIVES: Readonly<Record<string, readonly Fault[]>> = {
  'answers arrive': [],
  'answers are lost after the effect': STRUCK.map((one) => ({ kind: 'cut-after', ...one })),
  'calls are lost before the effect': STRUCK.map((one) => ({ kind: 'cut-before', ...one })),
  'effects show late': STRUCK.map((one) => ({ kind: 'late', afterMs: SECOND, answer: 'cut', ...one })),
};
const EXPECTED = {
  orders: ['1 9 T9 3', '2 9 T2 T4 3', '3 4', '4 9 T5 2'],
  shipped: ['1 Printed -> Shipped', '2 Printed -> Shipped', '4 Printed -> Shipped'],
  told: ['1 T1', '1 T9', '2 T2 T4', '4 T5', '4 T5 FedEx'],
  items: [
    '1 delivered',
    '1 delivered',
    '2 held PARTLY_SHIPPED SUPERSEDED',
    '2 delivered',
    '3 held SHIPPED_BUT_CANCELED',
    '4 excluded ACCEPTED',
    '4 delivered',
    '4 delivered',
  ],
  open: [] as string[],
};
/** Where a kill beside a lost answer tells something: the call may be out, or its receipt not yet kept. */
const AROUND_A_LOST_CALL = /(single|status)\/(after-claim|before-receipt)/;

const suites = await crashSuites({
  open: (engine, build, faults: readonly Fault[] | undefined) =>
    ShipSite.open(engine, build, SHIPPING, faults),
  outcomeOf,
  at: (point) => point.startsWith(SHIPMENTS) && !point.includes(' commit/'),
  pairs: 3,
});

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  const applied = site.exigo.journal.filter((entry) => entry.applied);
  const orders = await site.lines(
    `SELECT CONCAT(OrderID, ' ', OrderStatusID, ' ', TrackingNumber1, ' ', TrackingNumber2, ' ', WebCarrierID1) AS line
     FROM "dbo.Orders" ORDER BY OrderID`,
  );
  return {
    orders: orders.map((line) => line.replace(/ +/g, ' ')),
    shipped: applied
      .flatMap(({ changes }) => changes)
      .filter(({ to, from }) => to === 'Shipped' && from !== to)
      .map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`)
      .sort(),
    told: applied
      .filter(({ operation }) => operation === 'UpdateOrder')
      .map(({ orderIds, body }) => [...orderIds, toldBy(body as Record<string, string>)].join(' '))
      .sort(),
    items: await site.lines(
      `SELECT CONCAT(order_id, ' ', state, ' ', CONCAT(code, ' ', resolution)) AS line FROM "etl.item"
       WHERE pipeline = '${SHIPMENTS}' ORDER BY order_id, item_id`,
    ),
    open: await site.lines(
      `SELECT CONCAT(batch_id, '') AS line FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${SHIPMENTS}'`,
    ),
  };
}

function toldBy(body: Readonly<Record<string, string>>): string {
  const { trackingNumber1, trackingNumber2, webCarrierID } = body;
  return [trackingNumber1, trackingNumber2, webCarrierID === 'UPS' ? '' : webCarrierID]
    .filter(Boolean)
    .join(' ');
}

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('passes every point in an undisturbed life, and tells once', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(transform|single|status|close)\//.test(name));
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
