import { HOUR } from '../core/clock.js';
import { InvariantError } from '../core/errors.js';
import type { GoDataFeedStore } from '../core/godatafeed.js';
import type { NewFeedOrder } from '../standins/godatafeed/orders.js';
import { godatafeedSchema } from './config/godatafeed.js';
import { valueSchemas } from './config/values.js';

/** The number by which the first of them goes at its marketplace. */
export const SAMPLE_MARKETPLACE_NUMBER = '113-5551234-8';

/** Maps for the orders below and the sample tenant; one SKU is left out, as happens when a product is new. */
const SAMPLE_MAPS = {
  warehouse: 1,
  currencies: { USD: 'usd' },
  shipMethods: { any: { any: 1 } },
  skus: { 'AMZ-GREEN-100': 'TEA-GREEN', 'EBAY-MUG-BLUE': 'MUG-BLUE' },
  customer: { accounts: { Amazon: 1 }, byEmail: 1 },
  lines: { tax: 'TAX' },
  paymentType: 14,
};

/** Three orders of two marketplaces, bought in the last hours. */
export function sampleMarketOrders(now: number): NewFeedOrder[] {
  const address = (name: string, line: string, city: string, state: string, zip: string) => ({
    Name: name,
    Address1: line,
    City: city,
    State: state,
    PostalCode: zip,
    CountryCode: 'US',
  });
  const order = (
    number: string,
    marketplace: string,
    marketplaceNumber: string,
    members: object,
  ): NewFeedOrder => ({
    number,
    marketplace,
    marketplaceNumber,
    purchasedAt: now - 3 * HOUR,
    importedAt: now - HOUR,
    members: JSON.stringify({ Currency: 'USD', ShippingMethod: 'Standard', ...members }).slice(1, -1),
  });
  const line = (sku: string, quantity: number, price: number) => ({
    SKU: sku,
    Quantity: quantity,
    UnitPrice: price,
  });
  return [
    order('7000001', 'Amazon', SAMPLE_MARKETPLACE_NUMBER, {
      ShippingAddress: address('Ruth Whitaker', '12 Harbor Rd', 'Portland', 'ME', '04101'),
      OrderItems: [line('AMZ-GREEN-100', 2, 9.5)],
      ShippingTotal: 4.9,
      TaxTotal: 1.05,
      Total: 24.95,
    }),
    order('7000002', 'eBay', '20-09871-33112', {
      CustomerEmail: 'joel@example.com',
      ShippingAddress: address('Joel Ames', '400 Elm St', 'Boise', 'ID', '83702'),
      OrderItems: [line('EBAY-MUG-BLUE', 1, 18)],
      ShippingTotal: 0,
      Total: 18,
    }),
    order('7000003', 'Amazon', '113-5559999-1', {
      ShippingAddress: address('Dana Ortiz', '9 Mesa Ct', 'Tempe', 'AZ', '85281'),
      OrderItems: [line('AMZ-OOLONG-50', 1, 21)],
      ShippingTotal: 4.9,
      Total: 25.9,
    }),
  ];
}

/** The store of the demo, in the likeliest form of the API, with a key of its own making. */
export function sampleStore(baseUrl: string, consumerKey: string): GoDataFeedStore {
  const schema = godatafeedSchema(valueSchemas({ KEY: consumerKey }, '/'));
  const written = { name: 'teahouse', baseUrl, consumerKey: `\${KEY}`, orders: SAMPLE_MAPS };
  const [store] = schema.parse({ stores: [written] }).stores;
  if (store === undefined) throw new InvariantError('the sample store was not read');
  return store;
}
