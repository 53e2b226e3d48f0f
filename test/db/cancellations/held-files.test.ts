/** Cancellations of orders whose file is, or was, held: what a person decides of it is the way on. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release } from '../../../src/engine/persons/persons.js';
import { CANCELS, CancelingHouse, ENDS, ORDERS, REPORTS, SHIPMENTS } from '../../support/canceling.js';
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

  describe('when its marketplace ends it', () => {
    beforeEach(async () => {
      await at.cancelAtMarketplace(3);
      await runs(ENDS, CANCELS);
      expect(await at.outcome(3, ENDS)).toBe('held CANCELLATION_ASKED');
      expect(await at.outcome(3, CANCELS)).toBe('held HAND_OVER_OPEN');
    });

    it('is asked for of the file that a person sent it in instead', async () => {
      await at.resend(3);
      await runs(ORDERS, ENDS, SHIPMENTS, CANCELS);
      expect(await at.outcome(3, ENDS)).toBe('held CANCELLATION_ASKED');
      expect(await at.asked(3)).toEqual(['1 marketplace', '2 marketplace']);
      expect(await at.files()).toEqual({ 'CXL_001.csv': 'order\r\n3\r\n' });
      await runs(ENDS, CANCELS, ENDS);
      expect(await at.house.all(`SELECT item_id FROM "etl.item" WHERE pipeline = '${ENDS}'`)).toHaveLength(2);
      await at.say({ answer: 'canceled', orderId: 3, reason: 'taken out' });
      await runs(SHIPMENTS, CANCELS, ENDS);
      expect(await at.statusOf(3)).toBe(4);
      expect(await at.waiting(3)).toEqual([]);
    });

    it('does not leave when a person sends it again before that is seen, and is canceled in Exigo', async () => {
      await at.resend(3);
      await runs(ENDS, ORDERS, CANCELS, ENDS);
      expect(await at.statusOf(3)).toBe(4);
      expect(await at.waiting(3)).toEqual([]);
      expect([...(await at.house.files('plain')).keys()]).toEqual([]);
    });

    it.each([[[CANCELS, ENDS]], [[ENDS, CANCELS]]])(
      'is canceled in Exigo when a person cancels it, whatever runs first (%j)',
      async (names) => {
        expect(await at.cancelByPerson(3)).toContain('look whether plain has its held file');
        await runs(...names);
        expect(await at.statusOf(3)).toBe(4);
        expect(await at.outcome(3, CANCELS)).toBe('excluded NOT_HANDED_OVER');
        await runs(ORDERS, REPORTS, ...names);
        expect(await at.waiting(3)).toEqual([]);
        expect(await at.files()).toEqual({});
      },
    );

    it('stays with a person who leaves the cancellation as it is', async () => {
      const context = at.house.context();
      const pipeline = context.pipelines.find(({ name }) => name === CANCELS);
      if (pipeline !== undefined) await release(context, pipeline, 3, 'ignore', null);
      await runs(ENDS, CANCELS, ENDS);
      expect(await at.outcome(3, ENDS)).toBe('held TOO_LATE');
      expect(await at.reason(3, ENDS)).toContain('a person left its cancellation at plain as it was');
      expect(await at.house.all(`SELECT item_id FROM "etl.item" WHERE pipeline = '${ENDS}'`)).toHaveLength(2);
    });
  });
});
