import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import type { FeedFaultKind } from '../../src/standins/godatafeed/faults.js';
import type { GoDataFeedStandinOptions } from '../../src/standins/godatafeed/server.js';
import { errorOf } from '../support/exigo-standin.js';
import { type FeedTenant, KEY, openFeedTenant } from '../support/godatafeed-standin.js';

let tenant: FeedTenant;
beforeEach(async () => {
  tenant = await openFeedTenant({ bucketSize: 10_000 });
});
afterEach(async () => {
  await tenant.close();
});

async function restart(options: Partial<GoDataFeedStandinOptions>): Promise<void> {
  await tenant.close();
  tenant = await openFeedTenant({ bucketSize: 10_000, ...options });
}

function put(from: number, to: number): void {
  for (let n = from; n <= to; n++) tenant.standin.put({ number: String(n) });
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

describe('the token', () => {
  it('is made once from the consumer key and kept', async () => {
    const client = tenant.client();
    await Promise.all([client.countNew(), client.countNew(), client.countNew()]);
    await client.countNew();
    expect(tenant.standin.count('Authorize')).toBe(1);
  });

  it('is renewed before its lifespan ends, as the answer says', async () => {
    await restart({ tokenLifespanMs: 7 * 86_400_000 });
    const client = tenant.client();
    await client.countNew();
    tenant.clock.advance(7 * 86_400_000 - 61_000);
    await client.countNew();
    expect(tenant.standin.count('Authorize')).toBe(1);
    tenant.clock.advance(2_000);
    await client.countNew();
    expect(tenant.standin.count('Authorize')).toBe(2);
  });

  it('ends by the lifespan of the configuration when the answer says nothing', async () => {
    const client = tenant.client({ auth: { lifespan: '7d' } });
    await client.countNew();
    tenant.clock.advance(7 * 86_400_000);
    await client.countNew();
    expect(tenant.standin.count('Authorize')).toBe(2);
  });

  it('that was ended early is renewed once, by one request for all, and the calls are repeated', async () => {
    put(1, 3);
    const client = tenant.client();
    await client.countNew();
    tenant.standin.expireTokens();
    await Promise.all([client.acknowledge('1', 'E1'), client.acknowledge('2', 'E2'), client.countNew()]);
    expect(tenant.standin.count('Authorize')).toBe(2);
    expect(tenant.standin.journal.filter(({ applied }) => applied).length).toBe(2);
  });

  it('of another process that ends ours at every call only costs renewals', async () => {
    await restart({ newTokenEndsOld: true });
    const [one, two] = [tenant.client(), tenant.client()];
    for (let i = 0; i < 3; i++) {
      await one.countNew();
      await two.countNew();
    }
    expect(tenant.standin.count('Count')).toBe(6);
  });

  it('given directly is used as it is, and its refusal says what to look at', async () => {
    const maker = tenant.client();
    await maker.countNew();
    const [token = ''] = tenant.tokens;
    const client = tenant.client({ token: `\${TOKEN}` }, {}, { TOKEN: token });
    expect(await client.countNew()).toBe(0);
    tenant.standin.expireTokens();
    const error = await errorOf(client.countNew());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('the token given in the configuration is over');
    expect(tenant.standin.count('Authorize')).toBe(1);
  });

  it.each(['path', 'bearerHeader', 'rawHeader', 'query'] as const)('goes as %s', async (placement) => {
    await restart({ tokenPlacement: placement, tokenName: 'x-gdf-token' });
    put(1, 1);
    const client = tenant.client({ tokenPlacement: placement, tokenName: 'x-gdf-token' });
    expect((await client.listNew()).orders.map(({ orderNumber }) => orderNumber)).toEqual(['1']);
    await client.acknowledge('1', 'E1');
    expect(tenant.standin.order('1')?.destinationNumber).toBe('E1');
  });

  it.each(['query', 'path', 'header', 'body'] as const)('is asked for with the key as %s', async (keyIn) => {
    const key = keyIn === 'header' ? { consumerKey: 'plain-key-for-a-header' } : {};
    await restart({ keyIn, ...key });
    const client = tenant.client(
      { auth: { keyIn, method: keyIn === 'body' ? 'POST' : 'GET' } },
      {},
      keyIn === 'header' ? { KEY: 'plain-key-for-a-header' } : {},
    );
    expect(await client.countNew()).toBe(0);
  });
});

describe('a 401 that a new token does not mend', () => {
  it('is a scope or an address: one new token, then the fault of a person', async () => {
    put(1, 1);
    const client = tenant.client();
    await client.countNew();
    tenant.standin.scope('Orders Update', false);
    const error = await errorOf(client.acknowledge('1', 'E1'));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('Orders Update to acknowledge and ship');
    expect(error.message).toContain('Authorization has been denied');
    expect(tenant.standin.count('Authorize')).toBe(2);
    await errorOf(client.acknowledge('1', 'E1'));
    expect(tenant.standin.count('Authorize')).toBe(2);
    expect(await client.countNew()).toBe(1);
  });

  it('an address that is not on the list is refused with the first call', async () => {
    tenant.standin.refuseAddress(true);
    const error = await errorOf(tenant.client().countNew());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('check the consumer key, its scopes and its list of addresses');
  });

  it("one store's revoked key leaves the other one working", async () => {
    const good = tenant.client();
    const revoked = tenant.client({ name: 'other' }, {}, { KEY: 'another-key' });
    expect((await errorOf(revoked.countNew())).message).toContain('GoDataFeed store other');
    expect(await good.countNew()).toBe(0);
  });
});

describe('new orders', () => {
  it('are asked for over all time, by status, and come as they were written', async () => {
    tenant.standin.put({
      number: '7',
      purchasedAt: Date.parse('2019-01-01T00:00:00Z'),
      members:
        '"Total": 12.50, "Big":12345678901234567890, "OrderItems":[{"SKU":"A]},\\"[","UnitPrice":6.2500}]',
    });
    const { orders, counted } = await tenant.client().listNew();
    expect(counted).toBe(1);
    expect(orders[0]).toMatchObject({ orderNumber: '7', marketplaceNumber: 'M-7', status: 'new' });
    expect(orders[0]?.raw).toContain('"Total": 12.50, "Big":12345678901234567890, "OrderItems":[{');
    expect(JSON.parse(orders[0]?.raw ?? '')).toMatchObject({ OrderNumber: '7' });
    expect(orders[0]?.fields).toMatchObject({ Total: '12.50', Big: '12345678901234567890' });
  });

  it('of all pages, by the page size of the answer', async () => {
    await restart({ maxPageSize: 30 });
    put(1, 100);
    const { orders, pages, counted } = await tenant.client({ pageSize: 100 }).listNew();
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(numbers(1, 100));
    expect({ pages, counted }).toEqual({ pages: 4, counted: 100 });
  });

  it('in camel case and without Success are read alike', async () => {
    await restart({ names: 'camel', withoutSuccess: true });
    put(1, 3);
    const { orders } = await tenant.client().listNew();
    expect(orders.map(({ orderNumber, status }) => [orderNumber, status])).toEqual([
      ['1', 'new'],
      ['2', 'new'],
      ['3', 'new'],
    ]);
  });

  it('that arrive while it pages are neither skipped nor doubled', async () => {
    put(1, 60);
    tenant.standin.before('List', 2, () => put(61, 75));
    const { orders } = await tenant.client({ pageSize: 20 }).listNew();
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(numbers(1, 75));
  });

  it('that vanish while it pages move others over the edge, which a second reading finds', async () => {
    put(1, 60);
    tenant.standin.before('List', 2, () => {
      for (const one of ['1', '2', '3']) tenant.standin.marketplaceSets(one, 'Canceled');
    });
    const { orders } = await tenant.client({ pageSize: 20 }).listNew();
    const found = orders.map(({ orderNumber }) => orderNumber);
    expect([...new Set(found)]).toEqual(found);
    expect(found.filter((one) => Number(one) > 3).sort((a, b) => Number(a) - Number(b))).toEqual(
      numbers(4, 60),
    );
  });

  it('are all read before the first is acknowledged, so none is missed', async () => {
    put(1, 60);
    const client = tenant.client({ pageSize: 20 });
    const { orders } = await client.listNew();
    expect(orders.length).toBe(60);
    for (const { orderNumber } of orders) await client.acknowledge(orderNumber ?? '', `E${orderNumber}`);
    expect(await client.countNew()).toBe(0);
    expect(tenant.standin.journal.length).toBe(60);
  });

  it('a list that is empty, or far short of the count, is a failure', async () => {
    put(1, 10);
    tenant.standin.fail({ kind: 'empty-list', times: 10 });
    const error = await errorOf(tenant.client().listNew());
    expect(error).toMatchObject({ code: 'LIST_SHORT' });
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('10 orders were counted, but 0 listed');
  });

  it('a count that is off by little is no reason to stop', async () => {
    put(1, 20);
    tenant.standin.fail({ kind: 'count-off', by: 1, operation: 'Count', times: 10 });
    const { orders, counted } = await tenant.client().listNew();
    expect({ orders: orders.length, counted }).toEqual({ orders: 20, counted: 21 });
  });

  it('no orders are no failure', async () => {
    expect(await tenant.client().listNew()).toMatchObject({ orders: [], counted: 0 });
  });

  it('of a backfill are limited by the date of import', async () => {
    const day = (iso: string) => Date.parse(iso);
    for (const [number, iso] of [
      ['1', '2026-11-01'],
      ['2', '2026-11-10'],
      ['3', '2026-11-20'],
    ] as const) {
      tenant.standin.put({ number, purchasedAt: day('2026-10-01'), importedAt: day(iso) });
    }
    const { orders } = await tenant
      .client()
      .listNew({ from: day('2026-11-05T00:00:00Z'), to: day('2026-11-15T00:00:00Z') });
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(['2']);
  });

  it('a parameter that is not understood is a fault of the configuration', async () => {
    put(1, 120);
    const error = await errorOf(tenant.client({ parameters: { page: 'p' } }).listNew());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('check parameters.page');
  });
});

describe('acknowledgements and updates', () => {
  it.each([
    ['body', '/orders/:orderNumber/acknowledge'],
    ['query', '/orders/:orderNumber/acknowledge'],
    ['path', '/orders/:orderNumber/acknowledge'],
    ['path', '/orders/:orderNumber/acknowledge/:orderDestinationOrderNumber'],
  ])('carry the number as %s, %s', async (ackTransport, path) => {
    tenant.standin.put({ number: 'A/1 ü' });
    await tenant.client({ ackTransport, paths: { acknowledge: path } }).acknowledge('A/1 ü', 'E/9');
    expect(tenant.standin.order('A/1 ü')).toMatchObject({ status: 'Processing', destinationNumber: 'E/9' });
  });

  it('a shipment has tracking, carrier, and date with time in UTC', async () => {
    put(1, 1);
    const shippedAt = Date.parse('2026-11-21T04:05:06Z');
    await tenant.client().ship('1', { tracking: '1Z999', carrier: 'UPS', shippedAt });
    expect(tenant.standin.journal[0]?.sent).toEqual({
      OrderStatus: 'SHIPPED',
      ShipmentTrackingNumber: '1Z999',
      ShipmentCarrier: 'UPS',
      DateShipped: '2026-11-21T04:05:06Z',
    });
    tenant.standin.cycle();
    expect(tenant.standin.order('1')).toMatchObject({ status: 'Shipped', sync: 'Sync Complete' });
  });

  it('a cancellation may come before the acknowledgement', async () => {
    put(1, 1);
    await tenant.client().cancel('1');
    expect(tenant.standin.order('1')?.status).toBe('Canceled');
    expect(await tenant.client().find('1', 'shipment')).toMatchObject({ status: 'canceled' });
  });

  it.each(['list', 'get'])('an order is read back by %s', async (readBack) => {
    put(1, 3);
    const client = tenant.client({ readBack });
    await client.acknowledge('2', 'E2');
    expect(await client.find('2', 'acknowledgement')).toMatchObject({
      orderNumber: '2',
      status: 'processing',
      destinationNumber: 'E2',
    });
    expect((await client.find('2', 'status'))?.raw).toMatch(/^\{"OrderNumber":"2",.*\}$/);
    expect(await client.find('99', 'status')).toBeNull();
  });

  it('a filter that is not understood proves no absence', async () => {
    put(1, 3);
    const error = await errorOf(tenant.client({ parameters: { orderNumber: 'x' } }).find('99', 'status'));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('check parameters.orderNumber');
  });
});

describe('what goes wrong', () => {
  const cases: readonly [FeedFaultKind, new (...args: never[]) => Error, string, boolean][] = [
    [{ kind: 'status-429', retryAfter: '7' }, TransientError, 'HTTP_429', false],
    [{ kind: 'status-503' }, TransientError, 'HTTP_503', false],
    [{ kind: 'status-500-before' }, UnknownOutcomeError, 'HTTP_500', false],
    [{ kind: 'status-500-after' }, UnknownOutcomeError, 'HTTP_500', true],
    [{ kind: 'slow-body', everyMs: 200 }, UnknownOutcomeError, 'TIMEOUT', true],
    [{ kind: 'cut-before' }, UnknownOutcomeError, 'CONNECTION_LOST', false],
    [{ kind: 'cut-after' }, UnknownOutcomeError, 'CONNECTION_LOST', true],
    [{ kind: 'success-false', message: 'No stock' }, TerminalError, 'GODATAFEED_REFUSED', false],
  ];
  it.each(cases)('an acknowledgement that meets %o', async (fault, type, code, applied) => {
    put(1, 1);
    tenant.standin.fail({ ...fault, operation: 'Acknowledge' });
    const error = await errorOf(tenant.client().acknowledge('1', 'E1'));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain('GoDataFeed store main PUT /orders/1/acknowledge');
    expect(tenant.standin.order('1')?.destinationNumber).toBe(applied ? 'E1' : null);
  });

  it.each(['cut-before', 'cut-after', 'status-500-before', 'slow-body'] as const)(
    'a read that meets %s was nothing: it is read again later',
    async (kind) => {
      tenant.standin.fail({ kind, operation: 'Count', ...(kind === 'slow-body' ? { everyMs: 200 } : {}) });
      expect(await errorOf(tenant.client().countNew())).toBeInstanceOf(TransientError);
    },
  );

  it('an effect that shows late is not there before, and there after', async () => {
    put(1, 1);
    const client = tenant.client();
    tenant.standin.fail({ kind: 'late', afterMs: 60_000, answer: 'cut' });
    expect(await errorOf(client.acknowledge('1', 'E1'))).toBeInstanceOf(UnknownOutcomeError);
    expect(await client.find('1', 'acknowledgement')).toMatchObject({ destinationNumber: null });
    tenant.clock.advance(60_000);
    expect(await client.find('1', 'acknowledgement')).toMatchObject({ destinationNumber: 'E1' });
    expect(tenant.standin.journal.map(({ answer, applied }) => [answer, applied])).toEqual([['cut', true]]);
  });

  it.each([
    [{ paths: { count: '/order/count' } }, 'check paths.count and its method'],
    [{ methods: { count: 'POST' } }, 'check paths.count and its method'],
    [{ paths: { acknowledge: '/orders/:orderNumber/acknowledge', list: '/nothing' } }, 'check paths.list'],
    [{ auth: { path: '/token' } }, '"orderferry doctor" tries the known forms'],
    [{ auth: { tokenFields: ['Nothing'] } }, 'set auth.tokenFields'],
    [{ envelope: { count: ['Nothing'] } }, 'set envelope.count'],
    [{ envelope: { orders: ['Nothing'] } }, 'set envelope.orders'],
  ])('the wrong form %o stops the flow and says which setting to look at', async (written, hint) => {
    put(1, 1);
    const error = await errorOf(tenant.client(written).listNew());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(hint);
  });

  it('plain http to another machine is refused before anything is sent', () => {
    const build = () => tenant.client({ baseUrl: 'http://api.godatafeed.com/v1' });
    expect(build).toThrow(/plain http/);
  });
});

describe('key and token', () => {
  it('appear in no error, whatever fails and whatever the server repeats', async () => {
    put(1, 1);
    for (const tokenPlacement of ['path', 'bearerHeader', 'rawHeader', 'query'] as const) {
      await restart({ tokenPlacement });
      put(1, 1);
      const client = tenant.client({ tokenPlacement });
      await client.countNew();
      const [token = ''] = tenant.tokens;
      const repeat = `bad token ${token}, key ${KEY}, ${encodeURIComponent(KEY)}, ${JSON.stringify(KEY)}`;
      const errors: Error[] = [];
      for (const kind of ['status-429', 'status-500-before', 'cut-before', 'missing-scope'] as const) {
        tenant.standin.fail({ kind, times: 3 });
        errors.push(await errorOf(client.acknowledge('1', 'E1')));
        tenant.standin.clearFaults();
      }
      tenant.standin.fail({ kind: 'success-false', message: repeat });
      errors.push(await errorOf(client.acknowledge('1', 'E1')));
      tenant.standin.fail({ kind: 'success-false', message: repeat, operation: 'Authorize' });
      tenant.standin.expireTokens();
      errors.push(await errorOf(client.acknowledge('1', 'E1')));
      errors.push(await errorOf(tenant.client({ tokenPlacement, paths: { list: '/no' } }).listNew()));
      const said = errors
        .map((error) => `${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${error.stack}`)
        .join('\n');
      for (const secret of [
        ...tenant.tokens,
        KEY,
        encodeURIComponent(KEY),
        JSON.stringify(KEY).slice(1, -1),
      ]) {
        expect(said).not.toContain(secret);
      }
      expect(JSON.stringify(tenant.standin.journal)).not.toContain(token);
      expect(errors.length).toBe(7);
    }
  });
});
