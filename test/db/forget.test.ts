import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { UsageError } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';
import { explain } from '../../src/engine/explain/explain.js';
import { dropWaiting } from '../../src/engine/persons/drop.js';
import { type ForgetReport, forget } from '../../src/engine/persons/forget/forget.js';
import { namesOf } from '../../src/engine/persons/forget/words.js';
import { CANCELS, CancelingHouse, ENDS, ORDERS, REPORTS, SHIPMENTS } from '../support/canceling.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { Market, orderMembers } from '../support/market.js';
import { PERSON, putCustomer, putPayment, tracesOf } from '../support/personal-data.js';
import { expectPromisesKept } from '../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder, readableTemplate } from '../support/small-orders.js';

const ROW = { ...PERSON, CustomerID: 7 };
const BY = { by: 'kim' };

reportMissingEngine();

describe.each(engines())('forgetting a customer on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  const cycle = async (ms = 15 * MINUTE) => {
    house.clock.advance(ms);
    for (const name of ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv']) {
      expect((await house.run(name)).error).toBeNull();
    }
  };
  const newest = async () => (await house.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "etl.item"`))[0]?.n;
  const forgetHim = (dryRun = false) => forget(house.context(), { customerId: 7 }, { ...BY, dryRun });

  /** Orders 1 (changed after its hand-over) and 2 (no route) of customer 7, order 3 of customer 8. */
  const open = async () => {
    house = await House.open({ engine, templates: [readableTemplate()] });
    const now = toExigoText(house.clock.now());
    await putCustomer(house, 7, now);
    await placeOrder(house, 1, { row: ROW });
    await placeOrder(house, 2, { row: { ...ROW, WarehouseID: 9 } });
    await placeOrder(house, 3, { row: { CustomerID: 8 } });
    await putPayment(house, 11, 1, now);
    await cycle(MINUTE);
    await cycle(HOUR);
    await changeOrder(house, 1, { Address1: `${PERSON.Address1} 2`, OrderStatusID: 7 });
    await cycle();
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
  };

  it('refuses while an order of his waits or is on its way, and names it', async () => {
    await open();
    await expect(forgetHim()).rejects.toThrow(UsageError);
    await expect(forgetHim()).rejects.toThrow(
      /not over yet: 1 \(exigo-orders-to-3pl: held\), 2 .*nothing was removed/,
    );
    await dropWaiting(house.context(), {}, { ...BY, reason: 'he asked to be forgotten' });
    await placeOrder(house, 4, { row: ROW });
    house.clock.advance(15 * MINUTE);
    await house.run(); // frozen for the table files, too, which are not made yet
    await expect(forgetHim()).rejects.toThrow(/not over yet: 4 \(exigo-snapshot-to-csv: frozen\)/);
  });

  it('removes him everywhere, keeps keys and balances, and takes nothing for new afterwards', async () => {
    await open();
    await dropWaiting(house.context(), {}, { ...BY, reason: `said ${PERSON.FirstName} ${PERSON.LastName}` });
    const traces = await tracesOf(house);
    expect(traces.length).toBeGreaterThan(8);

    const planned = await forgetHim(true);
    expect(await tracesOf(house)).toEqual(traces);
    const report = await forgetHim();
    expect(report).toEqual(planned);
    expect(report).toMatchObject({ orders: [1, 2], marketplaceOrders: [], archivedFiles: [] });
    expect(report.deliveredFiles).toEqual(['plain: PLAIN_0001.csv']);
    expect(await tracesOf(house)).toEqual([]);

    const items = await newest();
    await cycle(0); // the overlap brings them once more
    await cycle(25 * HOUR); // and so does the nightly sweep
    expect(await newest()).toBe(items);
    expect(await tracesOf(house)).toEqual([]);
    const { timeline } = await explain(house.context(), 1);
    expect(timeline.at(-1)).toMatchObject({
      kind: 'forgotten',
      message: 'kim had the personal data removed',
    });
    const raw = await house.all(`SELECT f.* FROM "etl.frozen_Orders" AS f WHERE OrderID = 3`);
    expect(raw.length).toBeGreaterThan(0);

    // A later change is another thing: it comes as any other does, and what was handed over does not go again.
    await changeOrder(house, 1, { Address1: '9 Elm St' });
    await cycle();
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
  });

  it('can be done twice, and for somebody who was never here', async () => {
    await open();
    await dropWaiting(house.context(), {}, { ...BY, reason: 'x' });
    await cycle();
    await forgetHim();
    const again: ForgetReport = await forgetHim();
    expect(again.removed.frozenOrders + again.removed.reasons).toBe(0);
    expect(await forget(house.context(), { customerId: 99 }, BY)).toMatchObject({
      orders: [],
      deliveredFiles: [],
    });
  });

  it('counts what a killed run left in the spool', async () => {
    await open();
    await dropWaiting(house.context(), {}, { ...BY, reason: 'x' });
    const folder = `${house.config.stateDirectory}/spool/exigo-orders-to-3pl/1`;
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/PLAIN_0009.csv.part`, PERSON.Address1);
    expect((await forgetHim(true)).spooledFiles).toBe(1);
  });
});

describe.each(engines())('forgetting the buyer of a marketplace order on %s', (engine) => {
  it('removes his document and the order that was made of it, and nothing of his house account', async () => {
    const market = await Market.open({ engine });
    try {
      const address = {
        Name: `${PERSON.FirstName} ${PERSON.LastName}`,
        Address1: PERSON.Address1,
        City: PERSON.City,
      };
      const more = { State: 'NV', PostalCode: '89501', CountryCode: 'us', Phone: PERSON.Phone };
      market.put(
        '1',
        orderMembers({ CustomerEmail: PERSON.Email, ShippingAddress: { ...address, ...more } }),
      );
      market.put('2');
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered']);
      const report = await forget(market.context(), { marketplaceOrder: 'main/1' }, BY);
      expect(report).toMatchObject({ marketplaceOrders: ['main/1'], removed: { documents: 1 } });
      expect(report.orders).toHaveLength(1);
      expect(await tracesOf(market.house)).toEqual([]);
      const left = await market.house.all(`SELECT item_key FROM "etl.frozen_document"`);
      expect(left).toEqual([{ item_key: 'main/2' }]);
      const applied = market.applied();
      expect((await market.run()).error).toBeNull();
      expect(market.applied()).toEqual(applied);
      expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered']);
      await expect(forget(market.context(), { marketplaceOrder: 'main/77' }, BY)).rejects.toThrow(
        /never frozen/,
      );
    } finally {
      await market.close();
    }
  });
});

describe.each(engines())('forgetting a customer whose order was canceled on %s', (engine) => {
  const NAME = `${PERSON.FirstName} ${PERSON.LastName}`;

  it("removes the 3PL's words, mails about the order, and outages that name him", async () => {
    const at = await CancelingHouse.open({ engine });
    try {
      const { house } = at;
      await placeOrder(house, 2, { row: ROW });
      await at.run(ORDERS);
      await at.cancelInExigo(2);
      for (const name of [ORDERS, CANCELS]) await at.run(name);
      await at.say({ answer: 'canceled', orderId: 2, reason: `called ${NAME}` });
      for (let round = 0; round < 4; round++) {
        for (const name of [SHIPMENTS, CANCELS, ORDERS, REPORTS, ENDS, 'exigo-snapshot-to-csv'])
          await at.run(name);
      }
      const said = { said: `order of ${NAME} is locked`, at: '2026-03-11 17:00:00.000' };
      await house.exec(
        `INSERT INTO "etl.mail" (mail_key, order_id, recipients, subject, state, token, intended_utc, last_error)
         VALUES ('label/plain/2/1/x', 2, 'labels@plain.example', @said, 'unknown', 1, @at, @said)`,
        said,
      );
      await house.exec(
        `INSERT INTO "etl.incident" (kind, system, what, opened_utc, last_utc, closed_utc)
         VALUES ('outage', 'exigo-api', @said, @at, @at, @at)`,
        said,
      );
      await house.exec(
        `INSERT INTO "etl.circuit" (system, state, failures, pauses, last_utc, last_error)
         VALUES ('exigo-api', 'closed', 0, 0, @at, @said)`,
        said,
      );
      const message = JSON.stringify({ subject: 'down', text: `seen:\n${NAME}\n`, data: {} });
      await house.exec(
        `INSERT INTO "etl.alert" (alert_key, state, message, created_utc, ended_utc)
         VALUES ('incident/1/opened/mail', 'done', @message, @at, @at)`,
        { message, at: said.at },
      );
      const tables = async () => [...new Set((await tracesOf(house)).map((line) => line.split(':')[0]))];
      const own = ['alert', 'cancellation', 'circuit', 'effect', 'incident', 'mail'].map(
        (one) => `etl.${one}`,
      );
      expect(await tables()).toEqual(expect.arrayContaining(own));
      const planned = await forget(house.context(), { customerId: 7 }, { ...BY, dryRun: true });
      expect(planned.removed).toMatchObject({ cancellations: 1, mails: 1, namedWords: 3 });
      expect(await forget(house.context(), { customerId: 7 }, BY)).toEqual(planned);
      expect(await tracesOf(house)).toEqual([]);
      expect(await at.asked(2)).toEqual(['1 exigo canceled']);
      const [alert] = await house.all<{ message: string }>(`SELECT message FROM "etl.alert"`);
      expect(JSON.parse(alert?.message ?? '')).toMatchObject({ data: {} });
    } finally {
      await at.close();
    }
  });
});

describe('what a person is known by', () => {
  const names = namesOf([
    { ...PERSON, CustomerID: 7, City: 'Reno' },
    { CustomerEmail: 'z@q.example', ShippingAddress: { Name: 'Zeb Quist', Address1: 'PO Box 99' } },
  ]);

  it.each(['to 742  evergreen TERRACE', 'Quistgaard, Zebulon', 'z@q.example', 'Zeb Quist', 'po box 99'])(
    '%s',
    (text) => {
      expect(names(text)).toBe(true);
    },
  );

  it.each(['Reno', 'Zebulon of Oz', 'Mrs. Quistgaard', 'Zebulons Quistgaards', '7'])(
    'not by %s alone',
    (text) => {
      expect(names(text)).toBe(false);
    },
  );
});
