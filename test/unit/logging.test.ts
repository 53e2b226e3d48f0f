import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger, type LoggingOptions, visible } from '../../src/app/logging.js';
import { Redactor } from '../../src/app/redaction.js';
import type { LogFields } from '../../src/core/log.js';

const NOW = Date.parse('2026-11-21T03:07:12.345Z');
const SECRET = 'pa"ss wörd/+1';

let folder: string;
let shown: string;
let stderr: Writable;
let redactor: Redactor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderferry-log-'));
  shown = '';
  stderr = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });
  redactor = new Redactor();
  redactor.register([SECRET, 'abc']);
});

afterEach(() => rmSync(folder, { recursive: true }));

function logger(options: Partial<LoggingOptions> = {}) {
  const clock = { now: () => NOW, sleep: async () => undefined };
  return createLogger({ directory: folder, stderr, readable: false, redactor, clock, ...options });
}

function inFiles(): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

test('one JSON object per line, with fields, on both', async () => {
  const log = logger();
  log.info('batch closed', { batch: 7, file: 'ATL_1.csv', absent: undefined });
  await log.close();
  const line = {
    time: '2026-11-21T03:07:12.345Z',
    level: 'info',
    message: 'batch closed',
    batch: 7,
    file: 'ATL_1.csv',
  };
  expect(shown.trimEnd()).toBe(JSON.stringify(line));
  expect(inFiles()).toBe(shown);
});

test('a field cannot take the place of time, level or message, nor break the line', async () => {
  const log = logger();
  log.warn('first\nsecond %s %d', { level: 'x', message: 'y', time: 'z', splat: 'a' });
  await log.close();
  expect(JSON.parse(inFiles())).toEqual({
    time: '2026-11-21T03:07:12.345Z',
    level: 'warn',
    message: 'first\nsecond %s %d',
    splat: 'a',
  });
});

test('readable lines on a terminal, on which no foreign text acts', async () => {
  const log = logger({ readable: true });
  log.info('frozen', { orders: 12 });
  log.warn('odd\u001b[31m name', { none: null });
  await log.close();
  expect(shown).toBe('03:07:12Z frozen  orders=12\n03:07:12Z warn odd\\u001b[31m name\n');
  expect(visible('a\nb\u0007')).toBe('a\\nb\\u0007');
});

test('debug is for the file, unless asked for', async () => {
  const log = logger();
  log.debug('detail');
  log.fileOnly('error', 'already on the screen');
  await log.close();
  expect(shown).toBe('');
  expect(inFiles().match(/detail|already on the screen/g)).toEqual(['detail', 'already on the screen']);
});

test('every line is in the files after close, in order, across rotations', async () => {
  const log = logger({ maxBytes: 20_000, maxFiles: 100, level: 'error' });
  for (let i = 0; i < 5_000; i++) {
    log.info('line', { i });
    // Lets the file's stream work in between, as a run does.
    if (i % 50 === 0) await new Promise(setImmediate);
  }
  await log.close();
  const numbers = [...inFiles().matchAll(/"i":(\d+)/g)].map((match) => Number(match[1]));
  expect(readdirSync(folder).length).toBeGreaterThan(3);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
});

test('of many files only the youngest are kept', async () => {
  const log = logger({ maxBytes: 200, maxFiles: 3 });
  for (let i = 0; i < 100; i++) log.info('line', { i });
  await log.close();
  expect(readdirSync(folder).sort()).toEqual(['orderferry.log', 'orderferry1.log', 'orderferry2.log']);
  expect(readFileSync(join(folder, 'orderferry.log'), 'utf8')).toContain('"i":99');
  expect(readFileSync(join(folder, 'orderferry1.log'), 'utf8')).toContain('"i":97');
});

test('two writers of the same file lose nothing, whoever rotates', async () => {
  const [one, two] = [logger({ maxBytes: 2_000, maxFiles: 100 }), logger({ maxBytes: 2_000, maxFiles: 100 })];
  for (let i = 0; i < 500; i++) (i % 3 === 0 ? one : two).info('line', { i });
  await Promise.all([one.close(), two.close()]);
  const numbers = [...inFiles().matchAll(/"i":(\d+)/g)].map((match) => Number(match[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('a line is in the file when the call returns', () => {
  logger().info('at once');
  expect(inFiles()).toContain('at once');
});

test('closing twice is closing once, and a later line is still shown', async () => {
  const log = logger();
  await Promise.all([log.close(), log.close()]);
  log.error(`late ${SECRET}`);
  expect(shown).toBe('2026-11-21T03:07:12.345Z error late [redacted]\n');
});

test('a folder that cannot be written costs one line and no run', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const log = logger({ directory: blocked });
  log.info('goes on');
  await log.close();
  expect(shown).toMatch(
    /^orderferry: the log file cannot be written: .*; lines are shown here only\n\{.*goes on.*\}\n$/s,
  );
});

describe('secrets', () => {
  const spellings: readonly (readonly [string, string])[] = [
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in a URL', `https://x/?p=${encodeURIComponent(SECRET)}`],
    ['in a form', new URLSearchParams({ p: SECRET }).toString()],
    ['in base64', Buffer.from(SECRET).toString('base64')],
  ];

  test.each(spellings)('%s, in message and field', async (_, text) => {
    const log = logger();
    log.error(`failed: ${text}`, { detail: text });
    await log.close();
    for (const [, spelled] of spellings) expect(inFiles() + shown).not.toContain(spelled);
    expect(inFiles()).toContain('[redacted]');
  });

  test.each([
    'password',
    'Password',
    'dbPassword',
    'apiKey',
    'api_key',
    'token',
    'accessToken',
    'authorization',
    'login',
    'cookie',
    'client_secret',
  ])('a field named %s', async (key) => {
    const log = logger();
    const fields: LogFields = { [key]: 'unregistered' };
    log.info('call', fields);
    await log.close();
    expect(inFiles() + shown).not.toContain('unregistered');
  });

  test('forms nobody registered: authorization headers and URLs with a login', () => {
    expect(redactor.text('Authorization: Basic dXNlcjpwYXNz, Bearer abcdefgh12345')).toBe(
      'Authorization: Basic [redacted], Bearer [redacted]',
    );
    expect(redactor.text('mssql://sa:hush@host/db')).toBe('mssql://[redacted]@host/db');
  });

  test('a number that is the secret', () => {
    redactor.register(['12345678']);
    expect(redactor.value('orders', 12_345_678)).toBe('[redacted]');
    expect(redactor.value('orders', 5)).toBe(5);
  });

  test('a fencing token is no secret, and a short value garbles nothing', () => {
    expect(redactor.value('', { fencingToken: 4, fencing_token: 5, text: 'abc' })).toEqual({
      fencingToken: 4,
      fencing_token: 5,
      text: 'abc',
    });
  });

  test('nested values', () => {
    expect(redactor.value('', { a: [{ login: 'x' }, SECRET], b: null })).toEqual({
      a: [{ login: '[redacted]' }, '[redacted]'],
      b: null,
    });
  });
});
