import { describe, expect, it } from 'vitest';
import { makeRouter } from '../../../src/transform/three-pl/index.js';
import { type Cells, sampleOrder, threePl } from './sample.js';

const matches = (when: object, row: Cells = {}, customer: Cells | null = null) =>
  threePl({ routes: [{ when }] }).matches(sampleOrder({ row, customer })) !== null;

describe('routes', () => {
  it('match a value, a list, what is not, and a beginning', () => {
    expect(matches({})).toBe(true);
    expect(matches({ WarehouseID: 1 })).toBe(true);
    expect(matches({ WarehouseID: '1.0' })).toBe(true);
    expect(matches({ WarehouseID: [2, 3] })).toBe(false);
    expect(matches({ Country: 'us' }, { Country: ' US ' })).toBe(true);
    expect(matches({ Country: { not: ['US', 'CA'] } })).toBe(false);
    expect(matches({ Country: { not: 'MX' } }, { Country: null })).toBe(true);
    expect(matches({ Zip: { prefix: '012' } })).toBe(true);
    expect(matches({ Zip: { prefix: ['9', '8'] } })).toBe(false);
    expect(matches({ Total: 31.5 })).toBe(true);
    expect(matches({ status: ['Accepted', 'Pending'], type: { not: 'ReturnOrder' } })).toBe(true);
    expect(matches({ IsRMA: true }, { IsRMA: 1 })).toBe(true);
    expect(matches({ OrderDate: '2026-11-20' })).toBe(true);
    expect(matches({ OrderDate: '2026-11-20 23:31' })).toBe(false);
    expect(matches({ Company: null })).toBe(true);
    expect(matches({ Company: { not: null } })).toBe(false);
    expect(matches({ WarehouseID: 1, Country: 'CA' })).toBe(false);
  });

  it('look at customers and at columns of the user own database', () => {
    expect(matches({ 'customer.LanguageID': 3 }, {}, { LanguageID: 3 })).toBe(true);
    expect(matches({ 'customer.LanguageID': 3 })).toBe(false);
    expect(matches({ 'order["Channel"]': 'B2B' }, { Channel: 'b2b' })).toBe(true);
    expect(matches({ 'order["Channel"]': '01' }, { Channel: '1' })).toBe(false);
    expect(matches({ 'order["Channel"]': 1 }, { Channel: '1.0000' })).toBe(true);
    expect(matches({ 'order["Channel"]': { prefix: '01' } }, { Channel: '012' })).toBe(true);
  });

  it('are described for explain', () => {
    const target = threePl({
      routes: [
        { when: { WarehouseID: 9 } },
        { when: { WarehouseID: [1, 2], Country: { not: 'CA' }, Company: null } },
      ],
    });
    expect(target.matches(sampleOrder())).toBe('route 2: WarehouseID 1 or 2, Country not CA, Company empty');
    expect(threePl().matches(sampleOrder())).toBe('route 1: every order');
  });

  it('are tried in the order of the 3PLs; the first match wins', () => {
    const route = makeRouter([
      threePl({ name: 'one', routes: [{ when: { WarehouseID: 2 } }] }),
      threePl({ name: 'two', routes: [{ when: { Country: 'US' } }] }),
      threePl({ name: 'three' }),
    ]);
    expect(route(sampleOrder())).toEqual({ verdict: 'load', target: 'two' });
    expect(route(sampleOrder({ row: { WarehouseID: 2 } }))).toEqual({ verdict: 'load', target: 'one' });
  });

  it('hold an order that none takes, with the values that were looked at', () => {
    const route = makeRouter([
      threePl({ name: 'atlas', routes: [{ when: { WarehouseID: 1, Other11: 'x' } }] }),
      threePl({ name: 'borealis', routes: [{ when: { WarehouseID: [2, 3] } }] }),
    ]);
    expect(route(sampleOrder({ row: { WarehouseID: 4, ShipMethodID: 9, Country: 'MX' } }))).toEqual({
      verdict: 'reject',
      code: 'NO_ROUTE',
      reason:
        'no route takes warehouse 4, ship method 9, country MX, type ShoppingCart, Other11 empty; tried atlas, borealis',
    });
    expect(makeRouter([])(sampleOrder())).toMatchObject({ code: 'NO_ROUTE' });
  });
});
