import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliSite, startCli } from '../support/cli.js';

// Several processes to a test.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let site: CliSite;
beforeAll(async () => {
  site = await CliSite.open({ api: false });
  await site.run(['run', 'exigo-orders-to-3pl']);
});
afterAll(() => site.close());

describe('status --check', () => {
  it('is one line and 0 while nothing is beyond a threshold', async () => {
    const { code, stdout } = await site.run(['status', '--check']);
    expect([code, stdout]).toEqual([0, 'OK: nothing is beyond a threshold; 2 things to look at\n']);
    const { ok, level, flows } = (await site.run(['status', '--check', '--json'])).json<{
      ok: boolean;
      level: string;
      flows: unknown[];
    }>();
    expect([ok, level, flows.length]).toEqual([true, 'look', 5]);
  });

  it('says what is wrong in one line, and is 1, by the thresholds of the configuration', async () => {
    const file = join(site.folder, 'config', 'orderferry.yaml');
    const flow = '  flows:\n    - pipeline: exigo-orders-to-3pl\n      maxErrors: 2\n';
    await appendFile(file, `\nmonitoring:\n  maxErrors: 5\n${flow}`);
    const { code, stdout } = await site.run(['status', '--check']);
    expect(code).toBe(1);
    expect(stdout).toBe('WRONG: exigo-orders-to-3pl: 3 items held or failed (at most 2)\n');
  });
});

describe('dashboard', () => {
  it('serves pages and metrics until it is asked to stop', async () => {
    const { child, ended } = startCli(site.folder, ['dashboard', '--port', '0']);
    const [line] = (await once(child.stdout ?? child, 'data')) as [string];
    const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1] ?? '';
    const page = await (await fetch(url)).text();
    expect(page).toContain('<h1>Something is wrong</h1>');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'orderferry_flow_level{pipeline="exigo-orders-to-3pl"} 3',
    );
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('does not start where others reach it without a password, nor with a short one', async () => {
    const refused = await site.run(['dashboard', '--listen', '0.0.0.0']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('other machines reach that address; set dashboard.password');
    await appendFile(
      join(site.folder, 'config', 'orderferry.yaml'),
      `\ndashboard:\n  listen: 0.0.0.0\n  password: $\{DASHBOARD_PASSWORD}\n`,
    );
    const short = await site.run(['dashboard'], { DASHBOARD_PASSWORD: 'short' });
    expect(short.code).toBe(2);
    expect(short.stderr).toContain('dashboard.password: has fewer than 12 characters');
    expect(short.stderr).not.toContain('"short"');
  });
});
