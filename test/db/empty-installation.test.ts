import { expect, it } from 'vitest';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

reportMissingEngine();

it.each(engines())('ends well when the very first runs find nothing to freeze (%s)', async (engine) => {
  const house = await House.open({ engine });
  try {
    for (const pipeline of ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv']) {
      expect((await house.run(pipeline)).error).toBeNull();
    }
    const runs = await house.all<{ outcome: string }>('SELECT outcome FROM "etl.run"');
    expect(runs.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    const leases = await house.all<{ released: number }>('SELECT released FROM "etl.lease"');
    expect(leases.map(({ released }) => released)).toEqual([1, 1, 1]);
  } finally {
    await house.close();
  }
});
