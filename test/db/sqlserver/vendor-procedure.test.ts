import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { toExigoText } from '../../../src/core/time.js';
import type { Database, Statement } from '../../../src/db/database.js';
import { migrate } from '../../../src/db/migrate.js';
import { putRows } from '../../../src/db/put-rows.js';
import { createSampleSyncDatabase } from '../../../src/db/sqlserver/sample.js';
import { freezeLiveIn } from '../../../src/queue/freeze/freeze.js';
import { TestClock } from '../../support/clock.js';
import { hasSqlServer, reportMissingEngine, TestDatabase } from '../../support/engines.js';
import { lineOf, SOURCE_DEFAULTS, SUBSCRIBERS } from '../../support/freezing.js';
import { NOON } from '../../support/house.js';

reportMissingEngine();

const statement = (text: string): Statement => ({ name: 'test', text });

/** What the reference procedure does; `{table}` by table, in its order. */
const COPY = (table: string, where: string) =>
  `DROP TABLE IF EXISTS queue.${table}; SELECT * INTO queue.${table} FROM dbo.${table} WHERE ${where};`;
const STAMPED = 'ModifiedDate >= @startDate';
const HALF = COPY('Customers', STAMPED) + COPY('Orders', STAMPED);
const REST = [
  COPY('OrderDetails', 'OrderID IN (SELECT o.OrderID FROM queue.Orders AS o)'),
  ...['Payments', 'CustomerAccounts', 'CustomerSites'].map((table) => COPY(table, STAMPED)),
].join('\n');
const WHOLE = HALF + REST;

/** A procedure that ends its caller's transaction, or leaves one of its own. */
const ENDING: readonly (readonly [string, string])[] = [
  ['commits', `${WHOLE} COMMIT;`],
  ['commits and begins anew', `COMMIT; BEGIN TRANSACTION; ${WHOLE}`],
  ['rolls back', `${WHOLE} ROLLBACK;`],
  ['leaves a transaction of its own open', `BEGIN TRANSACTION; ${WHOLE}`],
];

describe.runIf(hasSqlServer())('a queue.Refresh that', () => {
  const clock = new TestClock(NOON);
  let made: TestDatabase;
  let ours: Database;
  let other: Database;
  let order = 0;

  beforeAll(async () => {
    made = await TestDatabase.create();
    ours = await made.open(clock);
    other = await made.open(clock);
    await migrate(ours);
    await createSampleSyncDatabase(ours);
    await become(WHOLE);
    await freeze();
  });
  afterAll(async () => {
    await ours.close();
    await other.close();
    await made.drop();
  });

  async function become(body: string): Promise<void> {
    await other.run(statement('DROP PROCEDURE queue.Refresh'));
    await other.run(
      statement(`CREATE PROCEDURE queue.Refresh @startDate DATETIME = NULL AS BEGIN ${body} END`),
    );
  }

  async function putOrder(): Promise<number> {
    clock.advance(HOUR);
    order += 1;
    const row = { OrderID: order, CustomerID: order, OrderStatusID: 7, OrderTypeID: 2, SubTotal: '10.0000' };
    await other.transaction(async (session) => {
      await putRows(session, 'Orders', [{ ...row, ModifiedDate: toExigoText(clock.now()) }]);
      await putRows(session, 'OrderDetails', [lineOf(order, 1, '10.0000')]);
    });
    return order;
  }

  const freeze = () => ours.transaction((session) => freezeLiveIn(session, SOURCE_DEFAULTS, SUBSCRIBERS));
  const state = async () => [
    await other.all(statement('SELECT * FROM etl.watermark ORDER BY scope, name')),
    await other.all(statement('SELECT change_set_id FROM etl.change_set ORDER BY change_set_id')),
    await other.all(statement('SELECT OrderID FROM etl.frozen_Orders ORDER BY OrderID')),
    await other.all(statement('SELECT order_id, change_set_id FROM etl.aggregate_version ORDER BY order_id')),
  ];

  /** It fails and leaves our state as it was; mended, the next run has the order. */
  async function expectNoticed(body: string, code: string): Promise<void> {
    const id = await putOrder();
    const before = await state();
    await become(body);
    const failed = await freeze().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    expect(await state()).toEqual(before);
    await become(WHOLE);
    expect(await freeze()).toMatchObject({ ordersFrozen: 1 });
    expect(await other.all(statement(`SELECT OrderID FROM etl.frozen_Orders WHERE OrderID = ${id}`))).toEqual(
      [{ OrderID: id }],
    );
  }

  it.each(ENDING)('%s is noticed, nothing of the freeze stays, the next one has it', async (_name, body) => {
    await expectNoticed(body, 'REFRESH_ENDED');
  });

  it.each([
    ['raises an error', `RAISERROR('sync is down', 16, 1);`, 'REFRESH_FAILED'],
    ['fails half-way', `${HALF} RAISERROR('disk', 16, 1); ${REST}`, 'REFRESH_FAILED'],
    ['divides by zero half-way', `${HALF} DECLARE @x INT = 0; SET @x = 1 / @x; ${REST}`, 'REFRESH_FAILED'],
    ['does nothing', 'SELECT 1 AS nothing', 'REFRESH_SHORT'],
    ['leaves fewer orders', `${WHOLE} DELETE FROM queue.Orders;`, 'REFRESH_SHORT'],
    ['stops half-way without a word', `${HALF} DELETE FROM queue.Orders; RETURN;`, 'REFRESH_SHORT'],
  ])('%s is noticed, nothing of the freeze stays, the next one has it', async (_name, body, code) => {
    await expectNoticed(body, code);
  });

  it.each([
    [
      'sets options, makes a work table with the name of ours, prints and selects',
      `SET NOCOUNT OFF; SET XACT_ABORT OFF; SET LOCK_TIMEOUT 5; SET IMPLICIT_TRANSACTIONS ON; PRINT 'working';
       CREATE TABLE #candidate (x INT); INSERT INTO #candidate VALUES (1); SELECT x FROM #candidate; ${WHOLE}
       SELECT 42 AS result; RAISERROR('a warning', 10, 1);`,
    ],
    ['commits what it began itself', `BEGIN TRANSACTION; ${WHOLE} COMMIT;`],
    [
      'catches an error of its own',
      `BEGIN TRY RAISERROR('caught', 16, 1); END TRY BEGIN CATCH PRINT 'ignored'; END CATCH; ${WHOLE}`,
    ],
  ])('%s does no harm', async (_name, body) => {
    const id = await putOrder();
    await become(body);
    expect(await freeze()).toMatchObject({ ordersFrozen: 1 });
    expect(await other.all(statement(`SELECT OrderID FROM etl.frozen_Orders WHERE OrderID = ${id}`))).toEqual(
      [{ OrderID: id }],
    );
    await become(WHOLE);
  });
});
