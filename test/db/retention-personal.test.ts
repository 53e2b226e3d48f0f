import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import { toExigoText } from '../../src/core/time.js';
import { dropWaiting } from '../../src/engine/persons/drop.js';
import { CANCELS, CancelingHouse, ENDS, ORDERS, REPORTS, SHIPMENTS } from '../support/canceling.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { Market, orderMembers } from '../support/market.js';
import { PERSON, putCustomer, putPayment, tracesOf } from '../support/personal-data.js';
import { expectPromisesKept } from '../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder, readableTemplate } from '../support/small-orders.js';

const RETENTION = { frozenMs: 30 * DAY, handedOverMs: 60 * DAY, textsMs: 40 * DAY, ledgerMs: 400 * DAY };
const ROW = { ...PERSON, CustomerID: 7 };
const WHY = { by: 'kim', reason: 'as agreed' };

reportMissingEngine();

describe.each(engines())('after the ages of the retention, on %s', (engine) => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  it('nothing of a person is in the state, keys and balances remain, and no order goes twice', async () => {
    house = await House.open({ engine, templates: [readableTemplate()], config: { retention: RETENTION } });
    const at = house;
    const cycle = async (ms: number) => {
      at.clock.advance(ms);
      for (const name of ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv']) {
        expect((await at.run(name)).error).toBeNull();
      }
    };
    const now = () => toExigoText(at.clock.now());
    await putCustomer(at, 7, now());
    await placeOrder(at, 1, { row: ROW });
    await placeOrder(at, 2, { row: { ...ROW, WarehouseID: 9 } });
    await placeOrder(at, 3, { row: ROW });
    await putPayment(at, 11, 1, now());
    await cycle(MINUTE);
    await changeOrder(at, 1, { Address1: `${PERSON.Address1} 2`, OrderStatusID: 7 });
    await cycle(HOUR);
    expect(await outcomeOf(at, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
    expect((await tracesOf(at)).length).toBeGreaterThan(8);
    await dropWaiting(at.context(), {}, WHY);

    await cycle(41 * DAY);
    const left = (await tracesOf(at)).map((line) => line.split(':')[0]);
    // The versions that were handed over stay longer; what was said of them does not.
    expect([...new Set(left)].sort()).toEqual([
      'etl.frozen_Customers',
      'etl.frozen_Orders',
      'etl.frozen_Payments',
    ]);
    await cycle(20 * DAY);
    await cycle(DAY);
    expect(await tracesOf(at)).toEqual([]);

    await expectPromisesKept(at);
    const [kept] = await at.all<Record<string, number>>(
      `SELECT (SELECT COUNT(*) FROM "etl.item" WHERE order_id IN (1, 2, 3)) AS items,
              (SELECT COUNT(*) FROM "etl.effect" WHERE order_id IN (1, 3) AND state = 'done') AS effects,
              (SELECT COUNT(*) FROM "etl.order_link") AS links`,
    );
    expect(kept).toMatchObject({ effects: 4, links: 2 });
    expect(kept?.items).toBeGreaterThan(3);
    const decisions = await at.all(
      `SELECT message FROM "etl.event" WHERE kind = 'dropped' ORDER BY event_id`,
    );
    expect(decisions).toHaveLength(2);

    await cycle(DAY);
    await changeOrder(at, 3, { OrderStatusID: 7 });
    await cycle(HOUR);
    expect(await filesWith(at, 'plain', 1)).toHaveLength(1);
    expect(await filesWith(at, 'plain', 3)).toHaveLength(1);
  });

  it('what waits keeps what it needs, and its reason', async () => {
    house = await House.open({ engine, templates: [readableTemplate()], config: { retention: RETENTION } });
    await placeOrder(house, 2, { row: { ...ROW, WarehouseID: 9 } });
    await house.run();
    for (let month = 0; month < 4; month++) {
      house.clock.advance(31 * DAY);
      expect((await house.run()).error).toBeNull();
    }
    const [item] = await house.all<{ reason: string }>(`SELECT reason FROM "etl.item" WHERE order_id = 2`);
    expect(item?.reason).toContain('no route takes');
    expect((await tracesOf(house)).map((line) => line.split(':')[0])).toEqual(['etl.frozen_Orders']);
  });
});

describe.each(engines())('documents of marketplaces, on %s', (engine) => {
  it('go as well, and no order is made or acknowledged again', async () => {
    const market = await Market.open({ engine });
    try {
      market.config = { ...market.config, retention: RETENTION };
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
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered']);
      expect((await tracesOf(market.house)).length).toBeGreaterThan(0);
      const applied = market.applied();
      for (let month = 0; month < 3; month++) {
        market.house.clock.advance(31 * DAY);
        expect((await market.run()).error).toBeNull();
      }
      expect(await tracesOf(market.house)).toEqual([]);
      expect(market.applied()).toEqual(applied);
      expect(market.exigo.journal.filter(({ operation }) => operation === 'ProcessTransaction')).toHaveLength(
        1,
      );
      expect(await market.items()).toEqual(['main/1 delivered']);
    } finally {
      await market.close();
    }
  });
});

describe.each(engines())('what a 3PL said of a cancellation, on %s', (engine) => {
  it('goes with the texts, and its answer stays', async () => {
    const at = await CancelingHouse.open({ engine });
    try {
      const { house } = at;
      Object.assign(house.config, { retention: RETENTION });
      await placeOrder(house, 2, { row: ROW });
      await at.run(ORDERS);
      await at.cancelInExigo(2);
      for (const name of [ORDERS, CANCELS]) await at.run(name);
      await at.say({
        answer: 'canceled',
        orderId: 2,
        reason: `called ${PERSON.FirstName} ${PERSON.LastName}`,
      });
      const rounds = async (n: number) => {
        for (let round = 0; round < n; round++) {
          for (const name of [SHIPMENTS, CANCELS, ORDERS, REPORTS, ENDS, 'exigo-snapshot-to-csv'])
            await at.run(name);
        }
      };
      await rounds(3);
      const tables = async () => (await tracesOf(house)).map((line) => line.split(':')[0]);
      expect(await tables()).toEqual(expect.arrayContaining(['etl.cancellation', 'etl.effect']));
      for (let month = 0; month < 3; month++) {
        house.clock.advance(31 * DAY);
        await rounds(1);
      }
      expect((await tables()).filter((one) => /cancellation|effect/.test(one ?? ''))).toEqual([]);
      expect(await at.asked(2)).toEqual(['1 exigo canceled']);
      const count = `SELECT COUNT(*) AS n FROM "etl.event" WHERE order_id = 2 AND kind = 'answered'`;
      const [before] = await house.all<{ n: number }>(count);
      await rounds(1);
      expect(await house.all(count)).toEqual([before]);
    } finally {
      await at.close();
    }
  });
});
