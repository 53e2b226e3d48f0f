import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rateGate } from '../../src/rate/gate.js';
import { memoryBucket } from '../../src/rate/store.js';
import type { GoDataFeedStandinOptions } from '../../src/standins/godatafeed/server.js';
import { errorOf } from '../support/exigo-standin.js';
import { type FeedTenant, KEY, openFeedTenant } from '../support/godatafeed-standin.js';

let tenant: FeedTenant;
beforeEach(async () => {
  tenant = await openFeedTenant();
});
afterEach(async () => {
  await tenant.close();
});

async function restart(options: Partial<GoDataFeedStandinOptions>): Promise<void> {
  await tenant.close();
  tenant = await openFeedTenant(options);
}

/** A bare request, as a person would make it. */
async function ask(path: string, method = 'GET', body?: object) {
  const reply = await fetch(`${tenant.standin.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await reply.json()) as Record<string, unknown>;
  return { status: reply.status, body: json, retryAfter: reply.headers.get('retry-after') };
}

async function token(): Promise<string> {
  const { body } = await ask(`/authorization?consumerKey=${encodeURIComponent(KEY)}`);
  return String(body.Token);
}

describe('access', () => {
  it("a token looks like the vendor's, and a refusal has a Message and no Success", async () => {
    expect(await token()).toMatch(/^[0-9a-f]{32}$/);
    const refused = await ask('/0123/orders/count');
    expect(refused).toMatchObject({ status: 401, body: { Message: expect.stringContaining('denied') } });
    expect(Object.keys(refused.body)).toEqual(['Message']);
    expect(await ask('/authorization?consumerKey=wrong')).toMatchObject({ status: 401 });
  });

  it('tokens end by their lifespan, by a new one where that is so, and by order', async () => {
    await restart({ tokenLifespanMs: 60_000, newTokenEndsOld: true });
    const first = await token();
    expect((await ask(`/${first}/orders/count`)).status).toBe(200);
    const second = await token();
    expect((await ask(`/${first}/orders/count`)).status).toBe(401);
    tenant.clock.advance(60_000);
    expect((await ask(`/${second}/orders/count`)).status).toBe(401);
  });

  it('without credentials only the root answers, and says what it is', async () => {
    const reply = await fetch(new URL('/', tenant.standin.url));
    expect(await reply.text()).toContain('stand-in of the GoDataFeed API');
  });
});

describe('the bucket', () => {
  it('takes 50 at once and 2 a second, counts what it refuses, and says how long to wait', async () => {
    const text = await token();
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(`/${text}/orders/count`)));
    expect(answers.filter(({ status }) => status === 200).length).toBe(49);
    expect(tenant.standin.refused()).toBe(11);
    expect(answers.find(({ status }) => status === 429)?.retryAfter).toBe('1');
    tenant.clock.advance(1_000);
    const later = await Promise.all(Array.from({ length: 3 }, () => ask(`/${text}/orders/count`)));
    expect(later.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  });

  it('a client behind its gate never hears 429', async () => {
    const { clock, standin } = tenant;
    const gate = rateGate({ store: memoryBucket(clock), limits: { size: 50, perSecond: 2 }, clock });
    for (let n = 1; n <= 120; n++) standin.put({ number: String(n) });
    const client = tenant.client({}, { gate });
    const start = clock.now();
    const { orders } = await client.listNew();
    await Promise.all(
      orders.map(({ orderNumber }) => client.acknowledge(orderNumber ?? '', `E${orderNumber}`)),
    );
    expect(standin.refused()).toBe(0);
    expect(standin.journal.filter(({ applied }) => applied).length).toBe(120);
    // 120 acknowledgements, a token, two counts, two pages.
    expect(clock.now() - start).toBeLessThanOrEqual(((125 - 50) / 2) * 1_000 * 1.01 + 2_000);
  });

  it('another client on the bucket is heard of by 429 alone, and nothing is lost', async () => {
    const { clock, standin } = tenant;
    const gate = rateGate({ store: memoryBucket(clock), limits: { size: 50, perSecond: 2 }, clock });
    for (let n = 1; n <= 40; n++) standin.put({ number: String(n) });
    const client = tenant.client({}, { gate });
    const { orders } = await client.listNew();
    standin.otherClient(40);
    await Promise.all(
      orders.map(({ orderNumber }) => client.acknowledge(orderNumber ?? '', `E${orderNumber}`)),
    );
    expect(standin.journal.filter(({ applied }) => applied).length).toBe(40);
    expect(standin.refused()).toBeLessThanOrEqual(10);
  });
});

describe('orders', () => {
  it('have dates with 0, 2, 3 and 7 digits of a fraction, and nulls', async () => {
    for (let n = 1; n <= 4; n++) tenant.standin.put({ number: String(n) });
    const { body } = await ask(`/${await token()}/orders?status=new`);
    const rows = body.Orders as { OrderDate: string; DateShipped: null }[];
    expect(rows.map(({ OrderDate }) => /\.(\d+)Z$/.exec(OrderDate)?.[1]?.length ?? 0)).toEqual([0, 2, 3, 7]);
    expect(rows[0]?.DateShipped).toBeNull();
  });

  it('page by what the answer says: a size that is too large is cut', async () => {
    for (let n = 1; n <= 120; n++) tenant.standin.put({ number: String(n) });
    const { body } = await ask(`/${await token()}/orders?STATUS=NEW&pageSize=500&page=2`);
    expect(body.Paging).toEqual({ Page: 2, PageSize: 100, MaxPageSize: 100 });
    expect((body.Orders as unknown[]).length).toBe(20);
  });

  it('acknowledged between pages, as a simple loop does, hide others: the NEW set has moved', async () => {
    await restart({ bucketSize: 1_000 });
    for (let n = 1; n <= 60; n++) tenant.standin.put({ number: String(n) });
    const client = tenant.client();
    const text = await token();
    const seen: string[] = [];
    for (let page = 1; ; page++) {
      const { body } = await ask(`/${text}/orders?status=NEW&pageSize=20&page=${page}`);
      const rows = (body.Orders as { OrderNumber: string }[]).map(({ OrderNumber }) => OrderNumber);
      if (rows.length === 0) break;
      for (const number of rows) await client.acknowledge(number, `E${number}`);
      seen.push(...rows);
    }
    expect(seen.length).toBe(40);
    expect(await client.countNew()).toBe(20);
  });

  it('leave NEW with their acknowledgement; the same one again changes nothing, another one is refused', async () => {
    tenant.standin.put({ number: '1' });
    const client = tenant.client();
    await client.acknowledge('1', 'E1');
    await client.acknowledge('1', 'E1');
    expect((await errorOf(client.acknowledge('1', 'E2'))).message).toContain(
      'acknowledged with another number',
    );
    expect(await client.countNew()).toBe(0);
    expect(tenant.standin.journal.map(({ answer, applied }) => [answer, applied])).toEqual([
      ['200 Success', true],
      ['200 Success', false],
      ['200 Failure', false],
    ]);
  });

  it('that somebody canceled between list and acknowledgement are refused', async () => {
    tenant.standin.put({ number: '1' });
    const client = tenant.client();
    await client.listNew();
    tenant.standin.marketplaceSets('1', 'Canceled');
    expect(await errorOf(client.acknowledge('1', 'E1'))).toMatchObject({ code: 'GODATAFEED_REFUSED' });
    expect(tenant.standin.order('1')?.sync).toBe('Manually Synced');
  });

  const purchased = Date.parse('2026-11-20T15:00:00Z');
  const good = {
    OrderStatus: 'Shipped',
    ShipmentTrackingNumber: '1Z999',
    ShipmentCarrier: 'UPS',
    DateShipped: '2026-11-20T16:00:00Z',
  };
  const shipments: readonly [string, object, string | null][] = [
    ['a date with its time', {}, null],
    ['a bare date, which is midnight', { DateShipped: '2026-11-20' }, 'before the purchase date'],
    ['a carrier nobody knows', { ShipmentCarrier: 'Pigeon' }, 'Unknown carrier Pigeon'],
    ['a malformed tracking number', { ShipmentTrackingNumber: '1Z 9;' }, 'Invalid tracking number'],
  ];

  it.each(shipments)(
    'shipped with %s: the marketplace says so in the next cycle',
    async (_what, change, fault) => {
      tenant.standin.put({ number: '1', purchasedAt: purchased });
      const path = `/${await token()}/orders/1/status`;
      expect((await ask(path, 'PUT', { ...good, ...change })).body.Success).toBe(true);
      expect(tenant.standin.order('1')?.sync).toBeNull();
      tenant.standin.cycle();
      const { sync, syncMessage } = tenant.standin.order('1') ?? {};
      expect(sync).toBe(fault === null ? 'Sync Complete' : 'Error');
      if (fault === null) return;
      expect(syncMessage).toContain(fault);
      // Its correction is taken, and the next cycle is well.
      await ask(path, 'PUT', good);
      tenant.standin.cycle();
      expect(tenant.standin.order('1')).toMatchObject({ sync: 'Sync Complete', syncMessage: null });
    },
  );

  it.each(shipments)('shipped with %s, where that is looked at at once', async (_what, change, fault) => {
    await restart({ refuseShipments: 'at-once' });
    tenant.standin.put({ number: '1', purchasedAt: purchased });
    const { status, body } = await ask(`/${await token()}/orders/1/status`, 'PUT', { ...good, ...change });
    expect(status).toBe(200);
    expect(body.Success).toBe(fault === null);
    if (fault !== null) expect(body.Message).toContain(fault);
  });

  it('are journalled without token or key', async () => {
    tenant.standin.put({ number: '1' });
    await tenant.client().acknowledge('1', 'E1');
    expect(tenant.standin.journal).toEqual([
      {
        at: tenant.clock.now(),
        operation: 'Acknowledge',
        orderNumber: '1',
        sent: { orderDestinationOrderNumber: 'E1' },
        answer: '200 Success',
        applied: true,
      },
    ]);
  });
});

it('a path or verb that is not there is told so', async () => {
  const text = await token();
  expect((await ask(`/${text}/nothing`)).status).toBe(404);
  expect((await ask(`/${text}/orders/count`, 'PUT')).status).toBe(405);
});
