import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/db/database.js';
import { tableCsvEncoder } from '../../src/transform/table-csv.js';

const COLUMNS = ['OrderID', 'Notes', 'Hash'];
const encoder = tableCsvEncoder(COLUMNS);
const text = (rows: readonly (readonly Value[])[]) => Buffer.from(encoder.rows(rows)).toString('utf8');

describe('CSV of a raw table', () => {
  it('has a header, CRLF, and keeps NULL and empty text apart', () => {
    expect(Buffer.from(encoder.head()).toString()).toBe('OrderID,Notes,Hash\r\n');
    expect(
      text([
        [1, null, new Uint8Array([0, 171])],
        [2, '', null],
      ]),
    ).toBe('1,,0x00AB\r\n2,"",\r\n');
    expect(text([])).toBe('');
  });

  it('keeps all a CSV file can carry', () => {
    expect(text([['001', ' a\r\n"b",\t=1', '1000000000000000.0000']])).toBe(
      '001," a\r\n""b"",\t=1",1000000000000000.0000\r\n',
    );
    expect(text([[-5, `x${String.fromCharCode(0)}y\ud83dz`, '😀']])).toBe('-5,xy\ufffdz,😀\r\n');
  });

  it('reads back as it was, for any text', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constant(null),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1 }), (rows) => {
        const read: string[][] = parse(Buffer.from(encoder.rows(rows)).toString('utf8'), {
          record_delimiter: '\r\n',
        });
        const expected = rows.map((row) =>
          row.map((one) =>
            String(one ?? '')
              .replaceAll('\0', '')
              .replace(/\p{Cs}/gu, '\ufffd'),
          ),
        );
        expect(read).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
