import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { createOutput, tableLines, width } from '../../src/app/output.js';
import { Redactor } from '../../src/app/redaction.js';
import { InvariantError, UsageError } from '../../src/core/errors.js';

let shown: string;

beforeEach(() => {
  shown = '';
});

function output(json: boolean) {
  const redactor = new Redactor();
  redactor.register(['hush hush']);
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });
  return createOutput(json, stdout, redactor);
}

test('for people: lines and tables, no object', () => {
  const out = output(false);
  out.line('2 orders, hush hush');
  out.table(
    [{ title: 'order' }, { title: 'lines', align: 'right' }, { title: 'why' }],
    [
      ['1001', 12, 'NO_ROUTE'],
      ['22', 3, null],
    ],
  );
  out.result({ a: 1 });
  out.failure(new UsageError('no'));
  expect(shown).toBe(
    [
      '2 orders, [redacted]',
      'order  lines  why',
      '-----  -----  --------',
      '1001      12  NO_ROUTE',
      '22         3',
      '',
    ].join('\n'),
  );
});

describe('with --json', () => {
  test('exactly one object', () => {
    const out = output(true);
    out.line('nothing of this');
    out.table([{ title: 'order' }], [['1']]);
    out.result({ batches: [{ delivered: 3, note: 'hush hush' }] });
    out.failure(new UsageError('too late'));
    expect(shown).toBe('{"batches":[{"delivered":3,"note":"[redacted]"}]}\n');
    expect(() => out.result({})).toThrow(InvariantError);
  });

  test('also when the command fails before its answer', () => {
    output(true).failure(new UsageError('no such pipeline'));
    expect(JSON.parse(shown)).toEqual({ error: { code: 'USAGE', message: 'no such pipeline' } });
  });
});

test('a table stays a table with wide characters, accents and terminal codes', () => {
  expect(width('日本')).toBe(4);
  expect(width('e\u0301')).toBe(1);
  const lines = tableLines(
    [{ title: 'name' }, { title: 'x' }],
    [
      ['日本', 1],
      ['Zoë', 2],
      ['a\u001b[2J', 3],
    ],
  );
  expect(lines).toEqual([
    'name        x',
    '----------  -',
    '日本        1',
    'Zoë         2',
    'a\\u001b[2J  3',
  ]);
});
