import type { Parameters } from '../../src/db/database.js';

/** An order as it stands in the sync database: columns that are not named have the table's defaults. */
export interface GoldenOrder {
  readonly row: Parameters & { readonly OrderID: number };
  readonly lines: readonly Parameters[];
  readonly payments?: readonly Parameters[];
}

/** 12:00 in US Central and 19:00 in Berlin; in Tokyo it is the next day. */
export const NOW = Date.parse('2026-11-02T18:00:00Z');

/** A column that only this database has. */
export const OWN_COLUMN = 'Channel';

/** The kit's own item, which its parts name as their parent. */
const KIT = 900;

const line = (item: number, code: string, description: string, rest: Parameters): Parameters => ({
  ItemID: item,
  ItemCode: code,
  ItemDescription: description,
  ParentItemID: null,
  ...rest,
});
const money = (quantity: string, each: string, total: string, weight: string): Parameters => ({
  Quantity: quantity,
  PriceEach: each,
  PriceTotal: total,
  WeightEach: weight,
});

/** The one customer that has arrived: of the first order. */
export const CUSTOMER: Parameters = {
  CustomerID: 71,
  FirstName: 'Ada',
  LastName: 'King',
  Email: 'Ada.King@Example.com',
  BirthDate: '1985-12-10 00:00:00.000',
};

/** What all golden files are made of. Everything a file can get wrong is in one of them. */
export const ORDERS: readonly GoldenOrder[] = [
  {
    // A kit with two parts; NULL beside an empty text; a zip with a leading zero; the last second before spring.
    row: {
      OrderID: 1001,
      CustomerID: 71,
      OrderDate: '2026-03-08 01:59:59.000',
      CurrencyCode: 'usd',
      ShipMethodID: 1,
      FirstName: 'Ada',
      LastName: 'Byron',
      Address1: '1 First St',
      Address2: 'Apt 4',
      City: 'Reno',
      State: 'NV',
      Zip: '01234',
      Country: 'US',
      Phone: '+1 775 555 0100',
      Other11: null,
      Other12: '',
      Other20: '^XA^FO50,50^FDOrder 1001^FS^XZ',
      SubTotal: '24.0000',
      DiscountTotal: '-0.0050',
      IsRMA: 0,
      Channel: 'web',
    },
    lines: [
      line(KIT, 'KIT-TEA', 'Tea kit', money('1.0000', '24.0000', '24.0000', '0.7500')),
      line(901, 'TEA-GREEN', 'Green tea', {
        ...money('2.0000', '0.0000', '0.0000', '0.1250'),
        ParentItemID: KIT,
      }),
      line(902, 'MUG-BLUE', 'Mug, blue', {
        ...money('1.0000', '0.0000', '0.0000', '0.5000'),
        ParentItemID: KIT,
      }),
    ],
    payments: [
      { PaymentID: 5, PaymentTypeID: 2, Amount: '4.0000' },
      { PaymentID: 4, PaymentTypeID: 1, Amount: '20.0000' },
    ],
  },
  {
    // Quotes, every delimiter, line breaks and a tab; the first second after the hour that spring leaves out.
    row: {
      OrderID: 1002,
      OrderDate: '2026-03-08 03:00:00.000',
      CurrencyCode: 'USD',
      ShipMethodID: 3,
      FirstName: 'Grace "Amazing"',
      LastName: 'Hopper',
      Company: 'Quote, Comma; Pipe| & "Sons"',
      Address1: '2 Second St',
      City: 'York',
      Zip: '17401',
      Country: 'US',
      Notes: 'Leave at door;\r\nring twice\tplease',
      Other11: 'gift',
      SubTotal: '37.0350',
      DiscountTotal: '0.0050',
      IsRMA: 1,
    },
    lines: [line(903, 'CUP', 'Cup 12" wide', money('3.0000', '12.3450', '37.0350', '0.3333'))],
    payments: [{ PaymentID: 6, PaymentTypeID: 1, Amount: '37.0350' }],
  },
  {
    // What a spreadsheet would run; 02:30 in Berlin in summer time, an hour before it comes again.
    row: {
      OrderID: 1003,
      OrderDate: '2026-10-24 19:30:00.000',
      CurrencyCode: 'eur',
      ShipMethodID: 9,
      FirstName: '=1+1',
      LastName: '-Dash',
      Company: '@SUM(A1)',
      Address1: '   =HYPERLINK("x")',
      City: '+Plus',
      Zip: '00501',
      Country: 'DE',
      Notes: '\uff1dwide',
      SubTotal: '2.5174',
      DiscountTotal: '0.0049',
    },
    lines: [
      line(901, 'TEA-GREEN', 'Green tea', money('2.5000', '1.0050', '2.5125', '1000.0000')),
      line(903, 'CUP', 'Cup', money('1.0000', '0.0049', '0.0049', '0.0001')),
    ],
  },
  {
    // Letters of Windows-1252, one of them with its accent apart; 02:30 in Berlin for the second time.
    row: {
      OrderID: 1004,
      OrderDate: '2026-10-24 20:30:00.000',
      CurrencyCode: 'EUR',
      ShipMethodID: 2,
      FirstName: 'Jürgen',
      MiddleName: 'von',
      LastName: 'Müller-Lüdenscheidt',
      NameSuffix: 'Jr.',
      Company: 'Bäckerei „Süß“ 5€',
      Address1: 'Straße 4',
      Address2: 'Hinterhof',
      Address3: '2. Stock',
      City: 'Köln',
      Zip: '50667',
      Country: 'de',
      Notes: 'Cafe\u0301',
      SubTotal: '10.0000',
    },
    lines: [line(901, 'TEA-GREEN', 'Grüner Tee', money('1.0000', '10.0000', '10.0000', '0.1250'))],
  },
  {
    // An emoji, letters that Windows-1252 lacks, a control character; the hour that autumn repeats.
    row: {
      OrderID: 1005,
      OrderDate: '2026-11-01 01:30:00.000',
      CurrencyCode: 'EUR',
      ShipMethodID: 6,
      FirstName: 'Zoë 😀',
      LastName: 'Łukasz',
      City: 'Łódź',
      Zip: '90-001',
      Country: 'PL',
      Notes: '日本\u0007語',
      SubTotal: '12345.6789',
    },
    lines: [line(902, 'MUG-BLUE', 'Mug', money('12345.6789', '1.0000', '12345.6789', '0.5000'))],
  },
  {
    // As long as the columns allow, with an emoji where a cut would fall.
    row: {
      OrderID: 1006,
      OrderDate: '2026-11-01 23:30:00.000',
      CurrencyCode: 'CAD',
      ShipMethodID: 1,
      FirstName: 'x'.repeat(50),
      LastName: 'Long',
      Company: '😀'.repeat(40),
      Address1: '1234567890'.repeat(10),
      City: 'four five',
      Zip: 'K1A 0B1',
      Country: 'CA',
      Notes: 'word '.repeat(100),
      SubTotal: '5.0000',
    },
    lines: [line(903, 'CUP', 'ä'.repeat(500), money('1.0000', '5.0000', '5.0000', '0.3333'))],
  },
  {
    // A return order of the first: quantities below zero.
    row: {
      OrderID: 1007,
      OrderTypeID: 8,
      ReturnOrderID: 1001,
      OrderDate: '2026-11-02 09:00:00.000',
      CurrencyCode: 'usd',
      ShipMethodID: 1,
      FirstName: 'Ada',
      LastName: 'Byron',
      City: 'Reno',
      Zip: '01234',
      Country: 'US',
      SubTotal: '-15.0000',
    },
    lines: [
      line(901, 'TEA-GREEN', 'Green tea', money('-2.0000', '0.0000', '0.0000', '0.1250')),
      line(902, 'MUG-BLUE', 'Mug, blue', money('-1.5000', '10.0000', '-15.0000', '0.5000')),
    ],
  },
];
