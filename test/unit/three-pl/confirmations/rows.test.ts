import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { NotReadable } from '../../../../src/core/confirmation.js';
import { exampleKind, inPieces, kindOf, readAll, summary } from './reading.js';

const HEAD = 'ORDER,ITEM,QTY,TRACK,DATE';
const GOOD = '1001,TEA,1,1Z1,2026-11-20';
const file = (...lines: readonly string[]) => `${[HEAD, ...lines].join('\n')}\n`;

describe('rows of a confirmation', () => {
  it('say what the template makes of their cells', async () => {
    const rows = await readAll(
      exampleKind('atlas', 'shipments'),
      [
        'ORDER_NO,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,STATUS,NOTE',
        '1001,TEA-GREEN,2.0000,1Z001,,ups,UPS-GROUND,11/20/2026,14:30,Shipped,',
        '1001,MUG-BLUE,1,1Z002,1Z003,USPS-PM,,11/20/2026,,SHIPPED,"left at ""the"" door, back"',
        '1002,MUG-BLUE,0.50,,,,,,,SHORT,broken',
      ].join('\r\n'),
    );
    expect(rows.map((one) => ('row' in one ? one.row : one))).toEqual([
      {
        line: 2,
        answer: 'shipped',
        reference: '1001',
        itemCode: 'TEA-GREEN',
        quantity: '2',
        tracking: ['1Z001'],
        carrier: 'UPS',
        shipMethodId: 1,
        happened: { at: Date.parse('2026-11-20T20:30:00Z'), bare: false },
        reason: null,
      },
      {
        line: 3,
        answer: 'shipped',
        reference: '1001',
        itemCode: 'MUG-BLUE',
        quantity: '1',
        tracking: ['1Z002', '1Z003'],
        carrier: 'USPS',
        shipMethodId: null,
        happened: { at: Date.parse('2026-11-20T06:00:00Z'), bare: true },
        reason: 'left at "the" door, back',
      },
      {
        line: 4,
        answer: 'short',
        reference: '1002',
        itemCode: 'MUG-BLUE',
        quantity: '0.5',
        tracking: [],
        carrier: null,
        shipMethodId: null,
        happened: null,
        reason: 'broken',
      },
    ]);
  });

  it('come from a packed file in a code page, without header, with an end record', async () => {
    const text = [
      'K;BOREALIS;LEJ',
      'S;LEJ-1002;VERSANDT;TEE;1,5;00340+00341;DHL-PAKET;20.11.2026;08:15;',
      'S;LYS-1003;Storno-zu-spät;;;;;20.11.2026;;schon verladen, Größe "L"',
      'E;2',
      '',
    ].join('\r\n');
    const rows = await readAll(
      exampleKind('borealis', 'report'),
      gzipSync(iconv.encode(text, 'windows-1252')),
    );
    expect(rows.map((one) => ('row' in one ? one.row : one))).toMatchObject([
      {
        line: 2,
        answer: 'shipped',
        reference: '1002',
        quantity: '1.5',
        tracking: ['00340', '00341'],
        carrier: 'DHL',
        happened: { at: Date.parse('2026-11-20T07:15:00Z'), bare: false },
      },
      { line: 3, answer: 'not-canceled', reference: '1003', reason: 'schon verladen, Größe "L"' },
    ]);
  });

  it.each([1, 2, 3, 7, 64])('are the same when the bytes come %i at a time', async (piece) => {
    const kind = kindOf({ columns: { reason: 'NOTE' } });
    const text = `${HEAD},NOTE\r\n1001,"TE\r\nA",1,1Zé,2026-11-20,"a ""b""\n\rc"\r1002,X,2,,,\r\n"bad\r\n1003,é€𝄞,3,,,"last"`;
    const expected = await readAll(kind, text);
    expect(expected).toHaveLength(4);
    expect(await readAll(kind, text, piece)).toEqual(expected);
    expect(await readAll(kind, gzipSync(text), piece)).toEqual(expected);
    const wide = kindOf({ columns: { reason: 'NOTE' }, format: { encoding: 'utf-16le' } });
    expect(await readAll(wide, Buffer.from(`\ufeff${text}`, 'utf16le'), piece)).toEqual(expected);
  });

  it.each(['\r\n', '\n', '\r'])('are counted by line where lines end with %j', async (end) => {
    const lines = [HEAD, GOOD, '', '1002,"A', '', 'B",1,,', '1003,,,,', '1004,,x,,', '1005,,,,'];
    expect(await summary(kindOf(), lines.join(end))).toEqual([
      '2 shipped 1001',
      '4 shipped 1002',
      '7 shipped 1003',
      '8 BAD_QUANTITY: column "QTY": "x" is no quantity',
      '9 shipped 1005',
    ]);
  });

  it('are found below lines that are to be passed over, whatever those hold', async () => {
    const kind = kindOf({ format: { skip: 2 } });
    expect(await summary(kind, `Report of "today\n\n${file(GOOD)}`)).toEqual(['4 shipped 1001']);
  });

  it('that the template ignores, empty ones, and headers in the middle are no rows', async () => {
    const kind = kindOf({
      columns: { answer: { column: 'ITEM', map: { TEA: 'shipped', PICKED: 'ignore' } } },
    });
    expect(await summary(kind, file(GOOD, '1002,picked,,,', ',,,,', ' ', HEAD, GOOD))).toEqual([
      '2 shipped 1001',
      '7 shipped 1001',
    ]);
  });
});

describe('what is wrong with a row', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a short row', '1002,TEA,1', 'SHORT_ROW: has 3 cells, a row has 5'],
    ['a delimiter too many', '1002,TEA, big,1,,', 'LONG_ROW: has 6 cells'],
    ['no order', ',TEA,1,,', 'NO_ORDER_NUMBER: column "ORDER" is empty'],
    ['a day that there is not', '1002,TEA,1,,2026-02-31', 'BAD_DATE: column "DATE": "2026-02-31" is no date'],
    ['a date in another format', '1002,TEA,1,,20.11.2026', 'BAD_DATE'],
    ['a date of another century', '1002,TEA,1,,0026-11-20', 'BAD_DATE'],
    ['words for a quantity', '1002,TEA,one,,', 'BAD_QUANTITY: column "QTY": "one" is no quantity'],
    ['a negative quantity', '1002,TEA,-1,,', 'BAD_QUANTITY'],
    ['a quantity with an exponent', '1002,TEA,1e3,,', 'BAD_QUANTITY'],
    ['a quantity beyond all measure', `1002,TEA,${'9'.repeat(16)},,`, 'BAD_QUANTITY'],
    ['a long order number', `${'1'.repeat(201)},TEA,1,,`, 'TOO_LONG: column "ORDER"'],
    ['a long item', `1002,${'T'.repeat(201)},1,,`, 'TOO_LONG: column "ITEM"'],
    ['a long tracking number', `1002,TEA,1,${'1'.repeat(51)},`, 'TOO_LONG: column "TRACK"'],
    ['a control character', '10\u000002,TEA,1,,', 'UNDECODABLE: column "ORDER" has bytes'],
    ['text after a closing quote', '"1002"x,TEA,1,,', 'MALFORMED: there is text after a closing quote'],
    ['a quote that is not closed', '1002,"TEA,1,,', 'MALFORMED: '],
  ];
  it.each(cases)('%s is reported, and the rows around it go through', async (_name, line, expected) => {
    const rows = await summary(kindOf(), file(GOOD, line, GOOD, '1004,"a ""b"", c",2,,', '1005,"",1,"",'));
    expect(rows).toHaveLength(5);
    expect(rows[1]).toMatch(new RegExp(`^3 ${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
    expect([rows[0], ...rows.slice(2)]).toEqual([
      '2 shipped 1001',
      '4 shipped 1001',
      '5 shipped 1004',
      '6 shipped 1005',
    ]);
  });

  it('is all of it, with the row as it stands', async () => {
    const [one] = await readAll(kindOf(), file(',TEA,x,,2026-13-01'));
    expect(one).toEqual({
      faulty: {
        line: 2,
        code: 'NO_ORDER_NUMBER',
        fault:
          'column "ORDER" is empty; column "QTY": "x" is no quantity; column "DATE": "2026-13-01" is no date of the form yyyy-MM-dd',
        raw: ',TEA,x,,2026-13-01',
      },
    });
  });

  it('is a word that the template does not have', async () => {
    const kind = kindOf({
      columns: {
        answer: { column: 'ITEM', map: { S: 'shipped' } },
        carrier: { column: 'QTY', map: { DPD: 'DHL' } },
        shipMethod: { column: 'TRACK', map: { GROUND: 1 } },
        quantity: undefined,
        tracking: undefined,
      },
    });
    expect(
      await summary(kind, file('1,S,ups,ground,', '1,s,Dpd,,', '1,X,,,', '1,S,TNT,,', '1,S,,AIR,')),
    ).toEqual([
      '2 shipped 1',
      '3 shipped 1',
      '4 UNMAPPED_ANSWER: the template has no answer for "X" of column "ITEM"',
      '5 UNMAPPED_CARRIER: the template has no carrier for "TNT" of column "QTY"',
      '6 UNMAPPED_SHIP_METHOD: the template has no ship method for "AIR" of column "TRACK"',
    ]);
  });

  it('is text in another encoding, where that is read', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEAD},NAME\n1001,TEA,1,,,`),
      Buffer.from([0xfc, 0x0a]), // an ü of Windows-1252, in a column nobody reads
      Buffer.from('1002,T'),
      Buffer.from([0xfc]),
      Buffer.from('E,1,,,\n1003,TEA,1,,,\n'),
    ]);
    expect(await summary(kindOf(), bytes)).toEqual([
      '2 shipped 1001',
      '3 UNDECODABLE: column "ITEM" has bytes that are no utf-8 text: "T\ufffdE"',
      '4 shipped 1003',
    ]);
  });

  it('is a line without end: it is passed over, and costs no memory', async () => {
    const long = 'x'.repeat(300_000);
    const rows = await summary(kindOf(), file(GOOD, long, GOOD, `"${long}`, GOOD), 10_000);
    expect(rows).toEqual([
      '2 shipped 1001',
      '3 MALFORMED: is longer than 65536 characters',
      '4 shipped 1001',
      '5 MALFORMED: is longer than 65536 characters',
      '6 shipped 1001',
    ]);
  });

  it('costs no other row when quotes are lost in many', async () => {
    const lines = Array.from({ length: 500 }, (_, i) =>
      i % 7 === 3 ? `${i},"a "b",1,,` : i % 7 === 5 ? `${i},"open,1,,` : `${i},"t, ""x""",1,"",`,
    );
    const rows = await readAll(kindOf(), file(...lines));
    expect(rows.map((one) => ('row' in one ? one.row.line : -one.faulty.line))).toEqual(
      lines.map((_, i) => (i % 7 === 3 || i % 7 === 5 ? -(i + 2) : i + 2)),
    );
  });
});

describe('a quote that is lost', () => {
  const behind = async (broken: string, line: string) => (await summary(kindOf(), file(broken, line))).at(-1);

  it('takes no line with it that has quotes of its own', async () => {
    for (const line of [
      '1003,",x",1,,',
      '1003,x"",1,,',
      '1003,"a ""b""",1,"",',
      '1003,5" pipe,1,,',
      '"1003","","1",",",',
    ])
      expect([line, await behind('1002,"TEA,1,,', line)]).toEqual([line, '3 shipped 1003']);
    expect(await behind('1002,TEA,1,"x', '1003,x",1,,')).toBe('3 shipped 1003');
  });
});

describe('the end of a file', () => {
  const ended = kindOf({ end: { column: 1, is: 'END', count: 2 } });
  const cut = 'TRUNCATED: the file has no end record: it was cut, or its last rows are missing';

  it('is known by its end record', async () => {
    expect(await summary(ended, file(GOOD, GOOD, 'END,2'))).toEqual(['2 shipped 1001', '3 shipped 1001']);
    expect(await summary(ended, `${file(GOOD)}END,1`)).toEqual(['2 shipped 1001']);
    expect(await summary(ended, file('END,0'))).toEqual([]);
    expect(await summary(ended, file(GOOD, GOOD))).toEqual(['2 shipped 1001', '3 shipped 1001', `4 ${cut}`]);
    expect(await summary(ended, file(GOOD, 'END,2'))).toEqual([
      '2 shipped 1001',
      '3 TRUNCATED: the end record says "2" rows, there are 1: some are missing, or it was cut',
    ]);
    expect(await summary(ended, file())).toEqual([`2 ${cut}`]);
    const all = kindOf({ end: { column: 1, is: 'END', count: 2, counts: 'records' } });
    expect(await summary(all, file(GOOD, '', 'END,3'))).toEqual(['2 shipped 1001']);
  });

  it('makes half a row of the last one that has no line end, where an end record is due', async () => {
    expect(await summary(ended, file(GOOD, GOOD).slice(0, -1))).toEqual([
      '2 shipped 1001',
      '3 TRUNCATED: the file is cut off here',
      `4 ${cut}`,
    ]);
    expect(await summary(kindOf(), file(GOOD, GOOD).slice(0, -1))).toEqual([
      '2 shipped 1001',
      '3 shipped 1001',
    ]);
    expect(await summary(kindOf(), file(GOOD, '1002,"TE').slice(0, -1))).toEqual([
      '2 shipped 1001',
      '3 MALFORMED: a quote is opened and not closed',
    ]);
  });

  it('is checked for each part of a file that was made of several', async () => {
    const whole = file(GOOD, 'END,1');
    expect(await summary(ended, whole + whole)).toEqual(['2 shipped 1001', '5 shipped 1001']);
    expect(await summary(ended, whole + file(GOOD))).toEqual([
      '2 shipped 1001',
      '5 shipped 1001',
      `6 ${cut}`,
    ]);
  });

  it('of a packed file is where the packing ends', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `${i},TEA,1,${(i * 7_919) % 10_007},2026-11-20`);
    const packed = gzipSync(file(...lines));
    for (const part of [0.2, 0.5, 0.9, 1 - 4 / packed.length]) {
      const rows = await readAll(kindOf(), packed.subarray(0, Math.floor(packed.length * part)), 1_000);
      const good = rows.flatMap((one) => ('row' in one ? [one.row] : []));
      const faulty = rows.flatMap((one) => ('faulty' in one ? [one.faulty] : []));
      expect(good.length).toBeGreaterThan(3_000 * part * 0.8);
      expect(good.map(({ reference }) => reference)).toEqual(good.map((_, i) => String(i)));
      expect(faulty.map(({ code }) => code)).toEqual(faulty.map(() => 'TRUNCATED'));
      expect(faulty.length).toBeGreaterThan(0);
      expect(new Set(rows.map((one) => ('row' in one ? one.row.line : one.faulty.line))).size).toBe(
        rows.length,
      );
    }
  });
});

describe('a file that is set aside', () => {
  const aside = async (content: Uint8Array | string, kind = kindOf()) => {
    try {
      await readAll(kind, content);
    } catch (error) {
      if (error instanceof NotReadable) return `${error.code}: ${error.message}`;
      throw error;
    }
    return null;
  };
  const numbered = kindOf({
    format: { header: false },
    columns: { order: 1, item: 2, quantity: 3, tracking: 4, date: 5 },
  });

  it('has not the columns that are needed', async () => {
    expect(await aside('ORDER,ITEMS,TRACK,DATE\n1,2,3,4\n')).toBe(
      'MISSING_COLUMN: there is no column "ITEM"; did you mean "ITEMS"?; there is no column "QTY" (its header, line 1, is "ORDER,ITEMS,TRACK,DATE")',
    );
    expect(await aside('ORDER;ITEM;QTY;TRACK;DATE\n1;2;3;4;5\n')).toMatch(
      /with one column only: is the delimiter ","\?\)$/,
    );
    expect(await aside(`${HEAD},item\n`)).toMatch('column "ITEM" is there twice');
    expect(await aside('"ORDER,ITEM\nx')).toMatch(/^MISSING_COLUMN: its header, line 1, cannot be read/);
  });

  it('is empty', async () => {
    expect(await aside('')).toBe('NOT_CSV: is empty: it has not even a header');
    expect(await aside('\n\n')).toBe('NOT_CSV: is empty: it has not even a header');
    expect(await aside(`${HEAD}\n`)).toBeNull();
    expect(await aside('', numbered)).toBeNull();
  });

  it('is something else', async () => {
    const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(100)]);
    expect(await aside(zip)).toBe('NOT_CSV: is no text: it begins as a ZIP archive or an Excel workbook');
    expect(await aside(gzipSync(zip))).toBe(
      'NOT_CSV: is no text: it begins as a ZIP archive or an Excel workbook',
    );
    expect(await aside(gzipSync(gzipSync('x')))).toMatch('gz file inside a gz file');
    expect(await aside('%PDF-1.7\n')).toBe('NOT_CSV: is no text: it begins as a PDF');
    expect(await aside('<html>\n<p>1001</p>\n', numbered)).toMatch(
      /^NOT_CSV: is no file of kind shipments: none of its first 2 rows can be read \(line 1: has 1 cell, a row has 5\)$/,
    );
    expect(await aside(Buffer.from(`\ufeff${file(GOOD)}`, 'utf16le'))).toBe(
      'NOT_TEXT: begins as utf-16le, and the template says utf-8: set format.encoding to utf-16le',
    );
  });

  it('was damaged in its packing', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `${i},TEA,1,${(i * 7_919) % 10_007},`);
    const packed = gzipSync(file(...lines));
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1;
    expect(await aside(packed)).toMatch(/^DAMAGED: is a gz file that was damaged/);
  });

  it('ends where the reader ends', async () => {
    let open = true;
    async function* endless() {
      try {
        yield Buffer.from(`${HEAD}\n`);
        for (;;) yield Buffer.from(`${GOOD}\n`.repeat(100));
      } finally {
        open = false;
      }
    }
    for await (const _page of kindOf().read(endless())) break;
    expect(open).toBe(false);
    for await (const page of kindOf().read(inPieces(Buffer.from(file(GOOD))))) expect(page).toHaveLength(1);
  });
});
