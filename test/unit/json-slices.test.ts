import fc from 'fast-check';
import { expect, it } from 'vitest';
import { elementsOf, sliceOf } from '../../src/http/json-slices.js';

it('cuts the elements of a list as they are written', () => {
  const text =
    '{ "a": {"x":[1]}, "DATA": { "orders" : [ {"n":1.50, "t":"]},\\"["} , [ ] ,2e3, "x" ,null] } }';
  expect(elementsOf(text, ['data', 'Orders'])).toEqual([
    '{"n":1.50, "t":"]},\\"["}',
    '[ ]',
    '2e3',
    '"x"',
    'null',
  ]);
  expect(sliceOf(text, ['a', 'x'])).toBe('[1]');
  expect(elementsOf(' [ 1 , 2 ]', [])).toEqual(['1', '2']);
  expect(elementsOf('{"Orders":[]}', ['orders'])).toEqual([]);
  for (const none of ['{}', '{"Orders":null}', '{"Orders":{}}', '3'])
    expect(elementsOf(none, ['Orders'])).toBeNull();
});

it('prefers the exact name, as parsed objects do', () => {
  expect(elementsOf('{"orders":[1],"Orders":[2]}', ['Orders'])).toEqual(['2']);
});

it('finds in any document what parsing finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.nat(3),
      (list, rest, indent) => {
        const text = JSON.stringify({ ...rest, Orders: list }, null, indent);
        expect(elementsOf(text, ['Orders'])?.map((one) => JSON.parse(one) as unknown)).toEqual(
          JSON.parse(JSON.stringify(list)),
        );
      },
    ),
  );
});
