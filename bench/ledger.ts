import { HOUR } from '../src/core/clock.js';
import { toUtcText } from '../src/core/time.js';
import type { Database } from '../src/db/database.js';

/**
 * A ledger as a year of work leaves it behind, filled by set statements: items in batches of twenty, an order with two of
 * them, effects, events, rows of 3PLs, files, runs. Of the newest, some are held, failed, ready and on their way.
 */
export async function fillLedger(database: Database, items: number, now: number): Promise<void> {
  const run = (text: string) =>
    database.transaction((session) =>
      session.run({ name: 'bench/fill', text }, { items, now: toUtcText(now) }),
    );
  const count = (n: string) =>
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${n})`;
  // The newest batch closes now; each batch is two minutes older than the next.
  const at = (id: string, last: string, seconds: number) =>
    `strftime('%Y-%m-%d %H:%M:%f', @now, '-' || ((${last} - ${id}) * ${seconds}) || ' seconds')`;
  const batches = Math.ceil(items / 20);
  const pipelineOf = (id: string) =>
    `CASE ${id} % 3 WHEN 0 THEN 'exigo-snapshot-to-csv' ELSE 'exigo-orders-to-3pl' END`;

  await run(`${count(String(batches))} INSERT INTO "etl.change_set" (change_set_id, source, kind, start_at, frozen_utc,
    orders_frozen, orders_unchanged, raw_rows) SELECT n, 'exigo', 'live', '2026-01-01 00:00:00.000', ${at('n', String(batches), 120)}, 20, 0, 0 FROM n`);
  await run(`${count(String(batches))} INSERT INTO "etl.batch" (batch_id, pipeline, change_set_id, kind, state, items_frozen,
    delivered, excluded, held, failed, created_utc, closed_utc)
    SELECT n, ${pipelineOf('n')}, n, 'live', CASE WHEN n > ${batches - 50} THEN 'transformed' ELSE 'closed' END, 20,
    CASE WHEN n > ${batches - 50} THEN NULL ELSE 18 END, CASE WHEN n > ${batches - 50} THEN NULL ELSE 1 END,
    CASE WHEN n > ${batches - 50} THEN NULL ELSE 1 END, CASE WHEN n > ${batches - 50} THEN NULL ELSE 0 END,
    ${at('n', String(batches), 120)}, CASE WHEN n > ${batches - 50} THEN NULL ELSE ${at('n', String(batches), 119)} END FROM n`);
  await run(`${count('@items')} INSERT INTO "etl.item" (item_id, batch_id, pipeline, item_key, order_id, change_set_id, state,
    target, code, reason, wave_id, created_utc, settled_utc, resolution, resolved_utc)
    SELECT n, (n + 19) / 20, ${pipelineOf('((n + 19) / 20)')}, CAST(n / 2 + 1000000 AS TEXT) || '-' || (n % 2), n / 2 + 1000000,
      (n + 19) / 20,
      CASE WHEN n > @items - 1000 THEN CASE n % 3 WHEN 0 THEN 'ready' WHEN 1 THEN 'loading' ELSE 'new' END
           WHEN n % 20 = 0 THEN 'excluded' WHEN n % 20 = 1 THEN 'held' ELSE 'delivered' END,
      CASE n % 2 WHEN 0 THEN 'atlas' ELSE 'borealis' END,
      CASE WHEN n > @items - 1000 THEN NULL WHEN n % 20 = 0 THEN 'NOT_ACCEPTED' WHEN n % 20 = 1 THEN 'NO_ROUTE' END,
      CASE WHEN n % 20 = 1 AND n <= @items - 1000 THEN 'no route takes warehouse 9' END,
      n / 200 + 1, ${at('((n + 19) / 20)', String(batches), 120)},
      CASE WHEN n > @items - 1000 THEN NULL ELSE ${at('((n + 19) / 20)', String(batches), 119)} END,
      CASE WHEN n % 20 = 1 AND n <= @items - 21000 THEN 'SUPERSEDED' END,
      CASE WHEN n % 20 = 1 AND n <= @items - 21000 THEN @now END FROM n`);
  await run(`${count('@items')} INSERT INTO "etl.effect" (effect_id, pipeline, step, item_key, generation, item_id, order_id,
    change_set_id, state, wave_id, receipt, created_utc, done_utc, token)
    SELECT n, ${pipelineOf('((n + 19) / 20)')}, CASE n % 2 WHEN 0 THEN 'hand-over' ELSE 'printed' END,
      CAST(n / 2 + 1000000 AS TEXT) || '-' || (n % 2), 1, n, n / 2 + 1000000, (n + 19) / 20,
      CASE WHEN n > @items - 500 THEN 'pending' ELSE 'done' END, CASE n % 2 WHEN 0 THEN n / 200 + 1 END,
      CASE WHEN n > @items - 500 THEN NULL ELSE 'seen as Printed' END, @now,
      CASE WHEN n > @items - 500 THEN NULL ELSE @now END, NULL FROM n`);
  await run(`${count(String(Math.ceil(items / 200)))} INSERT INTO "etl.wave" (wave_id, pipeline, step, target, number, file_name,
    config_hash, state, planned_utc, orders, rows, bytes, sha256, token, delivered_utc, receipt)
    SELECT n, 'exigo-orders-to-3pl', 'hand-over', CASE n % 2 WHEN 0 THEN 'atlas' ELSE 'borealis' END, n, 'FILE_' || n || '.csv',
      'hash', 'delivered', @now, 100, 200, 20000, 'abc', 1, @now, 'published' FROM n`);
  await run(`${count('@items')} INSERT INTO "etl.event" (event_id, at_utc, kind, pipeline, batch_id, wave_id, order_id, message)
    SELECT n, @now, 'frozen', 'exigo-orders-to-3pl', CASE n % 3 WHEN 0 THEN n / 20 + 1 END,
      CASE n % 3 WHEN 1 THEN n / 200 + 1 END, CASE n % 3 WHEN 2 THEN n / 2 + 1000000 END, 'something happened' FROM n`);
  await run(`INSERT INTO "etl.inbox_file" (file_id, three_pl, kind, name, state, claimed_utc, archive, bytes, sha256,
    change_set_id, settled_utc) VALUES (1, 'atlas', 'shipments', 'SHIP_1.csv', 'frozen', @now, 'a', 1, 'b', 1, @now)`);
  await run(`${count('@items / 2')} INSERT INTO "etl.inbox_row" (file_id, line, three_pl, order_id, answer, reference, tracking, content)
    SELECT 1, n, 'atlas', n + 1000000, 'shipped', 'REF-' || n, '["1Z' || n || '"]', 'c' || n FROM n`);
  await run(
    `${count('@items / 2')} INSERT INTO "etl.inbox_tracking" (number, file_id, line) SELECT '2Z' || n, 1, n FROM n`,
  );
  await run(`${count('@items / 2')} INSERT INTO "etl.order_link" (exigo_order_id, system, reference, linked_utc)
    SELECT n + 1000000, 'atlas', 'FILE_' || (n / 100) || '.csv', @now FROM n`);
  await run(`${count('@items / 2')} INSERT INTO "etl.aggregate_version" (order_id, change_set_id, signature, status_id, modified_at, since_utc)
    SELECT n + 1000000, n / 10 + 1, 's', 8, '2026-01-01 00:00:00.000', @now FROM n`);
  await run(`${count('@items / 2')} INSERT INTO "etl.frozen_Orders" (change_set_id, queued, settled, OrderID, CustomerID)
    SELECT n / 10 + 1, 1, 0, n + 1000000, n FROM n`);
  await run(`${count('@items / 10')} INSERT INTO "etl.marketplace_order" (store, order_number, marketplace, marketplace_number, frozen_utc, exigo_order_id, linked_utc)
    SELECT 'main', CAST(7000000 + n AS TEXT), 'Amazon', '111-' || n, @now, n + 1000000, @now FROM n`);
  const runs = Math.round((365 * 24 * HOUR) / (900 * 1_000)) * 3;
  await run(`${count(String(runs))} INSERT INTO "etl.run" (run_id, pipeline, started_utc, ended_utc, outcome)
    SELECT n, ${pipelineOf('n')}, ${at('n', String(runs), 300)}, ${at('n', String(runs), 299)}, 'done' FROM n`);
}
