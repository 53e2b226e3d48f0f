import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { DAY, MINUTE } from '../../src/core/clock.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { toExigoText } from '../../src/core/time.js';
import { type DryRunResult, dryRun } from '../../src/engine/dry-run.js';
import { pipelineLease } from '../../src/engine/leases.js';
import { release } from '../../src/engine/persons/persons.js';
import { type RunSummary, summarize } from '../../src/engine/report.js';
import { type RunRequest, runPipeline } from '../../src/engine/run.js';
import { frozenOrders } from '../../src/extract/frozen-orders.js';
import { frozenTables } from '../../src/extract/frozen-tables.js';
import { acquireLease, Lease } from '../../src/queue/lease/lease.js';
import { dumpOf } from '../support/dump.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

const [ORDERS, TABLES] = PIPELINES as readonly [AnyPipeline, AnyPipeline];

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
    await loadSampleTenant(house.database, house.clock);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  function requestOf(pipeline: AnyPipeline, more: Partial<RunRequest> = {}): RunRequest {
    return { pipeline, slices: [], ...more };
  }

  async function dry(request: RunRequest): Promise<DryRunResult> {
    const before = await dumpOf(house);
    const result = await dryRun(house.context(), request, (session) => ({
      orders: frozenOrders(session),
      tables: frozenTables(session),
    }));
    expect(await dumpOf(house)).toEqual(before);
    return result;
  }

  async function real(request: RunRequest): Promise<RunSummary> {
    const context = house.context();
    return summarize(context, request.pipeline.name, await runPipeline(context, request));
  }

  /** A server does not give back the numbers that a dry run used: there the rows are counted, not numbered. */
  function numbered(summary: object): unknown {
    if (engine === 'sqlite') return summary;
    const own = new Set(['runId', 'batchId', 'changeSetId']);
    const withoutNumbers = (key: string, value: unknown) =>
      own.has(key) && typeof value === 'number' ? 'a number' : value;
    return JSON.parse(JSON.stringify(summary, withoutNumbers));
  }

  /** A dry run changes nothing, and the real run right after it does what it said: ids, counts and hashes. */
  async function expectForetold(request: RunRequest): Promise<DryRunResult> {
    const calledBefore = house.standin.journal.length;
    const planned = await dry(request);
    const { calls, ...foretold } = planned.summary;
    const done = await real(request);
    expect(numbered({ ...done, error: done.error?.code })).toEqual(
      numbered({ ...foretold, error: foretold.error?.code }),
    );
    expect(house.standin.journal.slice(calledBefore).map(({ orderIds }) => orderIds)).toEqual(
      calls.map(({ orders }) => orders),
    );
    return planned;
  }

  it('foretells the first run', async () => {
    const { summary } = await expectForetold(requestOf(ORDERS));
    expect(summary.totals).toMatchObject({ frozen: 25, delivered: 17, held: 3, failed: 0, files: 2 });
    expect(summary.calls).toHaveLength(1);
    expect(summary.calls[0]?.operation).toBe('ChangeOrderStatusBatch Printed');
  });

  it('foretells the run of the raw tables', async () => {
    const { summary } = await expectForetold(requestOf(TABLES));
    expect(summary.totals.files).toBe(6);
  });

  it('foretells a later cycle, with a resend of an order that is Printed already', async () => {
    await real(requestOf(ORDERS));
    house.clock.advance(15 * MINUTE);
    await advanceSampleTenant(house.database, house.clock);
    await release(house.context(), ORDERS, SAMPLE_ORDER.kit, 'resend', 'lost');
    const { summary } = await expectForetold(requestOf(ORDERS));
    expect(summary.calls.flatMap(({ orders }) => orders)).not.toContain(SAMPLE_ORDER.kit);
  });

  it('foretells a backfill in slices, and a limit', async () => {
    await real(requestOf(ORDERS));
    await placeOrder(house, 100, { row: { ModifiedDate: toExigoText(house.clock.now() - 3 * DAY) } });
    await placeOrder(house, 101, { row: { ModifiedDate: toExigoText(house.clock.now() - 2 * DAY) } });
    const slices = [
      { startAt: '2026-03-08 00:00:00.000', endAt: '2026-03-09 00:00:00.000' },
      { startAt: '2026-03-09 00:00:00.000', endAt: '2026-03-10 00:00:00.000' },
    ];
    const { summary } = await expectForetold(requestOf(ORDERS, { slices, limit: 1 }));
    expect(summary.changeSets).toHaveLength(3);
    expect(summary.totals).toMatchObject({ delivered: 1, waiting: 1 });
  });

  it('foretells that a folder is missing, and what goes on all the same', async () => {
    const folder = house.config.threePls[0]?.delivery.path ?? '';
    await rename(folder, `${folder}.away`);
    const { error, summary } = await expectForetold(requestOf(ORDERS));
    expect(error).toMatchObject({ code: 'CONFIGURATION' });
    expect(summary.files.map(({ target, state }) => `${target} ${state}`)).toEqual([
      'atlas planned',
      'borealis delivered',
    ]);
  });

  it('foretells that the name of a file is taken', async () => {
    const file = join(house.config.threePls[0]?.delivery.path ?? '', 'ATL_20260311_000001.csv');
    await writeFile(file, 'not ours\n');
    const { error, summary } = await expectForetold(requestOf(ORDERS));
    expect(error).toBeNull();
    expect(summary.files.map(({ target, state }) => `${target} ${state}`)).toEqual([
      'atlas held',
      'borealis delivered',
    ]);
  });

  it.each(['send/after-intent', 'send/after-uploaded', 'send/after-publish', 'status/after-call'])(
    'foretells how a run goes on that was killed at %s',
    async (point) => {
      setFaultHook((passed) => {
        if (passed === point) throw new Error('killed');
      });
      await runPipeline(house.context(), requestOf(ORDERS));
      setFaultHook(undefined);
      house.clock.advance(2 * MINUTE);
      const { error } = await expectForetold(requestOf(ORDERS));
      expect(error).toBeNull();
      await rm(house.config.stateDirectory, { recursive: true, force: true });
    },
  );

  it('needs no API that answers', async () => {
    await house.standin.close();
    const { summary } = await dry(requestOf(ORDERS));
    expect(summary.error).toBeNull();
    expect(summary.totals.delivered).toBe(17);
  });

  it('says who works on the pipeline, and does no more', async () => {
    const lease = await acquireLease(house.database, house.clock, {
      name: pipelineLease(ORDERS.name),
      ttlMs: MINUTE,
      requestDeadlineMs: 0,
    });
    expect(lease).toBeInstanceOf(Lease);
    const { summary } = await dry(requestOf(ORDERS));
    expect(summary.heldBy).toContain(`process ${process.pid}`);
    expect(summary).toMatchObject({ runId: null, changeSets: [], batches: [], calls: [] });
  });
});
