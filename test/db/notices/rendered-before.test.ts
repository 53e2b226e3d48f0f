/** Notices before a change goes live: what a changed template would tell, and what it tells of one order. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../../src/app/config/frozen.js';
import { makeContext } from '../../../src/app/runtime.js';
import { writeOrder } from '../../../src/app/sample-order.js';
import { diffConfiguration } from '../../../src/engine/config-diff/config-diff.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { CANCELS, CancelingHouse, cancelingTemplate, ORDERS } from '../../support/canceling.js';
import { dumpOf } from '../../support/dump.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

const NOTICES = 'exigo-returns-to-3pl';
const cancellations = (column: object) => ({
  file: { name: 'CXL_{number:000}.csv' },
  columns: [{ name: 'order', from: 'order.OrderID' }, column],
});
const TEMPLATE = {
  cancellations: cancellations({ name: 'city', from: 'order.City' }),
  returns: {
    file: { name: 'RMA_{number:000}.csv' },
    row: 'line',
    columns: [
      { name: 'rma', from: 'order.OrderID' },
      { name: 'order', from: 'order.ReturnOrderID' },
    ],
  },
};

describe.each(engines())('notices on %s', (engine) => {
  let at: CancelingHouse;
  // Nothing below changes anything: one installation does for all.
  beforeAll(async () => {
    at = await CancelingHouse.open({ engine, templates: [cancelingTemplate(TEMPLATE)] });
    await placeOrder(at.house, 2);
    await at.run(ORDERS);
    await at.cancelInExigo(2);
    await placeOrder(at.house, 201, { row: { OrderTypeID: 8, ReturnOrderID: 2 } });
    for (const name of [ORDERS, CANCELS, NOTICES]) expect(await at.run(name)).toBeNull();
  }, 120_000);
  afterAll(() => at.close());

  const made = (changes: object) =>
    makeThreePl(
      parseTemplate(cancelingTemplate({ ...TEMPLATE, ...changes }), 'changed template'),
      join(at.house.folder, 'config'),
    );
  const diff = async (changes: object) => {
    const config = {
      ...at.house.config,
      threePls: [made(changes)],
      frozen: freezeConfig([cancelingTemplate({ ...TEMPLATE, ...changes })]),
    };
    const { database, clock } = at.house;
    return diffConfiguration(makeContext({ config, database, clock }), 10);
  };

  it('that would be the same are among the files that are', async () => {
    const found = await diff({});
    expect([...found.files].sort()).toEqual(['CXL_001.csv', 'PLAIN_0001.csv', 'RMA_001.csv']);
    expect(found).toMatchObject({ orders: 3, same: 3, settings: [], routes: [], columns: [] });
  });

  it('that would tell something else differ in their own columns', async () => {
    const before = await dumpOf(at.house);
    const found = await diff({
      cancellations: cancellations({ name: 'city', from: 'order.City', case: 'upper' }),
      returns: {
        ...TEMPLATE.returns,
        columns: [...TEMPLATE.returns.columns, { name: 'order2', constant: 'x' }],
      },
    });
    expect(found.columns).toEqual(
      expect.arrayContaining([
        {
          threePl: 'plain',
          section: 'cancellations',
          column: 'city',
          cells: 1,
          orders: 1,
          exampleOrder: 2,
          before: 'Reno',
          after: 'RENO',
        },
        expect.objectContaining({ section: 'returns', column: 'order2', exampleOrder: 201, before: null }),
      ]),
    );
    expect(found).toMatchObject({ same: 1, routes: [] });
    expect(found.settings.map(({ path }) => path)).toContain(
      'threePls[plain].cancellations.columns[city].case',
    );
    expect(await dumpOf(at.house)).toEqual(before);
  });

  it('that could not be told are shown with the reason', async () => {
    const found = await diff({
      cancellations: cancellations({ name: 'city', from: 'order.City', limit: { max: 2, over: 'hold' } }),
      returns: undefined,
    });
    expect(found.columns).toEqual([]);
    expect(found.routes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          from: 'plain',
          section: 'cancellations',
          outcome: 'held',
          code: 'TOO_LONG',
        }),
        expect.objectContaining({ section: 'returns', outcome: 'excluded', code: 'NO_RETURN_NOTICES' }),
      ]),
    );
  });

  it('of one order are shown as the template writes them', async () => {
    const context = at.house.context();
    expect((await writeOrder(context, made({}), 2)).notices).toEqual([
      { section: 'cancellations', rows: [{ order: '2', city: 'Reno' }], held: null },
    ]);
    expect((await writeOrder(context, made({}), 201)).notices).toEqual([
      { section: 'returns', rows: [{ rma: '201', order: '2' }], held: null },
    ]);
    const holding = cancellations({ name: 'city', from: 'order.City', limit: { max: 2, over: 'hold' } });
    const written = await writeOrder(context, made({ cancellations: holding }), 2);
    expect(written).toMatchObject({ held: null, notices: [{ rows: [], held: { code: 'TOO_LONG' } }] });
    expect((await writeOrder(context, made({ returns: undefined }), 201)).notices).toEqual([]);
  });
});
