/** A sync database elsewhere that does not answer: one incident, no storm, and what was frozen before goes on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { absentDatabase } from '../../../src/app/schedule/absent-database.js';
import { MINUTE } from '../../../src/core/clock.js';
import { UnreachableError } from '../../../src/core/errors.js';
import type { SyncDatabase } from '../../../src/db/database.js';
import { modes, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';

reportMissingEngine();

const ORDERS = 'exigo-orders-to-3pl';

describe.each(modes())('an outage of a sync database elsewhere, on $name', ({ engine, hosted }) => {
  let house: House;
  /** How often it was asked. */
  let asked: number;
  let gone: SyncDatabase;
  beforeEach(async () => {
    house = await House.open({
      engine,
      hosted,
      config: { circuit: { failures: 3, firstMs: 20 * MINUTE, mostMs: 30 * MINUTE } },
    });
    await loadSampleTenant(house.tenant, house.clock);
    asked = 0;
    gone = new Proxy(absentDatabase(new UnreachableError('sync.example.com:1433: connection refused')), {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'function') asked++;
        return value;
      },
    });
  });
  afterEach(() => house.close());

  const cycle = async (isGone = true) => {
    house.clock.advance(4 * MINUTE);
    const report = await house.run(ORDERS, isGone ? { hosted: { database: gone, refresh: true } } : {});
    return report.error as { readonly code?: string; readonly message?: string } | null;
  };
  const circuit = () =>
    house.all<{ system: string; state: string; failures: number }>(
      'SELECT system, state, failures FROM "etl.circuit"',
    );
  const incidents = () =>
    house.all<{ kind: string; system: string; closed: number }>(
      'SELECT kind, system, CASE WHEN closed_utc IS NULL THEN 0 ELSE 1 END AS closed FROM "etl.incident"',
    );
  const printed = async () =>
    (
      await house.all<{ n: number }>(
        `SELECT COUNT(*) AS n FROM "etl.effect" WHERE step = 'printed' AND state = 'done'`,
      )
    )[0]?.n;
  /** Freezes, and leaves the orders ready: this run lets them cool off, a later one hands them over. */
  const freeze = async () => {
    const threePls = house.config.threePls.map((one) => ({
      ...one,
      wave: { ...one.wave, coolingOffMs: 6 * MINUTE },
    }));
    expect((await house.run(ORDERS, { config: { ...house.config, threePls } })).error).toBeNull();
    expect(await printed()).toBe(0);
  };

  it('opens its circuit and no other, is left alone then, and does not stop what was frozen before', async () => {
    await freeze();
    for (let i = 0; i < 3; i++) expect(await cycle()).toMatchObject({ code: 'UNREACHABLE' });
    expect(await printed()).toBe(17);
    expect((await house.files('atlas')).size).toBe(1);
    expect(await circuit()).toMatchObject([{ system: 'sync-database', state: 'open', failures: 3 }]);
    expect(asked).toBeGreaterThan(0);
    const before = asked;
    for (let i = 0; i < 3; i++) {
      const error = await cycle();
      expect(error).toMatchObject({ code: 'SYSTEM_DOWN' });
      expect(error?.message).toMatch(
        /^sync-database is left alone until 2026-\d\d-\d\d \d\d:\d\d UTC, after 3 failures in a row; last: sync\.example\.com:1433: connection refused/,
      );
    }
    expect(asked).toBe(before);
    expect(await incidents()).toEqual([{ kind: 'outage', system: 'sync-database', closed: 0 }]);

    // One call finds out, for all processes, and it is the same incident.
    house.clock.advance(20 * MINUTE);
    expect(await cycle()).toMatchObject({ code: 'UNREACHABLE' });
    expect(await cycle()).toMatchObject({ code: 'SYSTEM_DOWN' });
    expect(await incidents()).toHaveLength(1);
  });

  it.runIf(hosted)('closes it with the first freeze that succeeds, which catches up', async () => {
    for (let i = 0; i < 3; i++) await cycle();
    expect(await cycle(false)).toMatchObject({ code: 'SYSTEM_DOWN' });
    expect(await house.all('SELECT change_set_id FROM "etl.change_set"')).toEqual([]);
    house.clock.advance(31 * MINUTE);
    expect(await cycle(false)).toBeNull();
    expect(await printed()).toBe(17);
    expect(await circuit()).toMatchObject([{ system: 'sync-database', state: 'closed', failures: 0 }]);
    expect(await incidents()).toEqual([{ kind: 'outage', system: 'sync-database', closed: 1 }]);
  });
});
