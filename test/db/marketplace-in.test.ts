import { afterEach, describe, expect, it } from 'vitest';
import { marketplacePipeline } from '../../src/app/pipelines.js';
import { MINUTE } from '../../src/core/clock.js';
import { codeOf, InvariantError, messageOf } from '../../src/core/errors.js';
import { dryRun } from '../../src/engine/dry-run.js';
import { explainMarketplace } from '../../src/engine/explain/explain-marketplace.js';
import { askedFor } from '../../src/engine/persons/asked.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { readStatus } from '../../src/engine/status-view.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { INTO_EXIGO, MAPS, Market, orderMembers } from '../support/market.js';

reportMissingEngine();

const NEW_SKU = orderMembers({ OrderItems: [{ SKU: 'NEW', Quantity: 2, UnitPrice: 10.25 }] });

describe.each(engines())('marketplace orders into Exigo on %s', (engine) => {
  let market: Market;
  const open = async (options: Parameters<typeof Market.open>[0] = {}) => {
    market = await Market.open({ engine, ...options });
  };
  afterEach(() => market.close());

  it('makes each order once, with its lines and payment, acknowledges it with its number, and keeps the link', async () => {
    await open();
    market.put('1');
    market.put('2');
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered']);
    const orders = await market.orders();
    expect([...orders.keys()]).toEqual(['amazon:M-1', 'amazon:M-2']);
    const [id] = orders.get('amazon:M-1') ?? [];
    expect(market.feed.order('1')).toMatchObject({ status: 'Processing', destinationNumber: String(id) });
    const [row] = await market.house.all<Record<string, unknown>>(
      `SELECT OrderStatusID, CustomerID, CurrencyCode, ShipMethodID, WarehouseID, FirstName, LastName, City, Country,
         CAST(SubTotal AS VARCHAR(20)) AS SubTotal, CAST(Total AS VARCHAR(20)) AS Total
       FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    expect(row).toMatchObject({
      OrderStatusID: 7,
      CustomerID: 1001,
      CurrencyCode: 'usd',
      ShipMethodID: 2,
      WarehouseID: 1,
      FirstName: 'Ann Example',
      LastName: 'Lee',
      City: 'Reno',
      Country: 'US',
    });
    expect([Number(row?.SubTotal), Number(row?.Total)]).toEqual([21.7, 26.2]);
    const lines = await market.house.all<{ ItemCode: string }>(
      `SELECT ItemCode FROM "dbo.OrderDetails" WHERE OrderID = ${id} ORDER BY OrderLine`,
    );
    expect(lines.map(({ ItemCode }) => ItemCode)).toEqual(['ITEM-1', 'TAX']);
    expect(
      await market.house.all('SELECT OrderID FROM "dbo.Payments" WHERE PaymentTypeID = 14'),
    ).toHaveLength(2);
    const links = await market.house.all<Record<string, unknown>>(
      'SELECT exigo_order_id, acknowledged_utc FROM "etl.marketplace_order" ORDER BY order_number',
    );
    expect(links[0]?.exigo_order_id).toBe(id);
    expect(links[0]?.acknowledged_utc).not.toBeNull();

    expect((await market.run()).error).toBeNull();
    expect(market.applied()).toEqual(['Acknowledge 1', 'Acknowledge 2']);
    expect(market.exigo.journal.filter(({ operation }) => operation === 'ProcessTransaction')).toHaveLength(
      2,
    );
  });

  it('holds what the maps do not take, and lets it through when they are mended and it is tried again', async () => {
    await open();
    market.put('1', NEW_SKU);
    market.put('2');
    await market.run();
    expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU', 'main/2 delivered']);
    expect(market.applied()).toEqual(['Acknowledge 2']);
    await market.run();
    expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU', 'main/2 delivered']);

    market.configure([{ orders: { ...MAPS, skus: { NEW: 'ITEM-9' } } }]);
    expect(await retryWaiting(market.context(), { itemKey: 'main/1' })).toEqual({ retried: 1, left: 0 });
    await market.run();
    expect((await market.items()).slice(0, 2)).toEqual(['main/1 held UNKNOWN_SKU', 'main/1 delivered']);
    expect(market.applied()).toEqual(['Acknowledge 2', 'Acknowledge 1']);
  });

  it('freezes a held order again when it was mended at its marketplace, and answers the older version', async () => {
    await open();
    market.put('1', NEW_SKU);
    await market.run();
    market.put('1'); // the same number, with other lines
    expect((await market.run()).error).toBeNull();
    expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU', 'main/1 delivered']);
    expect(await market.house.all(`SELECT resolution FROM "etl.item" WHERE state = 'held'`)).toEqual([
      { resolution: 'SUPERSEDED' },
    ]);
  });

  it('shows where an order is, by any of its numbers, before it is in Exigo and after', async () => {
    await open();
    market.put('1', NEW_SKU);
    market.put('2');
    await market.run();
    const context = market.context();
    const explained = async (number: string) => {
      const asked = await askedFor(context, number);
      if (!('marketplace' in asked)) throw new InvariantError('an order of Exigo');
      return explainMarketplace(context, asked.marketplace);
    };
    const held = await explained('M-1');
    expect(held.where[0]).toContain('held as UNKNOWN_SKU');
    expect(held.next).toContain('orderferry errors retry --order main/1');
    const done = await explained('main/2');
    const [id] = (await market.orders()).get('amazon:M-2') ?? [];
    expect(done.where[1]).toContain(`order ${id} in Exigo, acknowledged at`);
    expect(done.timeline.map(({ message }) => message)).toEqual([
      expect.stringContaining('2 new orders of GoDataFeed store main'),
      expect.stringContaining('to be made in Exigo'),
      `step create-order is done: made in Exigo as order ${id}`,
      `step acknowledge is done: acknowledged with ${id}`,
    ]);
    await expect(askedFor(context, 'M-3')).rejects.toThrow(/neither an Exigo order id nor/);
  });

  it('a dry run shows which orders would be made and acknowledged, and changes nothing anywhere', async () => {
    await open();
    market.put('1');
    market.put('2', NEW_SKU);
    const before = await market.house.all('SELECT * FROM "etl.batch"');
    const context = market.context();
    const request = { pipeline: marketplacePipeline(), slices: [] };
    const { summary, error } = await dryRun(context, request, () => context);
    expect(error).toBeNull();
    expect(summary.totals).toMatchObject({ frozen: 2, delivered: 1, held: 1 });
    expect(summary.calls).toEqual([
      { operation: 'ProcessTransaction', orders: ['amazon:M-1'] },
      { operation: 'Acknowledge (main)', orders: ['1'] },
    ]);
    expect(await market.house.all('SELECT * FROM "etl.batch"')).toEqual(before);
    expect(await market.house.all('SELECT * FROM "etl.marketplace_order"')).toEqual([]);
    expect([market.feed.journal, market.exigo.journal]).toEqual([[], []]);
  });

  it('the status of the pipeline names what waits, and which steps are open', async () => {
    await open();
    market.put('1');
    market.put('2', NEW_SKU);
    market.exigo.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
    await market.run();
    const status = (await readStatus(market.context())).pipelines.find(
      ({ pipeline }) => pipeline === INTO_EXIGO,
    );
    expect(status).toMatchObject({
      openBatches: 1,
      backlog: [{ state: 'loading', target: 'main', items: 1 }],
      waiting: [{ code: 'UNKNOWN_SKU', items: 1 }],
      openSteps: [{ step: 'create-order', state: 'sending' }],
    });
  });

  describe('canceled by a person', () => {
    it('is reported Canceled, and never made: while it is held', async () => {
      await open();
      market.put('1', NEW_SKU);
      await market.run();
      expect(await market.release('main/1', 'cancel')).toContain('reported Canceled with the next run');
      await market.run();
      expect(market.feed.order('1')?.status).toBe('Canceled');
      expect(await market.items()).toEqual(['main/1 held UNKNOWN_SKU', 'main/1 delivered']);
      market.configure([{ orders: { ...MAPS, skus: { NEW: 'ITEM-9' } } }]);
      await market.run();
      expect((await market.orders()).size).toBe(0);
      expect(market.applied()).toEqual(['UpdateStatus 1']);
      await expect(market.release('main/1', 'cancel')).rejects.toThrow(/canceled it already/);
    });

    it('also when it is in Exigo and not acknowledged: then its order there is named', async () => {
      await open();
      market.put('1');
      market.feed.fail({ kind: 'success-false', operation: 'Acknowledge' });
      await market.run();
      expect(await market.items()).toEqual(['main/1 failed ACKNOWLEDGE_REFUSED']);
      const [id] = (await market.orders()).get('amazon:M-1') ?? [];
      expect(await market.release('main/1', 'cancel')).toContain(`order ${id} in Exigo stands`);
      await market.run();
      expect(market.applied()).toEqual(['UpdateStatus 1']);
    });

    it('not once it is acknowledged: then its status in Exigo tells', async () => {
      await open();
      market.put('1');
      await market.run();
      await expect(market.release('main/1', 'cancel')).rejects.toThrow(/cancel it there/);
    });

    it('and when GoDataFeed refuses the cancellation, that waits for a retry', async () => {
      await open();
      market.put('1', NEW_SKU);
      await market.run();
      await market.release('main/1', 'cancel');
      market.feed.fail({ kind: 'success-false', operation: 'UpdateStatus' });
      await market.run();
      expect((await market.items()).at(-1)).toBe('main/1 failed CANCEL_REFUSED');
      await retryWaiting(market.context(), { itemKey: 'main/1' });
      await market.run();
      expect(market.applied()).toEqual(['UpdateStatus 1']);
      expect((await market.items()).at(-1)).toBe('main/1 delivered');
    });
  });

  it("leaves the other stores working when one's key is revoked, and says so in the report", async () => {
    await open({
      stores: [
        { name: 'revoked', key: 'a-revoked-key', orders: MAPS },
        { name: 'main', orders: MAPS },
      ],
    });
    market.put('1');
    const report = await market.run();
    expect(codeOf(report.error)).toBe('CONFIGURATION');
    expect(report.storeProblems.map(({ store, error }) => `${store}: ${messageOf(error)}`)).toEqual([
      expect.stringContaining('revoked'),
    ]);
    expect(await market.items()).toEqual(['main/1 delivered']);
  });

  describe('after a lost answer', () => {
    it('finds an order that was made, and makes no second one', async () => {
      await open();
      market.put('1');
      market.exigo.fail({ kind: 'cut-after', operation: 'ProcessTransaction' });
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered']);
      expect((await market.orders()).get('amazon:M-1')).toHaveLength(1);
    });

    it('holds one that is not there after the wait, as nothing proves that a repeat is refused', async () => {
      await open();
      market.put('1');
      market.exigo.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
      await market.run();
      expect(await market.effects()).toEqual(['main/1 create-order sending']);
      market.house.clock.advance(21 * MINUTE);
      await market.run();
      expect(await market.items()).toEqual(['main/1 held OUTCOME_UNKNOWN']);
      expect((await market.orders()).size).toBe(0);
    });

    it('makes it again by itself where a second one is known to be refused', async () => {
      await open({ exigo: { duplicateKeys: 'refused' } });
      market.put('1');
      market.exigo.fail({ kind: 'cut-before', operation: 'ProcessTransaction' });
      await market.run();
      market.house.clock.advance(10 * MINUTE);
      await market.run();
      expect(await market.effects()).toEqual(['main/1 create-order sending']);
      market.house.clock.advance(11 * MINUTE);
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered']);
      expect((await market.orders()).get('amazon:M-1')).toHaveLength(1);
    });

    it('waits for one that shows late', async () => {
      await open();
      market.put('1');
      market.exigo.fail({
        kind: 'late',
        afterMs: 15 * MINUTE,
        answer: 'cut',
        operation: 'ProcessTransaction',
      });
      await market.run();
      market.house.clock.advance(10 * MINUTE);
      await market.run();
      expect(await market.effects()).toEqual(['main/1 create-order sending']);
      market.house.clock.advance(6 * MINUTE);
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered']);
      expect((await market.orders()).get('amazon:M-1')).toHaveLength(1);
    });

    it('looks an acknowledgement up before it is sent again', async () => {
      await open();
      market.put('1');
      market.put('2');
      market.feed.fail({ kind: 'cut-after', operation: 'Acknowledge' });
      market.feed.fail({ kind: 'cut-before', operation: 'Acknowledge' });
      await market.run();
      expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered']);
      expect(market.applied()).toEqual(['Acknowledge 1', 'Acknowledge 2']);
    });
  });
});
