import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutPeople } from '../../src/app/nameless.js';
import { wordsRedactor } from '../../src/http/redact.js';

const SENT = {
  firstName: 'Ann',
  lastName: 'Will',
  shipTo: { address1: '1/2 First (St) + more', zip: '89501' },
  itemCode: 'TEA',
};

describe('what a server repeats of what was sent to it', () => {
  const redact = wordsRedactor(['hush-hush'], SENT);

  it.each([
    ['customer ANN  will', 'customer [hidden] [hidden]'],
    ['1/2 first (st)   + MORE is unknown', '[hidden] is unknown'],
    ['Annual fee of TEA', 'Annual fee of TEA'],
    ['zip 89501, order 895011, hush-hush', 'zip [hidden], order 895011, ***'],
  ])('%s', (said, shown) => {
    expect(redact(said)).toBe(shown);
  });

  it('never fails, whatever was sent and said: it runs while an error is being told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (sent, said) => {
        expect(() => wordsRedactor([sent], { firstName: sent, notes: [sent, said] })(said)).not.toThrow();
        expect(() => withoutPeople(said, [sent, said])).not.toThrow();
      }),
    );
    for (const odd of ['+1 (775) [x]', 'a\\b', 'x$&y', 'a|b', 'a^.*$', 'n{3}', '\ud800 lone']) {
      expect(wordsRedactor([], { name: odd })(`x ${odd} y`)).toBe('x [hidden] y');
    }
  });
});

describe('what a server says of the people of an order', () => {
  it.each([
    [
      'Ann Will cannot be reached; it will be read back first',
      '[hidden] [hidden] cannot be reached; it will be read back first',
    ],
    ['ANN WILL: refused', '[hidden] [hidden]: refused'],
    ['Annual report', 'Annual report'],
  ])('%s', (said, shown) => {
    expect(withoutPeople(said, ['Ann', 'Will'])).toBe(shown);
  });
});
