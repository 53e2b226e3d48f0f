import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAdoptions } from '../../../src/app/adopt-file.js';
import { PIPELINES } from '../../../src/app/pipelines.js';
import { MINUTE } from '../../../src/core/clock.js';
import { UsageError } from '../../../src/core/errors.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import { type AdoptionOptions, adopt } from '../../../src/engine/adopt/adopt.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { pipelineLease } from '../../../src/engine/leases.js';
import { release } from '../../../src/engine/persons/persons.js';
import { acquireLease, Lease } from '../../../src/queue/lease/lease.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder } from '../../support/small-orders.js';

const named = (name: string) => PIPELINES.find((one) => one.name === name) as AnyPipeline;
const HAND_OVER = named('exigo-orders-to-3pl');
const MAKES = named('godatafeed-orders-to-exigo');

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  async function cycle(): Promise<void> {
    house.clock.advance(15 * MINUTE);
    expect((await house.run()).error).toBeNull();
  }

  async function take(text: string, options: Partial<AdoptionOptions> = {}) {
    const file = join(house.folder, 'orders.csv');
    await writeFile(file, text);
    const told: string[] = [];
    const rules = { threePl: 'atlas', zone: 'America/Chicago', now: house.clock.now() };
    const names = { threePls: ['atlas', 'borealis'], stores: [] };
    const result = await adopt(house.context(), readAdoptions(file, { ...rules, ...names }), {
      handOver: HAND_OVER,
      marketplace: MAKES,
      dryRun: false,
      strict: false,
      tell: ({ line, kind, message }) => told.push(`${line} ${kind}: ${message}`),
      ...options,
    });
    return { ...result, told };
  }

  const openBatches = () =>
    house.all(`SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${HAND_OVER.name}'`);
  const links = () => house.all('SELECT exigo_order_id, system, reference FROM "etl.order_link" ORDER BY 1');

  it('keeps the first run from sending what was adopted, and sends the rest', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    const list = 'OrderID,Reference,HandedOver\n1,OLD_77.csv,2026-03-11 11:00\n';
    expect(await take(list)).toMatchObject({ adopted: 1, bad: 0, conflicts: 0, written: true, told: [] });
    const early = await explain(house.context(), 1);
    expect(early.where).toEqual([
      'atlas got it from an earlier script (OLD_77.csv), as adopted on 2026-03-11',
    ]);
    expect(early.next).toBe('nothing; the warehouse has it');
    await cycle();
    expect([await filesWith(house, 'atlas', 1), (await filesWith(house, 'atlas', 2)).length]).toEqual([
      [],
      1,
    ]);
    expect(await outcomeOf(house, 1)).toBe('excluded ALREADY_HANDED_OVER');
    const { where, next, timeline } = await explain(house.context(), 1);
    expect(where[0]).toContain('atlas got it from an earlier script (OLD_77.csv)');
    expect(next).toBe('nothing; the warehouse has it');
    expect(timeline.map(({ message }) => message)).toContain(
      'adopted: atlas has it from an earlier script at 2026-03-11 16:00:00 UTC (OLD_77.csv); it is not sent by us',
    );
    expect(await take(list)).toMatchObject({ adopted: 0, known: 1, told: [] });
  });

  it('takes orders off the way that are held, ready or planned here', async () => {
    await placeOrder(house, 1, { row: { WarehouseID: 9 } });
    await placeOrder(house, 2);
    house.clock.advance(MINUTE);
    const waiting = house.config.threePls.map((one) => ({
      ...one,
      wave: { ...one.wave, coolingOffMs: 60 * MINUTE },
    }));
    const config = { ...house.config, threePls: waiting };
    expect((await house.run(HAND_OVER.name, { config })).error).toBeNull();
    expect([await outcomeOf(house, 1), await outcomeOf(house, 2)]).toEqual(['held NO_ROUTE', 'ready']);
    const { told, settled } = await take('OrderID\n1\n2\n');
    expect(settled).toBe(2);
    expect(told).toEqual([
      '2 settled: order 1 was held as NO_ROUTE here: nothing of it leaves any more',
      '3 settled: order 2 was ready here: nothing of it leaves any more',
    ]);
    await changeOrder(house, 1, { WarehouseID: 1 });
    await cycle();
    await cycle();
    expect([...(await filesWith(house, 'atlas', 1)), ...(await filesWith(house, 'atlas', 2))]).toEqual([]);
    expect(await outcomeOf(house, 2)).toBe('excluded ALREADY_HANDED_OVER');
    expect(await openBatches()).toEqual([]);
  });

  it('takes an order out of a file that is planned and cannot be sent', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    const folder = house.config.threePls[0]?.delivery.path ?? '';
    await rm(folder, { recursive: true });
    expect((await house.run()).error).not.toBeNull();
    expect(await outcomeOf(house, 1)).toBe('loading');
    expect((await take('OrderID\n1\n')).settled).toBe(1);
    await mkdir(folder);
    await cycle();
    await cycle();
    expect([await filesWith(house, 'atlas', 1), (await filesWith(house, 'atlas', 2)).length]).toEqual([
      [],
      1,
    ]);
    expect(await openBatches()).toEqual([]);
  });

  it('tells conflicts and does nothing about them: sent by us, or at another 3PL', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    await take('OrderID,3PL\n2,borealis\n');
    await cycle();
    const before = await links();
    const { told, conflicts, adopted } = await take('OrderID\n1\n2\n');
    expect([conflicts, adopted]).toEqual([2, 0]);
    expect(told[0]).toMatch(/^2 conflict: order 1: we have handed it over to atlas ourselves/);
    expect(told[1]).toMatch(/^3 conflict: order 2: borealis has it \(orders\.csv\)/);
    expect(await links()).toEqual(before);
  });

  it('lists bad lines by number, takes the good ones, and none with strict', async () => {
    for (const id of [1, 2, 3]) await placeOrder(house, id);
    const list = [
      'OrderID,3PL,HandedOver',
      '1,,',
      'x7,,',
      '2,atlass,',
      '3,,2027-01-01',
      '4711,,',
      '2,,2026-03-11T00:00:00Z',
      '',
    ].join('\r\n');
    const strict = await take(list, { strict: true });
    expect([strict.written, await links()]).toEqual([false, []]);
    const dry = await take(list, { dryRun: true });
    expect([dry.adopted, dry.written, await links()]).toEqual([2, false, []]);
    const { told, adopted, bad } = await take(list);
    expect([adopted, bad]).toEqual([2, 4]);
    expect([...told].sort()).toEqual([
      '3 bad: OrderID "x7" is no order id of Exigo',
      '4 bad: no 3PL "atlass" in the configuration; did you mean "atlas"?',
      '5 bad: HandedOver "2027-01-01" is in the future',
      '6 bad: the sync database has no order 4711: mistyped, or not replicated yet',
    ]);
    expect(strict.told).toEqual(told);
    expect(dry.told).toEqual(told);
  });

  it('holds an adopted order that Exigo cancels later, and resends one when a person says so', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    await take('OrderID\n1\n2\n');
    await cycle();
    await changeOrder(house, 1, { OrderStatusID: 4 });
    await release(house.context(), HAND_OVER, 2, 'resend', 'atlas never got it');
    await cycle();
    expect(await outcomeOf(house, 1)).toBe('held CANCELED_AFTER_HAND_OVER');
    expect(await filesWith(house, 'atlas', 2)).toHaveLength(1);
    expect(await take('OrderID\n2\n')).toMatchObject({ known: 1 });
  });

  it('answers a release of one with the truth: its 3PL has it, whatever is decided here', async () => {
    const has = 'atlas got it from an earlier script (OLD_77.csv), as adopted on 2026-03-11';
    for (const id of [1, 2]) await placeOrder(house, id);
    await take('OrderID,Reference\n1,OLD_77.csv\n2,OLD_77.csv\n');
    const early = release(house.context(), HAND_OVER, 1, 'cancel', null);
    await expect(early).rejects.toThrow(
      `does not wait for a decision: ${has}; not to have it shipped, tell atlas`,
    );
    await cycle();
    await expect(release(house.context(), HAND_OVER, 1, 'cancel', null)).rejects.toThrow(has);
    for (const id of [1, 2]) await changeOrder(house, id, { OrderStatusID: 4 });
    await cycle();
    expect(await release(house.context(), HAND_OVER, 1, 'cancel', 'by phone')).toBe(
      `order 1: canceled, in every version; ${has}, and must be told by you`,
    );
    expect(await release(house.context(), HAND_OVER, 2, 'ignore', null)).toBe(
      'order 2: left as atlas has it; a newer version is looked at anew',
    );
    const { timeline } = await explain(house.context(), 1);
    expect(timeline.at(-1)?.message).toContain(
      `a person released it as cancel (by phone): canceled, in every version; ${has}`,
    );
    await changeOrder(house, 1, { OrderStatusID: 7 });
    await cycle();
    expect([await outcomeOf(house, 1), await filesWith(house, 'atlas', 1)]).toEqual([
      'excluded CANCELED_BY_PERSON',
      [],
    ]);
    const { where } = await explain(house.context(), 1);
    expect(where.join('; ')).toContain(`a person canceled it; ${has}`);
  });

  it('waits for a run, and says so', async () => {
    const lease = await acquireLease(house.database, house.clock, {
      name: pipelineLease(HAND_OVER.name),
      ttlMs: MINUTE,
      requestDeadlineMs: 0,
    });
    await expect(take('OrderID\n1\n')).rejects.toThrow(/is working on exigo-orders-to-3pl/);
    if (lease instanceof Lease) await lease.release();
    await expect(take('Order\n1\n')).rejects.toBeInstanceOf(UsageError);
  });
});
