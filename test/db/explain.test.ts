import { rename } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { DAY, HOUR, MINUTE } from '../../src/core/clock.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { toExigoText } from '../../src/core/time.js';
import { putRows } from '../../src/db/put-rows.js';
import { type Explanation, explain } from '../../src/engine/explain/explain.js';
import { release } from '../../src/engine/persons/persons.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, type HouseOptions } from '../support/house.js';
import { changeOrder, lineRows, placeOrder, readableTemplate } from '../support/small-orders.js';

const ID = 7001;
const PIPELINE = PIPELINES[0] as AnyPipeline;
const NAME = 'exigo-orders-to-3pl: ';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    await house.close();
  });

  async function open(options: HouseOptions = {}): Promise<void> {
    house = await House.open({ engine, ...options });
  }

  const ask = (id = ID): Promise<Explanation> => explain(house.context(), id);

  async function cycle(): Promise<void> {
    house.clock.advance(15 * MINUTE);
    await house.run();
  }

  describe('the sample tenant after two cycles', () => {
    it('is explained order by order', async () => {
      await open();
      await loadSampleTenant(house.database, house.clock);
      await cycle();
      await advanceSampleTenant(house.database, house.clock);
      await cycle();
      const expected: Readonly<Record<keyof typeof SAMPLE_ORDER, readonly [where: RegExp, next: RegExp]>> = {
        kit: [
          /excluded as ALREADY_HANDED_OVER .*handed over to atlas in ATL_\S+ at 2026/,
          /the warehouse has it/,
        ],
        emoji: [/excluded as ALREADY_HANDED_OVER/, /^nothing; the warehouse has it$/],
        partialAddress: [
          /held as REQUIRED_EMPTY since .*: template atlas: /,
          /mend the cause .*--order 48004/,
        ],
        fractionalQuantity: [/excluded as ALREADY_HANDED_OVER/, /^nothing; the warehouse has it$/],
        linesLate: [
          /delivered at 2026-03-11 17:30:00 UTC; handed over to atlas/,
          /the warehouse has it; Exigo has/,
        ],
        canceled: [/excluded as NOT_ACCEPTED \(status Canceled\)/, /looked at again when it changes/],
        pending: [/excluded as NOT_ACCEPTED \(status Pending\)/, /looked at again when it changes/],
        returned: [/excluded as RETURN at /, /looked at again when it changes/],
        noRoute: [/held as NO_ROUTE since .*warehouse 9/, /mend the cause .*release 48018 --as cancel/],
        addressChanges: [
          /held as CHANGED_AFTER_HAND_OVER .*STREET \(row 1\): .* -> /,
          /release 48021 --as <decision> \(ignore, resend or cancel\)/,
        ],
        canceledLate: [/held as CANCELED_AFTER_HAND_OVER .*Exigo says Canceled/, /a person decides/],
        added: [/delivered at /, /^nothing; the warehouse has it; Exigo has changed it/],
      };
      for (const [name, [where, next]] of Object.entries(expected)) {
        const explanation = await ask(SAMPLE_ORDER[name as keyof typeof SAMPLE_ORDER]);
        expect(explanation.where[0], name).toMatch(where);
        expect(explanation.next, name).toMatch(next);
        expect(explanation.timeline.length, name).toBeGreaterThan(1);
      }
    });
  });

  describe('an order that no pipeline has looked at', () => {
    it('was never seen', async () => {
      await open();
      expect(await ask()).toMatchObject({
        where: ['never seen: neither in the sync database nor in any change set'],
        next: expect.stringContaining('check the number'),
        source: null,
        timeline: [],
      });
    });

    it('is in the sync database and will be frozen', async () => {
      await open();
      await placeOrder(house, ID);
      expect(await ask()).toMatchObject({
        where: [
          expect.stringContaining(
            '(Accepted, modified 2026-03-11 12:00:00.000 US Central), in no change set',
          ),
        ],
        next: 'the next run freezes it',
      });
      await house.run();
      house.clock.advance(HOUR);
      await placeOrder(house, ID + 1);
      expect((await ask(ID + 1)).next).toBe('the next run freezes it');
    });

    it('is too old to be frozen by itself: the command that fetches it', async () => {
      await open();
      await placeOrder(house, ID, { row: { ModifiedDate: toExigoText(house.clock.now() - 40 * DAY) } });
      await house.run();
      expect((await ask()).next).toContain(
        'orderferry run exigo-orders-to-3pl --start-date 2026-01-30 --end-date 2026-01-31',
      );
    });

    it('is frozen and waits for its verdict', async () => {
      await open();
      await placeOrder(house, ID);
      await house.run('exigo-snapshot-to-csv');
      expect(await ask()).toMatchObject({
        where: ['frozen in change set 1, no pipeline has looked at it yet'],
        next: 'the next run of exigo-orders-to-3pl gives it its verdict',
      });
    });
  });

  describe('an order that is on its way', () => {
    const wave = { cutOffs: ['11:00', '16:30'], zone: 'America/Chicago' };

    it('waits for its cut-off, told in both zones', async () => {
      await open({ templates: [readableTemplate({ wave })] });
      await house.run();
      await placeOrder(house, ID);
      await cycle();
      expect(await ask()).toMatchObject({
        where: [`${NAME}ready for plain since 2026-03-11 17:15:00 UTC`],
        next: 'goes with the wave of 2026-03-11 21:30:00 UTC (16:30 America/Chicago), made by the first run after it',
      });
      house.clock.advance(5 * HOUR);
      expect((await ask()).next).toBe('goes with the next run');
    });

    it('cools off', async () => {
      await open({ templates: [readableTemplate({ wave: { coolingOff: '30m' } })] });
      await placeOrder(house, ID);
      await house.run();
      expect((await ask()).next).toBe('goes with the first run after 2026-03-11 17:30:00 UTC');
      house.clock.advance(30 * MINUTE);
      expect((await ask()).next).toBe('goes with the next run');
    });

    it('stands in a file that cannot be delivered', async () => {
      await open();
      await placeOrder(house, ID);
      const folder = house.config.threePls[0]?.delivery.path ?? '';
      await rename(folder, `${folder}.away`);
      await house.run();
      const { where, next } = await ask();
      expect(where[0]).toMatch(
        /on its way to atlas in file ATL_\S+, which is planned; last try: .*the folder does not exist/,
      );
      expect(next).toMatch(/^the first run after 2026-03-11 17:00:\d\d UTC tries again$/);
    });

    it('is handed over and waits for Printed while the API is down', async () => {
      await open();
      house.standin.fail({ kind: 'status-503', times: 100 });
      await placeOrder(house, ID);
      await house.run();
      const { where, next } = await ask();
      expect(where[0]).toMatch(/on its way since .*; handed over to atlas in ATL_/);
      expect(where[1]).toMatch(/step printed is pending; last try: Printed: .*503/);
      expect(next).toMatch(/^the (first run after .* tries printed again|next run goes on with printed); /);
      expect(next).toContain('exigo-api is left alone until 2026-03-11 17:05 UTC, after 5 failures in a row');
    });

    it('is handed over, and nobody knows whether it is Printed', async () => {
      await open();
      house.standin.fail({ kind: 'cut-before', operation: 'ChangeOrderStatusBatch' });
      house.standin.fail({ kind: 'status-503', operation: 'GetOrders', nth: 2, times: 100 });
      await placeOrder(house, ID);
      await house.run();
      const { where, next } = await ask();
      expect(where[1]).toMatch(
        /step printed has an unknown outcome( after 1 try)?; not seeing it proves nothing before/,
      );
      expect(next).toContain('reads back in Exigo whether printed was done');
    });

    it('is handed over, and no API is configured', async () => {
      await open({ api: false });
      await placeOrder(house, ID);
      await house.run();
      expect((await ask()).next).toBe('step printed waits until exigoApi is configured');
      // A newer version does not hide that the step is not done.
      house.clock.advance(MINUTE);
      await changeOrder(house, ID, {});
      await cycle();
      const { where, next } = await ask();
      expect(where[0]).toContain('excluded as ALREADY_HANDED_OVER');
      expect(where[1]).toContain('step printed is pending');
      expect(next).toBe('step printed waits until exigoApi is configured');
    });
  });

  it('tells when Exigo has changed an order since it was frozen', async () => {
    await open();
    await placeOrder(house, ID);
    await cycle();
    await cycle(); // our own Printed has come back
    expect((await ask()).next).toBe('nothing; the warehouse has it');
    house.clock.advance(MINUTE);
    await changeOrder(house, ID, { Address1: '2 Second St' });
    expect((await ask()).next).toBe(
      'nothing; the warehouse has it; Exigo has changed it since it was frozen: the next run looks at it',
    );
    await house.run('exigo-snapshot-to-csv');
    expect((await ask()).next).toBe(
      'nothing; the warehouse has it; a newer version is frozen in change set 3: the next run looks at it',
    );
  });

  it('tells an order that was shipped, and one that a person canceled', async () => {
    await open();
    await placeOrder(house, ID);
    await placeOrder(house, ID + 1, { row: { WarehouseID: 9 } });
    await cycle();
    await changeOrder(house, ID, { OrderStatusID: 9 });
    await release(house.context(), PIPELINE, ID + 1, 'cancel', 'double order');
    await changeOrder(house, ID + 1, {});
    await cycle();
    expect(await ask()).toMatchObject({
      where: [expect.stringMatching(/excluded as SHIPPED at .*; handed over to atlas in ATL_/)],
      next: 'nothing; it is shipped',
      source: { status: 'Shipped' },
      links: [{ system: 'atlas' }],
    });
    expect(await ask(ID + 1)).toMatchObject({
      where: [expect.stringContaining('excluded as CANCELED_BY_PERSON')],
      next: expect.stringContaining('"orderferry release 7002 --as resend" sends it all the same'),
    });
  });

  it('keeps the whole life of an order in its timeline, in order', async () => {
    await open();
    await placeOrder(house, ID, { lines: [] });
    await cycle();
    house.clock.advance(MINUTE);
    await house.database.transaction(async (session) => {
      await putRows(session, 'OrderDetails', lineRows(ID, [['TEA', '10.00']]));
    });
    await changeOrder(house, ID, { SubTotal: '10.0000' });
    await cycle();
    await cycle();
    await changeOrder(house, ID, { Address1: '2 Second St' });
    await cycle();
    await release(house.context(), PIPELINE, ID, 'resend', 'wrong street');
    await cycle();
    const { timeline } = await ask();
    expect(timeline.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      expect.stringMatching(/^frozen: change set 1 frozen: 1 orders/),
      expect.stringMatching(/^held: INCOMPLETE: no lines have arrived/),
      expect.stringMatching(/^frozen: change set 2/),
      expect.stringMatching(/^answered: what was held as INCOMPLETE gave way/),
      expect.stringMatching(/^verdict: batch 3: to be handed over to atlas/),
      expect.stringMatching(/^planned: wave 1 planned: file ATL_/),
      expect.stringMatching(/^delivered: file ATL_/),
      expect.stringMatching(/^status: step printed is done: seen as Printed/),
      expect.stringMatching(/^frozen: change set 3/),
      expect.stringMatching(/^verdict: batch 5: excluded as ALREADY_HANDED_OVER/),
      expect.stringMatching(/^frozen: change set 4/),
      expect.stringMatching(/^held: CHANGED_AFTER_HAND_OVER: .*1 First St/),
      expect.stringMatching(
        /^released: a person released it as resend \(wrong street\): goes with the next run/,
      ),
      expect.stringMatching(/^planned: wave 2 planned/),
      expect.stringMatching(/^delivered: file ATL_/),
      expect.stringMatching(/^status: step printed is done/),
    ]);
    expect(timeline.map(({ at_utc }) => at_utc)).toEqual(timeline.map(({ at_utc }) => at_utc).sort());
  });
});
