/**
 * The process that tells the 3PL of return orders is killed (SIGKILL) at every point, and at those where return orders of our own are
 * made: each that a person made in Exigo is told once, one of ours never goes back to the 3PL it came from.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../support/crash-cases.js';
import { CONFIRMATIONS } from '../support/crash-config.js';
import { filesBelow } from '../support/crash-outcome.js';
import { crashSuites } from '../support/crash-suite.js';
import { RETURNS, returned, shipped } from '../support/inbox.js';
import { ShipSite } from '../support/ship-site.js';
import { HAND_OVERS, type Story } from '../support/ship-stories.js';

const NOTICES = 'exigo-returns-to-3pl';

/** 201, 202 and 211 are made by a person: 201 is canceled after its notice, 202 accepted late. What comes back of 2 becomes ours. */
const STORY: Story = {
  // Notices before returns: a process that made one and was killed sees it as a change before it knows it again.
  pipelines: [HAND_OVERS, NOTICES, RETURNS],
  says: { 1: [shipped(1, 'T1'), shipped(2, 'T2'), shipped(3, 'T3')], 2: [returned(2, 'TEA', '1')] },
  atlas: {
    confirmations: {
      ...CONFIRMATIONS,
      inbox: { folder: '../in/atlas' },
      returned: { as: 'return-order', status: 'Accepted' },
    },
    returns: {
      file: { name: 'ATLRMA_{number:000000}.csv', header: false },
      row: 'line',
      columns: [
        { name: 'RMA', from: 'order.OrderID' },
        { name: 'ORDER', from: 'order.ReturnOrderID' },
        { name: 'SKU', from: 'line.ItemCode' },
        { name: 'QTY', from: 'line.Quantity', number: { digits: 2, trim: true, sign: 'none' } },
      ],
    },
  },
  async happens(site, cycle) {
    if (cycle === 1) {
      await returnOf(site, 201, 1, 7);
      await returnOf(site, 202, 2, 1);
    }
    if (cycle === 2) {
      await site.change(201, { OrderStatusID: 4 });
      await site.change(202, { OrderStatusID: 7 });
    }
    if (cycle === 3) await returnOf(site, 211, 3, 7);
  },
};
const EXPECTED = {
  told: ['201,1,CUP,1', '201,1,TEA,1', '202,2,CUP,1', '202,2,TEA,1', '211,3,CUP,1', '211,3,TEA,1'],
  verdicts: [
    '201 held CANCELED_AFTER_HAND_OVER',
    '202 delivered',
    '211 delivered',
    'of ours excluded OWN_RETURN',
  ],
  made: ['2 TEA'],
  open: [] as string[],
  left: [] as string[],
};

const suites = await crashSuites({
  open: (engine, build) => ShipSite.open(engine, build, STORY),
  outcomeOf,
  at: (point) =>
    (point.startsWith(NOTICES) && !point.includes(' commit/')) || point.startsWith(`${RETURNS} single/`),
  pairs: 3,
});

async function returnOf(site: ShipSite, id: number, of: number, status: number): Promise<void> {
  const total = { SubTotal: '-10.0000', Total: '-10.0000' };
  await site.order(id, { OrderTypeID: 8, ReturnOrderID: of, OrderStatusID: status, ...total });
  await site.exec(
    `UPDATE "dbo.OrderDetails" SET Quantity = '-1.0000', PriceTotal = CONCAT('-', PriceEach) WHERE OrderID = ${id}`,
  );
}

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  return {
    told: readdirSync(site.outbox)
      .filter((name) => /^ATLRMA_.*\.csv$/.test(name))
      .flatMap((name) => readFileSync(join(site.outbox, name), 'utf8').trim().split('\r\n'))
      .sort(),
    verdicts: await site.lines(
      `SELECT CONCAT(CASE WHEN g.return_order_id IS NULL THEN CONCAT(i.order_id, '') ELSE 'of ours' END,
              ' ', CONCAT(i.state, ' ', i.code)) AS line
       FROM "etl.item" AS i LEFT JOIN "etl.returned_goods" AS g ON g.return_order_id = i.order_id
       WHERE i.pipeline = '${NOTICES}' AND i.order_id > 4 AND i.item_id = (SELECT MAX(newest.item_id)
         FROM "etl.item" AS newest WHERE newest.order_id = i.order_id AND newest.pipeline = i.pipeline)
       ORDER BY line`,
    ),
    made: await site.lines(
      `SELECT CONCAT(o.ReturnOrderID, ' ', d.ItemCode) AS line FROM "dbo.Orders" AS o
       JOIN "dbo.OrderDetails" AS d ON d.OrderID = o.OrderID WHERE o.OrderTypeID = 8 AND o.OrderID NOT IN (201, 202, 211)`,
    ),
    open: await site.lines(`SELECT CONCAT(pipeline, '') AS line FROM "etl.batch" WHERE state <> 'closed'
       AND pipeline IN ('${STORY.pipelines.join("', '")}')`),
    left: filesBelow(site.folder).filter((name) => /\.part$|^state\/spool\//.test(name)),
  };
}

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('tells of each once in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.filter((point) => point.startsWith(NOTICES)).map(nameOf));
    for (const point of ['transform/before-commit', 'waves/before-commit', 'send/before-receipt']) {
      expect(passed).toContain(point);
    }
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  it.concurrent.each([...singles, ...pairs])('%s', { timeout: 600_000 }, async (_kills, chosen) => {
    const lived = await life(chosen);
    if (chosen.length < 2) expect(lived.killed).toBe(chosen.length);
    expect(lived.outcome).toEqual(EXPECTED);
  });
});
