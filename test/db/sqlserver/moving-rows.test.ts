import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { toExigoText } from '../../../src/core/time.js';
import type { Database, Parameters, Session } from '../../../src/db/database.js';
import { migrate } from '../../../src/db/migrate.js';
import { putRows } from '../../../src/db/put-rows.js';
import { createSampleSyncDatabase } from '../../../src/db/sqlserver/sample.js';
import type { ChangeSet } from '../../../src/queue/freeze/change-set.js';
import { freezeLiveIn, freezeSliceIn } from '../../../src/queue/freeze/freeze.js';
import { TestClock } from '../../support/clock.js';
import { hasSqlServer, reportMissingEngine, TestDatabase } from '../../support/engines.js';
import { lineOf, SOURCE_DEFAULTS, SUBSCRIBERS } from '../../support/freezing.js';
import { NOON } from '../../support/house.js';
import { dropColumn } from '../../support/place.js';
import { stepwise } from '../../support/stepwise.js';

reportMissingEngine();

/** What another connection commits right after a statement of the freeze, each time or the first time only. */
interface Meddling {
  readonly after: string;
  readonly times?: number;
  readonly work: (writer: Database, round: number) => Promise<unknown>;
}

describe.runIf(hasSqlServer())('a freeze while the sync engine writes', () => {
  const clock = new TestClock(NOON);
  let made: TestDatabase;
  let ours: Database;
  let writer: Database;
  let order = 0;

  beforeAll(async () => {
    made = await TestDatabase.create();
    ours = await made.open(clock);
    writer = await made.open(clock);
    await migrate(ours);
    await createSampleSyncDatabase(ours);
  });
  afterAll(async () => {
    await ours.close();
    await writer.close();
    await made.drop();
  });

  const local = (ms = 0) => toExigoText(clock.now() + ms);
  const exec = (text: string, parameters: Parameters = {}) => writer.run({ name: 'test', text }, parameters);
  const all = <T>(text: string, parameters: Parameters = {}) =>
    writer.all<T>({ name: 'test', text }, parameters);

  async function putOrder(total = '10.0000'): Promise<number> {
    clock.advance(HOUR);
    order += 1;
    await writer.transaction(async (session) => {
      const row = { OrderID: order, CustomerID: order, OrderStatusID: 7, OrderTypeID: 2, SubTotal: total };
      await putRows(session, 'Orders', [{ ...row, ModifiedDate: local() }]);
      await putRows(session, 'OrderDetails', [lineOf(order, 1, total)]);
    });
    return order;
  }

  /** The sync engine changes an order and its line in one transaction. */
  async function change(id: number, total: string): Promise<void> {
    clock.advance(1_000);
    await writer.transaction(async (session) => {
      const values = { id, total, at: local() };
      await session.run(
        {
          name: 'test',
          text: 'UPDATE dbo.Orders SET SubTotal = CAST(@total AS MONEY), ModifiedDate = CAST(@at AS DATETIME2(3)) WHERE OrderID = @id',
        },
        values,
      );
      await session.run(
        {
          name: 'test',
          text: 'UPDATE dbo.OrderDetails SET PriceTotal = CAST(@total AS MONEY) WHERE OrderID = @id',
        },
        values,
      );
    });
  }

  function meddled(session: Session, meddling: Meddling): Session {
    let round = 0;
    return stepwise(session, async ({ statement }, run) => {
      const answer = await run();
      if (statement.name === meddling.after && round < (meddling.times ?? 1)) {
        round += 1;
        await meddling.work(writer, round);
      }
      return answer;
    });
  }

  const freeze = (meddling: Meddling): Promise<ChangeSet> =>
    ours.transaction((session) => freezeLiveIn(meddled(session, meddling), SOURCE_DEFAULTS, SUBSCRIBERS));
  const quiet: Meddling = { after: 'nothing', work: async () => undefined };

  /** Order, lines and payments of a change set as frozen: whole numbers of a single moment. */
  async function frozen(changeSetId: number): Promise<readonly object[]> {
    return all(
      `SELECT o.OrderID AS id, CAST(o.SubTotal AS INT) AS total,
         (SELECT CAST(SUM(d.PriceTotal) AS INT) FROM etl.frozen_OrderDetails AS d
          WHERE d.change_set_id = o.change_set_id AND d.OrderID = o.OrderID) AS lines
       FROM etl.frozen_Orders AS o WHERE o.change_set_id = @id ORDER BY o.OrderID`,
      { id: changeSetId },
    );
  }

  it.each(['freeze/keep_moved', 'freeze/copy_orders', 'freeze/copy_order_details'])(
    'never mixes two states of an order that changes after %s',
    async (after) => {
      const id = await putOrder();
      const set = await freeze({ after, work: () => change(id, '25.0000') });
      expect(set.ordersFrozen).toBe(1);
      expect(await frozen(set.changeSetId)).toEqual([{ id, total: 25, lines: 25 }]);
      // What was frozen is what is recorded: the same state is not news in the next cycle.
      expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
    },
  );

  it('never mixes two states of an order it knows already', async () => {
    const id = await putOrder();
    await freeze(quiet);
    await change(id, '11.0000');
    const set = await freeze({ after: 'freeze/copy_orders', work: () => change(id, '12.0000') });
    expect(await frozen(set.changeSetId)).toEqual([{ id, total: 12, lines: 12 }]);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });

  it('sees a line that comes, goes or changes without its order being stamped', async () => {
    const id = await putOrder();
    const set = await freeze({
      after: 'freeze/copy_order_details',
      work: () =>
        writer.transaction((session) => putRows(session, 'OrderDetails', [lineOf(id, 2, '1.0000')])),
    });
    expect(await frozen(set.changeSetId)).toEqual([{ id, total: 10, lines: 11 }]);
    const other = await putOrder();
    const second = await freeze({
      after: 'freeze/copy_order_details',
      work: () => exec('UPDATE dbo.OrderDetails SET PriceTotal = 9 WHERE OrderID = @id', { id: other }),
    });
    expect(await frozen(second.changeSetId)).toEqual([{ id: other, total: 10, lines: 9 }]);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });

  it('sees a payment that comes after the payments were copied', async () => {
    const id = await putOrder();
    const set = await freeze({
      after: 'freeze/copy_payments',
      work: () =>
        writer.transaction((session) =>
          putRows(session, 'Payments', [
            { PaymentID: id, OrderID: id, Amount: '10.0000', ModifiedDate: local() },
          ]),
        ),
    });
    expect(
      await all('SELECT PaymentID AS id FROM etl.frozen_Payments WHERE change_set_id = @set', {
        set: set.changeSetId,
      }),
    ).toEqual([{ id }]);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });

  it('sees that one order lost a line while another one gained one', async () => {
    const gains = await putOrder();
    const loses = await putOrder();
    await writer.transaction((session) => putRows(session, 'OrderDetails', [lineOf(loses, 2, '5.0000')]));
    const set = await freeze({
      after: 'freeze/copy_order_details',
      work: () =>
        writer.transaction(async (session) => {
          await putRows(session, 'OrderDetails', [lineOf(gains, 2, '1.0000')]);
          await session.run(
            { name: 'test', text: 'DELETE FROM dbo.OrderDetails WHERE OrderID = @id AND OrderLine = 2' },
            { id: loses },
          );
        }),
    });
    expect(await frozen(set.changeSetId)).toEqual([
      { id: gains, total: 10, lines: 11 },
      { id: loses, total: 10, lines: 10 },
    ]);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });

  it('sees an item code of which only the case of a letter changed', async () => {
    const id = await putOrder();
    const set = await freeze({
      after: 'freeze/copy_order_details',
      work: () => exec("UPDATE dbo.OrderDetails SET ItemCode = 'item-1' WHERE OrderID = @id", { id }),
    });
    expect(
      await all('SELECT ItemCode AS item FROM etl.frozen_OrderDetails WHERE change_set_id = @set', {
        set: set.changeSetId,
      }),
    ).toEqual([{ item: 'item-1' }]);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });

  it('leaves out an order that is deleted while it is copied, and counts only what it holds', async () => {
    const gone = await putOrder();
    const stays = await putOrder();
    const set = await freeze({
      after: 'freeze/copy_orders',
      work: async () => {
        await exec('DELETE FROM dbo.OrderDetails WHERE OrderID = @id', { id: gone });
        await exec('DELETE FROM dbo.Orders WHERE OrderID = @id', { id: gone });
      },
    });
    expect(set.ordersFrozen).toBe(1);
    expect(await frozen(set.changeSetId)).toEqual([{ id: stays, total: 10, lines: 10 }]);
    expect(
      await all('SELECT items_frozen AS n FROM etl.batch WHERE change_set_id = @set', {
        set: set.changeSetId,
      }),
    ).toContainEqual({ n: 1 });
    expect(
      await all('SELECT orders_frozen AS n FROM etl.change_set WHERE change_set_id = @set', {
        set: set.changeSetId,
      }),
    ).toEqual([{ n: 1 }]);
  });

  it('gives up, rolled back, on an order that never stands still, and has it in the next cycle', async () => {
    const id = await putOrder();
    const before = await all('SELECT * FROM etl.watermark ORDER BY scope, name');
    const failed = freeze({
      after: 'freeze/copy_orders',
      times: 100,
      work: (_writer, round) => change(id, `${100 + round}.0000`),
    });
    await expect(failed).rejects.toMatchObject({ code: 'MOVING' });
    await expect(failed).rejects.toThrow(`order ${id} `);
    expect(await all('SELECT * FROM etl.watermark ORDER BY scope, name')).toEqual(before);
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 1 });
  });

  it('does not take rows that came after queue.Refresh for a snapshot that falls short', async () => {
    let late = 0;
    const set = await freeze({
      after: 'queue/refresh',
      work: async () => {
        late = await putOrder();
      },
    });
    expect(set.ordersFrozen).toBe(1); // the sweep finds it at once
    expect(await frozen(set.changeSetId)).toEqual([{ id: late, total: 10, lines: 10 }]);
  });

  it('never mixes two states in a slice of a backfill either', async () => {
    const id = await putOrder();
    const slice = { startAt: local(-1), endAt: local(HOUR) };
    const subscriber = SUBSCRIBERS[0];
    if (subscriber === undefined) throw new RangeError('no subscriber');
    const set = await ours.transaction((session) =>
      freezeSliceIn(
        meddled(session, { after: 'freeze/copy_orders', work: () => change(id, '77.0000') }),
        SOURCE_DEFAULTS,
        slice,
        subscriber,
      ),
    );
    expect(await frozen(set.changeSetId)).toEqual([{ id, total: 77, lines: 77 }]);
  });

  it('takes a NULL for a NULL, where a destination allows one', async () => {
    await freeze(quiet);
    await writer.transaction((session) => dropColumn(session, 'dbo.OrderDetails', 'Quantity'));
    await exec('ALTER TABLE dbo.OrderDetails ADD Quantity MONEY NULL');
    const id = await putOrder();
    await exec('UPDATE dbo.OrderDetails SET Quantity = NULL');
    const set = await freeze(quiet);
    expect(await frozen(set.changeSetId)).toContainEqual({ id, total: 10, lines: 10 });
    expect(await freeze(quiet)).toMatchObject({ ordersFrozen: 0 });
  });
});
