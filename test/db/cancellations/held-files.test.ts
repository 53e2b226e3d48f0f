/** Cancellations of orders whose file is, or was, held: what a person decides of it is the way on. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release } from '../../../src/engine/persons/persons.js';
import { CANCELS, CancelingHouse, ORDERS, REPORTS } from '../../support/canceling.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { expectPromisesKept } from '../../support/promises.js';

reportMissingEngine();

describe.each(engines())('an order whose file is held, on %s', (engine) => {
  let at: CancelingHouse;
  beforeEach(async () => {
    at = await CancelingHouse.open({ engine });
    await at.market.sell(3);
    const other = join(at.house.config.threePls[0]?.delivery.path ?? '', 'PLAIN_0001.csv');
    await writeFile(other, 'other');
    await at.run(ORDERS);
    expect(await at.outcome(3, ORDERS)).toBe('held FILE_EXISTS');
    await rm(other);
  });
  afterEach(async () => {
    await expectPromisesKept(at.house);
    await at.close();
  });

  const runs = async (...names: string[]) => {
    for (const name of names) expect(await at.run(name)).toBeNull();
  };
  const ignore = async () => {
    const context = at.house.context();
    const pipeline = context.pipelines.find(({ name }) => name === ORDERS);
    if (pipeline !== undefined) await release(context, pipeline, 3, 'ignore', null);
  };

  it('is not reported Canceled while its 3PL is asked, after a person left the file as it is', async () => {
    await ignore();
    await at.cancelInExigo(3);
    await runs(REPORTS);
    expect(await at.outcome(3, REPORTS)).toBe('held CANCELLATION_ASKED');
    await runs(ORDERS, CANCELS, REPORTS);
    expect(await at.asked(3)).toEqual(['1 exigo']);
    expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n3\r\n' });
    expect(at.market.updates()).toEqual([]);
  });

  it('is not reported Canceled before a person has looked at the file', async () => {
    await at.cancelInExigo(3);
    await runs(ORDERS, CANCELS, REPORTS);
    expect(await at.outcome(3, REPORTS)).toBe('held HAND_OVER_OPEN');
    expect(await at.reason(3, REPORTS)).toContain('the file with it for plain is held');
    expect(at.market.updates()).toEqual([]);
  });
});
