import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/db/sql.js';

const SECRET = 'correct horse "battery"';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderferry-process-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(ending: string): ChildProcess {
  const program = join(PACKAGE_ROOT, 'test/support/process-child.ts');
  return spawn(process.execPath, ['--import', 'tsx', program, ending, folder], {
    cwd: PACKAGE_ROOT,
    env: { ...process.env, CHILD_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess, onReady?: () => void): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdout?.on('data', (chunk) => {
    const first = stdout === '';
    stdout += String(chunk);
    if (first && stdout.startsWith('ready')) onReady?.();
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

function logged(): string {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('');
}

function expectNothingLost(): void {
  const numbers = [...logged().matchAll(/"i":(\d+)/g)].map((match) => Number(match[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
}

function expectNoSecret({ stdout, stderr }: Ended): void {
  const everything = logged() + stdout + stderr;
  for (const spelled of [SECRET, JSON.stringify(SECRET).slice(1, -1), 'correct horse']) {
    expect(everything).not.toContain(spelled);
  }
}

test.each([
  ['returns', 0, null],
  ['returns 1', 1, null],
  ['throws', 1, 'order 7 refused with [redacted]'],
  ['throws a bug', 1, 'InvariantError: bug near [redacted]'],
  ['usage', 2, 'no such option'],
  ['configuration', 2, 'one\ntwo'],
  ['unreachable', 3, 'sql is down'],
  ['transient', 3, 'the database is locked'],
  ['commander', 2, null],
  ['help', 0, null],
  ['throws later', 1, 'InvariantError: nobody caught [redacted]'],
  ['rejects later', 1, 'InvariantError: nobody awaited [redacted]'],
  ['leaves a handle open', 0, null],
])('"%s": code %i, no line lost, no secret shown', async (ending, code, message) => {
  const end = await ended(start(ending));
  expect(end).toMatchObject({ code, signal: null, stdout: '' });
  expectNothingLost();
  expectNoSecret(end);
  const [line, ...rest] = end.stderr.split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 'warn', message: 'seen with [redacted]' });
  if (message === null) expect(rest.join('\n')).toBe('');
  else {
    expect(rest.join('\n').startsWith(`orderferry: ${message}\n`)).toBe(true);
    expect(logged()).toContain(`"level":"error"`);
  }
});

describe('signals', () => {
  test.each([
    ['waits for the signal', 'SIGTERM'],
    ['throws at the signal', 'SIGTERM'],
    ['throws at the signal', 'SIGINT'],
  ] as const)('"%s": %s stops cleanly', async (ending, signal) => {
    const child = start(ending);
    const end = await ended(child, () => child.kill(signal));
    expect(end).toMatchObject({ code: 0, signal: null });
    expect(end.stderr).toContain(`orderferry: ${signal}: finishing what is begun; once more ends at once`);
    expectNothingLost();
    expectNoSecret(end);
  });

  test('a second one ends at once', async () => {
    const child = start('ignores the signal');
    child.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('once more')) child.kill('SIGTERM');
    });
    const end = await ended(child, () => child.kill('SIGTERM'));
    expect(end).toMatchObject({ code: 143, signal: null });
    expect(end.stderr).toContain('orderferry: SIGTERM again: ending at once');
  });
});

test('a reader of stdout that leaves early (| head) is no error', async () => {
  const child = start('fills stdout');
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [code] = await once(child, 'close');
  expect({ code, more: stderr.split('\n').slice(1) }).toEqual({ code: 0, more: [''] });
  expectNothingLost();
});
