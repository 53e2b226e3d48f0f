import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { MINUTE } from '../../src/core/clock.js';
import { codeBlocks, sectionOf, textOf } from '../support/docs.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

reportMissingEngine();

const section = sectionOf(textOf('docs/sql-server.md'), '## Looking at the state');
const queries = codeBlocks(section).flatMap(({ language, text }) => (language === 'sql' ? [text] : []));

describe.each(engines())('the queries of docs/sql-server.md on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(() => house.close());

  /** Rows of the one query that says this. */
  const ask = async (words: string): Promise<Record<string, unknown>[]> => {
    const [query = '', ...more] = queries.filter((text) => text.includes(words));
    expect([words, query === '', more]).toEqual([words, false, []]);
    return house.all(query.replace(/\b(etl)\.(\w+)/g, '"$1.$2"'));
  };

  it('show the state of two cycles', async () => {
    await loadSampleTenant(house.database, house.clock);
    await house.run();
    house.clock.advance(15 * MINUTE);
    await advanceSampleTenant(house.database, house.clock);
    await house.run('exigo-snapshot-to-csv');
    expect(queries).toHaveLength(8);

    const runs = await ask('FROM etl.run');
    expect(runs.map(({ run_id, outcome }) => [run_id, outcome])).toEqual([
      [2, 'done'],
      [1, 'done'],
    ]);
    const batches = await ask('frozen_items');
    expect(batches.at(-1)).toMatchObject({
      pipeline: 'exigo-orders-to-3pl',
      state: 'closed',
      delivered: 17,
      held: 3,
    });
    expect(await ask("state <> 'closed'")).toEqual([
      expect.objectContaining({ pipeline: 'exigo-orders-to-3pl', batch_state: 'frozen', item_state: null }),
    ]);
    const codes = (await ask('resolution IS NULL')).map(({ code, items }) => [code, items]);
    expect(codes.sort()).toEqual([
      ['INCOMPLETE', 1],
      ['NO_ROUTE', 1],
      ['REQUIRED_EMPTY', 1],
    ]);
    expect(await ask("w.state NOT IN ('delivered', 'void')")).toEqual([]);
    expect((await ask('MAX(number)')).map(({ target, last_number }) => [target, last_number])).toEqual(
      expect.arrayContaining([
        ['atlas', 1],
        ['borealis', 1],
      ]),
    );
    expect(await ask('FROM etl.lease')).toHaveLength(3);
    expect(section).toContain(`order_id = ${SAMPLE_ORDER.addressChanges}`);
    const [first] = await ask('order_id = ');
    expect(first).toMatchObject({ item_state: 'delivered', file_state: 'delivered' });
    expect(String(first?.file_name)).toMatch(/^BOREALIS-00001-/);
  });
});
