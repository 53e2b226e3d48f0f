import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { EXIGO_ZONE, fromExigoText } from '../../../src/core/time.js';
import { sourceDateFormatter } from '../../../src/transform/three-pl/date-format.js';
import { cellOf, sampleOrder, threePl } from './sample.js';

const NUL = String.fromCharCode(0);

describe('sources of a cell', () => {
  it('reads order, line, customer and payment columns', () => {
    const parts = {
      lines: [{ ItemCode: 'X' }],
      customer: { Field1: 'VIP' },
      payments: [
        { PaymentTypeID: 1, Amount: '10.0000' },
        { PaymentTypeID: 3, Amount: '2.5000' },
        { Amount: null },
      ],
    };
    expect(cellOf({ from: 'line.ItemCode' }, parts)).toBe('X');
    expect(cellOf({ from: 'customer.Field1' }, parts)).toBe('VIP');
    expect(cellOf({ from: 'customer.Field1' })).toBe('');
    expect(cellOf({ from: 'payment.Amount', number: 2 }, parts)).toBe('10.00');
    expect(cellOf({ from: 'payment.Amount', number: 2, payments: 'join', separator: '|' }, parts)).toBe(
      '10.00|2.50',
    );
    expect(cellOf({ from: 'payment.Amount' })).toBe('');
    expect(cellOf({ from: 'order.status' })).toBe('Accepted');
    expect(cellOf({ from: 'order.type' })).toBe('ShoppingCart');
    expect(cellOf({ from: "order['Own']" }, { row: { Own: new Uint8Array([1, 255]) } })).toBe('0x01ff');
    expect(cellOf({ constant: 5 })).toBe('5');
  });

  it('joins what is not empty', () => {
    const column = {
      join: ['order.Address1', { constant: 'c/o' }, 'order.Address2', 'order.Address3'],
      separator: ', ',
    };
    expect(cellOf(column, { row: { Address2: ' \t ', Address3: null } })).toBe('12 Mill Lane, c/o');
    const dated = {
      join: [
        { from: 'order.OrderDate', date: 'yyyy' },
        { from: 'order.Total', number: 0 },
      ],
      separator: '/',
    };
    expect(cellOf(dated)).toBe('2026/32');
  });

  it('maps values: numbers by value, text without regard to case, empty as ""', () => {
    const map = { 1: 'one', '2.0': 'two', '': 'none' };
    const byMethod = (ShipMethodID: number | null) =>
      cellOf({ from: 'order.ShipMethodID', map }, { row: { ShipMethodID } });
    expect([1, 2, null].map(byMethod)).toEqual(['one', 'two', 'none']);
    expect(() => byMethod(12)).toThrow('column "C" (order.ShipMethodID): no code for "12" in its map');
    expect(
      cellOf({ from: 'order.Country', map: { usa: 'x', US: 'America' } }, { row: { Country: ' us ' } }),
    ).toBe('America');
    expect(cellOf({ from: 'order.Country', map: { DE: 'x' }, otherwise: 'ROW' })).toBe('ROW');
    expect(cellOf({ from: 'order.IsRMA', map: { true: 'Y', false: 'N' } }, { row: { IsRMA: 0 } })).toBe('N');
    expect(cellOf({ from: 'order.type', map: { ShoppingCart: 'WEB' } })).toBe('WEB');
    expect(cellOf({ from: 'payment.PaymentTypeID', map: { 1: 'card' }, otherwise: '' })).toBe('');
  });
});

describe('numbers', () => {
  const price = (PriceEach: string | number | null, number: unknown) =>
    cellOf({ from: 'line.PriceEach', number }, { lines: [{ PriceEach }] });

  it('are exact, rounded half away from zero', () => {
    expect(price('1.0050', 2)).toBe('1.01');
    expect(price('-1.0050', 2)).toBe('-1.01');
    expect(price('-0.0010', 2)).toBe('0.00');
    expect(price('1000000000000000.1250', 2)).toBe('1000000000000000.13');
    expect(price('-999999999999999.9999', 3)).toBe('-1000000000000000.000');
    expect(price(1e15, 2)).toBe('1000000000000000.00');
    expect(price('1000000000000000.0000', { digits: 4, trim: true })).toBe('1000000000000000');
    expect(price('-2.5000', { digits: 4, trim: true, point: ',', width: 3 })).toBe('-002,5');
    expect(price(' ', 2)).toBe('');
    expect(price(null, 2)).toBe('');
    expect(cellOf({ from: 'line.PriceEach' }, { lines: [{ PriceEach: '-1.0000' }] })).toBe('-1.0000');
  });

  it('hold the order when they are none', () => {
    expect(() => price('12 EUR', 2)).toThrow('the value is no decimal number');
    expect(() => price(1e21, 2)).toThrow('the value is no decimal number');
  });
});

describe('dates', () => {
  const date = (OrderDate: string | null, format: unknown, zone = 'Europe/Berlin') =>
    cellOf({ from: 'order.OrderDate', date: format }, { row: { OrderDate } }, { zone });

  it('are converted from US Central to the zone of the template', () => {
    expect(date('2026-11-20 23:30:00.000', 'dd.MM.yyyy')).toBe('21.11.2026');
    expect(date('2026-11-20T23:30:00', "yyyy-MM-dd'T'HH:mm:ssZZ")).toBe('2026-11-21T06:30:00+01:00');
    expect(date('2026-11-20', { format: 'dd.MM.yyyy', zone: 'source' })).toBe('20.11.2026');
    expect(date('2026-11-20 23:30:00.123', undefined, 'UTC')).toBe('2026-11-21 05:30:00');
    expect(date('2026-03-08 02:30:00', 'HH:mm', EXIGO_ZONE)).toBe('03:30');
    expect(date('2026-11-01 01:30:00', 'HH:mm', 'UTC')).toBe('06:30');
    expect(date('2026-07-04', 'd MMM yyyy')).toBe('4 Jul 2026');
    expect(date('0001-01-01 00:00:00', { format: 'yyyy', zone: 'source' })).toBe('0001');
    expect(date(null, 'yyyy')).toBe('');
  });

  it('hold the order when they are none', () => {
    for (const text of ['2026-02-30', '11/20/2026', '2026-13-01', 'soon']) {
      expect(() => date(text, 'yyyy'), text).toThrow('the value is no date');
    }
  });

  it('of digits alone come out as luxon writes them, over a century and every zone tried', () => {
    const zones = [
      'America/Chicago',
      'Europe/Berlin',
      'UTC',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
    ];
    const formats = ['yyyy-MM-dd HH:mm:ss.SSS', 'dd.MM.yy', "yyyyMMdd'T'HHmm"];
    const seconds = fc.integer({ min: Date.UTC(1970, 0, 2) / 1000, max: Date.UTC(2069, 0, 1) / 1000 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(...zones), fc.constantFrom(...formats), (second, zone, format) => {
        const text = new Date(second * 1000 + 7).toISOString().replace('T', ' ').slice(0, 23);
        const expected = DateTime.fromMillis(fromExigoText(text), { zone, locale: 'en-US' }).toFormat(format);
        expect(sourceDateFormatter({ format, zone })(text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('policies', () => {
  const city = (City: string | null, column: object, file = {}) =>
    cellOf({ from: 'order.City', ...column }, { row: { City } }, file);

  it('truncate or hold what is too long, counted in characters', () => {
    expect(city('😀😀😀', { limit: { max: 2, over: 'truncate' } })).toBe('😀😀');
    expect(city('😀😀', { limit: { max: 2, over: 'hold' } })).toBe('😀😀');
    expect(city('ab cd', { limit: { max: 3, over: 'truncate' } })).toBe('ab');
    expect(() => city('Dallas', { limit: { max: 5, over: 'hold' } })).toThrow(
      'column "C" takes 5 characters, the value has 6',
    );
  });

  it('hold the order when a required cell is empty', () => {
    for (const value of [null, '', ' \n ', NUL]) {
      expect(() => city(value, { required: true })).toThrow('column "C" is required and empty');
    }
  });

  it('guard against formulas, and only where asked', () => {
    for (const text of [
      '=1+1',
      '+1',
      '-1',
      '@x',
      '\u00a0=1',
      '\uff1d1',
      '\uff0b1',
      '\uff0d1',
      '\uff20x',
      '\u200b=1',
    ]) {
      expect(city(text, { guard: true })).toBe(`'${text.trim()}`);
      expect(city(text, {})).toBe(text.trim());
    }
    expect(city('\t=1', { guard: true }, { newlines: 'keep' })).toBe("'=1");
    expect(city('a=1', { guard: true })).toBe('a=1');
    expect(city('=123', { guard: true, limit: { max: 3, over: 'truncate' } })).toBe("'=1");
    expect(() => city('=12', { guard: true, limit: { max: 3, over: 'hold' } })).toThrow('takes 3');
  });

  it('replace or hold what windows-1252 lacks', () => {
    const file = { encoding: 'windows-1252' };
    expect(city('Zo\u0065\u0308 € – ž', {}, file)).toBe('Zoë € – ž');
    expect(city('Łódź 😀', {}, { ...file, unencodable: 'replace' })).toBe('?ód? ?');
    expect(() => city('Łódź', {}, file)).toThrow('column "C": U+0141 does not exist in windows-1252');
  });

  it('change the case, before anything is measured', () => {
    expect(city('straße', { case: 'upper', limit: { max: 7, over: 'hold' } })).toBe('STRASSE');
    expect(city('İL', { case: 'lower' })).toBe('i\u0307l');
  });

  it('clean text: controls go, newlines become a space, lone surrogates U+FFFD', () => {
    expect(city(`a${NUL}b\u0007\u009fc\ufeff`, {})).toBe('abc');
    expect(city('a\r\nb\u2028c\td', {})).toBe('a b c d');
    expect(city('a\r\nb\tc\u0007', {}, { newlines: 'keep' })).toBe('a\r\nb\tc');
    expect(city('x\ud800y\udc00', {})).toBe('x\ufffdy\ufffd');
  });
});

describe('lines', () => {
  it('are chosen by a condition, and numbered among those that are written', () => {
    const target = threePl({
      lines: { ParentItemID: null, ItemCode: { not: ['FEE'] } },
      columns: [
        { name: 'N', from: 'line.number' },
        { name: 'OF', from: 'order.lineCount' },
        { name: 'SKU', from: 'line.ItemCode' },
      ],
    });
    const lines = [
      { ItemCode: 'KIT' },
      { ItemCode: 'PART', ParentItemID: 9 },
      { ItemCode: 'fee' },
      { ItemCode: 'TEA' },
    ];
    expect(target.render(sampleOrder({ lines }))).toEqual([
      { N: '1', OF: '2', SKU: 'KIT' },
      { N: '2', OF: '2', SKU: 'TEA' },
    ]);
    expect(() => target.render(sampleOrder({ lines: [{ ItemCode: 'FEE' }] }))).toThrow(
      'none of its lines matches ParentItemID empty, ItemCode not FEE: nothing to hand over to test',
    );
  });

  it('hold an order without any, and one with more than a row takes', () => {
    expect(() => threePl().render(sampleOrder({ lines: [] }))).toThrow('the order has no lines');
    const items = { max: 1, columns: [{ name: 'S{n}', from: 'line.ItemCode' }] };
    const target = threePl({ row: 'order', items });
    expect(() => target.render(sampleOrder({ lines: [{}, {}] }))).toThrow(
      'the order has 2 lines, a row takes 1',
    );
    try {
      target.render(sampleOrder({ lines: [{}, {}] }));
    } catch (error) {
      expect(error).toMatchObject({ name: 'RenderError', code: 'TOO_MANY_LINES' });
    }
  });
});
