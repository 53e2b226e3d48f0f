/**
 * A process is stopped beyond its lease (SIGSTOP, a suspended machine, a folder that hangs), another one takes
 * over and finishes, the 3PL collects the files, then the first one wakes up: it writes no state and sends
 * nothing beyond the one act it had begun.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { makeContext } from '../../../src/app/runtime.js';
import { loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { FOLDER_MARK } from '../../../src/core/targets.js';
import type { Database } from '../../../src/db/database.js';
import { runPipeline } from '../../../src/engine/run.js';
import { withCommitPoints } from '../../support/crash-database.js';
import { stopAt } from '../../support/crash-stop.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { stateTables } from '../../support/place.js';

const NAME = 'exigo-orders-to-3pl';
/** Lease plus the deadline of a request that was begun, as the House has them, and a moment. */
const LEASE_AND_DEADLINE = MINUTE + 5 * SECOND + 1;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let other: Database;

  beforeEach(async () => {
    house = await House.open({ engine });
    await loadSampleTenant(house.database, house.clock);
    other = await house.openAnother();
  });

  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  /** A run of another process: its own connection, the same files. */
  const runOther = () => {
    const context = makeContext({ config: house.config, database: other, clock: house.clock });
    return runPipeline(context, { pipeline: findPipeline(NAME), slices: [] });
  };

  const outFiles = () =>
    readdirSync(join(house.folder, 'var', 'out'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== FOLDER_MARK)
      .map((entry) => entry.name)
      .sort();

  const collect = () => {
    for (const { delivery } of house.config.threePls) {
      for (const name of readdirSync(delivery.path)) {
        if (!name.endsWith('.part')) rmSync(join(delivery.path, name));
      }
    }
  };

  /** Everything the ledger and the freeze hold. */
  async function state(): Promise<Record<string, unknown>> {
    const tables = await stateTables(house.database);
    const rows = tables.map(async (name) => [name, await house.all(`SELECT * FROM "${name}"`)] as const);
    return Object.fromEntries(await Promise.all(rows));
  }

  async function takeOver(point: string, pass: number): Promise<void> {
    const stopped = stopAt(point, pass);
    const first = house.run(NAME, { database: withCommitPoints(house.database) });
    await stopped.reached;
    house.clock.advance(LEASE_AND_DEADLINE);
    const second = await runOther();
    expect(second).toMatchObject({ heldBy: null, error: null });
    const [filesThen, stateThen, callsThen] = [outFiles(), await state(), house.standin.journal.length];
    collect();

    stopped.resume();
    const error = await first.then(
      (report) => report.error,
      (thrown: unknown) => thrown, // before the run had begun
    );
    expect(error).toMatchObject({ code: 'LEASE_LOST' });
    expect(await state()).toEqual(stateThen);
    expect(outFiles()).toEqual([]);
    expect(filesThen.filter((name) => !name.endsWith('.part'))).toHaveLength(4);
    const begun = house.standin.journal.slice(callsThen);
    expect(begun.length).toBeLessThanOrEqual(point === 'status/before-call' ? 1 : 0);
    const twice = house.standin.journal.flatMap(({ changes }) =>
      changes.filter(({ from }) => from !== 'Accepted'),
    );
    if (point !== 'status/before-call') expect(twice).toEqual([]);
  }

  describe('stopped beyond its lease', () => {
    it.each([
      ['freeze/after-commit', 1],
      ['transform/after-commit', 1],
      ['transform/after-batch', 1],
      ['waves/after-commit', 1],
      ['send/rendered', 1],
      ['send/rendered', 2],
      ['send/after-intent', 1],
      ['folder/write-before', 1],
      ['folder/write-before', 2],
      ['folder/write-after', 1],
      ['folder/write-after', 2],
      ['folder/part-synced', 1],
      ['folder/part-synced', 2],
      ['folder/uploaded', 1],
      ['folder/uploaded', 2],
      ['send/before-uploaded', 1],
      ['send/after-uploaded', 1],
      ['folder/rename-before', 1],
      ['folder/rename-after', 1],
      ['folder/published', 1],
      ['send/before-publish', 1],
      ['folder/rename-before', 2],
      ['folder/rename-after', 2],
      ['folder/published', 2],
      ['send/after-publish', 1],
      ['send/after-receipt', 1],
      ['send/after-receipt', 2],
      ['status/after-claim', 1],
      ['status/before-call', 1],
      ['status/after-call', 1],
      ['status/after-receipt', 1],
      ['close/after-commit', 1],
    ] as const)('at %s, pass %i', takeOver);

    const COMMITS = 18;
    it.each(Array.from({ length: COMMITS }, (_, i) => i + 1))('after commit %i', (pass) =>
      takeOver('commit/after', pass),
    );
  });
});
