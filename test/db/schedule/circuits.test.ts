import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardedDelivery } from '../../../src/app/guarded.js';
import { loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { MINUTE } from '../../../src/core/clock.js';
import { type FileSystem, realFileSystem } from '../../../src/files/folder/file-system.js';
import { localFolder } from '../../../src/files/folder/local-folder.js';
import { fileDelivery } from '../../../src/load/files/delivery.js';
import { watchedFileSystem } from '../../support/crash-files.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House, silentTemplate } from '../../support/house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('an outage of the Exigo API on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({
      engine,
      config: { circuit: { failures: 3, firstMs: 20 * MINUTE, mostMs: 30 * MINUTE } },
    });
    await loadSampleTenant(house.database, house.clock);
  });
  afterEach(() => house.close());

  const circuit = () =>
    house.all<{ system: string; state: string; failures: number }>(
      'SELECT system, state, failures FROM "etl.circuit"',
    );
  const incidents = () =>
    house.all<{ kind: string; system: string; closed: number }>(
      'SELECT kind, system, CASE WHEN closed_utc IS NULL THEN 0 ELSE 1 END AS closed FROM "etl.incident"',
    );
  const printed = () =>
    house.all<{ state: string; n: number }>(
      'SELECT state, COUNT(*) AS n FROM "etl.effect" WHERE step = \'printed\' GROUP BY state',
    );

  it('costs one incident and no storm: later runs skip the step, files go on, and all goes on when it answers', async () => {
    const down = { kind: 'status-503', times: Number.POSITIVE_INFINITY } as const;
    house.standin.fail(down);
    let calls = 0;
    const count = () => {
      calls++;
    };
    expect(String((await house.run()).error)).toContain('answered 503');
    expect(await circuit()).toMatchObject([{ system: 'exigo-api', state: 'open' }]);
    expect((await house.files('atlas')).size).toBe(1);

    for (let i = 0; i < 3; i++) {
      house.clock.advance(4 * MINUTE);
      const report = await house.run('exigo-orders-to-3pl', {
        statusTarget: {
          maxOrders: 200,
          unknownWaitMs: 0,
          read: async () => {
            count();
            return new Map();
          },
          change: async () => count(),
        },
      });
      expect(report.error).toMatchObject({ code: 'SYSTEM_DOWN' });
    }
    expect(calls).toBe(0);
    expect(await printed()).toEqual([{ state: 'pending', n: 17 }]);
    expect(await incidents()).toEqual([{ kind: 'outage', system: 'exigo-api', closed: 0 }]);

    // The probe fails once more, asked for by a person: still the same incident.
    const context = house.context();
    await context.circuits.probeNow();
    expect(String((await house.run()).error)).toContain('answered 503');
    expect(await incidents()).toHaveLength(1);
    house.standin.clearFaults();
    house.clock.advance(31 * MINUTE);
    expect((await house.run()).error).toBeNull();
    expect(await printed()).toEqual([{ state: 'done', n: 17 }]);
    expect(await circuit()).toMatchObject([{ state: 'closed', failures: 0 }]);
    expect(await incidents()).toEqual([{ kind: 'outage', system: 'exigo-api', closed: 1 }]);
  });

  it('lets one probe through for all processes', async () => {
    house.standin.fail({ kind: 'status-503', times: Number.POSITIVE_INFINITY });
    await house.run();
    house.clock.advance(25 * MINUTE);
    const [one, two] = [house.context().circuits, house.context().circuits];
    let answer: () => void = () => undefined;
    let asked = 0;
    const call = () => {
      asked++;
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    };
    const probe = one.call('exigo-api', call);
    await vi.waitFor(() => expect(asked).toBe(1));
    await expect(two.call('exigo-api', call)).rejects.toMatchObject({ code: 'SYSTEM_DOWN' });
    await expect(two.call('3pl/atlas', async () => 'as ever')).resolves.toBe('as ever');
    answer();
    await probe;
    expect(asked).toBe(1);
    expect(await circuit()).toMatchObject([{ state: 'closed', failures: 0 }]);
  });
});

describe.each(engines())('a full disk of a 3PL on %s', (engine) => {
  it('is one incident until a file could be written, though one can look around there as ever', async () => {
    const house = await House.open({
      engine,
      templates: [silentTemplate('atlas')],
      config: { circuit: { failures: 3, firstMs: 20 * MINUTE, mostMs: 30 * MINUTE } },
    });
    try {
      const folder = house.config.threePls[0]?.delivery.path ?? '';
      const full = watchedFileSystem(folder, {
        before: (act) => {
          if (act.startsWith('write')) throw Object.assign(new TypeError('ENOSPC'), { code: 'ENOSPC' });
        },
      });
      const incidents = () =>
        house.all('SELECT kind, system, closed_utc FROM "etl.incident" ORDER BY incident_id');
      const run = (disk: FileSystem) => {
        const context = house.context();
        const place = fileDelivery(localFolder(folder, disk));
        return house.run('exigo-orders-to-3pl', {
          circuits: context.circuits,
          delivery: () => guardedDelivery(context.circuits, '3pl/atlas', place),
        });
      };
      await placeOrder(house, 1);
      for (let i = 0; i < 8; i++) {
        house.clock.advance(31 * MINUTE);
        expect((await run(full)).error).not.toBeNull();
      }
      const outage = { kind: 'outage', system: '3pl/atlas' };
      expect(await incidents()).toEqual([{ ...outage, closed_utc: null }]);
      house.clock.advance(31 * MINUTE);
      expect((await run(realFileSystem)).error).toBeNull();
      expect(await incidents()).toEqual([{ ...outage, closed_utc: expect.any(String) }]);
      expect((await house.files('atlas')).size).toBe(1);
    } finally {
      await house.close();
    }
  });
});

describe('a dry run', () => {
  it('learns nothing and refuses nothing', async () => {
    const house = await House.open();
    try {
      const { circuits } = house.context();
      circuits.disable();
      for (let i = 0; i < 9; i++) {
        await circuits.call('exigo-api', () => Promise.reject(new Error('down'))).catch(() => undefined);
      }
      expect(await house.all('SELECT * FROM "etl.circuit"')).toEqual([]);
    } finally {
      await house.close();
    }
  });
});
