import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/db/sql.js';
import { runCli } from '../support/cli.js';

it('the demo shows what was frozen, where each order went, and why one is held', async () => {
  const { code, stdout, stderr } = await runCli(PACKAGE_ROOT, ['demo']);
  const [, folder = ''] = /^Files, database and logs are in (.+)$/m.exec(stdout) ?? [];
  expect(folder.startsWith(tmpdir())).toBe(true);
  await rm(folder, { recursive: true, force: true });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('change set 1: 25 orders frozen, 0 unchanged');
  expect(stdout).toContain('exigo-orders-to-3pl: 17 delivered, 5 excluded, 3 held, 0 failed');
  expect(stdout).toContain('exigo-orders-to-3pl: 4 delivered, 18 excluded, 1 held, 0 failed');
  expect(stdout).toMatch(/48002 {2}Shipped +atlas, ATL_/);
  expect(stdout).toContain('3pl-shipments-to-exigo: 2 delivered, 1 excluded, 1 held, 0 failed');
  expect(stdout).toMatch(/48003 +held +REFUSED_BY_3PL +ATL_ACK_1.csv line 2: no carrier goes there/);
  expect(stdout).toContain('exigo-cancellations-to-3pl: 1 delivered, 0 excluded, 0 held, 0 failed');
  expect(stdout).toMatch(/48018 {2}Accepted +held as NO_ROUTE/);
  expect(stdout).toMatch(/48021 {2}held +CHANGED_AFTER_HAND_OVER +it changed after the hand-over: STREET/);
  expect(stdout).toMatch(/next {3}a person decides: orderferry release 48021 --as <decision>/);
  expect(stdout).toContain('godatafeed-orders-to-exigo: 2 delivered, 0 excluded, 1 held, 0 failed');
  expect(stdout).toMatch(/teahouse\/7000003 {2}held {3}UNKNOWN_SKU +SKU AMZ-OOLONG-50 is in no map/);
  const [, id] = /where {2}order (\d+) in Exigo, acknowledged at/.exec(stdout) ?? [];
  expect(stdout).toMatch(
    new RegExp(`explain ${id}\n.*exigo-orders-to-3pl: delivered at .*; handed over to atlas in ATL_`),
  );
  expect(stdout).toContain('Status calls the Exigo stand-in got: 3');
});
