import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergedIds } from '../../../src/engine/reconcile/merge.js';

async function* pages(ids: readonly number[], size: number): AsyncGenerator<readonly number[]> {
  for (let at = 0; at < ids.length; at += size) yield ids.slice(at, at + size);
}

it('gives every id of any stream once, in order, whatever the pages', async () => {
  const ids = fc.uniqueArray(fc.nat(200)).map((list) => list.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(
      fc.array(ids, { maxLength: 4 }),
      fc.integer({ min: 1, max: 9 }),
      async (streams, size) => {
        const got: number[] = [];
        const chunks: number[] = [];
        for await (const chunk of mergedIds(
          streams.map((stream, i) => pages(stream, i + 1)),
          size,
        )) {
          got.push(...chunk);
          chunks.push(chunk.length);
        }
        expect(got).toEqual([...new Set(streams.flat())].sort((a, b) => a - b));
        expect(chunks.slice(0, -1).every((length) => length === size)).toBe(true);
      },
    ),
  );
});

it('reads no stream further than a page ahead', async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<readonly number[]> {
    for (let id = 0; ; id += 10) {
      read++;
      yield Array.from({ length: 10 }, (_, i) => id + i);
    }
  }
  for await (const chunk of mergedIds([endless(), pages([3], 1)], 20)) {
    expect(chunk).toHaveLength(20);
    break;
  }
  expect(read).toBeLessThanOrEqual(3);
});
