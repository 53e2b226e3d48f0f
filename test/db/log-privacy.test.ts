/** What a run writes about the orders of people says nothing of the people. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, type ProgramLogger } from '../../src/app/logging.js';
import { createOutput } from '../../src/app/output.js';
import { Redactor } from '../../src/app/redaction.js';
import { MINUTE, systemClock } from '../../src/core/clock.js';
import type { EngineContext } from '../../src/engine/context.js';
import { explain } from '../../src/engine/explain/explain.js';
import { explainMarketplace } from '../../src/engine/explain/explain-marketplace.js';
import { firstEntries } from '../../src/engine/persons/entries.js';
import { entryDetails } from '../../src/engine/persons/entry-details.js';
import { summarize } from '../../src/engine/report.js';
import type { RunReport } from '../../src/engine/run.js';
import { marketplaceOrdersNamed } from '../../src/queue/ledger/marketplace-orders.js';
import { House } from '../support/house.js';
import { Market, orderMembers } from '../support/market.js';
import { changeOrder, placeOrder } from '../support/small-orders.js';

const PERSON = {
  FirstName: 'Zebulon',
  LastName: 'Quistgaard',
  Address1: '742 Evergreen Terrace',
  City: 'Ljubovia',
  Email: 'zeb.quist@example.org',
  Phone: '+1 (775) 555-0199',
};
const CARD = '4111 1111 1111 1111';
const TOKEN = 'tok-8877665544332211';
const MARKS = [
  ...Object.values(PERSON),
  'evergreen',
  'quist',
  CARD,
  CARD.replaceAll(' ', ''),
  TOKEN,
  'not-a-secret',
];
/** What an angry server may say. */
const WORDS = `${PERSON.Address1} in file for ${PERSON.Email}, ${PERSON.Phone}, card ${CARD}; Authorization: Bearer ${TOKEN}`;
/** And a name that nobody sent it: the call has numbers of orders alone. */
const SAID = `${PERSON.FirstName} ${PERSON.LastName.toUpperCase()} of ${PERSON.City}, ${WORDS}`;

let folder: string;
let shown: string;
let log: ProgramLogger;
let redactor: Redactor;

const writable = () =>
  new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderferry-private-'));
  shown = '';
  redactor = new Redactor();
  redactor.register(['not-a-secret']);
  log = createLogger({
    directory: folder,
    stderr: writable(),
    readable: false,
    redactor,
    clock: systemClock,
    level: 'debug',
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Everything that is said of a run and of what waits after it, on every way out. */
async function tell(context: EngineContext, pipeline: string, report: RunReport): Promise<void> {
  const answer = (value: object) => createOutput(true, writable(), redactor).result(value);
  answer(await summarize(context, pipeline, report));
  const { entries } = await firstEntries(context, {});
  answer({ entries, details: await Promise.all(entries.map((entry) => entryDetails(context, entry))) });
  createOutput(false, writable(), redactor).table(
    [{ title: 'reason' }],
    entries.map(({ reason }) => [reason]),
  );
}

async function expectNobody(): Promise<string> {
  await log.close();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const all = shown + files.join('');
  for (const mark of MARKS)
    expect(all.toLowerCase().includes(mark.toLowerCase()) && `${mark} in ${all}`).toBe(false);
  return all;
}

describe('logs, standard error and answers name nobody', () => {
  it('when orders are handed over, refused, changed and held', async () => {
    const house = await House.open();
    try {
      const words = { kind: 'failure', errors: [SAID], operation: 'ChangeOrderStatusBatch' } as const;
      house.standin.fail({ kind: 'status-503', operation: 'ChangeOrderStatusBatch' });
      house.standin.fail({ ...words, times: 9 });
      await placeOrder(house, 1, { row: PERSON });
      await placeOrder(house, 2, { row: { ...PERSON, WarehouseID: 9 } });
      await placeOrder(house, 3, { row: { ...PERSON, City: '' } });
      const run = async () => {
        const report = await house.run('exigo-orders-to-3pl', { log });
        await tell(house.context(), 'exigo-orders-to-3pl', report);
      };
      await run();
      house.clock.advance(15 * MINUTE);
      await changeOrder(house, 1, { Address1: `${PERSON.Address1} 2`, LastName: `${PERSON.LastName}-Lee` });
      house.standin.clearFaults();
      await run();
      for (const id of [1, 2, 3]) {
        createOutput(true, writable(), redactor).result(await explain(house.context(), id));
      }
      const all = await expectNobody();
      expect(all).toContain('CHANGED_AFTER_HAND_OVER');
      expect(all).toContain('[hidden] -> [hidden]');
      expect(all).toMatch(/"message":"[^"]*refused by Exigo[^"]*\[hidden\]/);
      const lines = all.split('\n').filter((line) => line.includes('"level":"warn"'));
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ run: 1, pipeline: 'exigo-orders-to-3pl', step: 'printed' }),
      );
    } finally {
      await house.close();
    }
  });

  it('when marketplace orders are refused with what was sent, names too', async () => {
    const market = await Market.open();
    try {
      const name = `${PERSON.FirstName} ${PERSON.LastName}`;
      const address = {
        Name: name,
        Address1: PERSON.Address1,
        City: PERSON.City,
        State: 'NV',
        PostalCode: '89501',
        CountryCode: 'us',
        Phone: PERSON.Phone,
      };
      const members = orderMembers({ CustomerEmail: PERSON.Email, ShippingAddress: address });
      market.put('1', members);
      market.put('2', members);
      market.exigo.fail({ kind: 'failure', errors: [SAID], operation: 'ProcessTransaction' });
      market.feed.fail({ kind: 'success-false', message: WORDS, operation: 'Acknowledge' });
      const report = await market.run({ log });
      await tell(market.context(), 'godatafeed-orders-to-exigo', report);
      for (const number of ['1', '2']) {
        const [order] = await marketplaceOrdersNamed(market.house.database, number);
        if (order === undefined) throw new TypeError('not known');
        createOutput(true, writable(), redactor).result(await explainMarketplace(market.context(), order));
      }
      const all = await expectNobody();
      expect(all).toContain('CREATE_REFUSED');
      expect(all).toContain('[hidden]');
    } finally {
      await market.close();
    }
  });
});
