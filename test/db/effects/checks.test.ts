/** The tables refuse what must never be: one illegal statement per named rule of the ledger. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/core/errors.js';
import { type Database, isDuplicateKey } from '../../../src/db/database.js';
import { migrate } from '../../../src/db/migrate.js';
import { PACKAGE_ROOT } from '../../../src/db/sql.js';
import { TestClock } from '../../support/clock.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { NOON } from '../../support/house.js';
import { forEngine, makePlace, type Place } from '../../support/place.js';

const AT = '2026-03-11 17:00:00.000';

/** One legal row per table, each the first of its table; the statements below make it illegal. */
const LEGAL = [
  `INSERT INTO etl.lease (name, holder, token, acquired_utc, expires_utc) VALUES ('l', 'h', 1, '${AT}', '${AT}')`,
  `INSERT INTO etl.run (pipeline, started_utc) VALUES ('p', '${AT}')`,
  `INSERT INTO etl.change_set (source, kind, start_at, frozen_utc, orders_frozen, orders_unchanged, raw_rows)
     VALUES ('s', 'live', '${AT}', '${AT}', 1, 0, 0)`,
  `INSERT INTO etl.batch (pipeline, change_set_id, kind, items_frozen, created_utc) VALUES ('p', 1, 'live', 2, '${AT}')`,
  `INSERT INTO etl.item (batch_id, pipeline, item_key, order_id, change_set_id, state, created_utc)
     VALUES (1, 'p', '7', 7, 1, 'ready', '${AT}')`,
  `INSERT INTO etl.wave (pipeline, step, target, number, file_name, config_hash, planned_utc)
     VALUES ('p', 's', 't', 1, 'f', 'c', '${AT}')`,
  `INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, created_utc)
     VALUES ('p', 's', '7', 1, 1, 7, 1, '${AT}')`,
];

const ILLEGAL: Readonly<Record<string, readonly string[]>> = {
  lease_token_is_positive: ['UPDATE etl.lease SET token = 0'],
  lease_released_is_a_flag: ['UPDATE etl.lease SET released = 2'],
  run_outcome_is_known: [`UPDATE etl.run SET outcome = 'odd', ended_utc = '${AT}'`],
  run_has_ended_exactly_when_it_has_an_outcome: [
    `UPDATE etl.run SET ended_utc = '${AT}'`,
    `UPDATE etl.run SET outcome = 'done'`,
  ],
  change_set_kind_is_known: [`UPDATE etl.change_set SET kind = 'odd'`],
  change_set_slice_has_an_end: [
    `UPDATE etl.change_set SET kind = 'backfill'`,
    `UPDATE etl.change_set SET end_at = '${AT}'`,
  ],
  batch_kind_is_known: [`UPDATE etl.batch SET kind = 'odd'`],
  batch_state_is_known: [`UPDATE etl.batch SET state = 'odd'`],
  batch_has_a_change_set_unless_a_person_made_it: [
    'UPDATE etl.batch SET change_set_id = NULL',
    `UPDATE etl.batch SET kind = 'release'`,
  ],
  batch_is_closed_exactly_when_it_has_a_time: [
    `UPDATE etl.batch SET closed_utc = '${AT}'`,
    `UPDATE etl.batch SET state = 'closed', delivered = 2, excluded = 0, held = 0, failed = 0`,
  ],
  closed_batch_balances: [
    `UPDATE etl.batch SET state = 'closed', closed_utc = '${AT}', delivered = 1, excluded = 0, held = 0, failed = 0`,
    `UPDATE etl.batch SET state = 'closed', closed_utc = '${AT}', delivered = 2, excluded = 1, held = 0, failed = 0`,
    `UPDATE etl.batch SET state = 'closed', closed_utc = '${AT}', delivered = 2, excluded = 0, held = 0`,
    `UPDATE etl.batch SET state = 'closed', closed_utc = '${AT}'`,
  ],
  item_state_is_known: [`UPDATE etl.item SET state = 'odd'`],
  item_is_settled_exactly_when_its_state_is_final: [
    `UPDATE etl.item SET settled_utc = '${AT}'`,
    `UPDATE etl.item SET state = 'delivered'`,
  ],
  excluded_held_and_failed_items_have_a_code: ['excluded', 'held', 'failed'].map(
    (state) => `UPDATE etl.item SET state = '${state}', settled_utc = '${AT}', reason = 'r'`,
  ),
  held_and_failed_items_have_a_reason: ['held', 'failed'].map(
    (state) => `UPDATE etl.item SET state = '${state}', settled_utc = '${AT}', code = 'C'`,
  ),
  only_held_and_failed_items_are_resolved: [
    `UPDATE etl.item SET state = 'delivered', settled_utc = '${AT}', resolution = 'IGNORED', resolved_utc = '${AT}'`,
  ],
  item_resolution_is_known: [
    `UPDATE etl.item SET state = 'held', settled_utc = '${AT}', code = 'C', reason = 'r', resolution = 'ODD', resolved_utc = '${AT}'`,
  ],
  item_is_resolved_exactly_when_it_has_a_time: [
    `UPDATE etl.item SET state = 'held', settled_utc = '${AT}', code = 'C', reason = 'r', resolution = 'IGNORED'`,
    `UPDATE etl.item SET state = 'held', settled_utc = '${AT}', code = 'C', reason = 'r', resolved_utc = '${AT}'`,
  ],
  item_generation_is_positive: ['UPDATE etl.item SET generation = 0'],
  wave_state_is_known: [`UPDATE etl.wave SET state = 'odd'`],
  wave_has_its_bytes_fixed_before_it_is_sent: [
    `UPDATE etl.wave SET state = 'sending'`,
    ...['sha256', 'bytes', 'rows', 'orders', 'token'].map(
      (column) =>
        `UPDATE etl.wave SET state = 'uploaded', place = 'p', ${['sha256', 'bytes', 'rows', 'orders', 'token']
          .filter((other) => other !== column)
          .map((other) => `${other} = 1`)
          .join(', ')}`,
    ),
  ],
  uploaded_wave_knows_its_place: [
    `UPDATE etl.wave SET state = 'uploaded', sha256 = 's', bytes = 1, rows = 1, orders = 1, token = 1`,
  ],
  wave_is_delivered_exactly_when_it_has_a_receipt: [
    `UPDATE etl.wave SET state = 'delivered', sha256 = 's', bytes = 1, rows = 1, orders = 1, token = 1`,
    `UPDATE etl.wave SET receipt = 'r', delivered_utc = '${AT}'`,
  ],
  effect_state_is_known: [`UPDATE etl.effect SET state = 'odd'`],
  effect_is_done_exactly_when_it_has_a_receipt: [
    `UPDATE etl.effect SET state = 'done'`,
    `UPDATE etl.effect SET receipt = 'r', done_utc = '${AT}'`,
  ],
  sending_effect_names_its_sender: [`UPDATE etl.effect SET state = 'sending'`],
};

/** Rules that are unique indexes; the embedded engine names their columns. */
const DOUBLE: Readonly<Record<string, readonly [columns: string, statement: string]>> = {
  batch_is_made_once_per_change_set: [
    'etl.batch.pipeline, etl.batch.change_set_id',
    `INSERT INTO etl.batch (pipeline, change_set_id, kind, items_frozen, created_utc) VALUES ('p', 1, 'live', 1, '${AT}')`,
  ],
  item_is_once_in_its_batch: [
    'etl.item.batch_id, etl.item.item_key',
    `INSERT INTO etl.item (batch_id, pipeline, item_key, change_set_id, state, created_utc) VALUES (1, 'p', '7', 1, 'new', '${AT}')`,
  ],
  wave_number_is_used_once: [
    'etl.wave.pipeline, etl.wave.target, etl.wave.number',
    `INSERT INTO etl.wave (pipeline, step, target, number, file_name, config_hash, planned_utc)
       VALUES ('p', 's', 't', 1, 'g', 'c', '${AT}')`,
  ],
  effect_is_done_once_per_business_key: [
    'etl.effect.pipeline, etl.effect.step, etl.effect.item_key, etl.effect.generation',
    `INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, change_set_id, created_utc)
       VALUES ('p', 's', '7', 1, 2, 2, '${AT}')`,
  ],
};

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let place: Place;
  let database: Database;

  beforeAll(async () => {
    place = await makePlace(engine, ':memory:');
    database = await place.open(new TestClock(NOON));
    await migrate(database);
    for (const text of LEGAL) await run(text);
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  function run(text: string): Promise<number> {
    const spelled = text.replace(/\betl\.(\w+)/, '"etl.$1"');
    return database.transaction((session) =>
      session.run({ name: 'check', text: forEngine(engine, spelled) }),
    );
  }

  const refusal = (text: string) => run(text).then(() => 'accepted', messageOf);

  const MIGRATION = readFileSync(join(PACKAGE_ROOT, `sql/${engine}/migrations/001_ledger.sql`), 'utf8');
  const named = (pattern: RegExp) => [...MIGRATION.matchAll(pattern)].map(([, name]) => name).sort();

  describe('a named rule refuses', () => {
    it('every one of them is tried here', () => {
      expect(Object.keys(ILLEGAL).sort()).toEqual(named(/CONSTRAINT (\w+)\s+CHECK/g));
      expect(Object.keys(DOUBLE).sort()).toEqual(named(/CREATE UNIQUE INDEX (\w+)/g));
    });

    it.each(
      Object.entries(ILLEGAL).flatMap(([name, statements]) =>
        statements.map((text, i) => [name, i, text] as const),
      ),
    )('%s (%i)', async (name, _i, text) => {
      expect(await refusal(text)).toMatch(new RegExp(`CHECK constraint.*\\b${name}\\b`, 'i'));
    });

    it.each(Object.entries(DOUBLE).map(([name, [columns, text]]) => [name, columns, text] as const))(
      '%s',
      async (name, columns, text) => {
        const error: unknown = await run(text).catch((refused: unknown) => refused);
        expect(isDuplicateKey(error)).toBe(true);
        // A server names the index, if only by the beginning of its name.
        expect(messageOf(error)).toContain(engine === 'sqlite' ? columns : name.slice(0, 20));
      },
    );

    it('an item without its batch', async () => {
      const text = `INSERT INTO etl.item (batch_id, pipeline, item_key, change_set_id, state, created_utc)
      VALUES (99, 'p', '8', 1, 'new', '${AT}')`;
      expect(await refusal(text)).toMatch(/FOREIGN KEY/i);
    });
  });
});
