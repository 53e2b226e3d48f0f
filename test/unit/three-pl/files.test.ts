import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src/core/order.js';
import { fileBytes, sampleOrder, threePl } from './sample.js';

const awkward: Order[] = [
  sampleOrder({
    row: { OrderID: 1, FirstName: 'Zoë "Zed"', LastName: 'Müller, Jr.', Notes: 'ring\r\ntwice' },
    lines: [{ ItemCode: '00042' }, { ItemCode: 'B;2', Quantity: '1.5000', PriceEach: '-3.0050' }],
  }),
  sampleOrder({ row: { OrderID: 2, FirstName: '  Łukasz 😀 ', LastName: 'Ørsted', Zip: '00501' } }),
];

const NAME = { name: 'NAME', join: ['order.FirstName', 'order.LastName'] };

describe('files of each layout', () => {
  it('writes one row per line', () => {
    const target = threePl({
      columns: [
        { name: 'ORDER', from: 'order.OrderID' },
        { name: 'LINE', from: 'line.number' },
        { name: 'OF', from: 'order.lineCount' },
        NAME,
        { name: 'ZIP', from: 'order.Zip' },
        { name: 'SKU', from: 'line.ItemCode' },
        { name: 'PRICE', from: 'line.PriceEach', number: 2 },
        { name: 'NOTE', from: 'order.Notes' },
        { name: 'FILE', from: 'file.number', number: { digits: 0, width: 4 } },
        { name: 'MADE', from: 'file.date', date: 'yyyy-MM-dd HH:mm' },
      ],
    });
    expect(fileBytes(target, awkward).toString('utf8')).toBe(
      [
        'ORDER,LINE,OF,NAME,ZIP,SKU,PRICE,NOTE,FILE,MADE',
        '1,1,2,"Zoë ""Zed"" Müller, Jr.",01234,00042,12.50,ring twice,0007,2026-11-20 22:05',
        '1,2,2,"Zoë ""Zed"" Müller, Jr.",01234,B;2,-3.01,ring twice,0007,2026-11-20 22:05',
        '2,1,1,Łukasz 😀 Ørsted,00501,A-1,12.50,,0007,2026-11-20 22:05',
        '',
      ].join('\r\n'),
    );
  });

  it('writes one row per order with item columns', () => {
    const target = threePl({
      file: { delimiter: 'tab', quoting: 'all', lineEnds: 'lf', newlines: 'keep', bom: true },
      row: 'order',
      columns: [{ name: 'ORDER', from: 'order.OrderID' }, NAME, { name: 'NOTE', from: 'order.Notes' }],
      items: {
        max: 2,
        columns: [
          { name: 'SKU{n}', from: 'line.ItemCode' },
          { name: 'QTY{n}', from: 'line.Quantity', number: { digits: 1, trim: true } },
        ],
      },
    });
    const bytes = fileBytes(target, awkward);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(bytes.subarray(3).toString('utf8')).toBe(
      [
        '"ORDER"\t"NAME"\t"NOTE"\t"SKU1"\t"QTY1"\t"SKU2"\t"QTY2"',
        '"1"\t"Zoë ""Zed"" Müller, Jr."\t"ring\r\ntwice"\t"00042"\t"2"\t"B;2"\t"1.5"',
        '"2"\t"Łukasz 😀 Ørsted"\t""\t"A-1"\t"2"\t""\t""',
        '',
      ].join('\n'),
    );
  });

  it('writes header and detail records in windows-1252', () => {
    const target = threePl({
      file: { delimiter: ';', quoting: 'text', encoding: 'windows-1252', unencodable: 'replace' },
      row: 'header-details',
      columns: undefined,
      header: [
        { name: 'T', constant: 'H' },
        { name: 'ORDER', from: 'order.OrderID' },
        NAME,
        { name: 'TOTAL', from: 'order.Total', number: { digits: 2, point: ',' } },
        { name: 'VERSION', constant: 3 },
      ],
      details: [
        { name: 'T', constant: 'D' },
        { name: 'LINE', from: 'line.number' },
        { name: 'SKU', from: 'line.ItemCode' },
        { name: 'COMPANY', from: 'order.Company' },
      ],
    });
    const bytes = fileBytes(target, awkward);
    expect(iconv.decode(bytes, 'windows-1252')).toBe(
      [
        '"H";1;"Zoë ""Zed"" Müller, Jr.";31,50;3',
        '"D";1;"00042";""',
        '"D";2;"B;2";""',
        '"H";2;"?ukasz ? Ørsted";31,50;3',
        '"D";1;"A-1";""',
        '',
      ].join('\r\n'),
    );
    expect(bytes.includes(0xeb)).toBe(true);
    expect(target.open({ number: 1, plannedAt: 0 }).orders(awkward).rows).toBe(5);
  });

  it('gives the same bytes however the orders are cut into calls', () => {
    const target = threePl({ columns: [NAME, { name: 'SKU', from: 'line.ItemCode' }] });
    const many = Array.from({ length: 2_500 }, (_, i) => awkward[i % 2] ?? sampleOrder());
    const encoder = target.open({ number: 1, plannedAt: 0 });
    const pieces = [encoder.head(), ...many.map((order) => encoder.orders([order]).bytes)];
    expect(Buffer.concat(pieces).equals(fileBytes(target, many))).toBe(true);
    expect(encoder.orders(many).rows).toBe(3_750);
    expect(encoder.orders([])).toEqual({ bytes: Buffer.alloc(0), rows: 0 });
  });

  it('quotes the only cell of a row when it is empty, so that no line is blank', () => {
    const target = threePl({ columns: [{ name: 'C', from: 'order.Company' }] });
    expect(fileBytes(target, [sampleOrder()]).toString()).toBe('C\r\n""\r\n');
  });

  it('carries a field of a megabyte', () => {
    const notes = 'x,"\n'.repeat(250_000);
    const target = threePl({ file: { newlines: 'keep' }, columns: [{ name: 'N', from: 'order.Notes' }] });
    const text = fileBytes(target, [sampleOrder({ row: { Notes: notes } })]).toString();
    expect(text).toBe(`N\r\n"${notes.trim().replaceAll('"', '""')}"\r\n`);
  });

  it('reads columns by name, also where a row is a class with getters', () => {
    class Row {
      get OrderID() {
        return 5;
      }
      get Loyalty() {
        return 'gold';
      }
    }
    const order = { ...sampleOrder(), row: new Row() as unknown as Order['row'] };
    const columns = [
      { name: 'A', from: 'order.OrderID' },
      { name: 'B', from: 'order["Loyalty"]' },
    ];
    expect(threePl({ columns }).render(order)).toEqual([{ A: '5', B: 'gold' }]);
  });
});

describe('file names', () => {
  it('come from the number and the planned instant in the zone of the template', () => {
    const target = threePl({
      file: { name: "A_{date:yyyyMMdd'T'HHmm}_{number:000000}.csv", zone: 'Asia/Tokyo' },
    });
    expect(target.fileName({ number: 42, plannedAt: Date.UTC(2026, 10, 20, 20, 5) })).toBe(
      'A_20261121T0505_000042.csv',
    );
    expect(target.fileName({ number: 1_234_567, plannedAt: 0 })).toBe('A_19700101T0900_1234567.csv');
  });

  it('go to the folder below the base', () => {
    expect(threePl({ delivery: { folder: '../out/x' } }).delivery).toEqual({
      kind: 'folder',
      path: '/out/x',
    });
  });
});
