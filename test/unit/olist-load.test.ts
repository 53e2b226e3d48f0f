import { describe, expect, it } from 'vitest';
import { loadOlist } from '../olist/load.js';
import { type TinyOrder, tinyFiles } from '../olist/tiny.js';

const load = (orders: readonly TinyOrder[]) => loadOlist(tinyFiles(orders));

describe('the sample as a tenant', () => {
  it('numbers orders by purchase, then id, and customers by purchase, then their own id', () => {
    const orders = load([
      { id: 'c', customer: 'x', purchased: '10/2/2017 9:05' },
      { id: 'b', customer: 'y', purchased: '10/2/2017 10:56' },
      { id: 'a', customer: 'z', purchased: '10/2/2017 10:56' },
      { id: 'd', customer: 'w', purchased: '10/2/2017 10:56' },
    ]);
    expect(orders.map(({ header }) => [header.OrderID, header.Other11, header.CustomerID])).toEqual([
      [1, 'c', 1],
      [2, 'a', 4],
      [3, 'b', 3],
      [4, 'd', 2],
    ]);
  });

  it('makes a header whose totals come from the lines, to four decimals', () => {
    const [order] = load([{ id: 'a', purchased: '3/2/2018 7:09', lines: ['109.9', '99', '0.05'] }]);
    expect(order?.header).toMatchObject({
      OrderDate: '2018-03-02 07:09:00.000',
      SubTotal: '208.9500',
      ShippingTotal: '4.5000',
      Total: '213.4500',
      City: 'sao paulo',
      Zip: '3052',
      Country: 'BR',
      CurrencyCode: 'brl',
    });
  });

  it('makes one line of each row', () => {
    const [order] = load([{ id: 'a', purchased: '3/2/2018 7:09', lines: ['12', '12'] }]);
    expect(order?.lines).toEqual(
      [1, 2].map((OrderLine) => ({
        OrderID: 1,
        OrderLine,
        ItemID: 77,
        ItemCode: '0036bb031e69d915cd38',
        ItemDescription: 'ferramentas_jardim',
        Quantity: '1.0000',
        PriceEach: '12.0000',
        PriceTotal: '12.0000',
      })),
    );
  });

  it('keeps each part of a payment, with its type', () => {
    const [order] = load([
      {
        id: 'a',
        purchased: '3/2/2018 7:09',
        payments: [
          ['credit_card', '1'],
          ['boleto', '2'],
          ['voucher', '3'],
          ['debit_card', '4.25'],
        ],
      },
    ]);
    expect(order?.payments.map((row) => [row.PaymentID, row.PaymentTypeID, row.Amount])).toEqual([
      [1, 1, '1.0000'],
      [2, 9, '2.0000'],
      [3, 3, '3.0000'],
      [4, 7, '4.2500'],
    ]);
  });

  it.each([
    ['SP', 1],
    ['RJ', 2],
    ['RS', 2],
    ['BA', 3],
    ['DF', 3],
  ])('ships to %s from warehouse %i', (state, warehouse) => {
    expect(load([{ id: 'a', purchased: '3/2/2018 7:09', state }])[0]?.header.WarehouseID).toBe(warehouse);
  });

  it('takes an order without lines and payments as it is', () => {
    expect(load([{ id: 'a', purchased: '3/2/2018 7:09', lines: [] }])[0]).toMatchObject({
      lines: [],
      payments: [],
      header: { SubTotal: '0.0000', Total: '0.0000' },
    });
  });

  it('says what it cannot read', () => {
    expect(() => load([{ id: 'a', purchased: '2018-03-02' }])).toThrow('"2018-03-02"');
    expect(() => load([{ id: 'a', purchased: '3/2/2018 7:09', payments: [['not_defined', '0']] }])).toThrow(
      'payment type not_defined',
    );
  });
});
