import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ConfigDiff } from '../../src/engine/config-diff/config-diff.js';
import { CliSite } from '../support/cli.js';

vi.setConfig({ testTimeout: 120_000 });

let site: CliSite;
beforeEach(async () => {
  site = await CliSite.open();
});
afterEach(() => site.close());

it('shows what a changed copy of the configuration would do to the last files, and does nothing', async () => {
  const next = join(site.folder, 'next');
  await cp(join(site.folder, 'config'), next, { recursive: true });
  const diff = (...options: string[]) =>
    site.run(['--config', join(next, 'orderferry.yaml'), 'diff-config', ...options]);
  expect((await diff()).stdout).toContain('no hand-over file was made yet');
  expect((await site.run(['run', 'exigo-orders-to-3pl'])).code).toBe(0);

  const same = await diff('--fail-on', 'difference');
  expect(same.stdout).toMatch(/^(\d+) orders of 2 files: \1 would be the same\n$/);
  expect(same.code).toBe(0);

  const template = join(next, '3pl', 'atlas.yaml');
  const text = await readFile(template, 'utf8');
  const changed = text
    .replace(
      'from: order.Zip, required: true, limit: { max: 12',
      'from: order.Zip, required: true, limit: { max: 4',
    )
    .replace('from: line.PriceEach, number: 2', 'from: line.PriceEach, number: 3');
  await writeFile(template, changed);
  const shown = await diff();
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/threePls\[atlas\]\.columns\[ZIP\]\.limit\.max +12 +4/);
  expect(shown.stdout).toMatch(/atlas +held by atlas +\d+ +\d+ +TOO_LONG: column "ZIP"/);
  const failed = await diff('--json', '--fail-on', 'difference');
  expect(failed.code).toBe(1);
  expect(failed.json<ConfigDiff>().routes).toMatchObject([{ from: 'atlas', code: 'TOO_LONG' }]);
});
