/** What a state of version 3 becomes: the embedded engine makes the table of effects anew. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { knownMigrations, migrate } from '../../src/db/migrate.js';
import { sql } from '../../src/db/sql.js';
import { openSqlite } from '../../src/db/sqlite.js';

it('effects keep what they were, and no number is given out twice', async () => {
  const database = openSqlite(':memory:', systemClock);
  const run = (text: string) =>
    database.transaction((session) => session.run({ name: text.slice(0, 40), text }));
  for (const { version, name } of knownMigrations('sqlite').filter((one) => one.version <= 3)) {
    await database.transaction(async (session) => {
      await session.run(sql('sqlite', `migrations/${name}`));
      await session.run(sql('sqlite', 'migration/record'), { version, name });
    });
  }
  const insert = (key: string, state: string, rest: string) =>
    run(`INSERT INTO "etl.effect" (pipeline, step, item_key, generation, item_id, order_id, change_set_id, state, token,
           receipt, done_utc, created_utc, target, request)
         VALUES ('p', 's', '${key}', 1, 1, 7, 1, '${state}', 3, ${rest}, '2026-01-01 00:00:00.000', 'main', '{}')`);
  await insert('a', 'done', `'seen', '2026-01-02 00:00:00.000'`);
  await insert('b', 'sending', 'NULL, NULL');
  await insert('c', 'pending', 'NULL, NULL');
  await run(`DELETE FROM "etl.effect" WHERE item_key = 'c'`);

  expect((await migrate(database)).map(({ version }) => version)[0]).toBe(4);
  await insert('d', 'pending', 'NULL, NULL');
  const rows = await database.all({
    name: 'effects',
    text: `SELECT effect_id, item_key, state, token, receipt, done_utc, target, request, accepted_utc FROM "etl.effect"`,
  });
  const sent = { token: 3, target: 'main', request: '{}', accepted_utc: null };
  const open = { ...sent, receipt: null, done_utc: null };
  expect(rows).toEqual([
    {
      effect_id: 1,
      item_key: 'a',
      state: 'done',
      ...sent,
      receipt: 'seen',
      done_utc: '2026-01-02 00:00:00.000',
    },
    { effect_id: 2, item_key: 'b', state: 'sending', ...open },
    { effect_id: 4, item_key: 'd', state: 'pending', ...open },
  ]);
  await expect(insert('b', 'pending', 'NULL, NULL')).rejects.toThrow(/UNIQUE/);
  await database.close();
});
