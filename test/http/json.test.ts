import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { member, parseJson } from '../../src/http/json.js';

describe('JSON that keeps decimals', () => {
  it('leaves the digits of decimals, exponents and large integers as they were written', () => {
    const text =
      '{"a":12.5000,"b":[0.1,0.2,-0.30],"c":9007199254740993,"d":1E+2,"e":42,"f":-7,"g":922337203685477.5807}';
    expect(parseJson(text)).toEqual({
      a: '12.5000',
      b: ['0.1', '0.2', '-0.30'],
      c: '9007199254740993',
      d: '1E+2',
      e: 42,
      f: -7,
      g: '922337203685477.5807',
    });
  });

  it('leaves numbers inside strings and keys alone', () => {
    const text = '{"1.5":"x 2.50 \\" 3.5 \\\\", "k\\\\":0.50, "u":"\\u0031.5"}';
    expect(parseJson(text)).toEqual({ '1.5': 'x 2.50 " 3.5 \\', 'k\\': '0.50', u: '1.5' });
  });

  it('refuses what JSON.parse refuses', () => {
    for (const text of [
      '',
      '01.5',
      '1.',
      '.5',
      '{1.5:2}',
      '{12.55 : 2}',
      '[1.5.2]',
      '"abc 1.5',
      '+1.5',
      '1.5abc',
      '[1.5 2.5]',
      'NaN',
      '<html>1.5</html>',
    ]) {
      expect(() => parseJson(text), text).toThrow(SyntaxError);
    }
  });

  it('agrees with JSON.parse on documents without decimals, and on what is no JSON', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node')),
        fc.dictionary(fc.string(), tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(value, (document) => {
        const text = JSON.stringify(document);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
    const alphabet = fc.constantFrom(...'{}[]",:.\\-+eE019 a');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        if (!isJson(text)) expect(() => parseJson(text)).toThrow(SyntaxError);
        else parseJson(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it('finds members in any case', () => {
    expect(member({ Result: { a: 1 } }, 'result')).toEqual({ a: 1 });
    expect(member(null, 'result')).toBeUndefined();
    expect(member([1], 'length')).toBeUndefined();
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
