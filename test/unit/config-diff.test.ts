import { describe, expect, it } from 'vitest';
import { settingChanges } from '../../src/engine/config-diff/settings.js';

describe('the settings that differ', () => {
  it('are none of equal ones, in any order of the keys', () => {
    expect(settingChanges({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toEqual([]);
  });

  it('are named by their path, with what was not there as null', () => {
    const before = { file: { delimiter: ',', zone: 'UTC' }, manifest: 'none' };
    const after = { file: { delimiter: ';', zone: 'UTC', bom: true } };
    expect(settingChanges(before, after)).toEqual([
      { path: 'file.delimiter', before: '","', after: '";"' },
      { path: 'file.bom', before: null, after: 'true' },
      { path: 'manifest', before: '"none"', after: null },
    ]);
  });

  it('tell 0, false, null and "" from one another and from nothing', () => {
    const values = [0, false, null, '', undefined];
    for (const [i, before] of values.entries()) {
      for (const [j, after] of values.entries())
        expect(settingChanges({ a: before }, { a: after })).toHaveLength(i === j ? 0 : 1);
    }
  });

  it('go by the name in a list of named ones, so that a new one moves nothing', () => {
    const sku = { name: 'SKU', from: 'line.ItemCode' };
    const qty = { name: 'QTY', from: 'line.Quantity', number: 0 };
    const fresh = { name: 'NEW', constant: 'x' };
    expect(settingChanges({ columns: [sku, qty] }, { columns: [fresh, sku, { ...qty, number: 2 }] })).toEqual(
      [
        { path: 'columns[QTY].number', before: '0', after: '2' },
        { path: 'columns[NEW]', before: null, after: '{"name":"NEW","constant":"x"}' },
      ],
    );
  });

  it('say when named ones only changed places', () => {
    const [a, b] = [{ name: 'A' }, { name: 'B' }];
    expect(settingChanges({ list: [a, b] }, { list: [b, a] })).toEqual([
      { path: 'list, their order', before: '["A","B"]', after: '["B","A"]' },
    ]);
  });

  it('take a list without names, or with one twice, as a whole', () => {
    expect(settingChanges({ list: [1, 2] }, { list: [1, 3] })).toEqual([
      { path: 'list', before: '[1,2]', after: '[1,3]' },
    ]);
    const twice = [{ name: 'A' }, { name: 'A', more: 1 }];
    expect(settingChanges({ list: twice }, { list: [{ name: 'A' }] })).toHaveLength(1);
  });
});
