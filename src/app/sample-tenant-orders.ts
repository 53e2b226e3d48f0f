import type { SampleOrder } from './sample-tenant-data.js';

const PENDING = 1;
const CANCELED = 4;
const SHIPPED = 9;
const PENDING_INVENTORY = 10;
const AUTO_ORDER = 4;
const REPLACEMENT = 7;
const RETURN = 8;
const CREDIT_CARD = 1;
const CREDIT_VOUCHER = 3;

/** Orders of the tenant that a demo or a test speaks of by name. */
export const SAMPLE_ORDER = {
  kit: 48002,
  emoji: 48003,
  partialAddress: 48004,
  fractionalQuantity: 48006,
  /** Its lines arrive with {@link advanceSampleTenant}. */
  linesLate: 48012,
  canceled: 48015,
  pending: 48016,
  returned: 48017,
  /** Warehouse 9, which no 3PL serves. */
  noRoute: 48018,
  /** Its street changes after it was handed over. */
  addressChanges: 48021,
  /** Canceled after it was handed over. */
  canceledLate: 48022,
  /** Comes into being with {@link advanceSampleTenant}. */
  added: 48026,
} as const;

/** The orders of the first cycle, by OrderID. */
export const ORDERS: Readonly<Record<number, SampleOrder>> = {
  48001: {
    customer: 3101,
    minutesAgo: 290,
    warehouse: 1,
    shipMethod: 1,
    lines: [
      ['TEA-GREEN', '2'],
      ['HONEY-500', '1'],
    ],
  },
  48002: { customer: 3102, minutesAgo: 282, warehouse: 1, shipMethod: 2, lines: [['KIT-STARTER', '1']] },
  48003: {
    customer: 3103,
    minutesAgo: 270,
    warehouse: 1,
    shipMethod: 1,
    lines: [['TEA-CHAI', '1']],
    notes: 'For a birthday 🎁: leave it with "Bob", ring twice',
  },
  48004: {
    customer: 3104,
    minutesAgo: 264,
    warehouse: 1,
    shipMethod: 1,
    lines: [['STRAINER', '3']],
    row: { Address1: '', Address2: '', Zip: '' },
  },
  48005: {
    customer: 3105,
    minutesAgo: 251,
    warehouse: 1,
    shipMethod: 4,
    lines: [
      ['TEA-ROOIBOS', '1'],
      ['MUG-SAND', '2'],
    ],
  },
  48006: { customer: 3106, minutesAgo: 240, warehouse: 1, shipMethod: 4, lines: [['LINEN-M', '2.5']] },
  48007: { customer: 3107, minutesAgo: 233, warehouse: 2, shipMethod: 6, lines: [['TEA-GREEN', '4']] },
  48008: {
    customer: 3108,
    minutesAgo: 221,
    warehouse: 2,
    shipMethod: 6,
    lines: [
      ['TEA-GREEN', '24'],
      ['TEA-CHAI', '12'],
      ['HONEY-500', '12'],
    ],
  },
  48009: {
    customer: 3108,
    minutesAgo: 219,
    warehouse: 2,
    shipMethod: 7,
    lines: [['STRAINER', '40']],
    notes: 'Lieferung bitte bis 11 Uhr; Klingel "Müller"',
  },
  48010: {
    customer: 3109,
    minutesAgo: 207,
    warehouse: 3,
    shipMethod: 8,
    lines: [['MUG-BLUE', '1']],
    notes: 'Code du portail : 12B4\nInterphone « Lefèvre »',
  },
  48011: { customer: 3110, minutesAgo: 196, warehouse: 3, shipMethod: 9, lines: [['KIT-MUGS', '6']] },
  48012: {
    customer: 3111,
    minutesAgo: 180,
    warehouse: 1,
    shipMethod: 5,
    lines: [
      ['TEA-ROOIBOS', '2'],
      ['STRAINER', '1'],
    ],
    linesLate: true,
  },
  48013: { customer: 3112, minutesAgo: 174, warehouse: 1, shipMethod: 5, lines: [['TEA-CHAI', '2']] },
  48014: {
    customer: 3113,
    minutesAgo: 160,
    warehouse: 1,
    shipMethod: 5,
    lines: [
      ['TEA-GREEN', '1'],
      ['HONEY-500', '1'],
    ],
    notes: 'Entregar na portaria, por favor',
  },
  48015: {
    customer: 3114,
    minutesAgo: 155,
    warehouse: 1,
    shipMethod: 5,
    lines: [['MUG-SAND', '1']],
    status: CANCELED,
  },
  48016: {
    customer: 3101,
    minutesAgo: 148,
    warehouse: 1,
    shipMethod: 3,
    lines: [['TEA-CHAI', '1']],
    status: PENDING,
    payments: [],
  },
  48017: {
    customer: 3102,
    minutesAgo: 140,
    warehouse: 1,
    shipMethod: 1,
    lines: [['MUG-BLUE', '-1']],
    type: RETURN,
    row: { ReturnOrderID: 47610, IsRMA: 1, ShippingTotal: '0.0000' },
  },
  48018: { customer: 3104, minutesAgo: 131, warehouse: 9, shipMethod: 1, lines: [['HONEY-500', '2']] },
  48019: {
    customer: 3107,
    minutesAgo: 120,
    warehouse: 2,
    shipMethod: 6,
    lines: [['TEA-ROOIBOS', '1']],
    type: AUTO_ORDER,
    row: { AutoOrderID: 612 },
  },
  48020: {
    customer: 3103,
    minutesAgo: 112,
    warehouse: 1,
    shipMethod: 2,
    lines: [['STRAINER', '1']],
    status: SHIPPED,
    row: { TrackingNumber1: '1ZSAMPLE0000048020' },
  },
  48021: { customer: 3109, minutesAgo: 101, warehouse: 3, shipMethod: 8, lines: [['TEA-GREEN', '3']] },
  48022: { customer: 3106, minutesAgo: 90, warehouse: 1, shipMethod: 4, lines: [['MUG-BLUE', '2']] },
  48023: {
    customer: 3105,
    minutesAgo: 83,
    warehouse: 1,
    shipMethod: 4,
    lines: [['LINEN-M', '10']],
    status: PENDING_INVENTORY,
  },
  48024: {
    customer: 3113,
    minutesAgo: 70,
    warehouse: 1,
    shipMethod: 5,
    lines: [['KIT-STARTER', '2']],
    payments: [
      [CREDIT_VOUCHER, '30.00'],
      [CREDIT_CARD, '74.90'],
    ],
  },
  48025: {
    customer: 3110,
    minutesAgo: 62,
    warehouse: 3,
    shipMethod: 8,
    lines: [['MUG-SAND', '1']],
    type: REPLACEMENT,
    row: { ReplacementOrderID: 47602 },
  },
};

/** The order that is new in the second cycle. */
export const ADDED: SampleOrder = {
  customer: 3112,
  minutesAgo: 0,
  warehouse: 1,
  shipMethod: 5,
  lines: [
    ['KIT-MUGS', '1'],
    ['TEA-ROOIBOS', '1'],
  ],
};
