/** What our own database fails at, right after a call that went through, says nothing of the target: it is looked up. */
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { codeOf, TransientError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { OrderTarget } from '../../../src/core/new-order.js';
import type { Database } from '../../../src/db/database.js';
import type { EngineContext } from '../../../src/engine/context.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MAPS, Market, orderMembers } from '../../support/market.js';

const DEADLOCK = new TransientError('MSSQL_1205', 'this transaction was the victim of a deadlock');
/** Confirmed, and found only a minute later: a repeat would not find it. */
const LATE = { kind: 'late', afterMs: 60 * SECOND } as const;

reportMissingEngine();

describe.each(engines())('a database that fails right after a call on %s', (engine) => {
  let market: Market;
  afterEach(async () => {
    setFaultHook(undefined);
    await market.close();
  });

  /** The receipt of the nth effect cannot be written, once. */
  const failReceipt = (nth: number) => {
    let receipts = 0;
    setFaultHook((point) => {
      if (point === 'single/before-receipt' && ++receipts === nth) throw DEADLOCK;
    });
  };
  const made = () =>
    market.exigo.journal.filter(({ operation }) => operation === 'ProcessTransaction').length;
  const told = (operation: string) =>
    market.feed.journal.filter((call) => call.operation === operation).length;
  const later = async () => {
    market.house.clock.advance(25 * MINUTE);
    expect((await market.run()).error).toBeNull();
  };

  it.each(['refused', 'unproven'] as const)(
    'makes no second order where duplicate keys are %s',
    async (duplicateKeys) => {
      market = await Market.open({ engine, exigo: { duplicateKeys } });
      market.put('1');
      market.exigo.fail({ ...LATE, operation: 'ProcessTransaction' });
      failReceipt(1);
      expect(codeOf((await market.run()).error)).toBe('MSSQL_1205');
      expect([made(), await market.effects()]).toEqual([1, ['main/1 create-order sending']]);
      await later();
      expect([made(), (await market.orders()).get('amazon:M-1')?.length]).toEqual([1, 1]);
      expect(await market.items()).toEqual(['main/1 delivered']);
    },
  );

  it('makes no second order when the ledger cannot be read before the receipt', async () => {
    market = await Market.open({ engine, exigo: { duplicateKeys: 'unproven' } });
    market.put('1');
    market.exigo.fail({ ...LATE, operation: 'ProcessTransaction' });
    await market.run(unreadable(market.context(), 'ledger/marketplace_orders_of_exigo'));
    expect([made(), await market.effects()]).toEqual([1, ['main/1 create-order sending']]);
    await later();
    expect([made(), await market.items()]).toEqual([1, ['main/1 delivered']]);
  });

  it('keeps a customer in the making until the order is in the ledger', async () => {
    const maps = { byEmail: 7 };
    market = await Market.open({ engine });
    market.configure([{ orders: { ...MAPS, customer: maps } }]);
    market.put('1');
    market.put('2');
    market.exigo.fail({ ...LATE, operation: 'ProcessTransaction' });
    await market.run(unreadable(market.context(), 'ledger/marketplace_orders_of_exigo'));
    await later();
    await later();
    const customers = await market.house.all(
      `SELECT CustomerID FROM "dbo.Customers" WHERE Email = 'ann@example.com' OR Email = 'Ann@Example.com'`,
    );
    expect([customers.length, (await market.orders()).size]).toEqual([1, 2]);
  });

  it('acknowledges no order twice', async () => {
    market = await Market.open({ engine });
    market.put('1');
    failReceipt(2);
    expect(codeOf((await market.run()).error)).toBe('MSSQL_1205');
    await later();
    expect([told('Acknowledge'), await market.items()]).toEqual([1, ['main/1 delivered']]);
  });

  it('reports no order Canceled twice', async () => {
    market = await Market.open({ engine });
    market.put('1', orderMembers({ OrderItems: [] }));
    await market.run();
    await market.release('1', 'cancel');
    failReceipt(1);
    expect(codeOf((await market.run()).error)).toBe('MSSQL_1205');
    const calls = market.feed.journal.length;
    await later();
    expect(market.feed.journal.length).toBe(calls);
    expect((await market.items()).at(-1)).toBe('main/1 delivered');
  });
});

/** A database in which one statement cannot be read, once, right after an order was made. */
function unreadable(context: EngineContext, statement: string): Partial<EngineContext> {
  const real = context.orderTarget;
  if (real === null) throw new TypeError('no Exigo API');
  let failing = false;
  const orderTarget: OrderTarget = {
    ...real,
    async make(order, customerId, guard) {
      const made = await real.make(order, customerId, guard);
      failing = true;
      return made;
    },
  };
  const all: Database['all'] = async (asked, parameters) => {
    if (failing && asked.name === statement) {
      failing = false;
      throw DEADLOCK;
    }
    return context.database.all(asked, parameters);
  };
  const database = new Proxy(context.database, {
    get(target, key) {
      if (key === 'all') return all;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { orderTarget, database };
}
