import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReconcileReport } from '../../src/engine/reconcile/reconcile.js';
import { CliSite } from '../support/cli.js';

vi.setConfig({ testTimeout: 120_000 });

let site: CliSite;
beforeEach(async () => {
  site = await CliSite.open();
});
afterEach(() => site.close());

it('ends with 1 while something differs, with 0 when nothing does, with 3 when a system does not answer', async () => {
  const before = await site.run(['reconcile', '--grace', '0']);
  expect(before.code).toBe(1);
  expect(before.stdout).toMatch(/discrepancies: \d+ ACCEPTED_UNKNOWN_TO_US/);
  expect(before.stdout).toContain('do: orderferry run exigo-orders-to-3pl --start-date');

  // The second run freezes what the first one has set to Printed.
  for (let i = 0; i < 2; i++) expect((await site.run(['run', 'exigo-orders-to-3pl'])).code).toBe(0);
  const after = await site.run(['reconcile', '--grace', '0', '--json']);
  const report = after.json<ReconcileReport>();
  expect(report.discrepancies).toEqual({ total: 0, byCode: {}, listed: [] });
  expect(report.counts.order.compared).toBeGreaterThan(20);
  expect(after.code).toBe(0);

  await site.standin.close();
  const silent = await site.run(['reconcile', '--grace', '0']);
  expect(silent.code).toBe(3);
  expect(silent.stdout).toMatch(/NOT COMPARED with Exigo API, or not to its end: .*ECONNREFUSED/);
  expect(silent.stdout).toContain('no discrepancy found');
});

it('refuses a window that ends before it begins, and a grace without a unit', async () => {
  for (const options of [
    ['--start-date', '2026-11-08', '--end-date', '2026-11-01'],
    ['--grace', '15'],
    ['--start-date', 'yesterday'],
  ]) {
    expect((await site.run(['reconcile', ...options])).code, options.join(' ')).toBe(2);
  }
});
