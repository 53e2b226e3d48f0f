/** A system that is down may say whose order it was asked about: what remembers that it is down names nobody. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '../../src/app/runtime.js';
import type { ApiListing } from '../../src/core/api-orders.js';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import type { Config } from '../../src/core/config.js';
import type { Logger } from '../../src/core/log.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { Market, orderMembers } from '../support/market.js';
import { PERSON, tracesOf } from '../support/personal-data.js';
import { placeOrder } from '../support/small-orders.js';

reportMissingEngine();

const NAME = `${PERSON.FirstName} ${PERSON.LastName}`;
/** Of a list, whose orders are of people whom nobody here knows by name yet. */
const LEFT_OUT =
  /answered 503 \(not available\): its words are left out, as they may name customers; nothing was done/;
const CIRCUIT = { failures: 1, firstMs: MINUTE, mostMs: MINUTE };

describe.each(engines())('a system that is down, and names a customer, on %s', (engine) => {
  let server: Server;
  let url: string;
  let logged: string[];
  beforeEach(async () => {
    logged = [];
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `the order of ${NAME.toUpperCase()} (${NAME}) is locked` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const note = (message: string) => void logged.push(message);
  const log = { info: note, warn: note, error: note, debug: note } as unknown as Logger;
  const contextOf = (house: House, config: Config) =>
    makeContext({
      config: { ...config, circuit: CIRCUIT },
      database: house.database,
      clock: house.clock,
      log,
    });

  /** Each of the calls opens the circuit anew, and none says who it was. */
  const expectUnnamed = async (
    house: House,
    calls: readonly (() => Promise<unknown> | undefined)[],
    says = /\[hidden\].* is locked/,
  ) => {
    for (const call of calls) {
      house.clock.advance(HOUR);
      const said = await Promise.resolve(call()).then(String, (error: Error) => error.message);
      expect(said).toMatch(says);
      const rows = await house.all<{ text: string }>(
        `SELECT last_error AS text FROM "etl.circuit" UNION ALL SELECT what FROM "etl.incident"`,
      );
      const kept = [said, ...rows.map(({ text }) => text), ...logged].join('\n').toLowerCase();
      expect(rows).toHaveLength(2);
      expect(kept).not.toContain(PERSON.LastName.toLowerCase());
      expect(kept).not.toContain(PERSON.FirstName.toLowerCase());
    }
    expect(logged.join('\n')).toContain('does not answer');
  };

  it('is remembered without the name, be it Exigo', async () => {
    const house = await House.open({ engine });
    try {
      await placeOrder(house, 1, { row: { ...PERSON, CustomerID: 7 } });
      expect((await house.run()).error).toBeNull();
      const { exigoApi } = house.config;
      if (exigoApi === null) throw new TypeError('no API');
      const context = contextOf(house, { ...house.config, exigoApi: { ...exigoApi, baseUrl: url } });
      const { FirstName: firstName, LastName: lastName } = PERSON;
      const made = { key: 'amazon:1', keyField: 'other20', shipTo: { firstName, lastName } } as const;
      await expectUnnamed(house, [
        () => context.statusTarget?.read([1]),
        () => context.shipmentTarget?.look(1),
        () => context.orderTarget?.find(made),
        () => context.returnTarget?.find(made),
      ]);
      const list = async () => {
        const listing = { orderIds: [1] } as unknown as ApiListing;
        for await (const _ of context.apiOrders?.list(listing, async () => undefined) ?? []) break;
      };
      await expectUnnamed(house, [list], LEFT_OUT);
    } finally {
      await house.close();
    }
  });

  it('is remembered without the name, be it a store', async () => {
    const market = await Market.open({ engine });
    try {
      const { FirstName, LastName, Address1, City, Phone, Email } = PERSON;
      const address = { FirstName, LastName, Address1, City, Phone };
      const more = { State: 'NV', PostalCode: '89501', CountryCode: 'us' };
      market.put(
        '1',
        orderMembers({
          CustomerEmail: Email,
          ShippingAddress: { Name: NAME, ...address, ...more },
        }),
      );
      await market.run();
      expect((await tracesOf(market.house)).length).toBeGreaterThan(0);
      const stores = market.config.godatafeed.stores.map((store) => ({ ...store, baseUrl: url }));
      const known = stores.map((store) => ({ ...store, consumerKey: null, token: 'a-token-of-the-test' }));
      const unknown = contextOf(market.house, { ...market.config, godatafeed: { stores } });
      const context = contextOf(market.house, { ...market.config, godatafeed: { stores: known } });
      await expectUnnamed(market.house, [() => unknown.stores.get('main')?.look('1', null)], LEFT_OUT);
      await expectUnnamed(market.house, [
        () => context.stores.get('main')?.look('1', null),
        () => context.stores.get('main')?.acknowledge('1', '5'),
        () => context.stores.get('main')?.cancel('1'),
      ]);
      const between = async () => undefined;
      await expectUnnamed(
        market.house,
        [
          () => context.stores.get('main')?.listNew(null, between),
          () => context.stores.get('main')?.listEnded(0, () => true, between),
        ],
        LEFT_OUT,
      );
    } finally {
      await market.close();
    }
  });
});
