/** GetOrders as a source of orders: qualifiers, pages, and servers that do not understand a question. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiListing, OrderQualifiers } from '../../src/core/api-orders.js';
import { DAY, SECOND } from '../../src/core/clock.js';
import type { ExigoApiConfig } from '../../src/core/config.js';
import { ConfigurationError, codeOf, TransientError } from '../../src/core/errors.js';
import { toExigoText } from '../../src/core/time.js';
import { DEFAULT_QUALIFIERS, exigoOrderSource } from '../../src/load/exigo-api/order-source.js';
import { type ExigoTenant, errorOf, openExigoTenant } from '../support/exigo-standin.js';

let tenant: ExigoTenant;
beforeEach(async () => {
  tenant = await openExigoTenant();
  const columns: readonly Record<string, string | number>[] = [
    { WarehouseID: 1 },
    { WarehouseID: 2, CurrencyCode: 'cad', PartyID: 5 },
    { WarehouseID: 3, OrderStatusID: 9, OrderSubStatusID: 4, Other14: 'x' },
    { WarehouseID: 1, OrderTypeID: 8, BatchID: 6, ReferralId: 3, OrderKey: 'k4' },
    { WarehouseID: 2, CustomerID: 50, OrderDate: '2024-01-31 00:00:00.000' },
  ];
  for (const [i, more] of columns.entries()) {
    await tenant.insert('Orders', {
      OrderID: i + 1,
      CustomerID: 1,
      OrderStatusID: 7,
      OrderTypeID: 2,
      CurrencyCode: 'usd',
      SubTotal: '1.0000',
      OrderDate: toExigoText(tenant.clock.now()),
      ModifiedDate: toExigoText(tenant.clock.now()),
      ...more,
    });
  }
});
afterEach(() => tenant.close());

function source(orders: Partial<OrderQualifiers> = {}, config: Partial<ExigoApiConfig> = {}) {
  const whole = { ...tenant.config, ...config, orders: { ...DEFAULT_QUALIFIERS, ...orders } };
  return exigoOrderSource(tenant.client({}, config), whole, tenant.clock);
}

async function ids(of = source(), listing: ApiListing = changed()): Promise<number[]> {
  const found: number[] = [];
  for await (const { orders } of of.list(listing, async () => undefined)) {
    found.push(...orders.map(({ orderId }) => orderId));
  }
  return found;
}

const changed = (): ApiListing => ({ changedAfter: tenant.clock.now() - SECOND });

describe('each qualifier', () => {
  it.each<[Partial<OrderQualifiers>, number[]]>([
    [{}, [1, 2, 3, 4, 5]],
    [{ statuses: ['Shipped'] }, [3]],
    [{ statuses: ['Shipped', 'Accepted'] }, [3, 1, 2, 4, 5]],
    [{ subStatuses: [4] }, [3]],
    [{ orderTypes: [8] }, [4]],
    [{ orderTypes: [8, 2] }, [1, 2, 3, 4, 5]],
    [{ warehouseIDs: [3, 2] }, [3, 2, 5]],
    [{ currencyCodes: ['CAD'] }, [2]],
    [{ partyIDs: [5] }, [2]],
    [{ batchIDs: [6] }, [4]],
    [{ referralIDs: [3] }, [4]],
    [{ customerID: 50 }, [5]],
    [{ orderIDs: [2, 4] }, [2, 4]],
    [{ orderKeys: ['k4'] }, [4]],
    [{ others: { other14: 'x' } }, [3]],
    [{ orderDateEnd: Date.parse('2024-02-01T06:00:00Z') }, [5]],
    [{ orderDateStart: Date.parse('2024-02-01T06:00:00Z') }, [1, 2, 3, 4]],
    [{ warehouseIDs: [1, 2], currencyCodes: ['usd', 'cad'] }, [1, 4, 5, 2].sort()],
  ])('%j lists orders %j', async (qualifiers, wanted) => {
    const found = await ids(source(qualifiers));
    expect(found.toSorted()).toEqual(wanted.toSorted());
  });

  it('goes with the open orders, too, and not with those that are asked for by id', async () => {
    const of = source({ warehouseIDs: [2] });
    expect(await ids(of, { acceptedAfter: 0 })).toEqual([2, 5]);
    expect(await ids(of, { orderIds: [1, 3] })).toEqual([1, 3]);
    expect(await ids(source({ statuses: ['Shipped'] }), { acceptedAfter: 0 })).toEqual([]);
  });
});

it('pages on until a page is empty, whatever size the server cuts them to', async () => {
  await tenant.close();
  tenant = await openExigoTenant({ maxBatchSize: 2 });
  for (let id = 1; id <= 5; id++) {
    const row = { OrderID: id, CustomerID: 1, OrderStatusID: 7, OrderTypeID: 2, SubTotal: '1.0000' };
    await tenant.insert('Orders', { ...row, ModifiedDate: toExigoText(tenant.clock.now()) });
  }
  expect(await ids()).toEqual([1, 2, 3, 4, 5]);
  expect(tenant.standin.count('GetOrders')).toBe(4);
});

it('asks for a page again, not for those before it, and gives up after three tries', async () => {
  const of = source({ batchSize: 1 });
  const listing = changed(); // the pauses move the clock
  tenant.standin.fail({ kind: 'cut-before', operation: 'GetOrders', nth: 3, times: 2 });
  expect(await ids(of, listing)).toEqual([1, 2, 3, 4, 5]);
  expect(tenant.standin.count('GetOrders')).toBe(8);
  tenant.standin.fail({ kind: 'status-503', operation: 'GetOrders', nth: 2, times: 3 });
  expect(await errorOf(ids(of, listing))).toBeInstanceOf(TransientError);
});

it('does not wait for a server that wants minutes', async () => {
  tenant.standin.fail({ kind: 'status-429', operation: 'GetOrders', retryAfter: '600' });
  expect(await errorOf(ids())).toBeInstanceOf(TransientError);
  expect(tenant.standin.count('GetOrders')).toBe(1);
});

it('takes a page that is no list for a failure, never for the end', async () => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.setHeader('Content-Type', 'application/json');
    response.end('{"orders": null, "recordCount": 7, "result": {"status": "Success"}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/3.0`;
  const error = await errorOf(ids(source({}, { baseUrl })));
  server.closeAllConnections();
  server.close();
  expect([codeOf(error), calls]).toEqual(['REPLY_UNREADABLE', 3]);
});

describe('a server that does not understand', () => {
  it('a list of types answers with others: a configuration error', async () => {
    await tenant.close();
    tenant = await openExigoTenant({ listStyle: 'indexed' });
    const row = { OrderID: 1, CustomerID: 1, OrderStatusID: 7, OrderTypeID: 2, SubTotal: '1.0000' };
    await tenant.insert('Orders', { ...row, ModifiedDate: toExigoText(tenant.clock.now()) });
    const error = await errorOf(ids(source({ orderTypes: [8, 9] })));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('order 1, which does not meet orderTys');
    expect(error.message).toContain('exigoApi.listStyle');
  });

  it('the date of a change lists years of orders: a configuration error', async () => {
    await tenant.insert('Orders', {
      OrderID: 9,
      CustomerID: 1,
      OrderStatusID: 7,
      OrderTypeID: 2,
      SubTotal: '1.0000',
      ModifiedDate: toExigoText(tenant.clock.now() - 3 * DAY),
    });
    const late = { changedAfter: tenant.clock.now() - SECOND };
    const client = tenant.client();
    const deaf = {
      ...client,
      replyPages: ({ greaterThanModifiedDate: _, ...query }: Parameters<typeof client.replyPages>[0]) =>
        client.replyPages(query),
    };
    const of = exigoOrderSource(deaf, { ...tenant.config, orders: DEFAULT_QUALIFIERS }, tenant.clock);
    const error = await errorOf(ids(of, late));
    expect(error.message).toContain('order 9, which does not meet greaterThanModifiedDate');
  });
});
