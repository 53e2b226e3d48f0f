/**
 * The process that mails shipping labels is killed (SIGKILL) at every point: no label goes twice, one that may have gone waits for
 * a person with the words for it, everything else goes on, and each order is handed over and Printed once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { makeContext } from '../../src/app/runtime.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { ALL, nameOf, passesOf, pointsInSource, singleKills } from '../support/crash-cases.js';
import { filesBelow } from '../support/crash-outcome.js';
import type { PointPass } from '../support/crash-protocol.js';
import { crashSuites } from '../support/crash-suite.js';
import { ShipSite } from '../support/ship-site.js';
import { HAND_OVERS, type Story } from '../support/ship-stories.js';

const zpl = (id: number) => `^XA^FDorder ${id}^FS^XZ`;
const UNKNOWN = 'LABEL_MAIL_UNKNOWN';
const IDS = [1, 2, 3, 4, 5];

/** 1 to 3 go with the first file, 4 has its label after that, and 5 comes then. */
const STORY: Story = {
  pipelines: [HAND_OVERS],
  cycles: 2,
  mail: true,
  atlas: {
    labels: {
      from: 'order["ShippingLabel"]',
      name: 'LBL_{order}_{number:0000}',
      deliver: 'mail',
      mail: { to: ['dock@atlas.example'] },
    },
  },
  async happens(site, cycle) {
    if (cycle === 0) await site.addColumn('ShippingLabel');
    if (cycle === 1) await site.order(5);
    for (const id of cycle === 0 ? [1, 2, 3] : cycle === 1 ? [4, 5] : []) {
      await site.change(id, { ShippingLabel: zpl(id) });
    }
  },
};

/** Where the file is on its way; where it is in its folder is tried with other files. */
const FILE = ALL ? /^exigo-orders-to-3pl (waves|send|folder|close)\// : /^exigo-orders-to-3pl send\//;

const suites = await crashSuites({
  open: (engine, build) => ShipSite.open(engine, build, STORY),
  outcomeOf,
  at: (point) => /^exigo-orders-to-3pl (mail|send)\//.test(point),
  // Both ends of what is known of a mail are commits: those around a mail are tried, too.
  kills: (points) => [
    ...singleKills(
      points.filter((point) => FILE.test(point)),
      'each',
    ),
    ...aroundMails(points),
  ],
  pairs: 4,
});

/** The first mail of a file, its last, and that of a later file; and the commits right before and after the second. */
function aroundMails(points: readonly string[]): PointPass[] {
  const passes = passesOf(points);
  const intents = passes.flatMap(({ point }, i) => (nameOf(point) === 'mail/after-intent' ? [i] : []));
  const second = intents[1] ?? 0;
  return [
    ...passes.filter(({ point, pass }) => nameOf(point).startsWith('mail/') && (ALL || pass % 2 === 1)),
    ...[second - 2, second - 1, second + 2, second + 3].flatMap((i) => passes[i] ?? []),
  ];
}

/** What is left in doubt by a process that ended there: whether a label went, and, for us who see it, whether it did. */
function doubtOf(points: readonly string[], { point, pass }: PointPass): 'gone' | 'not gone' | null {
  if (nameOf(point) === 'mail/after-intent') return 'not gone';
  if (nameOf(point) === 'mail/after-send') return 'gone';
  const i = passesOf(points).findIndex((one) => one.point === point && one.pass === pass);
  if (nameOf(points[i + 1] ?? '') === 'mail/after-intent') return 'not gone';
  return nameOf(points[i - 1] ?? '') === 'mail/after-send' ? 'gone' : null;
}

async function stateOf(site: ShipSite) {
  const rows = readdirSync(site.outbox)
    .filter((name) => /^ATL_.*\.csv$/.test(name))
    .flatMap((name) => parse(readFileSync(join(site.outbox, name), 'utf8'), { columns: true }))
    .map((row: unknown) => row as Record<string, string>);
  return {
    mails: (site.smtp?.mails ?? [])
      .map(
        ({ subject, attachments: [label] }) =>
          `${subject}: ${label?.filename?.replace(/_\d+\./, '.')} ${textOf(label?.content)}`,
      )
      .sort(),
    handedOver: rows.map(({ ORDER_NO, SKU }) => `${ORDER_NO} ${SKU}`).sort(),
    printed: site.exigo.journal
      .flatMap(({ changes }) => changes)
      .map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`)
      .sort(),
    waiting: await site.lines(
      `SELECT CONCAT(order_id, ' ', CONCAT(code, ': ', reason)) AS line FROM "etl.item"
       WHERE state IN ('held', 'failed') AND resolution IS NULL ORDER BY order_id`,
    ),
    open: await site.lines(
      `SELECT CONCAT('batch ', state) AS line FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${HAND_OVERS}'
       UNION ALL SELECT CONCAT('file ', state) FROM "etl.wave" WHERE state NOT IN ('delivered', 'void')
       UNION ALL SELECT CONCAT('effect ', order_id) FROM "etl.effect" WHERE state NOT IN ('done', 'void')`,
    ),
    left: filesBelow(site.folder).filter((name) => /\.part$|^state\/spool\//.test(name)),
  };
}

function textOf(content: unknown): string {
  return Buffer.from(content as ArrayBuffer).toString();
}

/** As the processes leave it, and after a person has asked the 3PL and has the others mailed once more. */
async function outcomeOf(site: ShipSite) {
  const alone = await stateOf(site);
  const { database, clock } = site;
  const context = makeContext({ config: site.config(), database, clock });
  const { retried } = await retryWaiting(context, { code: UNKNOWN });
  await context.close();
  await site.liveOn();
  return { alone, retried, settled: await stateOf(site) };
}

const mailOf = (id: number, more = '') => `Shipping label of order ${id}${more}: LBL_${id}.zpl ${zpl(id)}`;
const waitingOf = (id: number) =>
  `${id} ${UNKNOWN}: whether the mail "Shipping label of order ${id}" to dock@atlas.example arrived is not known ` +
  '(the process ended while it was being sent); it is not sent again by itself, and the order waits';
const stateWith = (mails: readonly string[], handedOver: readonly number[], waiting: readonly string[]) => ({
  mails: [...mails].sort(),
  handedOver: handedOver.flatMap((id) => [`${id} CUP`, `${id} TEA`]),
  printed: handedOver.map((id) => `${id} Accepted -> Printed`),
  waiting,
  open: [],
  left: [],
});

describe.each(suites)('on $engine', ({ undisturbed, singles, pairs, life }) => {
  it('passes every point in an undisturbed life, and mails each label once', () => {
    const passed = new Set(undisturbed.points.map(nameOf));
    const ours = pointsInSource().filter((name) => /^(mail|send|folder)\//.test(name));
    expect(ours.filter((name) => !passed.has(name))).toEqual([]);
    const state = stateWith(
      IDS.map((id) => mailOf(id)),
      IDS,
      [],
    );
    expect(undisturbed.outcome).toEqual({ alone: state, retried: 0, settled: state });
  });

  it.concurrent.each([...singles, ...pairs])('%s', { timeout: 600_000 }, async (_kills, chosen) => {
    const { killed, outcome } = await life(chosen);
    if (chosen.length < 2) expect(killed).toBe(chosen.length);
    const doubts = chosen.slice(0, killed).flatMap((kill) => doubtOf(undisturbed.points, kill) ?? []);
    const inDoubt = outcome.alone.waiting.map((line) => Number.parseInt(line, 10));
    expect(inDoubt).toHaveLength(doubts.length);

    const gone = inDoubt.filter((id) => outcome.alone.mails.includes(mailOf(id)));
    expect(gone).toHaveLength(doubts.filter((doubt) => doubt === 'gone').length);
    const others = IDS.filter((id) => !inDoubt.includes(id));
    const mails = [...others, ...gone].map((id) => mailOf(id));
    expect(outcome.alone).toEqual(stateWith(mails, others, inDoubt.map(waitingOf)));

    const again = inDoubt.map((id) => mailOf(id, ' (sent once more)'));
    expect(outcome.retried).toBe(inDoubt.length);
    expect(outcome.settled).toEqual(stateWith([...mails, ...again], IDS, []));
  });
});
