/** What a cycle in which nothing has changed asks of a server. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { openSqlServer } from '../../../src/db/sqlserver/pool.js';
import { acquireLease } from '../../../src/queue/lease/lease.js';
import { CountingProxy } from '../../support/counting-proxy.js';
import { hasSqlServer, reportMissingEngine, testServer } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.runIf(hasSqlServer())('a cycle without changes', () => {
  it('takes at most ten round trips', async () => {
    const house = await House.open({ engine: 'sqlserver', now: Date.now() });
    const { host, port } = testServer();
    const proxy = await CountingProxy.open(host, port);
    const { database } = house.config;
    if (database.engine !== 'sqlserver') throw new TypeError('not a server');
    const counted = await openSqlServer({ ...database, host: '127.0.0.1', port: proxy.port });
    try {
      for (const id of [1, 2, 3]) await placeOrder(house, id);
      expect(await house.run()).toMatchObject({ error: null });
      const context = house.context({ database: counted, clock: systemClock });
      const cycle = () => house.run('exigo-orders-to-3pl', context);
      expect(await cycle()).toMatchObject({ error: null }); // takes our own Printed back
      expect(await cycle()).toMatchObject({ error: null, changeSets: [{ ordersFrozen: 0 }] });
      proxy.trips = 0;
      expect(await cycle()).toMatchObject({ error: null, changeSets: [{ ordersFrozen: 0 }] });
      expect(proxy.trips).toBeLessThanOrEqual(10);
    } finally {
      await counted.close();
      await proxy.close();
      await house.close();
    }
  });
});

describe.runIf(hasSqlServer())('an answer that is lost', () => {
  it('of a whole transaction in one trip: nobody claims that it was rolled back, and it was not', async () => {
    const house = await House.open({ engine: 'sqlserver' });
    const { host, port } = testServer();
    const proxy = await CountingProxy.open(host, port);
    const { database } = house.config;
    if (database.engine !== 'sqlserver') throw new TypeError('not a server');
    const cut = await openSqlServer({ ...database, host: '127.0.0.1', port: proxy.port });
    const options = { name: 'lost', ttlMs: 60_000, requestDeadlineMs: 0 };
    try {
      await cut.get({ name: 'test', text: 'SELECT 1 AS n' }); // connected
      proxy.loseNextAnswer();
      await expect(acquireLease(cut, house.clock, options)).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
      expect(await house.all(`SELECT token FROM "etl.lease" WHERE name = 'lost'`)).toEqual([{ token: 1 }]);
    } finally {
      await cut.close();
      await proxy.close();
      await house.close();
    }
  });
});
