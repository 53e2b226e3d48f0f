import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { DAY, MINUTE } from '../../src/core/clock.js';
import { toExigoText, toUtcText } from '../../src/core/time.js';
import type { DryRun } from '../../src/engine/dry-run.js';
import { pipelineLease } from '../../src/engine/leases.js';
import type { RunSummary } from '../../src/engine/report.js';
import { acquireLease } from '../../src/queue/lease/lease.js';
import { CliSite } from '../support/cli.js';
import { engines, forEngine, reportMissingEngine } from '../support/engines.js';

const NAME = 'exigo-orders-to-3pl';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let site: CliSite;
  beforeEach(async () => {
    site = await CliSite.open({ engine });
  });
  afterEach(async () => {
    await site.close();
  });

  const exec = (text: string) =>
    site.database.transaction((session) => session.run({ name: 'test', text: forEngine(engine, text) }));

  describe('orderferry run', () => {
    it('ends with 0 and prints one object that accounts for every order and file', async () => {
      // A server does not give numbers back that a dry run used.
      const first: unknown = engine === 'sqlite' ? 1 : expect.any(Number);
      const foretold = (await site.run(['run', NAME, '--dry-run', '--json'])).json<DryRun>();
      const result = await site.run(['run', NAME, '--json']);
      expect(result.code).toBe(0);
      for (const line of result.stderr.split('\n').filter((one) => one !== '')) JSON.parse(line);
      const summary = result.json<RunSummary>();

      const [batch] = summary.batches;
      expect(batch).toMatchObject({
        batchId: first,
        changeSetId: first,
        kind: 'live',
        state: 'closed',
        frozen: 25,
        unchanged: 0,
        delivered: 17,
        excluded: 5,
        held: 3,
        failed: 0,
        waiting: 0,
        effects: { 'hand-over': { done: 17 }, printed: { done: 17 } },
      });
      const { frozen, delivered, excluded, held, failed } = summary.totals;
      expect(frozen).toBe(delivered + excluded + held + failed);
      expect(summary).toMatchObject({ pipeline: NAME, runId: first, heldBy: null, error: null });
      expect(summary.files).toHaveLength(2);
      expect(batch?.files).toEqual(summary.files);
      for (const file of summary.files) {
        const bytes = await readFile(file.path);
        expect(file).toMatchObject({
          bytes: bytes.byteLength,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          state: 'delivered',
        });
      }
      expect(summary.files.reduce((sum, { orders }) => sum + (orders ?? 0), 0)).toBe(17);
      expect(foretold.calls).toHaveLength(1);
      expect(foretold.totals).toEqual(summary.totals);
      expect(foretold.files.map(({ sha256 }) => sha256)).toEqual(summary.files.map(({ sha256 }) => sha256));
      expect(result.stderr + result.stdout).not.toContain('not-a-secret');
    });

    it('speaks to people on standard output, and ends with 1 when something is newly held and that counts', async () => {
      const result = await site.run(['run', NAME, '--fail-on', 'held']);
      expect(result.code).toBe(1);
      expect(result.stdout).toMatch(/change set 1: 25 orders frozen, 0 unchanged/);
      expect(result.stdout).toMatch(/ATL_\d{8}_000001\.csv: delivered, \d+ orders/);
      expect(result.stdout).toContain('3 held, 0 failed: orderferry errors list');
      const again = await site.run(['run', NAME, '--fail-on', 'held']);
      expect([again.code, again.stdout]).toEqual([
        0,
        expect.stringContaining('change set 2: 17 orders frozen'),
      ]);
    });

    it('ends with 1 when something newly failed, and with 0 when it only goes on waiting', async () => {
      site.standin.fail({ kind: 'refuse-orders', orderIds: [SAMPLE_ORDER.kit] });
      const result = await site.run(['run', NAME, '--json']);
      expect(result.code).toBe(1);
      expect(result.json<RunSummary>().totals).toMatchObject({ delivered: 16, failed: 1 });
      expect((await site.run(['run', NAME])).code).toBe(0);
    });

    it.each([
      [[], 0],
      [['--fail-on', 'held'], 1],
    ] as const)('ends with %j when a file is newly held: code %i', async (options, code) => {
      const folder = site.context().config.threePls.find(({ name }) => name === 'atlas')?.delivery.path ?? '';
      for (const shift of [-DAY, 0, DAY]) {
        const date = toUtcText(Date.now() + shift)
          .slice(0, 10)
          .replaceAll('-', '');
        await writeFile(join(folder, `ATL_${date}_000001.csv`), 'not ours');
      }
      const result = await site.run(['run', NAME, ...options, '--json']);
      expect(result.code).toBe(code);
      const { error, files, totals } = result.json<RunSummary>();
      expect(error).toBeNull();
      expect(files.map(({ state }) => state).sort()).toEqual(['delivered', 'held']);
      expect(totals.failed).toBe(0);
    });

    it('ends with 3 when the Exigo API is down, and says in its one object what was done all the same', async () => {
      site.standin.fail({ kind: 'status-503', retryAfter: '600', times: 100 });
      const result = await site.run(['run', NAME, '--json']);
      expect(result.code).toBe(3);
      const { totals, error, files } = result.json<RunSummary>();
      expect(totals).toMatchObject({ delivered: 0, waiting: 17 });
      expect(files.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
      expect(error?.message).toContain('503');
      expect((await site.run(['status'])).stdout).toMatch(
        /step printed is not done yet for 17 orders; last try: .*503/,
      );
    });

    it('ends with 0 and says so when another process works on the pipeline', async () => {
      await acquireLease(site.database, site.context().clock, {
        name: pipelineLease(NAME),
        ttlMs: MINUTE,
        requestDeadlineMs: 0,
      });
      const result = await site.run(['run', NAME]);
      expect(result.code).toBe(0);
      expect(result.stdout).toMatch(
        new RegExp(`${NAME} is being worked on by .*process ${process.pid}; nothing was done here`),
      );
      const dry = await site.run(['run', NAME, '--dry-run', '--json']);
      expect([dry.code, dry.json().heldBy]).toEqual([0, expect.stringContaining(`process ${process.pid}`)]);
    });
  });

  describe('orderferry run --start-date', () => {
    beforeEach(async () => {
      const old = toExigoText(Date.now() - 90 * DAY);
      for (const table of ['Orders', 'Payments'])
        await exec(`UPDATE "dbo.${table}" SET ModifiedDate = '${old}' WHERE OrderID = ${SAMPLE_ORDER.kit}`);
    });

    it('lists orders that are older than the limit, and sends them only with --yes', async () => {
      const start = toExigoText(Date.now() - 95 * DAY).slice(0, 10);
      const end = toExigoText(Date.now() - 85 * DAY).slice(0, 10);
      const range = ['run', NAME, '--start-date', start, '--end-date', end, '--json'];
      const refused = await site.run(range);
      expect(refused.code).toBe(2);
      const { error } = refused.json<{ error: { code: string; message: string } }>();
      expect(error.code).toBe('USAGE');
      expect(error.message).toMatch(/1 accepted orders .* never handed over: 48002 \(.*run again with --yes/);
      expect(site.standin.journal).toEqual([]);

      const agreed = await site.run([...range, '--yes']);
      expect(agreed.code).toBe(0);
      const { batches, totals } = agreed.json<RunSummary>();
      expect(batches.map(({ kind, delivered }) => `${kind} ${delivered}`)).toContain('backfill 1');
      expect(totals.delivered).toBe(17);
    });
  });
});
