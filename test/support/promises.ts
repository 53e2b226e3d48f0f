import { expect } from 'vitest';
import type { House } from './house.js';
import { carries } from './small-orders.js';

/**
 * What holds at the end of every test: no business key was used twice, each file carries an order as often
 * as the ledger says (one that was made in shadow never), closed batches balance, and what no step and no person is left with has an outcome.
 */
export async function expectPromisesKept(house: House): Promise<void> {
  const doubled = await house.all(
    `SELECT pipeline, step, item_key, generation FROM "etl.effect"
     GROUP BY pipeline, step, item_key, generation HAVING COUNT(*) > 1`,
  );
  expect(doubled).toEqual([]);

  const sent = await house.all<{ item_key: string; target: string; files: number }>(
    `SELECT e.item_key, w.target, SUM(CASE WHEN w.shadow = 0 THEN 1 ELSE 0 END) AS files
     FROM "etl.effect" AS e
     JOIN "etl.wave" AS w ON w.wave_id = e.wave_id WHERE e.step = 'hand-over' AND w.state = 'delivered'
     GROUP BY e.item_key, w.target`,
  );
  const texts = new Map<string, string[]>();
  for (const { name, fileNumber } of house.config.threePls) {
    const files = [...(await house.files(name))].filter(([file]) => fileNumber(file) !== null);
    texts.set(
      name,
      files.map(([, text]) => text),
    );
  }
  for (const { item_key: key, target, files } of sent) {
    const carrying = (texts.get(target) ?? []).filter((text) => carries(text, key));
    expect({ key, files: carrying.length }).toEqual({ key, files });
  }

  const unbalanced = await house.all(
    `SELECT b.batch_id FROM "etl.batch" AS b WHERE b.state = 'closed' AND
       (b.items_frozen <> b.delivered + b.excluded + b.held + b.failed
        OR b.items_frozen <> (SELECT COUNT(*) FROM "etl.item" AS i WHERE i.batch_id = b.batch_id))`,
  );
  expect(unbalanced).toEqual([]);
}
