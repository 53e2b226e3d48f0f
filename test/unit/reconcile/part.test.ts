import { expect, it } from 'vitest';
import { InvariantError, StoppedError, TransientError } from '../../../src/core/errors.js';
import { Part } from '../../../src/engine/reconcile/part.js';

const down = () => Promise.reject(new TransientError('HTTP_503', 'it is down'));

it('asks a system that has failed no more', async () => {
  const part = new Part('Exigo API');
  expect(await part.ask(async () => 1)).toBe(1);
  expect(await part.ask(down)).toBe('not asked');
  expect(await part.ask(async () => 1)).toBe('not asked');
  expect(part.trouble).toBe('it is down');
});

it('ends a stream where it fails, and keeps what came before', async () => {
  async function* pages(): AsyncGenerator<readonly number[]> {
    yield [1, 2];
    await down();
  }
  const part = new Part('store');
  const found: number[] = [];
  for await (const page of part.stream(pages())) found.push(...page);
  expect(found).toEqual([1, 2]);
  expect(part).toMatchObject({ told: 2, trouble: 'it is down' });
});

it.each([new StoppedError(), new InvariantError('broken'), new TypeError('no function')])(
  'does not take %s for silence',
  async (error) => {
    await expect(new Part('store').ask(() => Promise.reject(error))).rejects.toBe(error);
  },
);
