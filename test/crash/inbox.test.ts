/**
 * The process that takes the files of a 3PL is killed (SIGKILL) at every point of its inbox: every file is archived whole and read
 * once, every row is kept once, and what they bring about in Exigo is that of an undisturbed life.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INBOX_FAULT_POINTS } from '../../src/engine/inbox/take-inboxes.js';
import { nameOf } from '../support/crash-cases.js';
import { crashSuites } from '../support/crash-suite.js';
import { ShipSite } from '../support/ship-site.js';
import { SHIPPING } from '../support/ship-stories.js';

const EXPECTED = {
  files: ['SHIP_1.csv frozen 4 1', 'SHIP_2.csv frozen 2 0', 'SHIP_3.csv frozen 2 0'],
  rows: ['1 2 1', '1 3 2', '1 4 3', '1 5 4', '1 6  UNKNOWN_ORDER', '2 2 2', '2 3 4', '3 2 1', '3 3 4'],
  archive: [
    'SHIP_1.csv 1,shipped,,,T1 2,shipped,TEA,1,T2 3,shipped,,,T3 4,accepted,,, nonsense,shipped,,,T7',
    'SHIP_2.csv 2,shipped,CUP,1,T4 4,shipped,,,T5',
    'SHIP_3.csv 1,shipped,,,T9 4,shipped,,,T5',
  ],
  left: [] as string[],
  orders: ['1 9 T9', '2 9 T2 T4', '3 4', '4 9 T5'],
  told: ['1', '1', '2', '4'],
};

const suites = await crashSuites({
  open: (engine, build) => ShipSite.open(engine, build, { ...SHIPPING, asFiles: true }),
  outcomeOf,
  at: (point) => nameOf(point).startsWith('inbox/'),
  pairs: 2,
});

async function outcomeOf(site: ShipSite): Promise<typeof EXPECTED> {
  const rows = await site.lines(
    `SELECT CONCAT(file_id, ' ', line, ' ', CONCAT(order_id, ' ', code)) AS line FROM "etl.inbox_row" ORDER BY file_id, line`,
  );
  const orders = await site.lines(
    `SELECT CONCAT(OrderID, ' ', OrderStatusID, ' ', TrackingNumber1, ' ', TrackingNumber2) AS line
     FROM "dbo.Orders" ORDER BY OrderID`,
  );
  return {
    files: await site.lines(
      `SELECT CONCAT(name, ' ', state, ' ', CONCAT(good, ' ', faulty)) AS line FROM "etl.inbox_file" ORDER BY file_id`,
    ),
    rows,
    archive: await archiveOf(site),
    left: await readdir(site.inbox),
    orders: orders.map((line) => line.replace(/ +/g, ' ').trim()),
    told: site.exigo.journal
      .filter(({ applied, operation }) => applied && operation === 'UpdateOrder')
      .flatMap(({ orderIds }) => orderIds.map(String))
      .sort(),
  };
}

/** Names without their numbers, and the lines below the header. */
async function archiveOf({ archive }: ShipSite): Promise<string[]> {
  const found: string[] = [];
  for (const month of (await readdir(archive)).filter((name) => /^\d{4}-\d\d$/.test(name))) {
    for (const name of await readdir(join(archive, month))) {
      const [, ...lines] = (await readFile(join(archive, month, name), 'utf8')).trim().split('\n');
      found.push(`${name.replace(/^\d+-/, '')} ${lines.join(' ')}`);
    }
  }
  return found.sort();
}

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('passes every point of an inbox in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    expect(INBOX_FAULT_POINTS.filter((point) => !passed.has(point))).toEqual([]);
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  it.concurrent.each([...singles, ...pairs])('%s', { timeout: 600_000 }, async (_kills, chosen) => {
    const lived = await life(chosen);
    if (chosen.length < 2) expect(lived.killed).toBe(chosen.length);
    expect(lived.outcome).toEqual(EXPECTED);
  });
});
