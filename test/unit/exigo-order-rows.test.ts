/** Replies of GetOrders as rows of the sync database. */
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/http/json.js';
import { orderRows } from '../../src/load/exigo-api/order-rows.js';

const REPLY = {
  orderID: 17,
  customerID: 5,
  orderStatus: 'Accepted',
  orderDate: '2024-11-13T09:30:00-06:00',
  currencyCode: 'usd',
  warehouseID: 1,
  shipMethodID: 3,
  orderTyID: 2,
  priceType: 1,
  subTotal: 10,
  modifiedDate: '2024-11-13T10:00:00.123-06:00',
  details: [],
  payments: [],
};

const read = (more: object = {}) => orderRows(parseJson(JSON.stringify({ ...REPLY, ...more })));
const order = (more: object = {}) => read(more).rows.Orders[0] ?? {};
const line = (more: object) => read({ details: [more] }).rows.OrderDetails[0] ?? {};
const payment = (more: object) => read({ payments: [{ paymentID: 1, ...more }] }).rows.Payments[0] ?? {};

describe('names', () => {
  it('are those of the sync database, ids for names', () => {
    expect(order()).toMatchObject({
      OrderID: 17,
      OrderStatusID: 7,
      OrderTypeID: 2,
      PriceTypeID: 1,
      WarehouseID: 1,
    });
    expect(order({ orderSubStatusTy: 4, transferToID: 9 })).toMatchObject({
      OrderSubStatusID: 4,
      TransferToCustomerID: 9,
    });
  });

  it('are read in any case, and as older replies have them', () => {
    const { orderTyID: _, ...old } = REPLY;
    const row = orderRows({ ...old, orderType: 'ReturnOrder', ORDERSTATUS: null }).rows.Orders[0];
    expect(row).toMatchObject({ OrderTypeID: 8, OrderStatusID: 7 });
    expect(order({ orderStatus: 'Cancelled' }).OrderStatusID).toBe(4);
    expect(order({ orderStatus: 9 }).OrderStatusID).toBe(9);
  });

  it('of lines and payments, with the misspelt volume', () => {
    expect(line({ orderLine: 1, itemCode: 'TEA', description: 'Tea', businesVolume: '1.5' })).toMatchObject({
      OrderID: 17,
      ItemDescription: 'Tea',
      BusinessVolume: '1.5000',
    });
    expect(
      payment({ paymentTypeId: 1, creditCardType: 2, billingZip: '89501', bankName: 'B' }),
    ).toMatchObject({
      OrderID: 17,
      PaymentTypeID: 1,
      CreditCardTypeID: 2,
      BillingZipAddress: '89501',
      CheckBankName: 'B',
    });
  });

  it('of a field that the sync database has no column for stay its own', () => {
    expect(order({ giftMessage: 'hi', taxIsExempt: true, nested: { a: 1 } })).toMatchObject({
      GiftMessage: 'hi',
      TaxIsExempt: 'true',
    });
    expect(order({ nested: { a: 1 } })).not.toHaveProperty('Nested');
  });
});

describe('money', () => {
  const total = (text: string) =>
    orderRows(parseJson(JSON.stringify(REPLY).replace('"subTotal":10', `"subTotal":${text}`)));
  it.each([
    ['12.5', '12.5000'],
    ['12', '12.0000'],
    ['-0.01', '-0.0100'],
    ['1.25E1', '12.5000'],
    ['12.500000', '12.5000'],
    ['90071992547409.9312', '90071992547409.9312'],
  ])('%s is %s', (text, kept) => {
    expect(total(text).rows.Orders[0]?.SubTotal).toBe(kept);
  });
  it('of more digits than the column has is refused, not rounded', () => {
    expect(() => total('1.23456')).toThrow('order 17: subTotal "1.23456" does not fit SubTotal');
  });
});

describe('dates', () => {
  const modified = (modifiedDate: string) => read({ modifiedDate }).modifiedAt;
  it.each([
    ['2024-11-13T10:00:00-06:00', '2024-11-13 10:00:00.000'],
    ['2024-11-13T16:00:00Z', '2024-11-13 10:00:00.000'],
    ['2024-07-13T10:00:00.1234567-05:00', '2024-07-13 10:00:00.123'],
    ['2024-11-13T10:00:00', '2024-11-13 10:00:00.000'],
    ['2024-11-03T01:30:00-05:00', '2024-11-03 01:30:00.000'],
    ['2024-11-03T01:30:00-06:00', '2024-11-03 01:30:00.000'],
    ['2024-03-10T03:05:00-05:00', '2024-03-10 03:05:00.000'],
  ])('%s is %s', (text, kept) => {
    expect(modified(text)).toBe(kept);
  });
  it('that are none are none, and words are refused', () => {
    expect(order({ shippedDate: '0001-01-01T00:00:00' }).ShippedDate).toBeNull();
    expect(() => modified('yesterday')).toThrow('modifiedDate "yesterday" does not fit ModifiedDate');
  });
});

describe('an order', () => {
  it.each([
    [{ orderID: null }, 'without an orderID'],
    [{ orderStatus: null }, 'without a status'],
    [{ orderStatus: 'Sublimated' }, 'orderStatus "Sublimated" does not fit OrderStatusID'],
    [{ modifiedDate: null }, 'without a modifiedDate'],
    [{ orderTyID: null }, 'without OrderTypeID'],
    [{ subTotal: null }, 'without SubTotal'],
    [{ details: 'none' }, 'details is no list'],
    [{ details: [{ orderLine: 1 }, { orderLine: 1 }] }, 'two lines of one number'],
    [{ payments: [{ amount: 1 }] }, 'a payment without a paymentID'],
    [{ notes: 'x'.repeat(4_001) }, 'does not fit Notes'],
  ])('with %j is refused', (more, message) => {
    expect(() => read(more)).toThrow(message);
  });

  it('has its components tell their kit by its line', () => {
    const details = [
      { orderLine: 1, itemCode: 'KIT' },
      { orderLine: 2, itemCode: 'TEA', parentItemCode: 'KIT' },
      { orderLine: 3, itemCode: 'CUP', parentItemCode: '' },
    ];
    expect(read({ details }).rows.OrderDetails.map(({ ParentItemID = null }) => ParentItemID)).toEqual([
      null,
      1,
      null,
    ]);
  });

  it('has a stamp for each payment: its own, its date, or that of the order', () => {
    expect(payment({ paymentDate: '2024-11-12T00:00:00-06:00' }).ModifiedDate).toBe(
      '2024-11-12 00:00:00.000',
    );
    expect(payment({}).ModifiedDate).toBe('2024-11-13 10:00:00.123');
  });

  it('has its customer, whatever of it cannot be read', () => {
    const customer = {
      customerID: 5,
      gender: 'Female',
      customerType: 2,
      payableType: 'Check',
      rankID: 'high',
      createdDate: '2020-01-01T00:00:00-06:00',
    };
    expect(read({ customer }).rows.Customers).toEqual([
      {
        CustomerID: 5,
        Gender: 'F',
        CustomerTypeID: 2,
        PayableType: 'Check',
        RankID: null,
        CreatedDate: '2020-01-01 00:00:00.000',
        ModifiedDate: '2020-01-01 00:00:00.000',
      },
    ]);
    expect(read({ customer: null }).rows.Customers).toEqual([]);
  });
});
