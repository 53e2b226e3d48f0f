/** What a changed template would make of the last files: exactly what differs, and nothing is written. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { makeContext } from '../../src/app/runtime.js';
import { loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { DAY } from '../../src/core/clock.js';
import { type ConfigDiff, diffConfiguration } from '../../src/engine/config-diff/config-diff.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { dumpOf } from '../support/dump.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, silentTemplate } from '../support/house.js';

interface Written {
  readonly columns: readonly { readonly name: string }[];
  readonly file: object;
  readonly routes: unknown;
}

reportMissingEngine();

describe.each(engines())('a changed configuration on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
    await loadSampleTenant(house.database, house.clock);
    expect((await house.run()).error).toBeNull();
    house.clock.advance(DAY);
  });
  afterEach(() => house.close());

  const atlas = silentTemplate('atlas') as Written;
  const borealis = silentTemplate('borealis');

  async function diff(templates: readonly unknown[], last = 10): Promise<ConfigDiff> {
    const threePls = templates.map((value) =>
      makeThreePl(parseTemplate(value, 'changed template'), join(house.folder, 'config')),
    );
    const config = { ...house.config, threePls, frozen: freezeConfig(templates) };
    return diffConfiguration(makeContext({ config, database: house.database, clock: house.clock }), last);
  }

  const withColumn = (name: string, more: object) => ({
    ...atlas,
    columns: atlas.columns.map((column) => (column.name === name ? { ...column, ...more } : column)),
  });

  it('that is the same makes the same of every order', async () => {
    const found = await diff([atlas, borealis]);
    expect(found.orders).toBeGreaterThan(5);
    expect(found).toMatchObject({ same: found.orders, notKept: 0, settings: [], routes: [], columns: [] });
    expect(found.files).toHaveLength(2);
  });

  it('in one column differs in that column alone', async () => {
    const found = await diff([withColumn('UNIT_PRICE', { number: 3 }), borealis]);
    expect(found.settings).toEqual([
      { path: 'threePls[atlas].columns[UNIT_PRICE].number', before: '2', after: '3' },
    ]);
    expect(found.routes).toEqual([]);
    expect(found.columns).toHaveLength(1);
    const [column] = found.columns;
    expect(column).toMatchObject({ threePl: 'atlas', column: 'UNIT_PRICE' });
    expect(column?.after).toBe(`${column?.before}0`);
    expect(column?.orders).toBe(found.orders - found.same);
    expect(column?.cells).toBeGreaterThanOrEqual(column?.orders ?? 0);
  });

  it('shows columns that do not count as a change of an order, too', async () => {
    const found = await diff([withColumn('FILE_NO', { constant: 'none', from: undefined }), borealis]);
    expect(found.columns).toMatchObject([{ column: 'FILE_NO', before: '1', after: 'none' }]);
  });

  it('shows a column that is new, and one that is gone', async () => {
    const columns = [...atlas.columns.slice(0, -1), { name: 'CHANNEL', constant: 'web' }];
    const found = await diff([{ ...atlas, columns }, borealis]);
    expect(found.columns).toMatchObject([
      { column: 'FILE_NO', before: '1', after: null },
      { column: 'CHANNEL', before: null, after: 'web' },
    ]);
  });

  it('in its format alone differs in the settings', async () => {
    const found = await diff([{ ...atlas, file: { ...atlas.file, delimiter: ';' } }, borealis]);
    expect(found.settings).toEqual([{ path: 'threePls[atlas].file.delimiter', before: '","', after: '";"' }]);
    expect(found.same).toBe(found.orders);
  });

  it('names the orders that would go elsewhere, or nowhere, and why', async () => {
    const noRoute = await diff([{ ...atlas, routes: [{ when: { Country: 'XX' } }] }, borealis]);
    expect(noRoute.routes).toMatchObject([{ from: 'atlas', to: null, outcome: 'held', code: 'NO_ROUTE' }]);
    expect(noRoute.routes[0]?.orders).toBe(noRoute.orders - noRoute.same);
    const swapped = await diff([borealis, { ...atlas, routes: [{ when: {} }] }].reverse());
    expect(swapped.routes).toMatchObject([
      { from: 'borealis', to: 'atlas', outcome: 'sent', code: null, reason: null },
    ]);
    const gone = await diff([borealis]);
    expect(gone.routes).toMatchObject([{ from: 'atlas', to: null, outcome: 'held', code: 'NO_ROUTE' }]);
  });

  it('names the orders that it would hold', async () => {
    const found = await diff([withColumn('CITY', { limit: { max: 4, over: 'hold' } }), borealis]);
    expect(found.routes).toMatchObject([{ from: 'atlas', to: 'atlas', outcome: 'held', code: 'TOO_LONG' }]);
    expect(found.routes[0]?.reason).toContain('CITY');
  });

  it('looks at the last files alone', async () => {
    const found = await diff([atlas, borealis], 1);
    expect(found.files).toEqual([expect.stringMatching(/^BOREALIS/)]);
  });

  it('counts the orders whose frozen rows are not kept any longer', async () => {
    await house.exec(`DELETE FROM "etl.frozen_Orders" WHERE OrderID = ${SAMPLE_ORDER.kit}`);
    const found = await diff([atlas, borealis]);
    expect(found.notKept).toBe(1);
    expect(found.same).toBe(found.orders);
  });

  it('writes nothing', async () => {
    const before = await dumpOf(house);
    await diff([withColumn('UNIT_PRICE', { number: 3 }), borealis]);
    expect(await dumpOf(house)).toEqual(before);
  });
});
