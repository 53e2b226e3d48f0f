import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import type { OrdersQuery } from '../../src/load/exigo-api/query.js';
import type { ExigoStandinOptions } from '../../src/standins/exigo/server.js';
import { type ExigoTenant, errorOf, openExigoTenant } from '../support/exigo-standin.js';

let tenant: ExigoTenant;
beforeEach(async () => {
  tenant = await openExigoTenant();
});
afterEach(async () => {
  await tenant.close();
});

async function restart(options: Partial<ExigoStandinOptions>): Promise<void> {
  await tenant.close();
  tenant = await openExigoTenant(options);
}

async function accepted(...ids: number[]): Promise<void> {
  for (const OrderID of ids) {
    await tenant.insert('Orders', {
      OrderID,
      OrderStatusID: 7,
      ModifiedDate: '2024-11-13 08:00:00.000',
      ModifiedBy: 'shop',
    });
  }
}

async function idsOf(query: OrdersQuery): Promise<number[]> {
  return (await tenant.client().getOrders(query)).map((order) => order.orderID);
}

describe('GetOrders of the stand-in', () => {
  it('returns order, lines, payments and customer under the names of the API', async () => {
    await tenant.insert('Customers', { CustomerID: 3, FirstName: 'Zoë', PasswordHash: 'x', TaxCode: '123' });
    await tenant.insert('Orders', {
      OrderID: 17,
      CustomerID: 3,
      OrderStatusID: 8,
      OrderTypeID: 2,
      PriceTypeID: 1,
      OrderDate: '2024-11-03 00:30:00.000',
      ModifiedDate: '2024-07-01 00:00:00.250',
      Total: '922337203685477.5807',
      SubTotal: '0.3000',
      Address1: 'Straße 1\n"Hof"',
      IsRMA: 1,
    });
    await tenant.insert('OrderDetails', {
      OrderID: 17,
      OrderLine: 1,
      ItemID: 9,
      ItemCode: 'KIT',
      Quantity: '1.5000',
    });
    await tenant.insert('OrderDetails', {
      OrderID: 17,
      OrderLine: 2,
      ItemID: 10,
      ItemCode: 'PART',
      ParentItemID: 9,
    });
    await tenant.insert('Payments', {
      PaymentID: 5,
      OrderID: 17,
      Amount: '12.3400',
      CreditCardNumber: '4111111111111111',
      CheckAccountNumber: '99',
    });

    const [order] = await tenant
      .client()
      .getOrders({ orderID: 17, returnCustomer: true, returnKitDetails: true });
    expect(order).toMatchObject({
      orderID: 17,
      orderStatus: 'Printed',
      orderTyID: 2,
      orderTyDescription: 'ShoppingCart',
      priceType: 1,
      orderDate: Date.parse('2024-11-03T05:30:00Z'),
      modifiedDate: Date.parse('2024-07-01T05:00:00.250Z'),
      total: '922337203685477.5807',
      subTotal: '0.3000',
      address1: 'Straße 1\n"Hof"',
    });
    expect(order?.raw).toMatchObject({ isRMA: true, orderDate: '2024-11-03T00:30:00-05:00' });
    expect(order?.details).toMatchObject([
      { orderLine: 1, itemCode: 'KIT', quantity: '1.5000', parentItemCode: null },
      { orderLine: 2, itemCode: 'PART', parentItemCode: 'KIT' },
    ]);
    expect(order?.payments).toMatchObject([{ paymentID: 5, amount: '12.3400' }]);
    expect(order?.payments[0]?.raw.creditCardNumberDisplay).toBe('************1111');
    expect(order?.customer).toMatchObject({ customerID: 3, firstName: 'Zoë' });
    const shown = JSON.stringify(order?.raw);
    for (const secret of ['passwordHash', 'taxCode', '4111', 'checkAccountNumber']) {
      expect(shown).not.toContain(secret);
    }

    const [plain] = await tenant.client().getOrders({ orderIDs: [17] });
    expect(plain?.customer).toBeNull();
    expect(plain?.details.map((line) => line.itemCode)).toEqual(['KIT']);
  });

  it('knows every qualifier, and all of them together', async () => {
    await tenant.insert('Customers', { CustomerID: 3, CustomerKey: 'ck' });
    const match: Record<string, string | number> = {
      OrderID: 5,
      CustomerID: 3,
      OrderStatusID: 7,
      OrderTypeID: 2,
      OrderSubStatusID: 4,
      OrderKey: 'k5',
      WarehouseID: 6,
      CurrencyCode: 'usd',
      PartyID: 7,
      BatchID: 8,
      ReferralId: 9,
      OrderDate: '2024-11-03 12:00:00.000',
      ModifiedDate: '2024-11-04 12:00:00.000',
    };
    for (let n = 11; n <= 20; n++) match[`Other${n}`] = `o${n}`;
    await tenant.insert('Orders', match);
    await tenant.insert('Orders', { OrderID: 6, OrderStatusID: 8, OrderTypeID: 8, OrderKey: 'k6' });
    const at = (iso: string) => Date.parse(iso);
    const queries: OrdersQuery[] = [
      { customerID: 3 },
      { customerKey: 'ck' },
      { orderID: 5 },
      { orderIDs: [5, 99] },
      { orderKey: 'k5' },
      { orderKeys: ['k5', 'k7'] },
      { orderDateStart: at('2024-11-03T18:00:00Z') },
      { orderDateStart: at('2024-11-03T17:00:00Z'), orderDateEnd: at('2024-11-03T18:00:00Z') },
      { orderStatus: 'Accepted' },
      { otherOrderStatuses: ['Accepted', 'Shipped'] },
      { orderSubStatusTy: 4 },
      { orderTys: [1, 2] },
      { warehouseID: 6 },
      { currencyCode: 'USD' },
      { partyID: 7 },
      { batchID: 8 },
      { referralID: 9 },
      { greaterThanModifiedDate: at('2024-11-04T17:59:59.999Z') },
      ...Array.from({ length: 10 }, (_, i): OrdersQuery => ({ [`other${i + 11}`]: `o${i + 11}` })),
    ];
    for (const query of queries) expect(await idsOf(query), JSON.stringify(query)).toEqual([5]);
    expect(await idsOf(Object.assign({}, ...queries))).toEqual([5]);
    expect(await idsOf({})).toEqual([5, 6]);
    expect(await idsOf({ orderStatus: 'Accepted', otherOrderStatuses: ['Printed'] })).toEqual([5, 6]);
    expect(await idsOf({ greaterThanModifiedDate: at('2024-11-04T18:00:00Z') })).toEqual([]);
    expect(await idsOf({ orderIDs: [5, 6], warehouseID: 1 })).toEqual([]);
  });

  it('pages by OrderID until a page is empty, while orders are added', async () => {
    await accepted(1, 2, 3, 4, 5, 6, 7);
    const seen: number[][] = [];
    for await (const page of tenant.client().orderPages({ batchSize: 3 })) {
      seen.push(page.map((order) => order.orderID));
      if (seen.length === 1) await accepted(8);
      if (seen.length === 3) await accepted(9);
    }
    expect(seen).toEqual([[1, 2, 3], [4, 5, 6], [7, 8], [9]]);
    expect(tenant.standin.count('GetOrders')).toBe(5);
  });

  it('pages 500 at a time by default, and less when the server caps it', async () => {
    const text = 'INSERT INTO "dbo.Orders" (OrderID, OrderStatusID) SELECT value, 7 FROM json_each(@ids)';
    const ids = Array.from({ length: 501 }, (_, i) => i + 1);
    const fill = () =>
      tenant.database.transaction((session) =>
        session.run({ name: 'fill', text }, { ids: JSON.stringify(ids) }),
      );
    await fill();
    expect(await idsOf({})).toHaveLength(500);
    await restart({ maxBatchSize: 70 });
    await fill();
    const statuses = await tenant.client().readStatuses([...ids, 900, 901]);
    expect([...statuses.keys()]).toEqual(ids);
  });

  it.each(['comma', 'repeated', 'indexed'] as const)(
    'understands lists in the style %s',
    async (listStyle) => {
      await restart({ listStyle });
      await accepted(1, 2, 3);
      const client = tenant.client({}, { listStyle });
      expect([...(await client.readStatuses([1, 3]))]).toEqual([
        [1, 'Accepted'],
        [3, 'Accepted'],
      ]);
      const orders = await client.getOrders({
        orderIDs: [2, 3],
        otherOrderStatuses: ['Accepted', 'Printed'],
      });
      expect(orders.map((order) => order.orderID)).toEqual([2, 3]);
      const other = listStyle === 'comma' ? 'indexed' : 'comma';
      expect(await errorOf(tenant.client({}, { listStyle: other }).readStatuses([2, 3]))).toBeInstanceOf(
        ConfigurationError,
      );
    },
  );

  it('refuses what it cannot read, unknown paths and methods', async () => {
    const { config } = tenant;
    const headers = {
      Authorization: `Basic ${Buffer.from(`${config.login}@${config.company}:${config.password}`).toString('base64')}`,
    };
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${config.baseUrl}${path}`, { headers, ...init })).status;
    expect(await status('/orders?warehouseID=x')).toBe(400);
    expect(await status('/orders?orderDateStart=soon')).toBe(400);
    expect(await status('/orders?unheardOf=1')).toBe(200);
    expect(await status('/nowhere')).toBe(404);
    expect(await status('/orders', { method: 'DELETE' })).toBe(405);
    expect(await status('/orders/status', { method: 'POST', body: '{' })).toBe(400);
    expect(tenant.standin.journal).toHaveLength(0);
  });

  it('checks the credentials', async () => {
    for (const wrong of [{ login: 'x' }, { company: 'x' }, { password: 'x' }]) {
      const error = await errorOf(tenant.client({}, wrong).getOrders({}));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('whitelist');
    }
    expect(tenant.standin.count('GetOrders')).toBe(0);
  });

  it('sends heads alone where a load test wants that', async () => {
    await restart({ headOnly: true });
    await accepted(1);
    const [order] = await tenant.client().getOrders({});
    expect(Object.keys(order?.raw ?? {}).sort()).toEqual([
      'customerID',
      'modifiedDate',
      'orderDate',
      'orderID',
      'orderStatus',
      'orderTyDescription',
      'orderTyID',
    ]);
  });
});

describe('changes of the stand-in', () => {
  it('stamps what it changes with US Central now, and nothing else', async () => {
    await accepted(1, 2, 3);
    await tenant.client().changeOrderStatusBatch([{ orderID: 1 }, { orderID: 2 }], 'Printed');
    for (const id of [1, 2]) {
      expect(await tenant.order(id)).toMatchObject({
        OrderStatusID: 8,
        ModifiedDate: '2024-11-13 12:00:00.000',
        ModifiedBy: 'API',
        ShippedDate: null,
      });
    }
    expect(await tenant.order(3)).toMatchObject({ OrderStatusID: 7, ModifiedBy: 'shop' });
    expect(tenant.standin.journal).toEqual([
      {
        at: tenant.clock.now(),
        operation: 'ChangeOrderStatusBatch',
        orderIds: [1, 2],
        body: { orderStatus: 'Printed', details: [{ orderID: 1 }, { orderID: 2 }] },
        answer: '200 Success',
        applied: true,
        changes: [
          { orderId: 1, from: 'Accepted', to: 'Printed' },
          { orderId: 2, from: 'Accepted', to: 'Printed' },
        ],
      },
    ]);
  });

  it('sets ShippedDate, tracking numbers, carriers, ship method and user fields', async () => {
    await accepted(1, 2);
    const client = tenant.client();
    await client.changeOrderStatusBatch(
      [
        { orderID: 1, trackingNumber1: '1Z1', shippedDate: Date.parse('2024-11-12T18:00:00Z') },
        { orderID: 2, trackingNumber2: '1Z2' },
      ],
      'Shipped',
    );
    await client.updateOrder(
      { orderID: 2 },
      {
        webCarrierID: 'UPS',
        webCarrierID3: 'USPS',
        shipMethodID: 4,
        other11: 'ref',
        other20: 'x',
        notes: 'n',
      },
    );
    expect(await tenant.order(1)).toMatchObject({
      OrderStatusID: 9,
      TrackingNumber1: '1Z1',
      TrackingNumber2: '',
      ShippedDate: '2024-11-12 12:00:00.000',
    });
    expect(await tenant.order(2)).toMatchObject({
      OrderStatusID: 9,
      TrackingNumber1: '',
      TrackingNumber2: '1Z2',
      ShippedDate: '2024-11-13 12:00:00.000',
      WebCarrierID1: 3,
      WebCarrierID3: 23,
      ShipMethodID: 4,
      Other11: 'ref',
      Other20: 'x',
      Notes: 'n',
    });
    expect(tenant.standin.journal[1]?.changes).toEqual([{ orderId: 2, from: 'Shipped', to: 'Shipped' }]);
  });

  it('takes an order by its key, and a status by the newer name', async () => {
    await accepted(1);
    await tenant.insert('Orders', { OrderID: 2, OrderStatusID: 7, OrderKey: 'k2' });
    await tenant.client().changeOrderStatus({ orderKey: 'k2' }, 'Canceled');
    await tenant
      .client({}, { batchStatusField: 'orderStatusTy' })
      .changeOrderStatusBatch([{ orderID: 1 }], 'Printed');
    expect([await tenant.order(1), await tenant.order(2)]).toMatchObject([
      { OrderStatusID: 8 },
      { OrderStatusID: 4 },
    ]);
  });

  it('fails a whole batch for one bad order, or changes the good ones where that is set', async () => {
    await accepted(1, 2);
    const batch = () =>
      errorOf(
        tenant.client().changeOrderStatusBatch([{ orderID: 1 }, { orderID: 99 }, { orderID: 2 }], 'Printed'),
      );
    const error = await batch();
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain('Order 99 was not found');
    expect(await tenant.client().readStatuses([1, 2])).toEqual(
      new Map([
        [1, 'Accepted'],
        [2, 'Accepted'],
      ]),
    );
    expect(tenant.standin.journal[0]).toMatchObject({ applied: false, answer: '200 Failure', changes: [] });

    await restart({ batch: 'good-orders' });
    await accepted(1, 2);
    expect(await batch()).toBeInstanceOf(TerminalError);
    expect([...(await tenant.client().readStatuses([1, 2])).values()]).toEqual(['Printed', 'Printed']);
  });

  it('refuses the moves it is told to refuse', async () => {
    await restart({ refusedMoves: [['Accepted', 'Shipped']] });
    await accepted(1);
    const error = await errorOf(tenant.client().changeOrderStatus({ orderID: 1 }, 'Shipped'));
    expect(error.message).toContain('Order 1 cannot be changed from Accepted');
    await tenant.client().changeOrderStatus({ orderID: 1 }, 'Printed');
    await tenant.client().changeOrderStatus({ orderID: 1 }, 'Shipped');
  });

  it('keeps no journal where that is set', async () => {
    await restart({ keepJournal: false });
    await accepted(1);
    await tenant.client().changeOrderStatus({ orderID: 1 }, 'Printed');
    expect(tenant.standin.journal).toEqual([]);
  });
});

describe('faults of the stand-in', () => {
  const print = (deadlineMs = 5_000) =>
    tenant.client({}, { deadlineMs }).changeOrderStatusBatch([{ orderID: 1 }], 'Printed');
  const statusNow = async () => (await tenant.order(1))?.OrderStatusID;

  it.each([
    ['status-429', TransientError, 7, '429'],
    ['status-503', TransientError, 7, '503'],
    ['status-500-before', UnknownOutcomeError, 7, '500'],
    ['status-500-after', UnknownOutcomeError, 8, '500'],
    ['slow-body', UnknownOutcomeError, 8, '200 Success'],
    ['cut-before', UnknownOutcomeError, 7, 'cut'],
    ['cut-after', UnknownOutcomeError, 8, 'cut'],
    ['failure', TerminalError, 7, '200 Failure'],
    ['unauthorized', ConfigurationError, 7, '401'],
  ] as const)('%s', async (kind, error, status, answer) => {
    await accepted(1);
    tenant.standin.fail({ operation: 'ChangeOrderStatusBatch', kind });
    expect(await errorOf(print(kind === 'slow-body' ? 300 : 5_000))).toBeInstanceOf(error);
    expect(await statusNow()).toBe(status);
    expect(tenant.standin.journal).toMatchObject([{ answer, applied: status === 8, orderIds: [1] }]);
    await print();
    expect(await statusNow()).toBe(8);
  });

  it('strikes reads too', async () => {
    const { standin } = tenant;
    const client = tenant.client({}, { deadlineMs: 1_000 });
    for (const kind of ['status-429', 'status-500-before', 'slow-body', 'cut-before', 'cut-after'] as const) {
      standin.fail({ operation: 'GetOrders', kind });
      expect(await errorOf(client.getOrders({})), kind).toBeInstanceOf(TransientError);
    }
    standin.fail({ operation: 'GetOrders', kind: 'failure', errors: ['No access'] });
    expect((await errorOf(client.getOrders({}))).message).toContain('refused by Exigo: No access');
    expect(await client.getOrders({})).toEqual([]);
  });

  it('passes Retry-After on', async () => {
    await accepted(1);
    tenant.standin.fail({ kind: 'status-429', retryAfter: '7' });
    expect(await errorOf(print())).toMatchObject({ retryAfterMs: 7_000 });
    tenant.standin.fail({ kind: 'status-503', retryAfter: 'Wed, 13 Nov 2024 18:01:00 GMT' });
    expect(await errorOf(print())).toMatchObject({ retryAfterMs: 60_000 });
  });

  it('strikes the n-th matching call, as many times as asked, until it is cleared', async () => {
    await accepted(1);
    tenant.standin.fail({ operation: 'ChangeOrderStatusBatch', nth: 2, times: 2, kind: 'status-500-before' });
    await tenant.client().changeOrderStatus({ orderID: 1 }, 'Printed');
    await print();
    await errorOf(print());
    await errorOf(print());
    await print();
    tenant.standin.fail({ times: 5, kind: 'status-500-before' });
    await errorOf(print());
    tenant.standin.clearFaults();
    await print();
    expect(tenant.standin.journal.map(({ answer }) => answer)).toEqual([
      '200 Success',
      '200 Success',
      '500',
      '500',
      '200 Success',
      '500',
      '200 Success',
    ]);
  });

  it('refuses named orders with every batch that has one', async () => {
    await accepted(1, 2, 3);
    tenant.standin.fail({ kind: 'refuse-orders', orderIds: [2] });
    const client = tenant.client();
    for (const ids of [[1, 2], [2]]) {
      const error = await errorOf(
        client.changeOrderStatusBatch(
          ids.map((orderID) => ({ orderID })),
          'Printed',
        ),
      );
      expect(error.message).toContain('Order 2 cannot be changed');
    }
    await client.changeOrderStatusBatch([{ orderID: 1 }, { orderID: 3 }], 'Printed');
    expect([...(await client.readStatuses([1, 2, 3])).values()]).toEqual(['Printed', 'Accepted', 'Printed']);
  });

  it.each(['success', 'cut'] as const)('shows a late effect when it is due (answer: %s)', async (answer) => {
    await accepted(1);
    tenant.standin.fail({ kind: 'late', afterMs: 60_000, answer });
    if (answer === 'success') await print();
    else expect(await errorOf(print())).toBeInstanceOf(UnknownOutcomeError);
    const client = tenant.client();
    expect((await client.readStatuses([1])).get(1)).toBe('Accepted');
    tenant.clock.advance(59_999);
    expect((await client.readStatuses([1])).get(1)).toBe('Accepted');
    expect(tenant.standin.journal[0]).toMatchObject({ applied: false, changes: [] });
    tenant.clock.advance(1);
    expect((await client.readStatuses([1])).get(1)).toBe('Printed');
    expect(await tenant.order(1)).toMatchObject({ ModifiedDate: '2024-11-13 12:01:00.000' });
    expect(tenant.standin.journal[0]).toMatchObject({
      applied: true,
      answer: answer === 'cut' ? 'cut' : '200 Success',
      changes: [{ orderId: 1, from: 'Accepted', to: 'Printed' }],
    });
  });

  it('shows late effects in the tables when told to', async () => {
    await accepted(1);
    tenant.standin.fail({ kind: 'late', afterMs: 1_000 });
    await print();
    tenant.clock.advance(1_000);
    await tenant.standin.settle();
    expect(await statusNow()).toBe(8);
  });
});
