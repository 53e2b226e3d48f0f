import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { init } from '../../src/app/init.js';
import { runCli } from '../support/cli.js';
import { type FeedTenant, KEY, openFeedTenant } from '../support/godatafeed-standin.js';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let tenant: FeedTenant;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
  init(folder);
  tenant = await openFeedTenant({ tokenPlacement: 'bearerHeader' });
  const store = (name: string, more: string) =>
    `    - { name: ${name}, consumerKey: "\${GODATAFEED_KEY}", baseUrl: "${tenant.standin.url}"${more} }\n`;
  const stores = [store('right', ', tokenPlacement: bearerHeader'), store('other', '')].join('');
  await appendFile(join(folder, 'config/orderferry.yaml'), `\ngodatafeed:\n  stores:\n${stores}`);
});
afterEach(async () => {
  await tenant.close();
  await rm(folder, { recursive: true, force: true });
});

it('doctor looks at every store and prints the setting that works, and no key', async () => {
  const { code, stdout, stderr } = await runCli(folder, ['doctor'], { GODATAFEED_KEY: KEY });
  expect(code).toBe(2);
  expect(stdout).toContain('ok    GoDataFeed right: ');
  expect(stdout).toContain('FAIL  GoDataFeed other: ');
  expect(stdout).toContain('-> set tokenPlacement: bearerHeader for the store other');
  for (const secret of [KEY, encodeURIComponent(KEY)]) expect(`${stdout}${stderr}`).not.toContain(secret);
});
