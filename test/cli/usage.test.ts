import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { init } from '../../src/app/init.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const cli = (...args: string[]) => runCli(folder, args);

it.each([
  ['command', ['runn'], /unknown command 'runn'[\s\S]*Did you mean run\?/],
  ['pipeline', ['run', 'exigo-order-to-3pl'], /did you mean "exigo-orders-to-3pl"\?/],
  ['option', ['run', 'exigo-orders-to-3pl', '--dryrun'], /unknown option '--dryrun'[\s\S]*--dry-run/],
  ['number', ['errors', 'list', '--limit', 'seven'], /--limit "seven": a whole number is needed/],
])(
  'a mistyped %s ends with 2 and names the right one, with --json as one object',
  async (_what, args, hint) => {
    const result = await cli(...args, '--json');
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(hint);
    const { error } = result.json<{ error: { code: string; message: string } }>();
    expect(error.code).toBe('USAGE');
    expect(error.message).not.toBe('');
  },
);

it('a wrong configuration ends with 2 and lists every fault', async () => {
  init(folder);
  await appendFile(join(folder, 'config/orderferry.yaml'), '\nsource:\n  overlapp: 15m\n  settle: soon\n');
  const result = await cli('run', 'exigo-orders-to-3pl', '--json');
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('source.overlapp: unknown key; did you mean "overlap"?');
  expect(result.stderr).toContain('source.settle: ');
  expect(result.json()).toMatchObject({ error: { code: 'CONFIGURATION' } });
});

it('a date that is none ends with 2 and says how to write one', async () => {
  init(folder);
  expect((await cli('migrate')).code).toBe(0);
  const result = await cli('run', 'exigo-orders-to-3pl', '--start-date', '31.1.2017');
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('--start-date 31.1.2017: not a date; write it as 2017-01-31 or 1/31/2017');
  expect(result.stdout).toBe('');
});

it('helps on standard output, with 0', async () => {
  const whole = await cli('--help');
  expect([whole.code, whole.stderr]).toEqual([0, '']);
  for (const command of [
    'init',
    'migrate',
    'doctor',
    'run',
    'status',
    'errors',
    'explain',
    'release',
    'resend',
  ])
    expect(whole.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  const run = await cli('run', '--help');
  expect(run.code).toBe(0);
  for (const option of ['--start-date', '--end-date', '--dry-run', '--limit', '--yes', '--json', '--fail-on'])
    expect(run.stdout).toContain(option);
  expect(run.stdout).toContain('exigo-orders-to-3pl, exigo-snapshot-to-csv');
});
