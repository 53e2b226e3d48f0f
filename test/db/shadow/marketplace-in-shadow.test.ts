/** Beside a script that takes marketplace orders into Exigo: nothing is made twice, and what it made is ours to go on with. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import type { Parameters } from '../../../src/db/database.js';
import { adopt } from '../../../src/engine/adopt/adopt.js';
import { explainMarketplace } from '../../../src/engine/explain/explain-marketplace.js';
import { retryWaiting } from '../../../src/engine/persons/retry-waiting.js';
import { compareCalls } from '../../../src/engine/shadow/compare-calls.js';
import { customerOfEmail } from '../../../src/queue/ledger/marketplace-customers.js';
import { marketplaceOrdersNamed } from '../../../src/queue/ledger/marketplace-orders.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { INTO_EXIGO, Market } from '../../support/market.js';
import { placeOrder } from '../../support/small-orders.js';

const ENDS = 'godatafeed-cancellations-to-exigo';
const ALL = { from: '2000-01-01 00:00:00.000', to: '2100-01-01 00:00:00.000' };

reportMissingEngine();

describe.each(engines())('marketplace orders in shadow, on %s', (engine) => {
  let market: Market;
  let shadow: Config;
  beforeEach(async () => {
    market = await Market.open({ engine });
    shadow = { ...market.config, modes: { [INTO_EXIGO]: 'shadow', [ENDS]: 'shadow' } };
    for (const number of ['1', '2', '3']) market.put(number);
  });
  afterEach(() => market.close());

  async function cycle(config: Config, name = INTO_EXIGO): Promise<void> {
    market.house.clock.advance(15 * MINUTE);
    expect((await market.run({ config }, {}, name)).error).toBeNull();
  }
  /** Orders that were made in Exigo or changed there. */
  const inExigo = () =>
    market.exigo.journal.filter(({ applied }) => applied).map(({ operation }) => operation);
  const told = () => market.applied();
  /** The script makes an order in Exigo and acknowledges it; with a number that GoDataFeed shows, or without. */
  async function script(number: string, orderId: number, shows = true, row: Parameters = {}): Promise<void> {
    await placeOrder(market.house, orderId, {
      row: { ShipMethodID: 2, WarehouseID: 1, ShippingTotal: '4.5000', CurrencyCode: 'usd', ...row },
      lines: [
        ['ITEM-1', '10.25'],
        ['ITEM-1', '10.25'],
        ['TAX', '1.20'],
      ],
    });
    const order = market.feed.order(number);
    if (order === undefined) throw new TypeError(`no order ${number}`);
    Object.assign(order, { status: 'Processing', destinationNumber: shows ? String(orderId) : null });
  }
  async function compared() {
    const lines: string[] = [];
    const result = await compareCalls(market.context(), { pipeline: INTO_EXIGO, ...ALL }, (call) => {
      if (call.outcome === 'only theirs') return;
      lines.push(
        `${call.item_key} ${call.outcome} ${call.cells.map(({ column }) => column).join(' ')}`.trim(),
      );
    });
    return { result, lines };
  }

  it('makes and acknowledges none, and links what the script has made by the number it acknowledged', async () => {
    await cycle(shadow);
    expect([inExigo(), told()]).toEqual([[], []]);
    expect(await market.items()).toEqual(['main/1 loading', 'main/2 loading', 'main/3 loading']);
    await script('1', 501);
    await cycle(shadow);
    expect([inExigo(), told()]).toEqual([[], []]);
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 loading', 'main/3 loading']);
    const [link] = await marketplaceOrdersNamed(market.house.database, '1');
    expect(link).toMatchObject({ exigo_order_id: 501, acknowledged_utc: expect.any(String) });
    const { result, lines } = await compared();
    expect(result).toMatchObject({ calls: 3, same: 1, onlyOurs: 2 });
    expect(lines[0]).toBe('main/1 same'); // two lines of one piece, where we would have made one of two
    await script('2', 502, true, { ShipMethodID: 3 });
    await cycle(shadow);
    expect((await compared()).lines[1]).toBe('main/2 differs shipMethodID');
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered', 'main/3 loading']);
    const [open] = await marketplaceOrdersNamed(market.house.database, '3');
    if (open === undefined) throw new TypeError('order 3 is not known');
    const { next } = await explainMarketplace(market.context({ config: shadow }), open);
    expect(next).toMatch(/^nothing while godatafeed-orders-to-exigo runs in shadow/);
  });

  it("takes nothing from the customer that the script's order is on: the buyer's next order is his own", async () => {
    market.put('4', undefined, { marketplace: 'Walmart' });
    await cycle(shadow);
    await script('4', 504, true, { CustomerID: 4711 });
    await cycle(shadow);
    expect((await market.items())[3]).toBe('main/4 delivered');
    expect(await customerOfEmail(market.house.database, 'ann@example.com')).toBeUndefined();
  });

  it('live again, makes what nobody has made, once, also when the script was at it a moment ago', async () => {
    await cycle(shadow);
    await script('1', 501);
    await cycle(shadow);
    await script('2', 502);
    await cycle(market.config);
    await cycle(market.config);
    expect(inExigo()).toEqual(['ProcessTransaction']);
    expect(told()).toEqual(['Acknowledge 3']);
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered', 'main/3 delivered']);
  });

  it('live again, one that cannot be looked up leaves the others working, and is made when it can be', async () => {
    await cycle(shadow);
    market.feed.fail({ kind: 'status-500-before', operation: 'List', orderNumber: '1', times: 1000 });
    market.house.clock.advance(15 * MINUTE);
    expect((await market.run({ config: market.config })).error).not.toBeNull();
    expect(await market.items()).toEqual(['main/1 loading', 'main/2 delivered', 'main/3 delivered']);
    market.feed.clearFaults();
    market.house.clock.advance(HOUR);
    expect((await market.run({ config: market.config })).error).toBeNull();
    await cycle(market.config);
    expect(await market.items()).toEqual(['main/1 delivered', 'main/2 delivered', 'main/3 delivered']);
    expect(inExigo()).toEqual(['ProcessTransaction', 'ProcessTransaction', 'ProcessTransaction']);
  });

  it('holds what the script has taken without a number to be seen, until it is adopted', async () => {
    await cycle(shadow);
    await script('1', 501, false);
    await cycle(shadow);
    expect((await market.items())[0]).toBe('main/1 held ACKNOWLEDGED_ELSEWHERE');
    await retryWaiting(market.context(), { itemKey: 'main/1' });
    await cycle(market.config); // live, and tried again by mistake: it is looked up before it is made
    expect((await market.items())[1]).toBe('main/1 held ACKNOWLEDGED_ELSEWHERE');
    expect(inExigo()).toEqual(['ProcessTransaction', 'ProcessTransaction']); // of 2 and 3
    async function* list() {
      const about = { reference: 'made.csv', handedOverAt: null, threePl: null, line: 2, orderId: 501 };
      yield { adopted: { ...about, market: { store: 'main', orderNumber: '1' } } };
    }
    await adopt(market.context({ config: shadow }), list() as never, {
      handOver: findPipeline('exigo-orders-to-3pl'),
      marketplace: findPipeline(INTO_EXIGO),
      dryRun: false,
      strict: false,
      tell: () => undefined,
    });
    await cycle(market.config);
    expect(inExigo()).toEqual(['ProcessTransaction', 'ProcessTransaction']); // of 2 and 3
    expect(told()).not.toContain('Acknowledge 1');
  });

  it('forgets what its marketplace has canceled meanwhile', async () => {
    await cycle(shadow);
    market.feed.marketplaceSets('1', 'Canceled');
    await cycle(shadow);
    expect((await market.items())[0]).toBe('main/1 excluded ENDED_AT_MARKETPLACE');
    expect((await compared()).result.calls).toBe(2);
  });

  it('cancels nothing in Exigo, and sees what the script has canceled there', async () => {
    await cycle(market.config);
    const [id = 0] = (await market.orders()).get('amazon:M-1') ?? [];
    market.feed.marketplaceSets('1', 'Canceled');
    market.feed.marketplaceSets('2', 'Canceled');
    const before = inExigo().length;
    await cycle(shadow, ENDS);
    expect(inExigo().length).toBe(before);
    await market.house.exec('UPDATE "dbo.Orders" SET OrderStatusID = 4 WHERE OrderID = @id', { id });
    await cycle(shadow, ENDS);
    const states = await market.house.all<{ order_id: number; state: string }>(
      `SELECT order_id, state FROM "etl.item" WHERE pipeline = '${ENDS}'`,
    );
    expect(new Map(states.map((row) => [row.order_id === id, row.state]))).toEqual(
      new Map([
        [true, 'delivered'],
        [false, 'loading'],
      ]),
    );
    await cycle(market.config, ENDS);
    await cycle(market.config, ENDS);
    expect(inExigo().slice(before)).toHaveLength(1);
  });
});
