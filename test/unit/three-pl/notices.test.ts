import { describe, expect, it } from 'vitest';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { CONTEXT, faultsOf, sampleOrder, templateValue } from './sample.js';

const CONFIRMATIONS = {
  inbox: { folder: '../in' },
  files: [{ name: 'answers', match: 'ACK_*', columns: { order: 'ORDER', answer: 'canceled' } }],
};
const NOTICE = {
  file: { name: 'CXL_{number:000}.csv' },
  columns: [{ name: 'ORDER', from: 'order.OrderID' }],
};

function notices(sections: object, template: object = {}) {
  const value = templateValue({ confirmations: CONFIRMATIONS, ...template, ...sections });
  return makeThreePl(parseTemplate(value, 'test'), '/base').notices;
}

function textOf(sections: object, template: object = {}): string {
  const notice = notices(sections, template).cancellations;
  const encoder = notice?.open(CONTEXT);
  return [encoder?.head(), encoder?.orders([sampleOrder()]).bytes]
    .map((bytes) => Buffer.from(bytes ?? []).toString('latin1'))
    .join('');
}

describe('a section for notices', () => {
  it('is written as the template is, where it is silent', () => {
    const file = { name: 'A{number}', delimiter: ';', quoting: 'all', lineEnds: 'lf' };
    expect(textOf({ cancellations: NOTICE }, { file })).toBe('"ORDER"\n"1001"\n');
    const own = { ...NOTICE, file: { ...NOTICE.file, quoting: 'minimal', header: false } };
    expect(textOf({ cancellations: own }, { file })).toBe('1001\n');
  });

  it('takes place and manifest over, and not the cut-offs', () => {
    const template = { manifest: 'after', delivery: { folder: 'out' }, wave: { cutOffs: ['11:00'] } };
    expect(notices({ cancellations: NOTICE }, template)).toMatchObject({
      cancellations: {
        manifest: 'after',
        delivery: { kind: 'folder', path: '/base/out' },
        wave: { cutOffs: [] },
        answerWithinMs: 24 * 3_600_000,
      },
      returns: null,
    });
    const own = { ...NOTICE, delivery: { folder: 'cxl' }, manifest: 'none', answerWithin: '2h' };
    expect(notices({ cancellations: own }, template).cancellations).toMatchObject({
      manifest: 'none',
      delivery: { kind: 'folder', path: '/base/cxl' },
      answerWithinMs: 2 * 3_600_000,
    });
  });

  it('names its faults by their path', () => {
    expect(faultsOf({ cancellations: NOTICE })).toEqual([
      'cancellations: needs confirmations, which have the answers',
    ]);
    expect(
      faultsOf({ returns: { ...NOTICE, columns: [{ name: 'A', from: 'order.Cty' }], file: {} } }),
    ).toEqual([
      'returns.file.name: is missing',
      'returns.columns[0].from: no column "Cty" in order; did you mean "City"?',
    ]);
    expect(faultsOf({ returns: { ...NOTICE, colums: [] } })).toEqual([
      'returns.colums: unknown key; did you mean "columns"?',
    ]);
    expect(faultsOf({ returns: { ...NOTICE, columns: [{ name: 'A', from: 'line.ItemCode' }] } })).toEqual([
      'returns.columns[0].from: line columns have no place in a record that is written once per order; use items or row: line',
    ]);
  });

  it('has files that no other kind could be taken for', () => {
    const hand = { file: { name: 'A_{date}_{number}.csv' } };
    const same = { ...NOTICE, file: { name: 'A_{date}_{number:0000}.csv' } };
    expect(faultsOf({ ...hand, returns: same })).toEqual([
      'returns.file.name: "A_19691231_123456.csv" could be the name of a hand-over file as well',
    ]);
    const both = { returns: NOTICE, cancellations: NOTICE, confirmations: CONFIRMATIONS };
    expect(faultsOf(both)).toEqual([
      'cancellations.file.name: "CXL_123456.csv" could be the name of a file of returns as well',
      'returns.file.name: "CXL_123456.csv" could be the name of a file of cancellations as well',
    ]);
  });
});
