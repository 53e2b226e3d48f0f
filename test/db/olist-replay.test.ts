import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Session } from '../../src/db/database.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { ReplayClock } from '../olist/clock.js';
import { type ProductSets, type ReplayOptions, replay, totalsLine } from '../olist/replay.js';
import { fillers, tinyFiles } from '../olist/tiny.js';

const APPROVED = { approved: '5/1/2017 9:00' };
const FILES = tinyFiles([
  ...fillers(49),
  {
    id: 'late lines',
    purchased: '5/1/2017 8:00',
    ...APPROVED,
    lines: ['10', '20'],
    payments: [['boleto', '33']],
  },
  { id: 'shipped', purchased: '5/1/2017 8:01', ...APPROVED, carrier: '5/3/2017 9:00' },
  {
    id: 'canceled late',
    purchased: '5/1/2017 8:02',
    ...APPROVED,
    status: 'canceled',
    payments: [['voucher', '1']],
  },
  { id: 'canceled soon', purchased: '5/1/2017 8:03', status: 'canceled', lines: [] },
  { id: 'unavailable', purchased: '5/1/2017 8:04', ...APPROVED, status: 'unavailable', lines: [] },
]);

let clock: ReplayClock;
let database: Database;

beforeEach(() => {
  clock = new ReplayClock();
  database = openSqlite(':memory:', clock);
});

afterEach(() => database.close());

/** Hands over and prints as the product promises, in three statements. */
class IdealProduct {
  protected readonly handedOver = new Set<number>();
  private lines = 0;

  async runCycle(): Promise<void> {
    await database.transaction(async (session) => {
      const ready = await this.ready(session);
      for (const [order, lines] of ready) {
        this.handedOver.add(order);
        this.lines += lines;
        await session.run(
          {
            name: 'print',
            text: 'UPDATE "dbo.Orders" SET OrderStatusID = 8, ModifiedDate = exigo_now() WHERE OrderID = @order',
          },
          { order },
        );
      }
    });
  }

  async readSets(): Promise<ProductSets> {
    const held = await database.rows({
      name: 'held',
      text: `SELECT OrderID FROM "dbo.Orders" o WHERE OrderStatusID = 7
        AND NOT EXISTS (SELECT 1 FROM "dbo.OrderDetails" d WHERE d.OrderID = o.OrderID)
        UNION SELECT OrderID FROM "dbo.Orders" WHERE OrderStatusID = 4 AND OrderID IN (${[...this.handedOver].join()})`,
    });
    const handedOver = new Set(this.handedOver);
    return { handedOver, lines: this.lines, printed: handedOver, held: new Set(held.flat().map(Number)) };
  }

  protected async ready(session: Session): Promise<[number, number][]> {
    const rows = await session.rows({
      name: 'ready',
      text: `SELECT o.OrderID, count(*) FROM "dbo.Orders" o JOIN "dbo.OrderDetails" d ON d.OrderID = o.OrderID
        WHERE o.OrderStatusID = 7 GROUP BY o.OrderID`,
    });
    return rows.map(([order, lines]) => [Number(order), Number(lines)]);
  }
}

const run = (product: IdealProduct, options: Partial<ReplayOptions> = {}) =>
  replay({
    files: FILES,
    database,
    clock,
    first: '2017-05-01',
    last: '2017-05-05',
    runCycle: () => product.runCycle(),
    readSets: () => product.readSets(),
    ...options,
  });

const stamps = async (order: number) =>
  (
    await database.rows(
      {
        name: 'stamps',
        text: `SELECT ModifiedDate FROM "dbo.Orders" WHERE OrderID = @order
          UNION ALL SELECT ModifiedDate FROM "dbo.Payments" WHERE OrderID = @order`,
      },
      { order },
    )
  ).flat();

describe('a replay', () => {
  it('ends with its totals when every set is as expected', async () => {
    const totals = await run(new IdealProduct());
    expect(totals).toEqual({ cuts: 5, handedOver: 3, lines: 4, printed: 3, shipped: 1, held: 1 });
    expect(totalsLine(totals)).toBe('handed over 3, lines 4, printed 3, shipped 1, held 1 (after 5 cuts)');
    expect(totalsLine({ ...totals, sales: { made: 9, shipped: 8, canceled: 1 } })).toBe(
      'handed over 3, lines 4, printed 3, shipped 1, held 1 (after 5 cuts); marketplace: made and acknowledged 9, reported Shipped 8, Canceled 1',
    );
  });

  it('stamps orders and payments with the last event of the order', async () => {
    await run(new IdealProduct());
    expect(await stamps(51)).toEqual(['2017-05-03 09:00:00.000']);
    expect(await stamps(52)).toEqual(['2017-05-02 20:02:00.000', '2017-05-02 20:02:00.000']);
  });

  it.each([
    ['stamped' as const, ['2017-05-02 10:00:00.000', '2017-05-02 10:00:00.000']],
    ['unstamped' as const, ['2017-05-01 09:00:00.000', '2017-05-01 09:00:00.000']],
  ])('brings late rows %s', async (lateRows, expected) => {
    const seen: unknown[][] = [];
    const product = new IdealProduct();
    await run(product, {
      lateRows,
      days: 3,
      runCycle: async () => {
        seen.push(await stamps(50));
        await product.runCycle();
      },
    });
    expect(seen).toEqual([[], ['2017-05-01 09:00:00.000'], expected]);
  });

  it('plays only as many days as asked for', async () => {
    expect(await run(new IdealProduct(), { days: 1 })).toMatchObject({ cuts: 1, handedOver: 0 });
  });

  it('stops at the first cut at which a set differs, and says how', async () => {
    class TooEarly extends IdealProduct {
      protected override async ready(): Promise<[number, number][]> {
        return this.handedOver.has(50) ? [] : [[50, 2]];
      }
    }
    await expect(run(new TooEarly())).rejects.toThrow(
      'after the cut 2017-05-01 00:00:00.000 (US Central), handed over: expected 0 orders, found 1; not expected: 50',
    );
  });

  it('notices a status that went astray, and lines that are missing', async () => {
    const product = new IdealProduct();
    const astray = run(product, {
      runCycle: async () => {
        await product.runCycle();
        await database.transaction((session) =>
          session.run({
            name: 'astray',
            text: 'UPDATE "dbo.Orders" SET OrderStatusID = 7 WHERE OrderID = 51',
          }),
        );
      },
    });
    await expect(astray).rejects.toThrow(/2017-05-02.*status Printed.*missing: 51/);
    await database.close();
    clock = new ReplayClock();
    database = openSqlite(':memory:', clock);
    const short = new IdealProduct();
    const readSets = async () => ({ ...(await short.readSets()), lines: 0 });
    await expect(run(short, { runCycle: () => short.runCycle(), readSets })).rejects.toThrow(
      'expected 2 lines',
    );
  });
});
