/**
 * The process that puts shipping labels beside the hand-over file is killed (SIGKILL) at every point: whenever the file is there, its
 * labels are; in the end each is there once, with the right bytes, and nothing is left of what was cut short.
 */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import { FOLDER_MARK } from '../../src/core/targets.js';
import { ALL, nameOf, passesOf, pointsInSource } from '../support/crash-cases.js';
import { filesBelow } from '../support/crash-outcome.js';
import { crashSuites } from '../support/crash-suite.js';
import { ShipSite } from '../support/ship-site.js';
import { HAND_OVERS, type Story } from '../support/ship-stories.js';

const IDS = [1, 2, 3, 4, 5];
const PDF = await pdf();
/** PDF and ZPL by turns, each another. */
const labelOf = (id: number) => (id === 1 ? PDF : Buffer.from(`^XA^FDorder ${id}^FS^XZ`));
const nameOfLabel = (id: number) => `LBL_${id}_000${id < 4 ? 1 : 2}.${id === 1 ? 'pdf' : 'zpl'}`;
/** 1 to 3 go with the first file, the label of 4 comes after that, and 5 with its label. */
const labelled = (cycle: number) => (cycle === 0 ? [1, 2, 3] : cycle === 1 ? [4, 5] : []);

type From = 'a column' | 'a folder';

const story = (from: From): Story => ({
  pipelines: [HAND_OVERS],
  cycles: 2,
  atlas: {
    labels: {
      from:
        from === 'a column'
          ? 'order["ShippingLabel"]'
          : { folder: '../labels', file: '{order.OrderID}.label', ready: '10s' },
      name: 'LBL_{order}_{number:0000}',
    },
  },
  async happens(site, cycle) {
    if (cycle === 0) await site.addColumn('ShippingLabel');
    if (cycle === 1) await site.order(5);
    for (const id of labelled(cycle)) {
      if (from === 'a folder') leaveLabel(site, id);
      else await site.change(id, { ShippingLabel: labelOf(id).toString('base64') });
    }
  },
  looks: expectLabelsFirst,
});

const suites = await crashSuites({
  open: (engine, build, from: From | undefined) => ShipSite.open(engine, build, story(from ?? 'a column')),
  outcomeOf,
  at: (point) => /^exigo-orders-to-3pl (send|folder)\//.test(point),
  // The first file, its three labels and its manifest pass the points of the folder one after the other.
  kills: (points) =>
    passesOf(points).filter(({ point, pass }) => {
      if (!/^exigo-orders-to-3pl (send|folder)\//.test(point)) return false;
      const later = /part-synced|rename/.test(point) ? [1, 3, 5] : [1];
      return ALL || later.includes(pass);
    }),
  pairs: 4,
});

async function pdf(): Promise<Buffer> {
  const document = await PDFDocument.create();
  document.addPage([288, 432]);
  return Buffer.from(await document.save());
}

/** Whole, since it was written a while ago. */
function leaveLabel(site: ShipSite, id: number): void {
  const folder = join(site.folder, 'labels');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${id}.label`), labelOf(id));
  const at = (site.clock.now() - MINUTE) / 1_000;
  utimesSync(join(folder, `${id}.label`), at, at);
}

/** Orders in a file of the 3PL. */
function ordersIn(site: ShipSite, name: string): number[] {
  const rows = parse(readFileSync(join(site.outbox, name), 'utf8'), { columns: true }) as {
    ORDER_NO: string;
  }[];
  return [...new Set(rows.map(({ ORDER_NO }) => Number(ORDER_NO)))].sort();
}

/** At any time: who takes the file finds the labels of its orders, whole. */
function expectLabelsFirst(site: ShipSite): void {
  for (const name of readdirSync(site.outbox).filter((name) => name.endsWith('.csv'))) {
    for (const id of ordersIn(site, name)) {
      expect(readFileSync(join(site.outbox, nameOfLabel(id))), `label of ${id}`).toEqual(labelOf(id));
    }
  }
}

async function outcomeOf(site: ShipSite) {
  expectLabelsFirst(site);
  const there = readdirSync(site.outbox).filter((name) => name !== FOLDER_MARK);
  return {
    files: there.map((name) => name.replace(/^ATL_\d+_/, 'ATL_')).sort(),
    labels: there
      .filter((name) => name.startsWith('LBL_'))
      .map((name) => readFileSync(join(site.outbox, name)).toString('base64')),
    orders: there
      .filter((name) => name.endsWith('.csv'))
      .map((name) => ordersIn(site, name).join(' '))
      .sort(),
    printed: site.exigo.journal
      .flatMap(({ changes }) => changes)
      .map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`)
      .sort(),
    waiting: await site.lines(
      `SELECT CONCAT(order_id, ' ', code) AS line FROM "etl.item"
       WHERE state IN ('held', 'failed') AND resolution IS NULL ORDER BY order_id`,
    ),
    left: filesBelow(site.folder).filter((name) => /\.part$|^state\/spool\//.test(name)),
  };
}

const EXPECTED: Awaited<ReturnType<typeof outcomeOf>> = {
  files: [
    'ATL_000001.csv',
    'ATL_000001.csv.manifest.json',
    'ATL_000002.csv',
    'ATL_000002.csv.manifest.json',
    ...IDS.map(nameOfLabel),
  ],
  labels: IDS.map((id) => labelOf(id).toString('base64')),
  orders: ['1 2 3', '4 5'],
  printed: IDS.map((id) => `${id} Accepted -> Printed`),
  waiting: [],
  left: [],
};

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('passes every point in an undisturbed life', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(send|folder)\//.test(name));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
    expect(undisturbed.outcome).toEqual(EXPECTED);
  });

  describe.each(['a column', 'a folder'] as const)('out of %s', (from) => {
    // Where labels come from concerns what makes the file, and what finds it made.
    const cases =
      from === 'a column'
        ? [...singles, ...pairs]
        : singles.filter(([name]) => ALL || /send\/(rendered|after-intent|before-publish)/.test(name));
    it.concurrent.each(cases)('%s', { timeout: 600_000 }, async (_kills, chosen) => {
      const lived = await life(chosen, from);
      if (chosen.length < 2) expect(lived.killed).toBe(chosen.length);
      expect(lived.outcome).toEqual(EXPECTED);
    });
  });
});
