/** Which effect is the next of a step that acts order by order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { claimSingle } from '../../src/queue/ledger/singles.js';
import { TestClock } from '../support/clock.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { NOON } from '../support/house.js';
import { forEngine, makePlace, type Place } from '../support/place.js';

reportMissingEngine();

describe.each(engines())('the next effect of a step on %s', (engine) => {
  let folder: string;
  let place: Place;
  let database: Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-'));
    place = await makePlace(engine, join(folder, 'ferry.db'));
    database = await place.open(new TestClock(NOON));
    await migrate(database);
    await put('A', 'main', '10:00', null);
    await put('B', 'main', '09:00', '10:30');
    await put('C', 'other', '10:10', null);
    await put('D', 'main', '09:10', '10:05');
    await put('E', 'main', '10:20', null);
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (time: string) => `2026-03-11 ${time}:00.000`;

  async function put(key: string, target: string, created: string, nextTry: string | null): Promise<void> {
    const text = `INSERT INTO "etl.effect" (pipeline, step, item_key, generation, item_id, change_set_id, target,
        created_utc, next_try_utc)
      VALUES ('p', 's', @key, 1, 1, 1, @target, @created, @next)`;
    const values = { key, target, created: at(created), next: nextTry === null ? null : at(nextTry) };
    await database.transaction((session) =>
      session.run({ name: 'test', text: forEngine(engine, text) }, values),
    );
  }

  /** Claims until there is none. */
  async function claimed(now: string, target: string | null = null): Promise<string[]> {
    const keys: string[] = [];
    for (;;) {
      const claim = { token: 1, now: at(now), absenceProvesUtc: at('23:00') };
      const next = await database.transaction((session) =>
        claimSingle(session, { pipeline: 'p', step: 's', target }, claim),
      );
      if (next === undefined) return keys;
      keys.push(next.item_key);
    }
  }

  it('is the one that has been due for longest, tried before or not', async () => {
    expect(await claimed('10:25')).toEqual(['A', 'D', 'C', 'E']);
    expect(await claimed('10:35')).toEqual(['B']);
  });

  it('is of the target that is asked for', async () => {
    expect(await claimed('10:25', 'other')).toEqual(['C']);
    expect(await claimed('10:35', 'main')).toEqual(['A', 'D', 'E', 'B']);
  });
});
