import { rename } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import { StoppedError } from '../../src/core/errors.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { toExigoText } from '../../src/core/time.js';
import { release } from '../../src/engine/persons/persons.js';
import { type RunRequest, runPipeline } from '../../src/engine/run.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { expectPromisesKept } from '../support/promises.js';
import { changeOrder, filesWith, outcomeOf, placeOrder, readableTemplate } from '../support/small-orders.js';

const PIPELINE = PIPELINES[0] as AnyPipeline;
/** 10:00 in US Central; the day before has both cut-offs behind it. */
const TEN = Date.parse('2026-03-11T15:00:00Z');
const TWICE_A_DAY = { cutOffs: ['11:00', '16:30'], zone: 'America/Chicago' };

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(house);
    await house.close();
  });

  async function open(
    wave: Record<string, unknown>,
    now = TEN,
    templates?: readonly unknown[],
  ): Promise<void> {
    house = await House.open({ engine, now, templates: templates ?? [readableTemplate({ wave })] });
  }

  async function run(options: Partial<RunRequest> = {}) {
    const report = await runPipeline(house.context(), { pipeline: PIPELINE, slices: [], ...options });
    expect(report.error).toBeNull();
    return report;
  }

  async function runAt(iso: string, options: Partial<RunRequest> = {}) {
    house.clock.set(Date.parse(iso));
    return run(options);
  }

  const names = async (threePl = 'plain') => [...(await house.files(threePl)).keys()];
  const waves = () =>
    house.all<{ number: number; state: string; orders: number | null }>(
      'SELECT number, state, orders FROM "etl.wave" ORDER BY wave_id',
    );

  describe('cut-offs', () => {
    it('gather the orders of the time before them into one file', async () => {
      await open(TWICE_A_DAY);
      await run(); // uses up what lies behind, with nothing to send
      await placeOrder(house, 1);
      await runAt('2026-03-11T15:15:00Z');
      await placeOrder(house, 2);
      await runAt('2026-03-11T15:59:00Z');
      expect(await names()).toEqual([]);
      expect(await outcomeOf(house, 1)).toBe('ready');
      await runAt('2026-03-11T16:02:00Z');
      expect(await names()).toEqual(['PLAIN_0001.csv']);
      expect(await outcomeOf(house, 2)).toBe('delivered');
    });

    it('leave an order that comes after them to the next one, also when nothing was ready at them', async () => {
      await open(TWICE_A_DAY);
      await runAt('2026-03-11T16:05:00Z');
      await placeOrder(house, 1);
      await runAt('2026-03-11T16:20:00Z');
      expect(await outcomeOf(house, 1)).toBe('ready');
      await runAt('2026-03-11T21:30:00Z');
      expect(await outcomeOf(house, 1)).toBe('delivered');
    });

    it('that no run saw are made good by the first run after them, once', async () => {
      await open(TWICE_A_DAY);
      await run();
      await placeOrder(house, 1);
      await runAt('2026-03-11T15:30:00Z');
      await runAt('2026-03-12T03:00:00Z'); // 22:00, long after both
      expect(await outcomeOf(house, 1)).toBe('delivered');
      await placeOrder(house, 2);
      await runAt('2026-03-12T03:15:00Z');
      expect(await outcomeOf(house, 2)).toBe('ready');
    });

    it.each([
      ['spring', '2026-03-08', '2026-03-08T07:00:00Z', '2026-03-08T08:29:00Z', '2026-03-08T08:30:00Z'],
      ['autumn', '2026-11-01', '2026-11-01T05:00:00Z', '2026-11-01T07:29:00Z', '2026-11-01T07:30:00Z'],
    ])(
      'at a time that the clock change in %s touches are used once',
      async (season, _day, begin, before, at) => {
        await open(
          { cutOffs: [season === 'spring' ? '02:30' : '01:30'], zone: 'America/Chicago' },
          Date.parse(begin),
        );
        await run();
        await placeOrder(house, 1);
        if (season === 'autumn') {
          await runAt('2026-11-01T06:29:00Z');
          expect(await names()).toEqual([]);
          await runAt('2026-11-01T06:30:00Z'); // 01:30 for the first time
          expect(await names()).toHaveLength(1);
          await placeOrder(house, 2);
        }
        await runAt(before);
        expect(await names()).toHaveLength(season === 'autumn' ? 1 : 0);
        await runAt(at);
        expect(await names()).toHaveLength(1);
        if (season === 'autumn') expect(await outcomeOf(house, 2)).toBe('ready');
      },
    );

    it('let all slices of a backfill go with the wave of their run', async () => {
      await open(TWICE_A_DAY);
      await run();
      for (const [id, days] of [
        [1, 3],
        [2, 2],
      ] as const) {
        await placeOrder(house, id, { row: { ModifiedDate: toExigoText(TEN - days * DAY) } });
      }
      await runAt('2026-03-11T16:00:00Z', {
        slices: [
          { startAt: '2026-03-08 00:00:00.000', endAt: '2026-03-09 00:00:00.000' },
          { startAt: '2026-03-09 00:00:00.000', endAt: '2026-03-10 00:00:00.000' },
        ],
      });
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await outcomeOf(house, 2)).toBe('delivered');
    });

    it('of several 3PLs, each in its own zone, do not touch one another', async () => {
      const template = (name: string, warehouse: number, zone: string) =>
        readableTemplate({
          name,
          routes: [{ when: { WarehouseID: warehouse } }],
          delivery: { folder: `../out/${name}` },
          file: { name: `${name}_{number:0000}.csv` },
          wave: { cutOffs: ['11:00'], zone },
        });
      await open({}, TEN - 8 * HOUR, [
        template('reno', 1, 'America/Chicago'),
        template('leipzig', 2, 'Europe/Berlin'),
      ]);
      await run();
      await placeOrder(house, 1);
      await placeOrder(house, 2, { row: { WarehouseID: 2 } });
      await runAt('2026-03-11T10:00:00Z'); // 11:00 in Berlin
      expect([await names('reno'), await names('leipzig')]).toEqual([[], ['leipzig_0001.csv']]);
      await runAt('2026-03-11T16:00:00Z');
      expect([await names('reno'), await names('leipzig')]).toEqual([
        ['reno_0001.csv'],
        ['leipzig_0001.csv'],
      ]);
    });
  });

  describe('cooling-off', () => {
    it('keeps an order back for its time, from its newest version on', async () => {
      await open({ coolingOff: '30m' });
      await placeOrder(house, 1);
      await placeOrder(house, 2);
      await run();
      house.clock.advance(20 * MINUTE);
      await changeOrder(house, 2, { Address1: '2 Second St' });
      await run();
      expect(await names()).toEqual([]);
      house.clock.advance(10 * MINUTE);
      await run();
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await outcomeOf(house, 2)).toBe('ready');
      house.clock.advance(20 * MINUTE);
      await run();
      expect((await house.files('plain')).get('PLAIN_0002.csv')).toContain('2 Second St');
    });

    it('lets an order that is not old enough at its cut-off wait for the next', async () => {
      await open({ ...TWICE_A_DAY, coolingOff: '30m' });
      await run();
      house.clock.set(Date.parse('2026-03-11T15:45:00Z'));
      await placeOrder(house, 1);
      await run();
      await runAt('2026-03-11T16:00:00Z');
      await runAt('2026-03-11T16:30:00Z');
      expect(await outcomeOf(house, 1)).toBe('ready');
      await runAt('2026-03-11T21:30:00Z');
      expect(await outcomeOf(house, 1)).toBe('delivered');
    });
  });

  describe('the size of a file', () => {
    it('makes several of a wave that is larger, in order', async () => {
      await open({ maxOrders: 3 });
      for (const id of [17, 11, 13, 12, 16, 14, 15]) await placeOrder(house, id);
      await run();
      const files = [...(await house.files('plain')).values()];
      const ids = files.map((text) => [...text.matchAll(/^\d+/gm)].map(([id]) => Number(id)));
      expect(ids).toEqual([[11, 12, 13], [14, 15, 16], [17]]);
    });

    it('ends at the limit of a run; the others go with the next one, also after a cut-off', async () => {
      await open({ ...TWICE_A_DAY, maxOrders: 2 });
      await run();
      for (const id of [1, 2, 3, 4, 5]) await placeOrder(house, id);
      await runAt('2026-03-11T16:00:00Z', { limit: 3 });
      expect((await waves()).map(({ orders }) => orders)).toEqual([2, 1]);
      expect(await outcomeOf(house, 4)).toBe('ready');
      await runAt('2026-03-11T16:15:00Z');
      expect(await outcomeOf(house, 5)).toBe('delivered');
      await placeOrder(house, 6);
      await runAt('2026-03-11T16:30:00Z');
      expect(await outcomeOf(house, 6)).toBe('ready');
    });

    it('is nothing with a limit of 0', async () => {
      await open({});
      await placeOrder(house, 1);
      await run({ limit: 0 });
      expect(await outcomeOf(house, 1)).toBe('ready');
      await run();
      expect(await outcomeOf(house, 1)).toBe('delivered');
    });
  });

  it('numbers files without gaps when a transaction rolls back', async () => {
    await open({});
    await placeOrder(house, 1);
    setFaultHook((point) => {
      if (point === 'waves/before-commit') throw new StoppedError();
    });
    const stopped = await runPipeline(house.context(), { pipeline: PIPELINE, slices: [] });
    expect(stopped.error).toBeInstanceOf(StoppedError);
    setFaultHook(undefined);
    await run();
    await placeOrder(house, 2);
    await run();
    expect(await names()).toEqual(['PLAIN_0001.csv', 'PLAIN_0002.csv']);
  });

  describe('an order that waits for its cut-off', () => {
    const ready = async () => {
      await open(TWICE_A_DAY);
      await run();
      await placeOrder(house, 1);
      await placeOrder(house, 2);
      await runAt('2026-03-11T15:15:00Z');
      expect(await outcomeOf(house, 1)).toBe('ready');
    };
    const history = () =>
      house.all<{ outcome: string }>(
        `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE order_id = 1 ORDER BY item_id`,
      );

    it('goes in its newest version only; the older one is excluded', async () => {
      await ready();
      house.clock.advance(15 * MINUTE);
      await changeOrder(house, 1, { Address1: '2 Second St' });
      await run();
      await runAt('2026-03-11T16:00:00Z');
      expect((await history()).map(({ outcome }) => outcome)).toEqual(['excluded SUPERSEDED', 'delivered']);
      const text = (await house.files('plain')).get('PLAIN_0001.csv') ?? '';
      expect(text).toContain('1,2 Second St');
      expect(text.match(/^1,/gm)).toHaveLength(1);
    });

    it('is not sent when it is canceled before, by Exigo or by a person', async () => {
      await ready();
      house.clock.advance(15 * MINUTE);
      await changeOrder(house, 1, { OrderStatusID: 4 });
      await run();
      await release(house.context(), PIPELINE, 2, 'cancel', null);
      await runAt('2026-03-11T16:00:00Z');
      expect((await history()).map(({ outcome }) => outcome)).toEqual([
        'excluded SUPERSEDED',
        'excluded NOT_ACCEPTED',
      ]);
      expect(await outcomeOf(house, 2)).toBe('excluded CANCELED_BY_PERSON');
      expect(await names()).toEqual([]);
    });
  });

  it('voids a planned file that all orders have left, and uses its number for nothing else', async () => {
    await open({});
    await placeOrder(house, 1);
    const folder = house.config.threePls[0]?.delivery.path ?? '';
    await rename(folder, `${folder}.away`);
    expect((await runPipeline(house.context(), { pipeline: PIPELINE, slices: [] })).error).not.toBeNull();
    await rename(`${folder}.away`, folder);
    house.clock.advance(HOUR);
    await changeOrder(house, 1, { OrderStatusID: 4 });
    await placeOrder(house, 2);
    await run();
    expect((await waves()).map(({ number, state }) => `${number} ${state}`)).toEqual([
      '1 void',
      '2 delivered',
    ]);
    expect(await filesWith(house, 'plain', 2)).toEqual(['PLAIN_0002.csv']);
    expect(await outcomeOf(house, 1)).toBe('excluded NOT_ACCEPTED');
  });
});
