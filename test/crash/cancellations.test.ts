/**
 * The process that asks 3PLs to cancel is killed (SIGKILL) at every point: each is asked once, what the 3PL canceled is over,
 * what came too late is held with the evidence.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../support/crash-cases.js';
import { crashSuites } from '../support/crash-suite.js';
import { SHIPMENTS, shipped } from '../support/inbox.js';
import { ShipSite } from '../support/ship-site.js';
import { HAND_OVERS, type Story } from '../support/ship-stories.js';

const CANCELS = 'exigo-cancellations-to-3pl';

/** 1 is canceled there, 2 came too late, 3 was shipped before anybody could ask, 4 is left alone. */
const STORY: Story = {
  pipelines: [HAND_OVERS, SHIPMENTS, CANCELS],
  canceled: { 1: [1, 2, 3] },
  says: {
    1: [{ ...shipped(3, 'T3') }],
    2: [
      { answer: 'canceled', orderId: 1, reason: 'taken out' },
      { answer: 'not-canceled', orderId: 2, reason: 'packed' },
    ],
    3: [{ ...shipped(4, 'T4') }],
  },
};
const EXPECTED = {
  orders: ['1 4', '2 4', '3 4', '4 9'],
  // One row for each that is asked for, in one file or several.
  asked: ['1', '2'],
  answers: ['1 canceled', '2 too-late', '3 too-late'],
  waiting: [`2 ${CANCELS} TOO_LATE`, `3 ${CANCELS} TOO_LATE`, `3 ${SHIPMENTS} SHIPPED_BUT_CANCELED`],
  open: [] as string[],
};

const suites = await crashSuites({
  open: (engine, build) => ShipSite.open(engine, build, STORY),
  outcomeOf,
  at: (point) => point.startsWith(CANCELS) && !point.includes(' commit/'),
  pairs: 2,
});

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  return {
    orders: await site.lines(
      `SELECT CONCAT(OrderID, ' ', OrderStatusID) AS line FROM "dbo.Orders" ORDER BY OrderID`,
    ),
    asked: await askedOf(site.outbox),
    answers: await site.lines(
      `SELECT CONCAT(order_id, ' ', answer) AS line FROM "etl.cancellation" ORDER BY order_id`,
    ),
    waiting: await site.lines(
      `SELECT CONCAT(order_id, ' ', CONCAT(pipeline, ' ', code)) AS line FROM "etl.item"
       WHERE state IN ('held', 'failed') AND resolution IS NULL ORDER BY order_id, pipeline DESC`,
    ),
    open: await site.lines(`SELECT CONCAT(pipeline, '') AS line FROM "etl.batch" WHERE state <> 'closed'
       AND pipeline IN ('${STORY.pipelines.join("', '")}')`),
  };
}

/** The orders of all files of cancellations, each as often as it is there. */
async function askedOf(folder: string): Promise<string[]> {
  const orders: string[] = [];
  for (const name of await readdir(folder)) {
    if (!/^ATLCXL_.*\.csv$/.test(name)) continue;
    const [, ...rows] = (await readFile(join(folder, name), 'utf8')).trim().split('\r\n');
    orders.push(...rows.map((row) => row.split(',')[0] ?? ''));
  }
  return orders.sort();
}

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('asks once in an undisturbed life, and takes the answers', () => {
    const passed = new Set(undisturbed.points.filter((point) => point.startsWith(CANCELS)).map(nameOf));
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
