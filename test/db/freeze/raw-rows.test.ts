import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import { toUtcText } from '../../../src/core/time.js';
import { prune } from '../../../src/queue/retention.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { Freezing, lineOf, SUBSCRIBERS } from '../../support/freezing.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  /** The rows of the six tables as the pipeline of the raw tables gets them: all of them, each version once. */
  let freezing: Freezing;
  beforeEach(async () => {
    freezing = await Freezing.open(engine);
  });
  afterEach(() => freezing.close());

  const payments = () => freezing.rawKeys('Payments', 'PaymentID');
  const orders = () => freezing.rawKeys('Orders', 'OrderID');

  it('freezes a row with a stamp in the future once', async () => {
    await freezing.putPayment(1, null, freezing.local(400 * DAY));
    await freezing.freeze();
    for (let cycle = 0; cycle < 3; cycle++) {
      freezing.clock.advance(HOUR);
      await freezing.freeze();
    }
    expect(await payments()).toEqual([1]);
  });

  it('freezes a row with a stamp in the future once, also when its time comes', async () => {
    await freezing.putPayment(1, null, freezing.local(HOUR));
    await freezing.freeze();
    freezing.clock.advance(61 * MINUTE);
    await freezing.freeze();
    expect(await payments()).toEqual([1]);
  });

  it('freezes the rows of a table that stalled for longer than the start waits for it', async () => {
    await freezing.putPayment(1, null);
    await freezing.putOrder(1);
    await freezing.freeze();
    for (let hour = 1; hour <= 5; hour++) {
      freezing.clock.advance(HOUR);
      await freezing.putOrder(1 + hour);
      await freezing.freeze();
    }
    await freezing.putPayment(2, null, freezing.local(-4.5 * HOUR));
    freezing.clock.advance(15 * MINUTE);
    await freezing.freeze();
    expect(await payments()).toEqual([1, 2]);
  });

  it('finds rows that committed late behind newer ones of their table in the night', async () => {
    await freezing.putPayment(1, null);
    await freezing.freeze();
    await freezing.putPayment(2, null, freezing.local(-3 * HOUR));
    freezing.clock.advance(15 * MINUTE);
    await freezing.freeze();
    freezing.clock.advance(DAY);
    await freezing.freeze();
    freezing.clock.advance(DAY);
    await freezing.freeze();
    expect(await payments()).toEqual([1, 2]);
  });

  it('does not freeze rows again that the retention has deleted', async () => {
    await freezing.putPayment(1, null);
    await freezing.put('Customers', { CustomerID: 5, ModifiedDate: freezing.local(400 * DAY) });
    await freezing.freeze();
    for (let day = 0; day < 70; day++) {
      freezing.clock.advance(DAY);
      await freezing.freeze();
      await freezing.exec(
        `UPDATE "etl.batch" SET state = 'closed', closed_utc = @now, items_frozen = 0,
      delivered = 0, excluded = 0, held = 0, failed = 0 WHERE state <> 'closed'`,
        {
          now: toUtcText(freezing.clock.now()),
        },
      );
      await freezing.database.transaction((session) =>
        prune(session, { frozenMs: 5 * DAY, handedOverMs: 10 * DAY }, freezing.clock.now()),
      );
    }
    const sets = await freezing.all<{ raw_rows: number }>(
      'SELECT raw_rows FROM "etl.change_set" WHERE raw_rows > 0',
    );
    expect(sets).toHaveLength(1);
  });

  it('takes rows that a backfill froze before all the same', async () => {
    await freezing.freeze();
    await freezing.putPayment(1, null, freezing.local(-2 * MINUTE));
    await freezing.put('Customers', { CustomerID: 7, ModifiedDate: freezing.local(-3 * MINUTE) });
    await freezing.freezeSlice(freezing.local(-HOUR), freezing.local(HOUR), SUBSCRIBERS[1]);
    freezing.clock.advance(MINUTE);
    const live = await freezing.freeze();
    const rows = await freezing.all<{ n: number }>(
      `SELECT (SELECT COUNT(*) FROM "etl.frozen_Payments" WHERE change_set_id = @id AND queued = 1)
       + (SELECT COUNT(*) FROM "etl.frozen_Customers" WHERE change_set_id = @id AND queued = 1) AS n`,
      { id: live.changeSetId },
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('has the lines that came late and without a stamp, also when only a payment tells of their order', async () => {
    await freezing.putOrder(1, { OrderStatusID: 1 }, []);
    await freezing.freeze();
    freezing.clock.advance(3 * HOUR);
    await freezing.putOrder(2);
    await freezing.freeze();
    await freezing.put('OrderDetails', lineOf(1, 1, '10.0000'));
    await freezing.putPayment(1, 1);
    const late = await freezing.freeze();
    const lines = await freezing.all(
      'SELECT OrderLine FROM "etl.frozen_OrderDetails" WHERE queued = 1 AND change_set_id = @id',
      { id: late.changeSetId },
    );
    expect(lines).toHaveLength(1);
    expect(await orders()).toEqual([1, 2, 1]);
  });
});
