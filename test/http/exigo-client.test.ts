import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExigoApiConfig } from '../../src/core/config.js';
import {
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import { createExigoClient, type ExigoClientOptions } from '../../src/load/exigo-api/client.js';
import { chunkIds, encodeQuery } from '../../src/load/exigo-api/query.js';
import { exigoStatusTarget } from '../../src/load/exigo-api/status-target.js';
import { amountOf, fromExigoDate, statusOf, toExigoDate } from '../../src/load/exigo-api/values.js';
import { COMPANY, errorOf, handClock, LOGIN, PASSWORD } from '../support/exigo-standin.js';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Seen {
  readonly line: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** A client of a server that answers every request with the same text; what it got is in `seen`. */
async function clientOf(
  reply: string | RequestListener,
  options: Partial<ExigoClientOptions & ExigoApiConfig> = {},
) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: string[] = [];
    request.on('data', (chunk) => chunks.push(String(chunk)));
    request.on('end', () => {
      const body: unknown = chunks.length === 0 ? null : JSON.parse(chunks.join(''));
      const { authorization } = request.headers;
      seen.push({ line: `${request.method} ${request.url}`, body, authorization });
      if (typeof reply === 'string') response.end(reply);
      else reply(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    baseUrl: `http://127.0.0.1:${port}/3.0`,
    login: LOGIN,
    company: COMPANY,
    password: PASSWORD,
    maxOrders: 200,
    deadlineMs: 2_000,
    unknownWaitMs: 30_000,
  };
  const client = createExigoClient(
    { ...config, ...options },
    { clock: handClock('2024-11-13T18:00:00Z'), ...options },
  );
  open.push(client, {
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { client, seen, config };
}

const OK = '{"result":{"status":"Success","errors":[],"transactionKey":"x"}}';

describe('Exigo dates', () => {
  it('are US Central with their offset, on both sides of the clock changes', () => {
    expect(toExigoDate(Date.parse('2024-11-13T06:00:00Z'))).toBe('2024-11-13T00:00:00-06:00');
    expect(toExigoDate(Date.parse('2024-07-01T05:00:00.250Z'))).toBe('2024-07-01T00:00:00.250-05:00');
    // The repeated hour: the offset tells the two apart.
    expect(toExigoDate(Date.parse('2024-11-03T06:30:00Z'))).toBe('2024-11-03T01:30:00-05:00');
    expect(toExigoDate(Date.parse('2024-11-03T07:30:00Z'))).toBe('2024-11-03T01:30:00-06:00');
    // The skipped hour.
    expect(toExigoDate(Date.parse('2024-03-10T07:59:59Z'))).toBe('2024-03-10T01:59:59-06:00');
    expect(toExigoDate(Date.parse('2024-03-10T08:00:00Z'))).toBe('2024-03-10T03:00:00-05:00');
  });

  it('are read with and without offset', () => {
    for (const iso of ['2024-11-03T06:30:00Z', '2024-11-03T07:30:00Z', '2024-03-10T08:00:00Z']) {
      expect(fromExigoDate(toExigoDate(Date.parse(iso)))).toBe(Date.parse(iso));
    }
    expect(fromExigoDate('2024-11-13T00:00:00')).toBe(Date.parse('2024-11-13T06:00:00Z'));
    expect(fromExigoDate('2024-07-01T00:00:00.5')).toBe(Date.parse('2024-07-01T05:00:00.500Z'));
    expect(fromExigoDate('2024-11-03T01:30:00')).toBe(Date.parse('2024-11-03T06:30:00Z'));
    expect(fromExigoDate('2024-07-01T00:00:00Z')).toBe(Date.parse('2024-07-01T00:00:00Z'));
    for (const none of [null, undefined, '', 'soon', 17, '0001-01-01T00:00:00']) {
      expect(fromExigoDate(none)).toBeNull();
    }
  });
});

describe('Exigo values', () => {
  it('keep the digits of amounts', () => {
    expect(['12.5000', 12, '-0.10', '1E+2', '1.25e-3', '-1.5E1'].map(amountOf)).toEqual([
      '12.5000',
      '12',
      '-0.10',
      '100',
      '0.00125',
      '-15',
    ]);
    expect([null, undefined, '', 'x', '1e999', true].map(amountOf)).toEqual(Array(6).fill(null));
  });

  it('know a status by name in any case, either spelling, or number', () => {
    expect(['Accepted', 'PRINTED', 'Cancelled', 9, '7', 42, 'OnTheMoon', null].map(statusOf)).toEqual([
      'Accepted',
      'Printed',
      'Canceled',
      'Shipped',
      'Accepted',
      'status 42',
      'OnTheMoon',
      null,
    ]);
  });
});

describe('GetOrders query', () => {
  it('names every qualifier as the vendor does', () => {
    const query = encodeQuery(
      {
        customerID: 1,
        customerKey: 'c/1',
        orderID: 2,
        orderIDs: [3, 4],
        orderKey: 'k 1',
        orderKeys: ['a,b', 'c'],
        orderDateStart: Date.parse('2024-11-13T06:00:00Z'),
        orderDateEnd: Date.parse('2024-07-01T05:00:00Z'),
        orderStatus: 'Accepted',
        otherOrderStatuses: ['Printed', 'Shipped'],
        orderSubStatusTy: 5,
        orderTys: [0, 8],
        warehouseID: 6,
        currencyCode: 'usd',
        partyID: 7,
        batchID: 8,
        referralID: 9,
        greaterThanOrderID: 10,
        greaterThanModifiedDate: Date.parse('2024-11-03T07:30:00Z'),
        batchSize: 11,
        returnCustomer: true,
        returnKitDetails: false,
        other11: 'x&y',
        other20: 'ü',
      },
      'comma',
    );
    expect(query.split('&')).toEqual([
      'customerID=1',
      'customerKey=c%2F1',
      'orderID=2',
      'orderIDs=3,4',
      'orderKey=k%201',
      'orderKeys=a%2Cb,c',
      'orderDateStart=2024-11-13T00%3A00%3A00-06%3A00',
      'orderDateEnd=2024-07-01T00%3A00%3A00-05%3A00',
      'orderStatus=Accepted',
      'otherOrderStatuses=Printed,Shipped',
      'orderSubStatusTy=5',
      'orderTys=0,8',
      'warehouseID=6',
      'currencyCode=usd',
      'partyID=7',
      'batchID=8',
      'referralID=9',
      'greaterThanOrderID=10',
      'greaterThanModifiedDate=2024-11-03T01%3A30%3A00-06%3A00',
      'batchSize=11',
      'returnCustomer=true',
      'returnKitDetails=false',
      'other11=x%26y',
      'other20=%C3%BC',
    ]);
  });

  it('writes lists in each style', () => {
    expect(encodeQuery({ orderIDs: [1, 2] }, 'comma')).toBe('orderIDs=1,2');
    expect(encodeQuery({ orderIDs: [1, 2] }, 'repeated')).toBe('orderIDs=1&orderIDs=2');
    expect(encodeQuery({ orderIDs: [1, 2] }, 'indexed')).toBe('orderIDs%5B0%5D=1&orderIDs%5B1%5D=2');
    expect(encodeQuery({ orderIDs: [], warehouseID: 1 }, 'comma')).toBe('warehouseID=1');
  });

  it.each(['comma', 'repeated', 'indexed'] as const)('cuts id lists to fit a query (%s)', (style) => {
    const ids = Array.from({ length: 450 }, (_, i) => 10_000_000 + i);
    const chunks = chunkIds(ids, style, 200, 1_900);
    expect(chunks.flat()).toEqual(ids);
    for (const chunk of chunks) {
      expect(chunk.length).toBeLessThanOrEqual(200);
      expect(encodeQuery({ orderIDs: chunk }, style).length).toBeLessThan(1_920);
    }
    expect(chunks.length).toBe({ comma: 3, repeated: 5, indexed: 7 }[style]);
    expect(chunkIds([1], style, 1, 1)).toEqual([[1]]);
  });
});

describe('Exigo client', () => {
  it('reads amounts, dates and statuses of an order without a binary float', async () => {
    const { client, seen } = await clientOf(
      `{"orders":[{"orderID":17,"orderStatus":"Accepted","orderDate":"2024-11-13T00:00:00-06:00",
        "total":900719925474099.3,"subTotal":12,"taxTotal":0.10,"shippingTotal":0.20,"shippedDate":null,
        "zip":"01234","houseField":9007199254740993,
        "details":[{"orderLine":1,"itemCode":"A-1","quantity":1.5000,"priceEach":0.3000000000000000444}],
        "payments":[{"paymentID":5,"amount":12.30}],"customer":{"customerID":3}}],
        "recordCount":1,"result":null}`,
    );
    const [order] = await client.getOrders({ orderID: 17, returnCustomer: true });
    expect(order).toMatchObject({
      orderID: 17,
      orderStatus: 'Accepted',
      orderDate: Date.parse('2024-11-13T06:00:00Z'),
      total: '900719925474099.3',
      subTotal: '12',
      taxTotal: '0.10',
      shippingTotal: '0.20',
      shippedDate: null,
      zip: '01234',
      firstName: null,
      details: [{ orderLine: 1, quantity: '1.5000', priceEach: '0.3000000000000000444' }],
      payments: [{ paymentID: 5, amount: '12.30' }],
      customer: { customerID: 3 },
    });
    expect(order?.raw.houseField).toBe('9007199254740993');
    expect(seen[0]?.line).toBe('GET /3.0/orders?orderID=17&returnCustomer=true');
    expect(seen[0]?.authorization).toBe(
      `Basic ${Buffer.from(`${LOGIN}@${COMPANY}:${PASSWORD}`).toString('base64')}`,
    );
  });

  it('sends the bodies the vendor documents', async () => {
    const { client, seen } = await clientOf(OK);
    await client.changeOrderStatus({ orderID: 1 }, 'Printed');
    await client.changeOrderStatus({ orderKey: 'k' }, 'Canceled');
    await client.changeOrderStatusBatch(
      [
        { orderID: 1, trackingNumber1: '1Z', shippedDate: Date.parse('2024-11-13T18:00:00Z') },
        { orderID: 2 },
      ],
      'Shipped',
    );
    await client.updateOrder(
      { orderID: 3 },
      { trackingNumber1: 'T', webCarrierID: 'UPS', shipMethodID: 4, other11: '3PL-7', orderStatus: 9 },
    );
    expect(seen.map(({ line, body }) => [line, body])).toEqual([
      ['POST /3.0/orders/status', { orderID: 1, orderStatus: 'Printed' }],
      ['POST /3.0/orders/status', { orderKey: 'k', orderStatus: 'Canceled' }],
      [
        'POST /3.0/orders/statusbatch',
        {
          orderStatus: 'Shipped',
          details: [
            { orderID: 1, trackingNumber1: '1Z', shippedDate: '2024-11-13T12:00:00-06:00' },
            { orderID: 2 },
          ],
        },
      ],
      [
        'PATCH /3.0/orders',
        {
          orderID: 3,
          trackingNumber1: 'T',
          webCarrierID: 'UPS',
          shipMethodID: 4,
          other11: '3PL-7',
          orderStatus: 9,
        },
      ],
    ]);
  });

  it('sends the status under the newer name and as a number where that is set', async () => {
    const { client, seen } = await clientOf(OK, { batchStatusField: 'orderStatusTy' });
    await client.changeOrderStatusBatch([{ orderID: 1 }], 'Printed');
    expect(seen[0]?.body).toEqual({ orderStatusTy: 8, details: [{ orderID: 1 }] });
  });

  it.each([
    ['{"result":{"status":"Failure","errors":["Order 5 was not found","and more"]}}'],
    ['{"Result":{"Status":"failure","Errors":["Order 5 was not found","and more"]}}'],
    ['{"result":{"status":1,"errors":["Order 5 was not found","and more"]}}'],
    ['{"errors":["Order 5 was not found","and more"]}'],
    ['{"result":{"errors":["Order 5 was not found","and more"]}}'],
  ])('takes HTTP 200 with %s for a refusal', async (reply) => {
    const { client } = await clientOf(reply);
    const error = await errorOf(client.changeOrderStatusBatch([{ orderID: 5 }, { orderID: 6 }], 'Printed'));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toBe(
      'Exigo API POST /orders/statusbatch (2 orders, 5 to 6): refused by Exigo: Order 5 was not found; and more; the same request would be refused again',
    );
  });

  it.each([
    '{}',
    '{"result":null}',
    '{"result":{"status":"SUCCESS"}}',
    '{"result":{"status":0,"errors":[]}}',
  ])('takes HTTP 200 with %s for a success', async (reply) => {
    const { client } = await clientOf(reply);
    await client.changeOrderStatus({ orderID: 1 }, 'Printed');
  });

  it('does not know the outcome of a change with an undocumented result', async () => {
    const { client } = await clientOf('{"result":{"status":"Queued"}}');
    expect(await errorOf(client.changeOrderStatus({ orderID: 1 }, 'Printed'))).toBeInstanceOf(
      UnknownOutcomeError,
    );
    expect(await errorOf(client.getOrders({}))).toBeInstanceOf(TransientError);
  });

  it('never takes a reply without a list for "no orders"', async () => {
    for (const reply of ['{}', '{"orders":null}', '{"message":"maintenance"}', '[]', 'null']) {
      const { client } = await clientOf(reply);
      expect(await errorOf(client.readStatuses([1])), reply).toBeInstanceOf(TransientError);
    }
    const { client } = await clientOf('{"orders":null,"recordCount":0}');
    expect(await client.readStatuses([1])).toEqual(new Map());
  });

  it('stops when the server does not page', async () => {
    const { client } = await clientOf('{"orders":[{"orderID":1}]}');
    const error = await errorOf(drain(client.orderPages({})));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'PAGING' });
  });

  it('notices that a list of ids was not understood', async () => {
    const { client } = await clientOf('{"orders":[{"orderID":1,"orderStatus":"Accepted"}]}');
    const error = await errorOf(client.readStatuses([7, 8]));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('answered with order 1, which was not asked for');
  });

  it('shows neither login nor password, also when Exigo repeats them', async () => {
    const token = Buffer.from(`${LOGIN}@${COMPANY}:${PASSWORD}`).toString('base64');
    const said = JSON.stringify(`${LOGIN} ${PASSWORD} Basic ${token}`);
    for (const [status, reply] of [
      [200, `{"result":{"status":"Failure","errors":[${said}]}}`],
      [200, `{"result":{"status":${said}}}`],
      [400, `{"message":${said}}`],
      [401, said],
    ] as const) {
      const { client } = await clientOf((_request, response) => response.writeHead(status).end(reply));
      const error = await errorOf(client.changeOrderStatus({ orderID: 1 }, 'Printed'));
      const shown = `${JSON.stringify(error)} ${inspect(error, { depth: 10 })} ${error.stack}`;
      for (const secret of [LOGIN, PASSWORD, token]) expect(shown).not.toContain(secret);
      expect(shown).toContain('***');
    }
  });

  it('is a status target', async () => {
    const { client, seen, config } = await clientOf((request, response) =>
      response.end(request.method === 'GET' ? '{"orders":[{"orderID":2,"orderStatus":8}]}' : OK),
    );
    const target = exigoStatusTarget(client, config);
    expect([target.maxOrders, target.unknownWaitMs]).toEqual([200, 30_000]);
    expect(await target.read([2, 2])).toEqual(new Map([[2, 'Printed']]));
    await target.change([2, 3], 'Printed');
    expect(seen.map(({ line }) => line)).toEqual([
      'GET /3.0/orders?orderIDs=2&batchSize=1',
      'POST /3.0/orders/statusbatch',
    ]);
    expect(seen[1]?.body).toEqual({ orderStatus: 'Printed', details: [{ orderID: 2 }, { orderID: 3 }] });
  });
});

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const page of pages) void page;
}
