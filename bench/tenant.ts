import { DAY, HOUR, MINUTE } from '../src/core/clock.js';
import { shiftLocalText, toExigoText } from '../src/core/time.js';
import type { Database, Parameters } from '../src/db/database.js';
import { migrate } from '../src/db/migrate.js';
import { putRows } from '../src/db/put-rows.js';
import { createSyncSchema } from '../src/db/sync-schema.js';

/** Changes are spread over the days before the benchmark's now. */
export const SPREAD = 4 * DAY;
export const FIRST_ORDER = 1_000_001;
const PAGE = 2_000;

const GIVEN = ['Juniper', 'Sorrel', 'Tansy', 'Yarrow', 'Élodée', 'Brün', 'Marigold', 'Alder'];
const FAMILY = ['of the Northern Orchard', 'Copperfield-Lane', 'Ash', "O'Meadow", 'Ström', 'Rivière'];
const STREETS = [
  'Long Meadow Road',
  'Harbour Street, back door',
  'Am alten Mühlgraben',
  'Rue du "Vieux" Pont',
];
const CITIES = [
  ['Springfield', 'OR', '97477', 'US'],
  ['Lindental', '', '04109', 'DE'],
  ['Montclair-sur-Lac', '', '69003', 'FR'],
] as const;
const ITEMS = ['TEA-GREEN-250', 'MUG-BLUE', 'LINEN-M', 'STRAINER-FINE', 'KIT-STARTER'] as const;

/**
 * Fills an embedded sync database with invented orders, the same on every machine: accepted, for warehouses 1
 * to 3, with 1 to 4 lines (2.5 on average), one payment, and a customer for every second order. As in the
 * tables of a real tenant, a third of the some 100 columns of an order says something, the others hold the
 * defaults that the vendor's schema gives them.
 */
export async function makeTenant(database: Database, orders: number, now: number): Promise<void> {
  await migrate(database);
  await database.transaction((session) => createSyncSchema(session));
  const from = toExigoText(now - SPREAD);
  for (let first = 0; first < orders; first += PAGE) {
    const numbers = Array.from({ length: Math.min(PAGE, orders - first) }, (_, i) => first + i);
    const stamps = numbers.map((i) => shiftLocalText(from, Math.floor(((SPREAD - HOUR) * i) / orders)));
    await database.transaction(async (session) => {
      await putRows(
        session,
        'Customers',
        numbers.flatMap((i, at) => (i % 2 === 0 ? [customerRow(i, stamps[at] ?? '')] : [])),
      );
      await putRows(
        session,
        'Orders',
        numbers.map((i, at) => orderRow(i, stamps[at] ?? '')),
      );
      await putRows(session, 'OrderDetails', numbers.flatMap(lineRows));
      await putRows(
        session,
        'Payments',
        numbers.map((i, at) => paymentRow(i, stamps[at] ?? '')),
      );
    });
  }
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
const linesOf = (i: number) => 1 + (i % 4);
const quantity = (i: number, line: number) => 1 + ((i + line) % 3);
/** In hundredths. */
const price = (i: number, line: number) => 495 + ((i * 37 + line * 11) % 40) * 250;
const money = (hundredths: number) =>
  `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}00`;
const customerOf = (i: number) => 1 + (i >> 1);
const place = (i: number) => pick(CITIES, i);

function orderRow(i: number, ModifiedDate: string): Parameters {
  let subTotal = 0;
  for (let line = 1; line <= linesOf(i); line++) subTotal += quantity(i, line) * price(i, line);
  const [City, State, Zip, Country] = place(i);
  const created = shiftLocalText(ModifiedDate, -20 * MINUTE);
  return {
    OrderID: FIRST_ORDER + i,
    CustomerID: customerOf(i),
    OrderStatusID: 7,
    OrderTypeID: 2,
    OrderDate: created,
    CreatedDate: created,
    ModifiedDate,
    CreatedBy: 'web',
    ModifiedBy: 'web',
    CurrencyCode: Country === 'US' ? 'usd' : 'eur',
    WarehouseID: 1 + (i % 3),
    ShipMethodID: 1 + (i % 9),
    PriceTypeID: 1,
    FirstName: pick(GIVEN, i),
    LastName: pick(FAMILY, i),
    Company: i % 10 === 0 ? 'Invented Goods & Sons' : '',
    Address1: `${1 + (i % 250)} ${pick(STREETS, i)}`,
    Address2: i % 5 === 0 ? `Unit ${i % 90}` : '',
    City,
    State,
    Zip,
    Country,
    Email: `customer${customerOf(i)}@example.com`,
    Phone: `+1 555 01${String(i % 100).padStart(2, '0')}`,
    Notes: i % 7 === 0 ? 'Please ring twice; "the dog" is friendly' : '',
    SubTotal: money(subTotal),
    ShippingTotal: money(690),
    Total: money(subTotal + 690),
    WeightTotal: money(linesOf(i) * 35),
    BusinessVolumeTotal: money(subTotal),
    Other11: `ref-${i}`,
    OrderKey: `bench-${i}`,
    IsCommissionable: 1,
  };
}

function lineRows(i: number): Parameters[] {
  return Array.from({ length: linesOf(i) }, (_, at) => {
    const line = at + 1;
    const total = quantity(i, line) * price(i, line);
    return {
      OrderID: FIRST_ORDER + i,
      OrderLine: line,
      OrderDetailID: `00000000-0000-4000-8000-${String(i * 10 + line).padStart(12, '0')}`,
      ItemID: 100 + ((i + line) % ITEMS.length),
      ItemCode: pick(ITEMS, i + line),
      ItemDescription: `${pick(ITEMS, i + line).toLowerCase()}, as described in the catalogue`,
      Quantity: money(quantity(i, line) * 100),
      PriceEach: money(price(i, line)),
      PriceTotal: money(total),
      WeightEach: money(35),
      Weight: money(35 * quantity(i, line)),
      BusinessVolumeEach: money(price(i, line)),
      BusinessVolume: money(total),
    };
  });
}

function paymentRow(i: number, ModifiedDate: string): Parameters {
  const [BillingCity, BillingState, BillingZipAddress, BillingCountry] = place(i);
  return {
    PaymentID: FIRST_ORDER * 2 + i,
    CustomerID: customerOf(i),
    OrderID: FIRST_ORDER + i,
    PaymentTypeID: 1,
    PaymentDate: ModifiedDate,
    Amount: money(2_500 + (i % 90) * 100),
    CurrencyCode: 'usd',
    WarehouseID: 1 + (i % 3),
    BillingName: `${pick(GIVEN, i)} ${pick(FAMILY, i)}`,
    CreditCardTypeID: 1,
    AuthorizationCode: `A${i}`,
    BillingAddress1: `${1 + (i % 250)} ${pick(STREETS, i)}`,
    BillingCity,
    BillingState,
    BillingZipAddress,
    BillingCountry,
    ModifiedDate,
  };
}

function customerRow(i: number, ModifiedDate: string): Parameters {
  const [MainCity, MainState, MainZip, MainCountry] = place(i);
  return {
    CustomerID: customerOf(i),
    FirstName: pick(GIVEN, i),
    LastName: pick(FAMILY, i),
    CustomerTypeID: 1,
    CustomerStatusID: 1,
    Email: `customer${customerOf(i)}@example.com`,
    Phone: `+1 555 01${String(i % 100).padStart(2, '0')}`,
    MainAddress1: `${1 + (i % 250)} ${pick(STREETS, i)}`,
    MainCity,
    MainState,
    MainZip,
    MainCountry,
    CurrencyCode: 'usd',
    CreatedDate: ModifiedDate,
    ModifiedDate,
  };
}
