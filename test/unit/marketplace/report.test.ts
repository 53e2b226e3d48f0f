import { describe, expect, it } from 'vitest';
import type { UpdateRules } from '../../../src/core/godatafeed.js';
import {
  fixUpdate,
  type MarketplaceLink,
  type MarketplaceUpdate,
  sameUpdate,
} from '../../../src/core/marketplace.js';
import { makeOrder, type Order } from '../../../src/core/order.js';
import { makeReporter } from '../../../src/transform/marketplace/report.js';
import { storeOf } from '../../support/godatafeed-standin.js';

const PURCHASE = '2026-03-10T15:00:00Z';
const NOW = Date.parse('2026-03-12T12:00:00Z');

function rules(updates: object = {}): UpdateRules {
  return storeOf({ updates }).updates;
}

function link(overrides: Partial<MarketplaceLink> = {}): MarketplaceLink {
  return {
    store: 'main',
    orderNumber: 'G-1',
    marketplace: 'Amazon US',
    marketplaceNumber: '114-1',
    purchasedAt: Date.parse(PURCHASE),
    origin: true,
    ...overrides,
  };
}

function order(columns: object = {}): Order {
  const row = {
    OrderID: 7,
    OrderStatusID: 9,
    OrderTypeID: 11,
    ShipMethodID: 4,
    TrackingNumber1: '1Z999',
    WebCarrierID1: 3,
    ShippedDate: '2026-03-11 14:30:00.000',
    ...columns,
  };
  return makeOrder(1, row as unknown as Order['row'], [], [], null);
}

function report(one: Order, links: readonly MarketplaceLink[], updates: object = {}) {
  return makeReporter([
    { name: 'main', updates: rules(updates) },
    { name: 'outlet', updates: rules(updates) },
  ])(one, links);
}

function updateOf(one: Order, to = link(), updates: object = {}): MarketplaceUpdate | string | undefined {
  const reported = report(one, [to], updates);
  return reported.verdict === 'report' ? reported.updates[0]?.update : `${reported.code}`;
}

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

function shippedAt(columns: object, purchasedAt: string | null = PURCHASE, updates: object = {}, now = NOW) {
  const to = link({ purchasedAt: purchasedAt === null ? null : Date.parse(purchasedAt) });
  const update = updateOf(order(columns), to, updates);
  if (typeof update !== 'object') return update;
  const fixed = fixUpdate(update, to.purchasedAt, now);
  return fixed.kind === 'shipped' ? iso(fixed.shippedAt) : fixed.kind;
}

describe('what is reported', () => {
  it('an order without a link is no marketplace order', () => {
    expect(report(order(), [])).toMatchObject({ verdict: 'exclude', code: 'NOT_A_MARKETPLACE_ORDER' });
  });

  it('Shipped with tracking, carrier and ship time in UTC', () => {
    expect(updateOf(order())).toEqual({
      kind: 'shipped',
      tracking: '1Z999',
      carrier: 'UPS',
      shipped: { at: Date.parse('2026-03-11T19:30:00Z'), bare: false },
    });
  });

  it('Canceled without anything else', () => {
    expect(updateOf(order({ OrderStatusID: 4, TrackingNumber1: '' }))).toEqual({ kind: 'canceled' });
  });

  it('a shipment without a tracking number is held', () => {
    expect(updateOf(order({ TrackingNumber1: ' ' }))).toBe('NO_TRACKING');
  });

  it('a store that is not configured any more holds the order', () => {
    expect(updateOf(order(), link({ store: 'gone' }))).toBe('NO_STORE');
  });
});

describe('several parcels', () => {
  const two = order({ TrackingNumber1: 'AAA1', TrackingNumber3: 'CCC3', WebCarrierID1: 3, WebCarrierID3: 2 });
  it.each([
    ['first', 'AAA1', 'UPS'],
    ['last', 'CCC3', 'FedEx'],
    ['joined', 'AAA1,CCC3', 'FedEx'],
  ])('%s', (parcel, tracking, carrier) => {
    expect(updateOf(two, link(), { parcel })).toMatchObject({ tracking, carrier });
  });

  it('a label that is added is news by default', () => {
    expect(updateOf(two)).toMatchObject({ tracking: 'CCC3' });
  });
});

describe('the carrier', () => {
  const unnamed = order({ WebCarrierID1: null });

  it('of the ship method where the parcel has none', () => {
    expect(updateOf(unnamed, link(), { carriers: { shipMethods: { 4: 'OnTrac' } } })).toMatchObject({
      carrier: 'OnTrac',
    });
  });

  it('is called what the marketplace calls it, else what all are told', () => {
    const carriers = { names: { 'amazon us': { UPS: 'UPS_GROUND' }, any: { UPS: 'ups', FedEx: 'fedex' } } };
    expect(updateOf(order(), link(), { carriers })).toMatchObject({ carrier: 'UPS_GROUND' });
    expect(updateOf(order(), link({ marketplace: 'eBay' }), { carriers })).toMatchObject({ carrier: 'ups' });
    expect(updateOf(order({ WebCarrierID1: 2 }), link(), { carriers })).toMatchObject({ carrier: 'fedex' });
    expect(updateOf(order({ WebCarrierID1: 20 }), link(), { carriers })).toMatchObject({ carrier: 'DHL' });
  });

  it('that nobody names holds the order, or is left out', () => {
    expect(updateOf(unnamed)).toBe('NO_CARRIER');
    expect(updateOf(order({ WebCarrierID1: 99 }))).toBe('NO_CARRIER');
    expect(updateOf(unnamed, link(), { carriers: { missing: 'omit' } })).toMatchObject({ carrier: null });
  });
});

describe('the ship date', () => {
  it.each([
    ['with its time', '2026-03-11 14:30:15.250', '2026-03-11T19:30:15.000Z'],
    ['bare, completed with 17:00', '2026-03-11 00:00:00.000', '2026-03-11T22:00:00.000Z'],
    ['bare, of the day of the purchase', '2026-03-10 00:00:00.000', '2026-03-10T22:00:00.000Z'],
    ['bare, of today, not in the future', '2026-03-12 00:00:00.000', '2026-03-12T12:00:00.000Z'],
    ['bare, before the purchase: a second after it', '2026-03-09 00:00:00.000', '2026-03-10T15:00:01.000Z'],
    ['unknown: now', null, '2026-03-12T12:00:00.000Z'],
    ['never set: now', '1900-01-01 00:00:00.000', '2026-03-12T12:00:00.000Z'],
    ['with its time, before the purchase: held', '2026-03-09 10:00:00.000', 'SHIPPED_BEFORE_PURCHASE'],
  ])('%s', (_name, ShippedDate, expected) => {
    expect(shippedAt({ ShippedDate })).toBe(expected);
  });

  it('bare on the day of an evening purchase lies after it', () => {
    const evening = '2026-03-11T23:40:00Z'; // 18:40 in US Central, after the 17:00 of a bare date
    expect(shippedAt({ ShippedDate: '2026-03-11 00:00:00.000' }, evening)).toBe('2026-03-11T23:40:01.000Z');
  });

  it('is completed with the time of the configuration', () => {
    const ShippedDate = '2026-03-11 00:00:00.000';
    expect(shippedAt({ ShippedDate }, PURCHASE, { bareDateTime: '09:15' })).toBe('2026-03-11T14:15:00.000Z');
  });

  it.each([
    ['before the spring change', '2026-03-08 01:59:59.000', '2026-03-08T07:59:59.000Z'],
    ['in the hour that spring skips', '2026-03-08 02:30:00.000', '2026-03-08T08:30:00.000Z'],
    ['after the spring change', '2026-03-08 03:00:00.000', '2026-03-08T08:00:00.000Z'],
    ['before the autumn change', '2025-11-02 00:59:59.000', '2025-11-02T05:59:59.000Z'],
    ['in the hour that autumn repeats: the earlier', '2025-11-02 01:30:00.000', '2025-11-02T06:30:00.000Z'],
    ['after the autumn change', '2025-11-02 02:00:00.000', '2025-11-02T08:00:00.000Z'],
    ['bare on the day of the spring change', '2026-03-08 00:00:00.000', '2026-03-08T22:00:00.000Z'],
    ['bare on the day of the autumn change', '2025-11-02 00:00:00.000', '2025-11-02T23:00:00.000Z'],
  ])('%s', (_name, ShippedDate, expected) => {
    expect(shippedAt({ ShippedDate }, '2025-10-01T00:00:00Z')).toBe(expected);
  });

  it('in the repeated hour means the later one when the earlier lies before the purchase', () => {
    const columns = { ShippedDate: '2025-11-02 01:30:00.000' };
    expect(shippedAt(columns, '2025-11-02T07:10:00Z')).toBe('2025-11-02T07:30:00.000Z');
    expect(shippedAt(columns, '2025-11-02T07:40:00Z')).toBe('SHIPPED_BEFORE_PURCHASE');
  });

  it('needs no purchase time', () => {
    expect(shippedAt({ ShippedDate: '2020-01-01 10:00:00.000' }, null)).toBe('2020-01-01T16:00:00.000Z');
  });
});

describe('where it is published', () => {
  const twin = link({ store: 'outlet', orderNumber: 'G-9', marketplace: 'Walmart', origin: false });
  const targets = (updates: object = {}, columns: object = {}) => {
    const reported = report(order(columns), [link(), twin], updates);
    return reported.verdict === 'report'
      ? reported.updates.map((one) => `${one.link.store}/${one.link.orderNumber}`)
      : reported.code;
  };

  it('only where the order came from', () => {
    expect(targets()).toEqual(['main/G-1']);
  });

  it('wider by a rule', () => {
    expect(targets({ publish: [{ to: 'walmart', publish: true }] })).toEqual(['main/G-1', 'outlet/G-9']);
  });

  it('narrower by a rule, for one kind of update', () => {
    const publish = [{ to: 'any', update: 'canceled', publish: false }];
    expect(targets({ publish })).toEqual(['main/G-1']);
    expect(targets({ publish }, { OrderStatusID: 4 })).toBe('NOT_PUBLISHED');
  });

  it('by tags, as publishing rules of an order hub do it', () => {
    const byTag = (to: string, tag: string) => ({ to, tagContains: tag, publish: true, otherwise: false });
    const publish = [byTag('Amazon US', 'amazon'), byTag('Walmart', 'walmart')];
    expect(targets({ publish })).toEqual(['main/G-1']);
    expect(targets({ publish, tags: { 'Amazon US': ['Walmart'] } })).toEqual(['outlet/G-9']);
    expect(targets({ publish, tags: { 'Amazon US': ['amazon', 'walmart'] } })).toEqual([
      'main/G-1',
      'outlet/G-9',
    ]);
    expect(targets({ publish, tags: { 'Amazon US': [] } })).toBe('NOT_PUBLISHED');
  });
});

describe('whether it is the same update', () => {
  const print = (columns: object) => {
    const reported = report(order(columns), [link()]);
    return reported.verdict === 'report' ? (reported.updates[0]?.fingerprint ?? null) : null;
  };
  const before = print({});

  it.each([
    ['the same again', {}, true, true],
    ['another tracking number', { TrackingNumber1: '1Z888' }, false, false],
    ['another carrier', { WebCarrierID1: 2 }, false, false],
    ['another ship time', { ShippedDate: '2026-03-11 15:00:00.000' }, true, false],
    ['no ship time any more', { ShippedDate: null }, true, false],
    ['Canceled', { OrderStatusID: 4 }, false, false],
    ['something nobody is told', { Notes: 'by the door' }, true, true],
  ])('%s', (_name, columns, toAnAnswered, toAnOpen) => {
    const after = print(columns);
    expect([sameUpdate(before, after, false), sameUpdate(before, after, true)]).toEqual([
      toAnAnswered,
      toAnOpen,
    ]);
  });
});
