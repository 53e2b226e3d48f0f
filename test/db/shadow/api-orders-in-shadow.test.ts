/** Orders that the Exigo API lists are handed over in shadow as those of a sync database are. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/core/clock.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { placeOrder, readableTemplate } from '../../support/small-orders.js';

const ORDERS = 'exigo-api-orders-to-3pl';

reportMissingEngine();

describe.each(engines())('orders of the API in shadow, on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, source: 'api', templates: [readableTemplate()] });
  });
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  it('become files in a folder of our own, and nothing is called; live, only what came since is sent', async () => {
    const shadow = { ...house.config, modes: { [ORDERS]: 'shadow' } as const };
    await placeOrder(house, 1);
    house.clock.advance(15 * MINUTE);
    expect((await house.run(ORDERS, { config: shadow })).error).toBeNull();
    expect(await house.files('plain')).toEqual(new Map());
    const files = await readdir(join(house.config.stateDirectory, 'shadow', 'plain'));
    expect(files).toContain('PLAIN_0001.csv');
    expect(house.standin.journal.filter(({ applied }) => applied)).toEqual([]);
    await placeOrder(house, 2);
    house.clock.advance(15 * MINUTE);
    expect((await house.run(ORDERS)).error).toBeNull();
    expect([...(await house.files('plain')).keys()]).toEqual(['PLAIN_0002.csv']);
    const changed = house.standin.journal.filter(({ applied }) => applied);
    expect(changed.map(({ orderIds }) => orderIds)).toEqual([[2]]);
  });
});
