import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/core/clock.js';
import { codeOf } from '../../../src/core/errors.js';
import { QUEUE_TABLES, type QueueTable } from '../../../src/core/exigo-tables.js';
import type { Session } from '../../../src/db/database.js';
import { engines, forEngine, reportMissingEngine } from '../../support/engines.js';
import { Freezing } from '../../support/freezing.js';
import { stepwise } from '../../support/stepwise.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let freezing: Freezing;
  beforeEach(async () => {
    freezing = await Freezing.open(engine);
  });
  afterEach(() => freezing.close());

  /** A procedure whose answer falls short: right after it ran, rows are gone from a queue table. */
  function forgetful(table: QueueTable) {
    const [key] = QUEUE_TABLES[table].key;
    const newest = `"queue.${table}" WHERE ${key} = (SELECT MAX(${key}) FROM "queue.${table}")`;
    return (session: Session): Session =>
      stepwise(session, async ({ statement }, run) => {
        const answer = await run();
        if (statement.name === 'queue/refresh') {
          await session.run({ name: 'forget', text: forEngine(engine, `DELETE FROM ${newest}`) });
        }
        return answer;
      });
  }

  const watermarks = () => freezing.all('SELECT * FROM "etl.watermark" ORDER BY scope, name');

  it.each(['Orders', 'Payments', 'Customers'] as const)(
    'does not trust a snapshot whose %s fall short, and repeats the same start',
    async (table) => {
      await freezing.putOrder(1);
      await freezing.freeze();
      const before = await watermarks();
      freezing.clock.advance(HOUR);
      await freezing.putOrder(2);
      await freezing.putPayment(2, 2);
      await freezing.put('Customers', { CustomerID: 2, ModifiedDate: freezing.local() });

      const failure = await freezing.freeze(forgetful(table)).catch((error: unknown) => error);
      expect(codeOf(failure)).toBe('REFRESH_SHORT');
      expect(String(failure)).toContain(`queue.${table}`);
      expect(await watermarks()).toEqual(before);
      expect(await freezing.all('SELECT OrderID FROM "etl.frozen_Orders"')).toEqual([{ OrderID: 1 }]);

      const again = await freezing.freeze();
      expect(again).toMatchObject({ ordersFrozen: 1, rawRows: 3 });
    },
  );

  it('fails when the procedure did nothing at all', async () => {
    await freezing.freeze();
    await freezing.putOrder(1);
    const idle = (session: Session): Session =>
      stepwise(session, async ({ statement }, run) =>
        statement.name === 'queue/refresh' ? { rows: [], changes: 0 } : run(),
      );
    const failure = await freezing.freeze(idle).catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('REFRESH_SHORT');
    expect(await freezing.all('SELECT * FROM "etl.aggregate_version"')).toEqual([]);
  });
});
