import { afterEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { DAY, HOUR } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { release } from '../../src/engine/persons/persons.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { orderMembers } from '../support/market.js';
import { HAND_OVERS, Reconciling } from '../support/reconciling.js';
import { keepLedger } from '../support/reconciling-tables.js';
import { changeOrder, placeOrder } from '../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let scene: Reconciling;
  afterEach(() => scene.close());

  async function open(): Promise<void> {
    scene = await Reconciling.open({ engine });
  }

  /** The order in Exigo that a marketplace order became. */
  async function idOf(number: string): Promise<number> {
    const [row] = await scene.house.all<{ id: number }>(
      `SELECT exigo_order_id AS id FROM "etl.marketplace_order" WHERE order_number = '${number}'`,
    );
    return row?.id ?? 0;
  }

  const sells = (number: string) => scene.feed.put({ number, members: orderMembers() });

  it('gives no false alarm on the way of marketplace orders, cycle by cycle', async () => {
    await open();
    for (const number of ['1', '2', '3', '4', '5']) sells(number);
    scene.feed.put({ number: '6', members: orderMembers({ Currency: 'XXX' }) }); // held: no map takes it
    await scene.run('godatafeed-orders-to-exigo');
    scene.feed.marketplaceSets('5', 'Canceled'); // before the 3PL has it
    await scene.cycle();
    await scene.cycle();
    const [shipped, relabelled, canceled] = [await idOf('1'), await idOf('2'), await idOf('3')];
    await scene.market.ship(shipped);
    await scene.market.ship(relabelled);
    scene.feed.marketplaceSets('4', 'Canceled'); // too late: the 3PL has it
    await scene.cycle();
    await scene.market.change(relabelled, { TrackingNumber1: '1ZNEW' });
    await scene.market.change(canceled, { OrderStatusID: 4 });
    for (let i = 0; i < 3; i++) {
      await scene.cycle();
      expect(await scene.found()).toEqual([]);
    }
    scene.house.clock.advance(2 * HOUR);
    const { report } = await scene.compare();
    expect(report.discrepancies.listed).toEqual([]);
  });

  it('leads back from a restored ledger, and no order goes twice', async () => {
    await open();
    const { house } = scene;
    await placeOrder(house, 50);
    sells('1');
    for (let i = 0; i < 2; i++) await scene.cycle();
    const restore = await keepLedger(house);

    house.clock.advance(DAY);
    await placeOrder(house, 60);
    sells('2');
    for (let i = 0; i < 3; i++) await scene.cycle();
    const [first, second] = [await idOf('1'), await idOf('2')];
    await scene.market.ship(first);
    await scene.cycle();
    await placeOrder(house, 70);
    await scene.run(HAND_OVERS, {}, { statusTarget: null }); // in a file, and not yet Printed
    const sent = await house.files('atlas');

    await restore();
    house.clock.advance(2 * HOUR);
    const listed = async () => (await scene.compare()).report.discrepancies.listed;
    const found = await listed();
    expect(found.map(({ code, id }) => `${code} ${id}`).sort()).toEqual([
      'ACCEPTED_UNKNOWN_TO_US 70',
      `CHANGE_NOT_FROZEN ${first}`,
      'LEDGER_BEHIND_FILES atlas',
      'LINK_MISSING main/2',
      'PRINTED_NOT_HANDED_OVER 60',
      `PRINTED_NOT_HANDED_OVER ${second}`,
    ]);

    // What the page says: the statements that are shown, a run that makes no file, the order that is in one.
    for (const { next } of found) {
      const statement = /(?:INSERT INTO|UPDATE) .*?;/.exec(next)?.[0];
      if (statement !== undefined) await house.exec(statement);
    }
    await scene.run(HAND_OVERS, { limit: 0 });
    expect(found.find(({ id }) => id === '70')?.next).toContain('orderferry release 70 --as cancel');
    await release(house.context(), pipelineOf(HAND_OVERS), 70, 'cancel', 'in a file before the restore');
    await changeOrder(house, 70, { OrderStatusID: 8 });
    await scene.settle();

    expect(await house.files('atlas')).toEqual(sent);
    // What is left are facts that the ledger never learns: files it has forgotten, and what was in them.
    const forgotten = [...sent.keys()].slice(-2);
    expect((await listed()).map(({ code, id }) => `${code} ${id}`)).toEqual([
      ...forgotten.map((name) => `FILE_UNKNOWN_TO_US ${name}`),
      ...[60, second].map((id) => `PRINTED_NOT_HANDED_OVER ${id}`),
    ]);
  });
});

function pipelineOf(name: string): AnyPipeline {
  const found = PIPELINES.find((one) => one.name === name);
  if (found === undefined) throw new InvariantError(`no pipeline ${name}`);
  return found;
}
