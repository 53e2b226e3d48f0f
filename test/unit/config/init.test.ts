import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../src/app/config/load.js';
import { init, shippedFiles } from '../../../src/app/init.js';
import { UsageError } from '../../../src/core/errors.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orderferry-init-'));
});

afterEach(() => rmSync(root, { recursive: true }));

test('writes a configuration that loads, and the folders it names', () => {
  const target = join(root, 'new', 'ferry');
  const result = init(target);
  expect(result.written).toEqual(shippedFiles());
  expect(result.kept).toEqual([]);
  const config = loadConfig(join(target, 'config/orderferry.yaml'), {});
  for (const threePl of config.threePls) expect(existsSync(threePl.delivery.path)).toBe(true);
});

test('a second time changes nothing and says so', () => {
  init(root);
  expect(init(root)).toEqual({ written: [], kept: shippedFiles(), folders: [] });
});

test('never overwrites, and then makes no folders', () => {
  const file = join(root, 'config/orderferry.yaml');
  mkdirSync(join(root, 'config'));
  writeFileSync(file, 'mine');
  const result = init(root);
  expect(result.kept).toEqual(['config/orderferry.yaml']);
  expect(result.folders).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a folder that is a file', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => init(file)).toThrow(UsageError);
});
