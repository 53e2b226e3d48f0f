import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { MINUTE } from '../../src/core/clock.js';
import { modes, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

reportMissingEngine();

describe.each(modes())('on $name', ({ engine, hosted }) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, hosted });
  });
  afterEach(async () => {
    await house.close();
  });

  const outcomes = (batch: number) =>
    house.all<{ order_id: number; outcome: string }>(
      `SELECT order_id, RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE batch_id = ${batch}`,
    );

  it('brings the sample tenant to its warehouses and to Printed, and tells the rest apart', async () => {
    await loadSampleTenant(house.tenant, house.clock);
    expect((await house.run()).error).toBeNull();
    const first = new Map((await outcomes(1)).map((row) => [row.order_id, row.outcome]));
    expect(first.get(SAMPLE_ORDER.linesLate)).toBe('held INCOMPLETE');
    expect(first.get(SAMPLE_ORDER.noRoute)).toBe('held NO_ROUTE');
    expect(first.get(SAMPLE_ORDER.canceled)).toBe('excluded NOT_ACCEPTED');
    expect(first.get(SAMPLE_ORDER.returned)).toBe('excluded RETURN');
    expect(first.get(SAMPLE_ORDER.kit)).toBe('delivered');
    const printed = await house.all<{ OrderID: number }>(
      'SELECT OrderID FROM "dbo.Orders" WHERE OrderStatusID = 8',
    );
    const delivered = [...first].filter(([, outcome]) => outcome === 'delivered').map(([id]) => id);
    expect(printed.map(({ OrderID }) => OrderID).sort()).toEqual(delivered.sort());
    expect([...(await house.files('atlas')).keys(), ...(await house.files('borealis')).keys()]).toHaveLength(
      2,
    );
  });

  it('sends nothing twice in the next cycles, ships the late one, holds what changed and what was canceled', async () => {
    await loadSampleTenant(house.tenant, house.clock);
    await house.run();
    house.clock.advance(15 * MINUTE);
    await advanceSampleTenant(house.tenant, house.clock);
    const report = await house.run();
    const second = new Map(
      (await outcomes(report.batchIds[0] ?? 0)).map((row) => [row.order_id, row.outcome]),
    );
    expect(second.get(SAMPLE_ORDER.linesLate)).toBe('delivered');
    expect(second.get(SAMPLE_ORDER.added)).toBe('delivered');
    expect(second.get(SAMPLE_ORDER.addressChanges)).toBe('held CHANGED_AFTER_HAND_OVER');
    expect(second.get(SAMPLE_ORDER.canceledLate)).toBe('held CANCELED_AFTER_HAND_OVER');
    expect([...second.values()].filter((outcome) => outcome === 'excluded ALREADY_HANDED_OVER')).toHaveLength(
      15,
    );
    const effects = await house.all<{ n: number }>(
      `SELECT COUNT(*) AS n FROM "etl.effect" WHERE step = 'hand-over' GROUP BY item_key HAVING COUNT(*) > 1`,
    );
    expect(effects).toEqual([]);
  });

  it('feeds a second pipeline from the same freeze', async () => {
    await loadSampleTenant(house.tenant, house.clock);
    await house.run('exigo-orders-to-3pl');
    const report = await house.run('exigo-snapshot-to-csv');
    expect(report.error).toBeNull();
    const waves = await house.all<{ target: string; rows: number }>(
      `SELECT target, rows FROM "etl.wave" WHERE step = 'table-csv' AND wave_id IN
      (SELECT wave_id FROM "etl.item" WHERE change_set_id = 1)`,
    );
    const queue = await house.all<{ n: number }>('SELECT COUNT(*) AS n FROM "dbo.OrderDetails"');
    expect(waves).toHaveLength(6);
    expect(waves.find(({ target }) => target === 'OrderDetails')?.rows).toBe(queue[0]?.n);
  });
});
