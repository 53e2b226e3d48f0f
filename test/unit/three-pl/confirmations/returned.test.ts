import { describe, expect, it } from 'vitest';
import { faultsOf } from '../sample.js';
import { confirmationsOf, confirmationsValue, kindValue } from './reading.js';

const policyOf = (returned: unknown) => {
  const value = confirmationsValue(kindValue());
  return confirmationsOf(returned === undefined ? value : { ...value, returned }).returned;
};
const faults = (returned: unknown) =>
  faultsOf({ confirmations: { ...confirmationsValue(kindValue()), returned } });

describe('returned in a template', () => {
  it('is record unless it says otherwise', () => {
    expect(policyOf(undefined)).toEqual({ as: 'record' });
    expect(policyOf('record')).toEqual({ as: 'record' });
    expect(policyOf({ as: 'record' })).toEqual({ as: 'record' });
  });

  it('makes return orders like the order that was shipped, unless it names ids', () => {
    const ids = { priceType: null, warehouse: null, shipMethod: null };
    const usual = { as: 'return-order', status: 'Accepted', shipping: 'keep', keyField: 'other20', ...ids };
    expect(policyOf('return-order')).toEqual(usual);
    expect(policyOf({ as: 'return-order', status: 'Pending', warehouse: 7, shipping: 'refund' })).toEqual({
      ...usual,
      status: 'Pending',
      warehouse: 7,
      shipping: 'refund',
    });
  });

  it('has its faults told with the nearest words', () => {
    expect(faults('recrd')).toEqual([
      'confirmations.returned: "recrd" is not one of record, return-order; did you mean "record"?',
    ]);
    expect(faults({ as: 'record', warehouse: 7 })).toEqual([
      'confirmations.returned.warehouse: goes with as: return-order alone',
    ]);
    expect(faults({ as: 'return-order', stauts: 'Pending', warehouse: 0 })).toEqual([
      'confirmations.returned.warehouse: an id of Exigo is a whole number from 1',
      'confirmations.returned.stauts: unknown key; did you mean "status"?',
    ]);
    for (const value of [null, 5, [], true]) expect(faults(value).length).toBeGreaterThan(0);
  });

  it('knows whether the files speak of shipments', () => {
    const says = (columns: Record<string, unknown>) =>
      confirmationsOf(confirmationsValue(kindValue({ columns }))).saysShipped;
    expect(says({})).toBe(true);
    expect(says({ answer: 'returned' })).toBe(false);
    expect(says({ answer: { column: 'S', map: { A: 'accepted', B: 'shipped' } } })).toBe(true);
    expect(says({ answer: { column: 'S', map: { A: 'accepted' }, otherwise: 'ignore' } })).toBe(false);
  });
});
