import { describe, expect, it } from 'vitest';
import type { Request } from '../../src/db/database.js';
import { answersOf, batchesOf, join } from '../../src/db/sqlserver/joined.js';

const request = (name: string, text: string, parameters: Request['parameters'] = {}): Request => ({
  statement: { name, text },
  parameters,
});

describe('statements joined into one batch', () => {
  it('keep their parameters and variables apart, and leave the server its own', () => {
    const one = request('one', 'DECLARE @at INT = @start;\nIF @@TRANCOUNT = 0 EXEC p @Name = @at;\n', {
      start: 1,
    });
    const { text, parameters, name } = join([one, { ...one, parameters: { start: 2 } }]);
    expect(text).toContain('DECLARE @at_0 INT = @start_0;');
    expect(text).toContain('IF @@TRANCOUNT = 0 EXEC p @Name = @at_1;');
    expect(parameters).toEqual({ start_0: 1, start_1: 2 });
    expect(name).toBe('one, one');
  });

  it('are no more batches than work tables ask for', () => {
    const names = (requests: readonly Request[]) =>
      batchesOf(requests).map((batch) => batch.map(({ statement }) => statement.name));
    const bound = request('bound', 'SELECT @a', { a: 1 });
    const plain = request('plain', 'SELECT 1');
    const makes = request('makes', 'CREATE TABLE #t (a INT)');
    expect(names([bound, plain, bound])).toEqual([['bound', 'plain', 'bound']]);
    expect(names([bound, makes, plain, bound])).toEqual([['bound'], ['makes', 'plain'], ['bound']]);
    expect(names([])).toEqual([]);
  });

  it('get the answer that is theirs, whatever results a procedure of the vendor gives', () => {
    const joined = join([
      request('read', 'SELECT 1'),
      request('write', 'UPDATE t'),
      request('exec', 'EXEC p'),
    ]);
    const mark = (changes: number) => [{ changes_of_statement: changes }];
    const answers = answersOf(joined, [[{ a: 1 }], mark(1), mark(3), [{ noise: 1 }], [{ b: 2 }], mark(0)]);
    expect(answers).toEqual([
      { rows: [{ a: 1 }], changes: 1 },
      { rows: [], changes: 3 },
      { rows: [{ b: 2 }], changes: 0 },
    ]);
    expect(() => answersOf(joined, [mark(1)])).toThrow('1 answers to 3 statements');
  });
});
