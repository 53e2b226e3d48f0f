import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffRendered, fingerprint } from '../../../src/transform/three-pl/index.js';
import { CONTEXT, fileBytes, sampleOrder, threePl } from './sample.js';

const cells = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ unit: 'binary', maxLength: 3 }));
const rendering = fc.array(cells, { maxLength: 3 });

describe('fingerprint', () => {
  it('tells apart what is different, wherever the text moved', () => {
    expect(fingerprint([{ A: 'a', B: 'bc' }])).not.toBe(fingerprint([{ A: 'ab', B: 'c' }]));
    expect(fingerprint([{ A: 'a' }, { A: 'b' }])).not.toBe(fingerprint([{ A: 'a', B: 'b' }]));
    expect(fingerprint([{ A: '1' }])).toMatch(/^[0-9a-f]{64}$/);
    fc.assert(
      fc.property(rendering, rendering, (a, b) => {
        const sorted = (one: typeof a) =>
          one.map((row) => Object.entries(row).sort(([x], [y]) => (x < y ? -1 : 1)));
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(fingerprint(a) === fingerprint(b)).toBe(same);
        expect(diffRendered(a, b).length === 0 || !same).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the columns in the template', () => {
    expect(fingerprint([{ A: '1', B: '2' }])).toBe(fingerprint([{ B: '2', A: '1' }]));
  });

  it('leaves out file-level columns and compare: false, which are written all the same', () => {
    const target = threePl({
      columns: [
        { name: 'ORDER', from: 'order.OrderID' },
        { name: 'TRACK', from: 'order.TrackingNumber1', compare: false },
        { name: 'FILE', from: 'file.number' },
        { name: 'LABEL', join: [{ constant: 'F' }, 'file.number'], separator: '' },
      ],
    });
    const order = sampleOrder({ row: { TrackingNumber1: '1Z' } });
    expect(target.render(order)).toEqual([{ ORDER: '1001' }]);
    expect(fileBytes(target, [order], CONTEXT).toString()).toBe('ORDER,TRACK,FILE,LABEL\r\n1001,1Z,7,F7\r\n');
  });

  it('is not moved by a change of status alone', () => {
    const target = threePl();
    const printed = fingerprint(
      target.render(sampleOrder({ row: { OrderStatusID: 8, ModifiedDate: 'later' } })),
    );
    expect(printed).toBe(fingerprint(target.render(sampleOrder())));
  });
});

describe('differences', () => {
  it('name row, column, before and after', () => {
    expect(diffRendered([{ A: '1', B: 'x' }], [{ A: '1', B: 'y' }])).toEqual([
      { row: 1, column: 'B', before: 'x', after: 'y' },
    ]);
  });

  it('show a removed line as removed, not as a change of all lines after it', () => {
    const rows = ['a', 'b', 'c'].map((SKU) => ({ SKU }));
    expect(
      diffRendered(
        rows,
        [rows[0], rows[2]].flatMap((row) => row ?? []),
      ),
    ).toEqual([{ row: 2, column: 'SKU', before: 'b', after: null }]);
    expect(diffRendered(rows.slice(1), rows)).toEqual([{ row: 1, column: 'SKU', before: null, after: 'a' }]);
    expect(diffRendered(rows, rows)).toEqual([]);
  });
});
