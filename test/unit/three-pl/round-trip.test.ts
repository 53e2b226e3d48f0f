import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { CONTEXT, fileBytes, sampleOrder, threePl } from './sample.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      ',',
      ';',
      '|',
      '\t',
      '\r',
      '\n',
      ' ',
      '=',
      "'",
      'é',
      '😀',
      '\ufeff',
      '\0',
      'a',
    ),
  }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
);

const format = fc.record({
  delimiter: fc.constantFrom(',', ';', '|', '\t'),
  quoting: fc.constantFrom('minimal', 'text', 'all'),
  lineEnds: fc.constantFrom('crlf', 'lf'),
  newlines: fc.constantFrom('space', 'keep'),
  header: fc.boolean(),
  encoding: fc.constantFrom('utf-8', 'windows-1252'),
  unencodable: fc.constant('replace'),
});

describe('a file read back', () => {
  it('has the rendered cells, whatever the text and the format', () => {
    fc.assert(
      fc.property(format, text, text, text, fc.boolean(), (file, a, b, c, single) => {
        const columns = [
          { name: 'A', from: 'order.Notes' },
          { name: 'B', from: 'line.ItemDescription', guard: true },
          { name: 'C', join: ['order.Address1', 'order["Own"]'] },
        ];
        const target = threePl({ file, columns: single ? columns.slice(0, 1) : columns });
        const order = sampleOrder({
          row: { Notes: a, Address1: b, Own: c },
          lines: [{}, { ItemDescription: c }],
        });
        const bytes = fileBytes(target, [order, sampleOrder()]);
        const read: string[][] = parse(iconv.decode(bytes, file.encoding, { stripBOM: false }), {
          delimiter: file.delimiter,
          record_delimiter: file.lineEnds === 'crlf' ? '\r\n' : '\n',
        });
        const rendered = [...target.render(order), ...target.render(sampleOrder())].map((row) =>
          Object.values(row),
        );
        expect(file.header ? read.slice(1) : read).toEqual(rendered);
        expect(rendered.flat().join('')).not.toMatch(/(?![\t\r\n])\p{Cc}|\p{Cs}/u);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same bytes on every call', () => {
    const target = threePl();
    const orders = [sampleOrder()];
    expect(fileBytes(target, orders, CONTEXT).equals(fileBytes(target, orders, CONTEXT))).toBe(true);
  });
});
