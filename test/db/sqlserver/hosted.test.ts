import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PIPELINES, pipelinesFor } from '../../../src/app/pipelines.js';
import { advanceSampleTenant, loadSampleTenant } from '../../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../../src/app/sample-tenant-orders.js';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import { QUEUE_TABLE_NAMES, QUEUE_TABLES } from '../../../src/core/exigo-tables.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import { toExigoText } from '../../../src/core/time.js';
import type { Engine, Value } from '../../../src/db/database.js';
import { readableColumns } from '../../../src/db/readable.js';
import { dryRun } from '../../../src/engine/dry-run.js';
import { subscribersOf } from '../../../src/engine/freeze-source.js';
import { runPipeline } from '../../../src/engine/run.js';
import { frozenOrders } from '../../../src/extract/frozen-orders.js';
import { frozenTables } from '../../../src/extract/frozen-tables.js';
import type { ChangeSet, Subscriber } from '../../../src/queue/freeze/change-set.js';
import { freezeLive, freezeSlice } from '../../../src/queue/freeze/freeze.js';
import { acquireLease, Lease } from '../../../src/queue/lease/lease.js';
import { acceptedInSync, oldUndelivered } from '../../../src/queue/reads/source.js';
import { hasSqlServer, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';

reportMissingEngine();

const SUBSCRIBERS: Subscriber[] = subscribersOf(pipelinesFor({ godatafeed: { stores: [] } }));
const OURS = ['change_set_id', 'queued', 'settled', 'row_stamp'];

async function leaseOf(house: House): Promise<Lease> {
  const lease = await acquireLease(house.database, house.clock, {
    name: 'source/exigo',
    ttlMs: MINUTE,
    requestDeadlineMs: 0,
  });
  expect(lease).toBeInstanceOf(Lease);
  return lease as Lease;
}

async function freeze(house: House): Promise<ChangeSet> {
  const lease = await leaseOf(house);
  try {
    return await freezeLive(lease, house.config.source, SUBSCRIBERS, house.context().hosted);
  } finally {
    await lease.release();
  }
}

/** All frozen rows, as text by column; which rows, in which change set, whether news or settled. */
async function frozenRows(house: House): Promise<Record<string, Record<string, unknown>[]>> {
  const found: Record<string, Record<string, unknown>[]> = {};
  const { engine } = house.database;
  for (const table of QUEUE_TABLE_NAMES) {
    const all = await house.database.columns(`etl.frozen_${table}`);
    const columns = all.filter(({ name }) => name !== 'row_stamp');
    const flags = columns.filter(({ name }) => OURS.includes(name)).map(({ name }) => name);
    const rest = columns.filter(({ name }) => !OURS.includes(name));
    const order = ['change_set_id', ...QUEUE_TABLES[table].key].join(', ');
    const rows = await house.database.rows({
      name: 'test',
      text: `SELECT ${flags.map((name) => `s.${name}`).join(', ')}, ${readableColumns(engine, 's', rest)} FROM ${
        engine === 'sqlite' ? `"etl.frozen_${table}"` : `etl.frozen_${table}`
      } AS s ORDER BY ${order}`,
    });
    const names = [...flags, ...rest.map(({ name }) => name)];
    found[table] = rows.map((row) =>
      Object.fromEntries(names.map((name, i) => [name, shown(row[i] ?? null)]).sort()),
    );
  }
  return found;
}

function shown(value: Value): string | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** Values that are lost most easily on the way. */
async function oddities(house: House): Promise<void> {
  const columns = [
    'x_note varchar(40)',
    'x_exact decimal(38, 4)',
    'x_big bigint',
    'x_stamp datetime2(6)',
    'x_bytes varbinary(20)',
    'x_long nvarchar(max)',
    'x_id uniqueidentifier',
  ];
  for (const column of columns) await house.exec(`ALTER TABLE "dbo.Orders" ADD ${column} NULL`);
  await house.exec(
    `UPDATE "dbo.Orders" SET x_note = '', x_exact = CAST('-12345678901234567890123456789012.3400' AS DECIMAL(38, 4)),
     x_big = 9007199254740993, x_stamp = CAST('2026-11-01 01:30:00.123456' AS DATETIME2(6)),
     x_bytes = 0x00FF10, x_long = N'"quoted", é 😀' + CHAR(13) + CHAR(10) + REPLICATE(N'long ', 2000),
     x_id = CAST('0E984725-C51C-4BF4-9960-E1C80E27ABA0' AS UNIQUEIDENTIFIER)
     WHERE OrderID = ${SAMPLE_ORDER.kit}`,
  );
  await house.exec(
    `UPDATE "dbo.Orders" SET Other11 = '', Other12 = NULL WHERE OrderID = ${SAMPLE_ORDER.kit}`,
  );
}

afterEach(() => setFaultHook(undefined));

describe.runIf(hasSqlServer())('frozen rows of a hosted sync database', () => {
  it.each(['sqlserver', 'sqlite'] as Engine[])(
    'are those of the one-database mode (state: %s)',
    async (engine) => {
      const results: unknown[] = [];
      for (const options of [{ engine: 'sqlserver' as const }, { engine, hosted: true }]) {
        const house = await House.open({ ...options, api: false });
        try {
          await loadSampleTenant(house.tenant, house.clock);
          await oddities(house);
          const sets = [await freeze(house)];
          house.clock.advance(15 * MINUTE);
          await advanceSampleTenant(house.tenant, house.clock);
          sets.push(await freeze(house));
          const lease = await leaseOf(house);
          const slice = {
            startAt: toExigoText(house.clock.now() - DAY),
            endAt: toExigoText(house.clock.now()),
          };
          sets.push(
            await freezeSlice(
              lease,
              house.config.source,
              slice,
              SUBSCRIBERS[0] as Subscriber,
              house.context().hosted,
            ),
          );
          const facts = (
            await house.all<{ name: string; value: string }>('SELECT name, value FROM "etl.watermark"')
          )
            .map(({ name, value }) => `${name} ${value}`)
            .sort();
          const batches = await house.all(
            'SELECT pipeline, change_set_id, items_frozen FROM "etl.batch" ORDER BY batch_id',
          );
          results.push({ sets, facts, batches, rows: await frozenRows(house) });
        } finally {
          await house.close();
        }
      }
      expect(results[1]).toEqual(results[0]);
    },
  );
});

describe.runIf(hasSqlServer()).each(['sqlserver', 'sqlite'] as Engine[])(
  'a hosted sync database, state in %s',
  (engine) => {
    let house: House;
    beforeAll(async () => {
      house = await House.open({ engine, hosted: true });
      await loadSampleTenant(house.tenant, house.clock);
    });
    afterAll(() => house.close());

    const stateOf = async () => ({
      sets: await house.all('SELECT * FROM "etl.change_set"'),
      facts: await house.all('SELECT * FROM "etl.watermark" ORDER BY name'),
      items: await house.all('SELECT * FROM "etl.item"'),
    });

    it('is read by a dry run, and changed nowhere', async () => {
      const [pipeline] = PIPELINES as readonly [AnyPipeline];
      const before = await stateOf();
      const { summary } = await dryRun(house.context(), { pipeline, slices: [] }, (session) => ({
        orders: frozenOrders(session),
        tables: frozenTables(session),
      }));
      expect(summary.error).toBeNull();
      expect(summary.totals).toMatchObject({ frozen: 25, delivered: 17, held: 3 });
      expect(await stateOf()).toEqual(before);
      expect(await house.tenant.columns('queue.Orders')).toEqual([]); // queue.Refresh never ran
    });

    it('tells which old orders a backfill would send', async () => {
      const old = await oldUndelivered(
        house.database,
        acceptedInSync(house.tenant, toExigoText(house.clock.now() - DAY), toExigoText(house.clock.now())),
      );
      expect(old.count).toBeGreaterThan(10);
      expect(old.orders).toHaveLength(Math.min(20, old.count));
    });

    it('leaves an order out that moves while it is read, and takes it with the next freeze', async () => {
      let moved = false;
      setFaultHook(async (point) => {
        if (point !== 'hosted/while-copying' || moved) return;
        moved = true;
        const other = await house.openTenant();
        await other.run({
          name: 'test',
          text: `UPDATE dbo.Orders SET ModifiedDate = DATEADD(SECOND, 1, ModifiedDate) WHERE OrderID = ${SAMPLE_ORDER.kit}`,
        });
      });
      const first = await freeze(house);
      expect(moved).toBe(true);
      expect([first.ordersFrozen, first.ordersUnchanged]).toEqual([24, 0]);
      const second = await freeze(house);
      const frozen = await house.all(
        `SELECT change_set_id AS id FROM "etl.frozen_Orders" WHERE OrderID = ${SAMPLE_ORDER.kit}`,
      );
      expect([second.ordersFrozen, frozen]).toEqual([1, [{ id: second.changeSetId }]]);
    });

    it('runs a pipeline to its end from there', async () => {
      const [pipeline] = PIPELINES as readonly [AnyPipeline];
      const report = await runPipeline(house.context(), { pipeline, slices: [] });
      expect(report.error).toBeNull();
      const printed = await house.all('SELECT OrderID FROM "dbo.Orders" WHERE OrderStatusID = 8');
      expect(printed).toHaveLength(17);
    });
  },
);
