import { describe, expect, it } from 'vitest';
import type { MarketplaceDocument } from '../../../src/core/feed-store.js';
import type { OrderRules } from '../../../src/core/godatafeed.js';
import type { MappedOrder, NewExigoOrder } from '../../../src/core/new-order.js';
import { orderMapper } from '../../../src/transform/marketplace/new-order.js';
import { storeOf } from '../../support/godatafeed-standin.js';
import { MAPS, orderMembers } from '../../support/market.js';

const PURCHASED = Date.parse('2026-11-01T06:30:00Z'); // 01:30 in US Central, the first of the two

function map(
  members: Record<string, unknown> = {},
  maps: object = {},
  document: Partial<MarketplaceDocument> = {},
): MappedOrder {
  const { orders } = storeOf({ orders: { ...MAPS, ...maps } });
  return orderMapper({ main: orders as OrderRules })({
    store: 'main',
    orderNumber: '1000123',
    marketplace: 'Amazon',
    marketplaceNumber: '113-5551234-8',
    purchasedAt: PURCHASED,
    json: `{${orderMembers(members)}}`,
    ...document,
  });
}

function order(...parameters: Parameters<typeof map>): NewExigoOrder {
  const mapped = map(...parameters);
  if (!('order' in mapped)) expect.unreachable(`${mapped.code}: ${mapped.reason}`);
  return mapped.order;
}

function refusal(...parameters: Parameters<typeof map>): string {
  const mapped = map(...parameters);
  return 'order' in mapped ? 'mapped' : `${mapped.code}: ${mapped.reason}`;
}

describe('a marketplace order becomes an order of Exigo', () => {
  it('with the digits as they came, its amounts as they were paid, and its key', () => {
    expect(order()).toEqual({
      key: 'amazon:113-5551234-8',
      keyField: 'other20',
      customer: { kind: 'house', customerId: 1001 },
      orderedAt: PURCHASED,
      currency: 'usd',
      warehouseId: 1,
      shipMethodId: 2,
      priceType: 1,
      shipTo: {
        firstName: 'Ann Example',
        lastName: 'Lee',
        company: null,
        address1: '1 First St',
        address2: null,
        city: 'Reno',
        state: 'NV',
        zip: '89501',
        country: 'US',
        phone: '555-0100',
      },
      email: 'Ann@Example.com',
      lines: [
        { itemCode: 'ITEM-1', quantity: '2', priceEach: '10.25', description: 'Cup', reference: 'A-1' },
        { itemCode: 'TAX', quantity: '1', priceEach: '1.20', description: null, reference: null },
      ],
      shipping: '4.50',
      payment: { amount: '26.20', type: 14, memo: 'amazon:113-5551234-8' },
      notes: null,
    });
  });

  it('never through a binary float: 0.1 + 0.2 is 0.3, and large amounts keep their digits', () => {
    const json = `{${orderMembers({ OrderItems: [], ShippingTotal: 0, TaxTotal: 0 })}}`
      .replace(
        '"OrderItems":[]',
        '"OrderItems":[{"SKU":"SKU-1","Quantity":1,"UnitPrice":0.10},{"SKU":"SKU-2","Quantity":3,"UnitPrice":90071992547409.93}]',
      )
      .replace('"Total":26.2', '"Total":270215977642229.89');
    expect(order({}, {}, { json }).payment?.amount).toBe('270215977642229.89');
  });

  it('with house codes of currencies, and ship methods by marketplace and service', () => {
    const shipMethods = { Amazon: { Expedited: 3 }, any: { Standard: 4, any: 5 } };
    expect(order({ Currency: 'mxn' }).currency).toBe('mxp');
    expect(order({ ShippingMethod: 'expedited' }, { shipMethods }).shipMethodId).toBe(3);
    expect(order({ ShippingMethod: 'Standard' }, { shipMethods }).shipMethodId).toBe(4);
    expect(order({ ShippingMethod: 'Drone' }, { shipMethods }).shipMethodId).toBe(5);
  });

  it('of the customer with the e-mail address, where its marketplace has no house account', () => {
    expect(order({}, {}, { marketplace: 'eBay' }).customer).toEqual({
      kind: 'email',
      email: 'ann@example.com',
      customerType: 7,
    });
  });

  it('also from flat names, from amounts of lines, and with a discount in either sign', () => {
    const flat = {
      ShippingAddress: undefined,
      ShipToFirstName: 'Bo',
      ShipToLastName: 'Li',
      ShippingAddressLine1: '2 Second St',
      ShippingCity: 'Tulsa',
      ShippingZip: '74101',
      ShippingCountry: 'us',
      ShippingTotal: undefined,
      TaxTotal: undefined,
      OrderItems: [
        { sku: 'SKU-1', qty: '2', price: '10.25', Shipping: 2, Tax: 0.6, Discount: -1 },
        { sku: 'SKU-2', qty: 1, price: 5, Shipping: 1, Tax: 0.4 },
      ],
      Total: '28.50',
    };
    const mapped = order(flat);
    expect(mapped.shipTo).toMatchObject({ firstName: 'Bo', lastName: 'Li', city: 'Tulsa', state: null });
    expect(mapped.shipping).toBe('3.00');
    expect(mapped.lines.map(({ itemCode, priceEach }) => `${itemCode} ${priceEach}`)).toEqual([
      'ITEM-1 10.25',
      'ITEM-2 5.00',
      'TAX 1.00',
      'DISCOUNT -1.00',
    ]);
  });

  it('with shipping in a line of its own where one is named, and without a payment where none is wanted', () => {
    const lines = { ...MAPS.lines, shipping: 'FREIGHT' };
    const mapped = order({}, { lines, paymentType: undefined });
    expect(mapped.shipping).toBeNull();
    expect(mapped.lines.at(-1)).toMatchObject({ itemCode: 'FREIGHT', priceEach: '4.50' });
    expect(mapped.payment).toBeNull();
  });

  it('takes SKUs as item codes where that is said', () => {
    const OrderItems = [{ SKU: 'CUP-9', Quantity: 2, UnitPrice: 10.25 }];
    expect(order({ OrderItems }, { unmappedSkus: 'as-item-code' }).lines[0]?.itemCode).toBe('CUP-9');
  });
});

describe('what cannot be mapped says what is missing, and where it was looked for', () => {
  it.each([
    ['UNKNOWN_SKU: SKU X is in no map', { OrderItems: [{ SKU: 'X', Quantity: 1, UnitPrice: 1 }] }, {}],
    ['NO_LINES: it has no lines; looked for OrderItems, Items, OrderLines', { OrderItems: [] }, {}],
    ['NO_SKU: it has no sku of line 1', { OrderItems: [{ Quantity: 1, UnitPrice: 1 }] }, {}],
    ['NO_QUANTITY: it has no quantity of line 1', { OrderItems: [{ SKU: 'SKU-1', UnitPrice: 1 }] }, {}],
    ['NO_PRICE: it has no unitPrice of line 1', { OrderItems: [{ SKU: 'SKU-1', Quantity: 1 }] }, {}],
    ['UNKNOWN_CURRENCY: currency EUR is in no map', { Currency: 'EUR' }, {}],
    ['NO_CURRENCY: it has no currency', { Currency: null }, {}],
    ['NO_TOTAL: it has no total', { Total: '' }, {}],
    ['UNREADABLE_AMOUNT: total "26,20" is no amount', { Total: '26,20' }, {}],
    [
      'TOTALS_DO_NOT_ADD_UP: goods 20.50 + shipping 4.50 + tax 1.20 - discount 0.00 is not its total 26.21',
      { Total: 26.21 },
      {},
    ],
    ['NO_TAX_LINE: it has tax 1.20, and no item carries it', {}, { lines: {} }],
    ['NO_DISCOUNT_LINE: it has discount -1.00', { DiscountTotal: 1, Total: 25.2 }, { lines: { tax: 'TAX' } }],
    [
      'UNKNOWN_SHIP_METHOD: shipping service "Standard" is in no map',
      {},
      { shipMethods: { any: { Express: 1 } } },
    ],
    ['NO_CUSTOMER: Amazon has no house account', {}, { customer: {} }],
    ['NO_EMAIL: it has no email', { CustomerEmail: null }, { customer: { byEmail: 7 } }],
    [
      'MISSING_ADDRESS: its ship-to address has no name, no address1, no city, no zip, no country',
      { ShippingAddress: {} },
      {},
    ],
  ])('%s', (words, members, maps) => {
    expect(refusal(members, maps)).toContain(words);
  });

  it('also when its store has no maps, or no purchase date can be read', () => {
    expect(refusal({}, {}, { purchasedAt: null })).toContain('NO_PURCHASE_DATE');
    const document = { store: 'outlet', orderNumber: '1', marketplace: null, marketplaceNumber: null };
    const mapped = orderMapper({ outlet: null })({ ...document, purchasedAt: PURCHASED, json: '{}' });
    expect(mapped).toMatchObject({ code: 'NO_ORDER_MAPS' });
  });

  it('shows no address and no buyer in its words', () => {
    expect(refusal({ Currency: 'EUR' })).not.toMatch(/Ann|First St|Reno|89501/);
  });
});
