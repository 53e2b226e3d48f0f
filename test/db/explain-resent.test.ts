import { expect, it } from 'vitest';
import { findPipeline } from '../../src/app/pipelines.js';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { explain } from '../../src/engine/explain/explain.js';
import { release } from '../../src/engine/persons/persons.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

reportMissingEngine();

it.each(engines())('explains an order that was sent again by its newest file (%s)', async (engine) => {
  const house = await House.open({ engine });
  try {
    const order = SAMPLE_ORDER.kit;
    await loadSampleTenant(house.database, house.clock);
    await house.run();
    const [first] = (await explain(house.context(), order)).links;
    await release(house.context(), findPipeline('exigo-orders-to-3pl'), order, 'resend', 'it got lost');
    await house.run();
    const { where, links } = await explain(house.context(), order);
    const second = links.find(({ reference }) => reference !== first?.reference);
    expect(where[0]).toContain(` in ${second?.reference} at `);
  } finally {
    await house.close();
  }
});
