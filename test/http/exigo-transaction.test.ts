/** ProcessTransaction: what is sent, how its answer is read, and what the stand-in makes of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECOND } from '../../src/core/clock.js';
import type { ExigoApiConfig } from '../../src/core/config.js';
import { UnknownOutcomeError } from '../../src/core/errors.js';
import type { NewExigoOrder } from '../../src/core/new-order.js';
import { createExigoClient, type ExigoClient } from '../../src/load/exigo-api/client.js';
import { exigoOrderTarget } from '../../src/load/exigo-api/order-target.js';
import { errorOf } from '../support/exigo-standin.js';
import { House } from '../support/house.js';

const ORDER: NewExigoOrder = {
  key: 'amazon:113-1',
  keyField: 'other20',
  customer: { kind: 'house', customerId: 1001 },
  orderedAt: Date.parse('2026-11-01T06:30:00Z'),
  currency: 'usd',
  warehouseId: 1,
  shipMethodId: 2,
  priceType: 1,
  shipTo: {
    firstName: 'Ann',
    lastName: 'Lee',
    company: null,
    address1: '1 First St',
    address2: null,
    city: 'Reno',
    state: 'NV',
    zip: '89501',
    country: 'US',
    phone: null,
  },
  email: 'ann@example.com',
  lines: [{ itemCode: 'ITEM-1', quantity: '2', priceEach: '10.10', description: 'Cup', reference: 'A-1' }],
  shipping: '4.50',
  payment: { amount: '90071992547409.93', type: 14, memo: 'amazon:113-1' },
  notes: null,
};
const BY_EMAIL: NewExigoOrder = {
  ...ORDER,
  key: 'ebay:9',
  customer: { kind: 'email', email: 'ann@example.com', customerType: 7 },
};

describe('orders on the stand-in', () => {
  let house: House;
  let client: ExigoClient;
  beforeEach(async () => {
    house = await House.open({ templates: [] });
    client = createExigoClient(house.config.exigoApi as ExigoApiConfig, { clock: house.clock });
  });
  afterEach(async () => {
    client.close();
    await house.close();
  });

  const target = () => exigoOrderTarget(client, house.config.exigoApi as ExigoApiConfig);

  it('are made whole, and found by the field that holds their key', async () => {
    expect(await target().find(ORDER)).toBeNull();
    const made = await target().make(ORDER, 1001);
    expect(await target().find(ORDER)).toEqual({
      orderId: made.orderId,
      customerId: 1001,
      status: 'Accepted',
    });
    const [order] = await client.getOrders({ orderID: made.orderId });
    expect(order).toMatchObject({
      orderStatus: 'Accepted',
      orderDate: ORDER.orderedAt,
      subTotal: '20.2000',
      shippingTotal: '4.5000',
      orderKey: 'amazon:113-1',
      details: [{ itemCode: 'ITEM-1', quantity: '2.0000', priceEach: '10.1000', reference1: 'A-1' }],
      payments: [{ amount: '90071992547409.9300', paymentTypeId: 14 }],
    });
  });

  it('are made with their customer, who is found by the e-mail address in any case', async () => {
    expect(await target().customersOf('ann@example.com')).toEqual([]);
    const { customerId } = await target().make(BY_EMAIL, null);
    expect(await target().customersOf('Ann@Example.com')).toEqual([customerId]);
  });

  it('are refused a second time with the same ManualOrderKey, and nothing of the call is made', async () => {
    await target().make(BY_EMAIL, null);
    expect((await errorOf(target().make(BY_EMAIL, null))).message).toContain(
      'ManualOrderKey ebay:9 is in use',
    );
    expect(await house.all('SELECT CustomerID FROM "dbo.Customers"')).toHaveLength(1);
    expect(await house.all('SELECT PaymentID FROM "dbo.Payments"')).toHaveLength(1);
  });

  it('that several have the key of are no answer, unless all but one are canceled', async () => {
    const { orderId } = await target().make(ORDER, 1001);
    await target().make({ ...ORDER, keyField: 'other19', key: 'other' }, 1001);
    await house.exec(`UPDATE "dbo.Orders" SET Other20 = '${ORDER.key}' WHERE OrderID <> ${orderId}`);
    expect((await errorOf(target().find(ORDER))).message).toContain('all have other20');
    await house.exec(`UPDATE "dbo.Orders" SET OrderStatusID = 4 WHERE OrderID <> ${orderId}`);
    expect(await target().find(ORDER)).toMatchObject({ orderId });
    await house.exec('UPDATE "dbo.Orders" SET OrderStatusID = 4');
    expect(await target().find(ORDER)).toMatchObject({ status: 'Canceled' });
  });

  it('show late, or not at all, when they are told to; the journal says what came to pass', async () => {
    house.standin.fail({ kind: 'late', operation: 'ProcessTransaction', afterMs: 30 * SECOND });
    const { orderId } = await target().make(ORDER, 1001);
    expect(await target().find(ORDER)).toBeNull();
    house.clock.advance(31 * SECOND);
    expect(await target().find(ORDER)).toMatchObject({ orderId });
    house.standin.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
    expect(await errorOf(target().make(BY_EMAIL, null))).toBeInstanceOf(UnknownOutcomeError);
    expect(await target().find(BY_EMAIL)).toBeNull();
    expect(house.standin.journal.map(({ answer, applied }) => `${answer} ${applied}`)).toEqual([
      '200 Success true',
      'cut false',
    ]);
  });
});

describe('what goes over the wire', () => {
  it('has every amount with its digits, as a number, and leaves out what there is not', async () => {
    const { body } = await sendTo('{"transactionResponses":[{"response":{"orderID":7}}]}', (target) =>
      target.make(BY_EMAIL, null),
    );
    expect(body).toContain('"amount":90071992547409.93');
    expect(body).toContain('"priceEachOverride":10.10,');
    expect(body).toContain('"quantity":2,');
    expect(body).toContain('"orderDate":"2026-11-01T01:30:00-05:00"');
    expect(body).not.toContain('null');
    const { transactionRequests } = JSON.parse(body) as {
      transactionRequests: { typeName: string; request: Record<string, unknown> }[];
    };
    expect(transactionRequests.map(({ typeName }) => typeName)).toEqual([
      'CreateCustomerRequest',
      'CreateOrderRequest',
      'CreatePaymentRequest',
    ]);
    expect(transactionRequests[1]?.request).toMatchObject({
      manualOrderKey: 'ebay:9',
      other20: 'ebay:9',
      orderStatus: 'Accepted',
      taxRateOverride: 0,
      shippingAmountOverride: 4.5,
    });
    expect(transactionRequests[1]?.request).not.toHaveProperty('customerID');
  });

  it.each([
    ['{"responses":[{"OrderID":7,"CustomerID":3}],"result":{"status":"Success"}}', 7],
    [
      '{"transactionResponses":[{"typeName":"x","response":{"customerID":3}},{"response":{"orderID":"8"}}]}',
      8,
    ],
  ])('reads the ids wherever they stand: %s', async (answer, orderId) => {
    const { made } = await sendTo(answer, (target) => target.make(BY_EMAIL, null));
    expect(made).toEqual({ orderId, customerId: 3 });
  });

  it('takes a success that names no order for an unknown outcome', async () => {
    const { made } = await sendTo('{"result":{"status":"Success"}}', (target) =>
      errorOf(target.make(ORDER, 1001)),
    );
    expect(made).toBeInstanceOf(UnknownOutcomeError);
  });

  it.each([
    ['{"orders":[{"orderID":1,"other20":"another"}],"recordCount":1}', 'does not filter by that field'],
    [
      '{"customers":[{"customerID":1,"email":"other@example.com"}],"recordCount":1}',
      'the filter is not understood',
    ],
  ])('concludes no absence from a filter that is not understood: %s', async (answer, words) => {
    const { made } = await sendTo(answer, (target) =>
      errorOf(answer.includes('customers') ? target.customersOf('ann@example.com') : target.find(ORDER)),
    );
    expect((made as Error).message).toContain(words);
  });
});

/** Sends to a server that answers everything alike; gives the body it got. */
async function sendTo<T>(answer: string, send: (target: ReturnType<typeof exigoOrderTarget>) => Promise<T>) {
  let body = '';
  const server = createServer((request, response) => {
    request.on('data', (piece) => {
      body += String(piece);
    });
    request.on('end', () => response.setHeader('Content-Type', 'application/json').end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config: ExigoApiConfig = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/3.0`,
    login: 'ferry',
    company: 'sample',
    password: 'not-a-secret',
    maxOrders: 200,
    deadlineMs: 5 * SECOND,
    unknownWaitMs: SECOND,
  };
  const client = createExigoClient(config, { clock: { now: Date.now, sleep: async () => undefined } });
  try {
    return { made: await send(exigoOrderTarget(client, config)), body };
  } finally {
    client.close();
    await new Promise((resolve) => server.close(resolve));
  }
}
